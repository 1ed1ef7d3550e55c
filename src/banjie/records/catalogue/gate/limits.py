"""Limits, extensions and pauses: what the law lets them be, and whether the steps fit on every day of the calendar."""

from collections.abc import Hashable, Iterator, Mapping
from datetime import date, timedelta

from banjie.engine.calendar import Calendar
from banjie.engine.law import Clock, Procedure, StepRule
from banjie.engine.not_possible import NotPossible
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Limit, Unit, due
from banjie.records.catalogue.gate.around import Around

TEN = Limit(10, Unit.WORKING_DAY)
TWENTY = Limit(20, Unit.WORKING_DAY)
FORTY_FIVE = Limit(45, Unit.WORKING_DAY)
FIFTEEN = Limit(15, Unit.WORKING_DAY)
FIVE = Limit(5, Unit.WORKING_DAY)
ENOUGH = ("law", "regulation")
BY_LAW = frozenset(
    {"hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"}
)
"""许可法 45, a closed list: nothing else stops the statutory clock. A local promise may stop itself."""
CLASS_STEPS = frozenset({"survey", "inspection", "expert_review", "consultation", "hearing"})
"""The kinds of step by which an item is no instant one (M117): a look on the spot, a test, others' opinions."""


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """What the law does not let stand, then whether the steps fit."""
    yield from _bases(procedure)
    yield from _lengths(procedure)
    yield from _pauses(procedure)
    yield from _class(procedure)
    yield from _renewal(procedure)
    if around.calendar:
        yield from _fit(procedure, around.calendar)


def _level(procedure: Procedure, of: str) -> str:
    """The highest source a limit cites: law, regulation, rule, document, or "" for none."""
    levels = [each.level for each in procedure.guide.bases if each.of == of and each.title.strip()]
    return next((each for each in ("law", "regulation", "rule", "document") if each in levels), "")


def _bases(procedure: Procedure) -> Iterator[NotPossible]:
    if procedure.item_type == "20" and not procedure.forwarding:
        return  # a public service has no statutory limit: what it promises is its limit
    if not procedure.instant and not _level(procedure, "statutory"):
        yield NotPossible("limit_without_basis", limit="statutory")
    if procedure.extension and not procedure.instant and not _level(procedure, "extension"):
        yield NotPossible("limit_without_basis", limit="extension")
    for each in procedure.guide.terms:
        if each.starts == "event" and not each.event.strip():
            yield NotPossible("start_event_missing", limit=each.of)


def _lengths(procedure: Procedure) -> Iterator[NotPossible]:
    """许可法 26, 32, 42, 44: twenty days and ten more, 45 and 15 together, five to answer, ten to issue."""
    statutory, extension = procedure.statutory_limit, procedure.extension
    is_joint = statutory == FORTY_FIVE and extension is not None and extension.length == FIFTEEN
    if is_joint:
        # Sections of one agency are one agency (art. 26(1)): each name counts as the agency it belongs to.
        if len({procedure.agency_of(each) or each for each in procedure.guide.joint}) < 2:
            yield NotPossible("joint_limit_alone", agencies=list(procedure.guide.joint))
        return
    if procedure.item_type == "01":
        if longer(statutory, TWENTY) and _level(procedure, "statutory") not in ENOUGH:
            yield NotPossible("long_limit_without_law", limit=statutory)
        if extension and longer(extension.length, TEN) and _level(procedure, "extension") not in ENOUGH:
            yield NotPossible("extension_limit_too_long", limit=extension.length)
        if longer(procedure.certificate_limit, TEN) and _level(procedure, "certificate") not in ENOUGH:
            yield NotPossible("certificate_limit_too_long", limit=procedure.certificate_limit)
    if longer(procedure.notice_limit, FIVE):
        yield NotPossible("notice_limit_too_long", limit=procedure.notice_limit)


def _pauses(procedure: Procedure) -> Iterator[NotPossible]:
    timed = {each.ground for each in procedure.guide.pause_times if each.time.strip()}
    for ground in procedure.pause_grounds:
        if not ground.basis.strip() or (Clock.LEGAL in ground.clocks and ground.id not in BY_LAW):
            yield NotPossible("pause_without_law", ground=ground.id, name=ground.name)
        if ground.id not in timed and ground.cap is None:
            yield NotPossible("pause_without_time", ground=ground.id, name=ground.name)
    for step in procedure.guide.special_steps:
        if not step.cap.number:
            yield NotPossible("special_step_without_cap", step=step.id, name=step.name)
        if not step.basis.strip():
            yield NotPossible("special_step_without_basis", step=step.id, name=step.name)


def derived_instant(procedure: Procedure) -> bool:
    """Whether the three criteria make this an instant item (即办件): no look on the spot, no test, no other's opinion.

    M117, M118: every other item is a promised one (承诺件).
    """
    agencies = {procedure.agency_of(each.unit) for each in procedure.steps}
    alone = len(agencies | {procedure.agency_of(procedure.decides)}) == 1 and procedure.forwarding is None
    return alone and not any(each.kind in CLASS_STEPS for each in procedure.steps)


def _class(procedure: Procedure) -> Iterator[NotPossible]:
    if procedure.instant != derived_instant(procedure) and not procedure.guide.class_reason.strip():
        told, derived = (_class_of(each) for each in (procedure.instant, derived_instant(procedure)))
        yield NotPossible("class_contrary", told=told, derived=derived)


def _renewal(procedure: Procedure) -> Iterator[NotPossible]:
    """许可法 50: what renews a licence asks every applicant for the day on which that licence runs out."""
    if procedure.renews is None:
        return
    asked = next((each for each in procedure.questions if each.id == procedure.renews.ends), None)
    if asked is None or asked.type != "date" or asked.when or not asked.needed:
        yield NotPossible("renewal_without_end_date", question=procedure.renews.ends)


def _class_of(instant: bool) -> str:
    return "instant" if instant else "promised"


def longer(one: Limit, other: Limit) -> bool:
    """Whether a limit is longer than another in every year; months and calendar days by their shortest reading."""
    return _working_days(one) > _working_days(other)


def _working_days(limit: Limit) -> float:
    if limit.unit is Unit.WORKING_DAY:
        return limit.number
    days = {Unit.CALENDAR_DAY: 1.0, Unit.MONTH: 28.0, Unit.HOUR: 1 / 24, Unit.MINUTE: 1 / 1440}[limit.unit]
    return limit.number * days * 5 / 7


def _fit(procedure: Procedure, calendar: Calendar) -> Iterator[NotPossible]:
    """Whether the longest chain of steps ends within each limit, begun on any day of the years that are loaded."""
    forwarding = procedure.forwarding
    lower = procedure.agency_of(forwarding.preliminary_unit) if forwarding else None
    chains: list[tuple[str, Limit, list[StepRule]]] = []
    if forwarding:
        below = [each for each in procedure.steps if procedure.agency_of(each.unit) == lower]
        chains.append(("preliminary", forwarding.limit, below))
    above = [each for each in procedure.steps if lower is None or procedure.agency_of(each.unit) != lower]
    chains.append(("statutory", procedure.statutory_limit, above))
    if procedure.committed_limit:
        chains.append(("committed", procedure.committed_limit, above))
    for name, limit, steps in chains:
        worst = _worst(steps, limit, calendar)
        if worst:
            start, ends, last = worst
            yield NotPossible("steps_do_not_fit", limit=name, start=start, ends=ends, due=last)


def _worst(steps: list[StepRule], limit: Limit, calendar: Calendar) -> tuple[date, date, date] | None:
    """The first day on which a case accepted then could not be done in time: (day, steps end, limit ends); or None.

    Found once for the same steps, limit and days: a keeper who edits a text does not wait for every day of eight years.
    """
    if not steps or limit.unit in (Unit.HOUR, Unit.MINUTE):
        return None
    same = (tuple(steps), limit, calendar.first, calendar.last, calendar.workdays)
    if same not in _found:
        if len(_found) >= MOST_FOUND:
            _found.clear()
        _found[same] = _walked(steps, limit, calendar)
    return _found[same]


MOST_FOUND = 500
_found: dict[tuple[Hashable, ...], tuple[date, date, date] | None] = {}


def _walked(steps: list[StepRule], limit: Limit, calendar: Calendar) -> tuple[date, date, date] | None:
    known = {each.slug: each for each in steps}
    for start in _days(calendar):
        try:
            last = due(start, limit, calendar)
            ends = _end(known, start, calendar)
        except NotPossible:
            return None  # the years that are loaded are over
        if ends > last:
            return start, ends, last
    return None


def _end(known: Mapping[str, StepRule], start: date, calendar: Calendar) -> date:
    ends: dict[str, date] = {}

    def end(step: StepRule) -> date:
        if step.slug not in ends:
            opened = max([start, *(end(known[name]) for name in step.after if name in known)])
            ends[step.slug] = _step_end(step, opened, start, calendar)
        return ends[step.slug]

    return max(end(each) for each in known.values())


def _step_end(step: StepRule, opened: date, start: date, calendar: Calendar) -> date:
    """The last day of a step; one during which the clock stands takes no time of the limit."""
    if step.may_pause_on or step.limit is None or step.limit.unit in (Unit.HOUR, Unit.MINUTE):
        return opened
    if step.limit_from == "assigned":
        within = step.assign_within or KINDS[step.kind].assign_within
        if within:
            opened = max(opened, due(start, within, calendar))
    return due(opened, step.limit, calendar)


def _days(calendar: Calendar) -> Iterator[date]:
    """Every day of the loaded years, in order."""
    day = date(min(calendar.years), 1, 1)
    while day.year <= max(calendar.years):
        yield day
        day += timedelta(days=1)
