"""What speaks against the procedure in one case: every rule of the rulebook that fires from its facts. Pure.

A function of the history, the law and the day: asked again it says the same, asked of a longer history it says more.
Nothing here knows whether a card was issued. Days on which the system was out (`outages`) are taken out of a limit
before it is said to have passed; no date of the case moves by that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from banjie.duties.supervision.findings import Evidence, Finding
from banjie.engine import events as e
from banjie.engine.clocks import Running, clocks, complaint_clock, notice_clock
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.fees import amount_of
from banjie.engine.law import Clock, Law
from banjie.engine.state import NEW, Stage, State, evolve
from banjie.engine.timelimits import ONE_DAY, Span

TENDERS = frozenset({"tender", "auction"})
FOUNDED = ("founded", "partly_founded")
OF_CLOCK = {
    Clock.PROMISED: "over_promise",
    Clock.LEGAL: "over_statutory",
    Clock.PRELIMINARY: "late_forwarding",
    Clock.STEP: "step_overdue",
    Clock.CERTIFICATE: "certificate_late",
    Clock.ASSIGNMENT: "assignment_late",
    Clock.HEARING_HOLD: "hearing_not_held",
}
"""The rule of each limit that can pass. The notice clock has its own fact (art. 32), the applicant's clocks none."""


@dataclass(frozen=True)
class Told:
    """One fact of a history between the states before and after it."""

    position: int
    event: e.Event
    before: State
    after: State


@dataclass(frozen=True)
class History:
    """One case as the rules read it. `outages`: the days on which the system was out, by unit ("": everywhere)."""

    stream: UUID
    law: Law
    told: tuple[Told, ...]
    outages: Mapping[str, Sequence[Span]]

    @cached_property
    def state(self) -> State:
        """The case after the last of the facts."""
        return self.told[-1].after if self.told else NEW

    def as_of(self, day: date) -> State:
        """The case as it stood at the end of a day."""
        found = NEW
        for each in self.told:
            if each.event.on > day:
                break
            found = each.after
        return found

    def position(self, *kinds: type[e.Fact]) -> int:
        """Where the newest fact of these kinds stands; 0 for none."""
        return next((each.position for each in reversed(self.told) if isinstance(each.event, kinds)), 0)

    def excused(self, running: Running, unit: str) -> Running:
        """The clock without the days on which the system was out for this unit: what can be held against anybody."""
        spans = (*self.outages.get("", ()), *self.outages.get(unit, ()))
        return replace(running, pauses=(*running.pauses, *spans)) if spans else running

    def found(self, rule: str, unit: str, person: str, on: date, *evidence: Evidence) -> Finding:
        """A finding of this case."""
        return Finding(rule, self.stream, self.state.number, unit, person, on, evidence)


def history(
    stream: UUID, lines: Iterable[tuple[int, e.Event]], law: Law, outages: Mapping[str, Sequence[Span]] | None = None
) -> History:
    """The facts of a case, each with its position, as the rules read them."""
    told, state = [], NEW
    for position, event in lines:
        after = evolve(state, event)
        told.append(Told(position, event, state, after))
        state = after
    return History(stream, law, tuple(told), outages or {})


def findings(case: History, on: date) -> list[Finding]:
    """Everything that speaks against the procedure in this case by the end of a day, in the order it came true.

    Nothing of a case that was voided: it never was an application.
    """
    if not case.told or case.state.result == "voided":
        return []
    found = [each for told in case.told for check in CHECKS for each in check(case, told) if told.event.on <= on]
    found += [*_limits(case, on), *_complaints(case, on)]
    return sorted(found, key=lambda each: (each.on, each.rule, each.evidence[0].position))


def next_on(case: History, after: date) -> date | None:
    """The first day after this one on which a limit will have passed if nobody acts; None where none runs."""
    if case.state.stage is Stage.NEW:
        return None
    running = [each for each in clocks(case.state, case.law) if each.clock in OF_CLOCK]
    running += [complaint_clock(each, case.law) for each in case.state.complaints.values()]
    days = [
        case.excused(each, _unit_of(case, each)).due + ONE_DAY
        for each in running
        if each.ended_on is None and each.runs_out
    ]
    return min((each for each in days if each > after), default=None)


# From one fact


def _silence(case: History, told: Told) -> Iterator[Finding]:
    """逾期不告知: nobody answered, and the law accepted (arts. 32(1)(4), 72(3))."""
    if isinstance(told.event, e.DeemedAccepted):
        notice, unit = notice_clock(told.before, case.law), case.law.procedure.receives
        assert notice is not None, "what is deemed accepted was received"
        if told.event.on <= case.excused(notice, unit).due:
            return
        values = {"from_on": notice.start, "due_on": notice.due}
        received = case.told[0].position if not told.before.corrections else case.position(e.Corrected)
        told_limit = Evidence("notice_limit_passed", values, received)
        yield case.found("silence", unit, "", told.event.on, told_limit, _fact(told))


def _renewed(case: History, told: Told) -> Iterator[Finding]:
    """逾期视为准予延续: nobody decided on a renewal before the licence ran out, and the law renewed it (art. 50)."""
    if isinstance(told.event, e.DeemedRenewed):
        unit = case.law.procedure.decides
        yield case.found("renewal_silence", unit, "", told.event.on, _fact(case.told[0]), _fact(told))


def _corrections(case: History, told: Told) -> Iterator[Finding]:
    """A further notice of what was there before and was not said (art. 72(4))."""
    if isinstance(told.event, e.CorrectionRequested) and told.event.unlawful:
        first = next(each for each in case.told if isinstance(each.event, e.CorrectionRequested))
        points = Evidence("second_notice", {"points": len(told.event.points)}, told.position)
        yield _by(case, told, "second_correction_unlawful", _fact(first, "first_notice"), points)


def _not_accepted(case: History, told: Told) -> Iterator[Finding]:
    """不予受理、不受理: without reasons (art. 72(7)); for a competence that is the agency's own (art. 72(1))."""
    event = told.event
    if not isinstance(event, e.Declined | e.FoundNotNeeded):
        return
    if event.text is None and not (isinstance(event, e.FoundNotNeeded) and event.basis):
        yield _by(case, told, "no_reasons", _fact(told))
    if isinstance(event, e.Declined) and event.ground == "other_agency":
        home = case.law.procedure.agency(case.state.home)
        if event.competent.strip() in (home.name, home.english, home.id):
            values = {"competent": event.competent.strip()}
            yield _by(case, told, "declined_qualified", Evidence("own_competence", values, told.position))


def _refused(case: History, told: Told) -> Iterator[Finding]:
    """Refused on a condition that every step had found met (art. 74(2)); without citing one (art. 72(7))."""
    event = told.event
    if not isinstance(event, e.Refused):
        return
    cited = [each.id for each in event.points if each.kind is e.PointKind.CRITERION]
    if not cited:
        yield _by(case, told, "no_reasons", _fact(told))
    found = [each for step in told.before.steps.values() for each in step.findings]
    met = {each.criterion for each in found if each.met} - {each.criterion for each in found if not each.met}
    heard = any(each.kind is e.PointKind.MINUTES for each in event.points)
    if cited and set(cited) <= met and not heard:
        finished = [
            each for each in case.told if isinstance(each.event, e.StepFinished) and _met(each.event) & set(cited)
        ]
        evidence = [_fact(each, "condition_met") for each in finished[:3]]
        yield _by(case, told, "refused_qualified", *evidence, _fact(told))


def _granted(case: History, told: Told) -> Iterator[Finding]:
    """Granted although a condition was not met, or by an agency that does not decide (art. 74(1)); without the tender
    the item names (art. 74(3))."""
    event, procedure = told.event, case.law.procedure
    if not isinstance(event, e.Granted) or isinstance(event, e.DeemedRenewed):
        return  # what the law grants, nobody decided
    own = [each for each in told.before.steps.values() if told.before.forwarded is None or each.plan.after_forwarding]
    unmet = {each.criterion for step in own for each in step.findings if not each.met}
    met = {each.criterion for step in told.before.steps.values() for each in step.findings if each.met}
    unmet |= set(told.before.failing) - met  # what the answers did not meet and nobody found met since
    if unmet:
        count = Evidence("conditions_unmet", {"count": len(unmet)}, told.position)
        yield _by(case, told, "granted_unqualified", count)
    elif event.agency != procedure.agency_of(procedure.decides):
        yield _by(case, told, "granted_unqualified", Evidence("not_competent", {}, told.position))
    named = TENDERS & {each.id for each in procedure.pause_grounds}
    if named and not named & {each.ground for each in told.before.pauses}:
        yield _by(case, told, "granted_without_tender", _fact(told))


def _heard(case: History, told: Told) -> Iterator[Finding]:
    """Decided while a hearing was asked for (art. 72(8)), or before a third party was told of theirs (art. 36)."""
    if not isinstance(told.event, e.Granted | e.Refused) or isinstance(told.event, e.DeemedRenewed):
        return
    before = told.before
    if before.hearing and before.hearing.is_pending:
        asked = [each for each in case.told if isinstance(each.event, e.HearingRequested)]
        yield _by(case, told, "hearing_not_held", _fact(asked[-1]), _fact(told))
    untold = set(before.third_parties) - set(before.hearing.told if before.hearing else ())
    if untold:
        named = [each for each in case.told if isinstance(each.event, e.ThirdPartiesNamed)]
        yield _by(case, told, "third_party_not_told", _fact(named[-1]), _fact(told))


def _complaint(case: History, told: Told) -> Iterator[Finding]:
    """A complaint that was found to be true: about a decline, a refusal, or something else."""
    event = told.event
    if isinstance(event, e.ComplaintAnswered) and event.outcome in FOUNDED:
        result = told.after.result
        rule = {"declined": "declined_qualified", "refused": "refused_qualified"}.get(result, "complaint_founded")
        made = [each for each in case.told if isinstance(each.event, e.Complained)]
        about = next(each for each in made if getattr(each.event, "complaint", "") == event.complaint)
        against = getattr(about.event, "against", "")
        unit = case.law.procedure.decides if told.after.is_decided else case.law.procedure.receives
        yield case.found(rule, unit, against, event.on, _fact(about), _fact(told))


def _charged(case: History, told: Told) -> Iterator[Finding]:
    """A fee that the guide of the case does not have, or another amount than its standard (arts. 58, 59, 75)."""
    event, procedure = told.event, case.law.procedure
    if not isinstance(event, e.FeeRaised) or told.before.procedure_version != procedure.version:
        return
    fee = next((each for each in procedure.guide.fees if each.listed == event.listed), None)
    if fee is None:
        yield _by(case, told, "fee_unlawful", Evidence("fee_off_the_list", {"listed": event.listed}, told.position))
        return
    standard = amount_of(fee, event.units, event.reduced)
    if event.amount != standard:
        values = {"charged": _yuan(event.amount), "standard": _yuan(standard)}
        yield _by(case, told, "fee_unlawful", Evidence("fee_off_the_standard", values, told.position))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


CHECKS: tuple[Callable[[History, Told], Iterator[Finding]], ...] = (
    _silence,
    _renewed,
    _corrections,
    _not_accepted,
    _refused,
    _granted,
    _heard,
    _complaint,
    _charged,
)


# From time


def _limits(case: History, on: date) -> Iterator[Finding]:
    """Every limit of the agency that had passed by this day, or when it ended."""
    for running in clocks(case.state, case.law):
        rule = OF_CLOCK.get(running.clock)
        if rule is None or not running.runs_out:
            continue
        unit = _unit_of(case, running)
        fair = case.excused(running, unit)
        if fair.is_over(on):
            yield _over(case, rule, running, fair.due + ONE_DAY, unit)


def _complaints(case: History, on: date) -> Iterator[Finding]:
    for complaint in case.state.complaints.values():
        running, unit = complaint_clock(complaint, case.law), case.law.procedure.supervises
        fair = case.excused(running, unit)
        if fair.is_over(on):
            yield _over(case, "complaint_late", running, fair.due + ONE_DAY, unit)


def _over(case: History, rule: str, running: Running, on: date, unit: str) -> Finding:
    began = {
        Clock.CERTIFICATE: (e.Granted, e.Refused),
        Clock.HEARING_HOLD: (e.HearingRequested,),
        Clock.COMPLAINT: (e.Complained,),
    }.get(running.clock, (e.Accepted, e.DeemedAccepted))
    values: dict[str, str | int | date] = {
        "clock": running.clock.value,
        "from_on": running.start,
        "due_on": running.due,
        "step": running.step,
    }
    state = case.as_of(on - ONE_DAY)
    step = state.steps.get(running.step) or next((each for each in state.steps.values() if each.is_open), None)
    person = step.people[0].id if step and len(step.people) == 1 and running.clock is Clock.STEP else ""
    evidence = (Evidence("limit_passed", values), Evidence("limit_began", {}, case.position(*began)))
    # The fact that began the limit began others too: which of them it is, and when it passed, tells them apart.
    subject = f"{running.clock}/{running.step}/{on}"
    return Finding(rule, case.stream, case.state.number, unit, person, on, evidence, subject)


def _unit_of(case: History, running: Running) -> str:
    """The unit whose limit it was: of the step, or that which had the case when the limit passed."""
    procedure = case.law.procedure
    if running.clock in (Clock.STEP, Clock.ASSIGNMENT):
        rule = procedure.step(running.step)
        return rule.unit if rule else procedure.decides
    if running.clock is Clock.CERTIFICATE:
        return procedure.serves
    if running.clock is Clock.COMPLAINT:
        return procedure.supervises
    if running.clock is Clock.PRELIMINARY and procedure.forwarding:
        return procedure.forwarding.preliminary_unit
    state = case.as_of(running.due)
    waiting = [rule.unit for slug, step in state.steps.items() if step.is_open and (rule := procedure.step(slug))]
    return waiting[0] if waiting else procedure.decides


def _by(case: History, told: Told, rule: str, *evidence: Evidence) -> Finding:
    """A finding about what a member of staff did."""
    by = told.event.by
    person = by.id if by.kind is e.ActorKind.STAFF else ""
    return case.found(rule, by.unit or case.law.procedure.receives, person, told.event.on, *evidence)


def _fact(told: Told, code: str = "fact") -> Evidence:
    return Evidence(code, {"kind": e.NAMES[type(told.event)], "fact_on": told.event.on}, told.position)


def _met(event: e.StepFinished) -> set[str]:
    return {each.criterion for each in event.findings if each.met}


def midnight(day: date) -> datetime:
    """The instant at which a day begins in the office."""
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE)
