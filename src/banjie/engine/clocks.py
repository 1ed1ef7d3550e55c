"""Which limits run in a case, and what falls due if nobody acts.

A clock here is a view: where it started, its limit, the days excluded, and the due date that `timelimits` computes from
them. Nothing is stored and nothing counts up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import renewal
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import HEARING_GROUND, RECTIFICATION_GROUND, Clock, Law, PauseGround, Region
from banjie.engine.state import UNDER_EXAMINATION, Complaint, GapState, PauseState, Stage, State, StepState, fold
from banjie.engine.timelimits import (
    ONE_DAY,
    Day,
    Limit,
    Span,
    Unit,
    due,
    due_at,
    is_provisional,
    ledger,
    left,
    rest,
    used,
)

TIMER_IDS = UUID("6f1b7c52-6c1a-5d0e-9a55-0f6f4f2f6a01")
"""Name space of the ids of timer commands: computed from what causes them, so that a repeat is recognised."""


INSTANTS = (Unit.HOUR, Unit.MINUTE)


@dataclass(frozen=True, slots=True)
class Running:
    """One clock of one case. `step` for clocks of a step; `ended_on` where it was stopped for good.

    A limit of hours or minutes runs from the instant `start_at` inside `hours` (every hour, where they are empty).
    `stands_from`: the day from which it stands until somebody lets it run again, where the told end binds nobody; its
    due date is a forecast by the told end then, and what is asked of a day (`used`, `is_over`) counts up to that day.
    """

    clock: Clock
    start: date
    limit: Limit
    calendar: Calendar
    pauses: tuple[Span, ...] = ()
    step: str = ""
    ended_on: date | None = None
    start_at: datetime | None = None
    hours: tuple[tuple[time, ...], ...] = ()
    stands_from: date | None = None

    @property
    def due(self) -> date:
        """The last day of the limit."""
        if self.limit.unit in INSTANTS:
            return self.due_at.date()
        return due(self.start, self.limit, self.calendar, self.pauses)

    @property
    def due_at(self) -> datetime:
        """The instant at which the limit is over: 24:00 of the last day, or the hour and minute it says."""
        if self.limit.unit not in INSTANTS:
            return _midnight(_day_after(self.due))
        hours = tuple((opens, closes) for opens, closes in self.hours)
        stands = [(_midnight(span.stopped), _midnight(span.resumed)) for span in self.pauses]
        start = self.start_at or _midnight(self.start)
        return due_at(start, self.limit, self.calendar, stands, hours, wall_clock=not hours)

    @property
    def by_day(self) -> Limit:
        """The limit in days, for whoever counts days: one of hours or minutes as the calendar days it spans."""
        if self.limit.unit in INSTANTS:
            spanned = used(self.start, self.due, Limit(0, Unit.CALENDAR_DAY), self.calendar, self.pauses)
            return Limit(spanned, Unit.CALENDAR_DAY, stays=True)
        return self.limit

    @property
    def is_provisional(self) -> bool:
        """Whether the due date may still move because a year's notice is not out (暂定)."""
        return is_provisional(self.start, self.due, self.calendar)

    @property
    def runs_out(self) -> bool:
        """Whether time alone brings it to its end: not while it stands until somebody lets it run again."""
        return self.stands_from is None or self.stands_from > self.due

    def as_of(self, on: date) -> "Running":
        """The clock as this day sees it: what nobody has let run again has stood up to now, whatever end was told."""
        if self.stands_from is None or on < self.stands_from:
            return self
        return replace(self, pauses=(*self.pauses, Span(self.stands_from, on + ONE_DAY)), stands_from=None)

    def used(self, on: date) -> int:
        """Counted days up to and including `on`, or to the day it ended."""
        on = min(on, self.ended_on or on)
        seen = self.as_of(on)
        return used(seen.start, on, seen.by_day, seen.calendar, seen.pauses)

    def left(self, on: date) -> int:
        """Counted days that remain after `on`; negative when over."""
        on = min(on, self.ended_on or on)
        seen = self.as_of(on)
        return left(seen.start, on, seen.by_day, seen.calendar, seen.pauses)

    def is_over(self, on: date) -> bool:
        """Whether the limit had passed on `on` (or on the day it ended): overdue is today > due."""
        on = self.ended_on or on
        return on > self.as_of(on).due

    def is_paused(self, on: date) -> bool:
        """Whether the clock stands on this day."""
        return self.ended_on is None and any(span.stopped <= on < span.resumed for span in self.as_of(on).pauses)

    def ledger(self) -> tuple[Day, ...]:
        """Every day from day 0 to the due date, whether it counted, and why."""
        return ledger(self.start, self.by_day, self.calendar, self.pauses)


def clocks(state: State, law: Law) -> tuple[Running, ...]:
    """Every clock of the case that the law gives it, running or ended, in the order of the case's life."""
    return tuple(_clocks(state, law))


def as_told(facts: Iterable[e.Event], law: Law, at: datetime) -> tuple[Running, ...]:
    """The clocks of a case as they were told at an instant: by what had happened, and the calendar it counted by."""
    return clocks(fold(each for each in facts if each.at <= at), law)


def clock(state: State, law: Law, which: Clock, step: str = "") -> Running | None:
    """One clock of the case, or None where it does not run."""
    return next((each for each in _clocks(state, law) if each.clock is which and each.step == step), None)


def _clocks(state: State, law: Law) -> Iterator[Running]:
    if state.stage is Stage.NEW:
        return
    calendar = law.calendar(state.calendar)
    notice = notice_clock(state, law)
    if notice:
        yield notice
    if state.stage is Stage.CORRECTION and state.correction_from:
        yield Running(Clock.CORRECTION, state.correction_from, state.corrections[-1].period, calendar)
    if state.accepted and state.accepted_on:
        yield from _after_acceptance(state, law)
    if state.intent:
        ended = state.decided_on or state.closed_on
        yield Running(Clock.STATEMENT, state.intent.on, state.intent.statement, calendar, ended_on=ended)
    if state.hearing:
        asked = state.hearing.requested_on or state.decided_on or state.closed_on
        yield Running(Clock.HEARING_REQUEST, state.hearing.told_on, state.hearing.window, calendar, ended_on=asked)
        if state.hearing.requested_on and state.hearing.hold_within:
            yield Running(
                Clock.HEARING_HOLD,
                state.hearing.requested_on,
                state.hearing.hold_within,
                calendar,
                ended_on=state.hearing.minutes_on or state.hearing.waived_on or state.closed_on,
            )
    certificate = certificate_clock(state, law)
    if certificate:
        yield certificate


def certificate_clock(state: State, law: Law) -> Running | None:
    """How long the decision may take to be issued and served (art. 44)."""
    decision = state.granted or state.refused or state.ended
    if decision is None or state.decided_on is None:
        return None
    ended = state.served_on or state.closed_on
    calendar = law.calendar(state.calendar)
    return Running(Clock.CERTIFICATE, state.decided_on, decision.certificate_limit, calendar, ended_on=ended)


def notice_clock(state: State, law: Law) -> Running | None:
    """The agency's clock to answer an application, from its receipt or from the correction (art. 32)."""
    if state.notice_at is None or state.notice_limit is None:
        return None
    answered = state.answered_on or (state.accepted.on if state.accepted else state.closed_on)
    received, calendar = _receipt_day(state.notice_at, state, law), law.calendar(state.calendar)
    return Running(Clock.NOTICE, received, state.notice_limit, calendar, ended_on=answered)


def deemed_from(state: State, law: Law) -> date | None:
    """The day to which silence dates an acceptance back: that of the receipt, or of the correction after which nobody
    answered; of the first receipt, where a region reads art. 32 so.

    That reading dates the acceptance only. The silence itself lasts the whole notice clock after the resubmission, so
    nothing is deemed accepted before the agency had what it is deemed to have accepted.
    """
    first = law.reading("resubmission", state.received_on) == "from_first_receipt"
    at = state.received_at if first else state.notice_at
    return at and _receipt_day(at, state, law)


def _receipt_day(at: datetime, state: State, law: Law) -> date:
    """Day 0 of what arrived at this instant: its civil day, or, where the hall was closed for the rest of that day and
    the region reads it so, the next working day."""
    local = at.astimezone(OFFICE_ZONE)
    day, hours = local.date(), law.region.hours
    if law.reading("after_hours", state.received_on) == "same_day":
        return day
    calendar = law.calendar(state.calendar)
    is_open = calendar.is_workday(day) and (not hours or local.time() <= hours[-1][1])
    return day if is_open else calendar.working_day_after(day, 1)


def legal_clock(state: State, law: Law) -> Running | None:
    """The statutory clock of the deciding agency; with its extension once that is granted.

    After a handing up it runs from the arrival of the file, or from its registration where the region reads the law so
    and the higher agency registered it in time: a file that nobody registers is not without a clock. None for a public
    service: no law sets it a limit.
    """
    accepted, start = state.accepted, state.counted_from
    if accepted is None or start is None or not law.procedure.has_statutory_limit:
        return None
    limit = accepted.statutory_limit
    if accepted.preliminary_limit:
        if state.forwarded is None or state.higher_from is None:
            return None
        limit, start = state.forwarded.statutory_limit, state.higher_from
    if state.carried:  # the joint limit belongs to the bundle, with the day it began and its extension
        limit, start = state.carried.limit, state.carried.joint_from
    if state.extension and not state.extension_revoked:
        limit = limit.plus(state.extension.length)
    return _decision_clock(state, law, Clock.LEGAL, start, limit)


def preliminary_clock(state: State, law: Law) -> Running | None:
    """The lower agency's clock, until it hands the case up (art. 43); it stands whenever LEGAL would."""
    start = state.counted_from
    if state.accepted is None or start is None or state.accepted.preliminary_limit is None:
        return None
    handed_up = state.forwarded.on if state.forwarded else state.closed_on
    clock = _decision_clock(state, law, Clock.LEGAL, start, state.accepted.preliminary_limit)
    return replace(clock, clock=Clock.PRELIMINARY, ended_on=handed_up)


def share_clock(state: State, law: Law) -> Running | None:
    """This agency's own share of a joint limit (art. 42(2)); it stands whenever LEGAL does. None: not a joint part."""
    start = state.counted_from
    if state.accepted is None or start is None or state.accepted.share_limit is None:
        return None
    return replace(_decision_clock(state, law, Clock.LEGAL, start, state.accepted.share_limit), clock=Clock.SHARE)


def renewal_clock(state: State, law: Law) -> Running | None:
    """The time the agency has until the licence runs out (art. 50), from the acceptance; nothing stops it. None of an
    item that renews nothing, and of what the item takes for a new application because it came late."""
    renews, start, last = law.procedure.renews, state.accepted_on, state.expires_on
    if renews is None or start is None or last is None or last < start:
        return None
    if renews.late == "as_new" and not renewal.is_timely(state, law):
        return None
    limit = Limit((last - start).days, Unit.CALENDAR_DAY, stays=True)
    ended = state.decided_on or state.closed_on
    return Running(Clock.RENEWAL, start, limit, law.calendar(state.calendar), ended_on=ended)


def nearest_limit(state: State, law: Law) -> Running | None:
    """The limit somebody who works on the case has to keep: the promise, else the agency's share, else the law's; or
    the day the licence to be renewed runs out, where that comes first."""
    own = promised_clock(state, law) or share_clock(state, law) or running_limit(state, law)
    found = [each for each in (own, renewal_clock(state, law)) if each]
    return min(found, key=lambda each: each.due, default=None)


def binding_limit(state: State, law: Law) -> Running | None:
    """What binds the agency now: the statutory clock that runs, or the day the licence runs out, whichever is first."""
    found = [each for each in (running_limit(state, law), renewal_clock(state, law)) if each]
    return min(found, key=lambda each: each.due, default=None)


def running_limit(state: State, law: Law) -> Running | None:
    """The statutory clock that runs now, whoever holds the case: PRELIMINARY until it is handed up, then LEGAL."""
    return legal_clock(state, law) or preliminary_clock(state, law)


def promised_clock(state: State, law: Law) -> Running | None:
    """The committed clock; an extension does not move it, unless the region lets it."""
    accepted, start = state.accepted, state.counted_from
    if accepted is None or start is None or accepted.committed_limit is None:
        return None
    if accepted.preliminary_limit:
        start = state.higher_from
        if start is None:
            return None
    promised = _decision_clock(state, law, Clock.PROMISED, start, accepted.committed_limit)
    return _moved(promised, state, law) if law.reading("extension_moves_promise", state.received_on) else promised


def _moved(promised: Running, state: State, law: Law) -> Running:
    """The promise as the extension moved it, as far as the statutory day allows; one already broken is not mended.

    A promise in another unit than the extension stays: 10 working days cannot be added to 48 hours.
    """
    extension, legal = state.extension, legal_clock(state, law)
    if (
        extension is None
        or state.extension_revoked
        or legal is None
        or extension.length.unit is not promised.limit.unit
    ):
        return promised
    if promised.due < extension.on:
        return promised
    for number in range(extension.length.number, 0, -1):
        longer = replace(promised, limit=promised.limit.plus(replace(extension.length, number=number)))
        if longer.due <= legal.due:
            return longer
    return promised


def step_clock(state: State, law: Law, step: StepState) -> Running | None:
    """The clock of an open or finished step, from its opening or, as the item says, from the first assignment."""
    start = step.opened_on
    if start and step.plan.limit_from == "assigned":
        start = step.assigned_on and max(start, step.assigned_on)
    if step.sent_back_on and law.reading("sent_back", state.received_on) == "reset":
        start = step.sent_back_on
    if step.plan.limit is None or start is None:
        return None
    pauses = [each for each in state.pauses if each.step == step.plan.slug]
    calendar = law.calendar(state.calendar)
    ended = step.finished_on or state.closed_on
    hours = _hours(state, law)
    running = Running(Clock.STEP, start, step.plan.limit, calendar, (), step.plan.slug, ended, hours=hours)
    return _with_pauses(running, pauses, state, law)


def _decision_clock(state: State, law: Law, which: Clock, start: date, limit: Limit) -> Running:
    pauses = [each for each in state.pauses if which in each.clocks]
    ended = state.decided_on or state.closed_on
    began = [fact.at for fact in (state.forwarded, state.accepted) if fact and fact.on == start]
    start_at = began[0] if began else None  # deemed acceptance is dated back to a day, and the day is all there is
    calendar = law.calendar(state.calendar)
    running = Running(which, start, limit, calendar, ended_on=ended, start_at=start_at, hours=_hours(state, law))
    return _with_pauses(running, pauses, state, law)


def is_special(pause: PauseState) -> bool:
    """Whether it is a special step by local promise: it stops no limit of the law (art. 45)."""
    return Clock.LEGAL not in pause.clocks


def is_added(ground: PauseGround, received_on: date | None, law: Law) -> bool:
    """Whether the time of this special step is part of the promise already, so that nothing stops for it."""
    return Clock.LEGAL not in ground.clocks and law.reading("special_step", received_on) == "additive"


def promise(law: Law, steps: Iterable[str], received_on: date | None) -> Limit | None:
    """The committed limit of a case with these steps; where special steps are added to it, with what each of them was
    promised, as far as the statutory limit allows. A step promised in another unit is not added."""
    committed = law.procedure.committed_limit
    if committed is None:
        return None
    number = committed.number
    for rule in law.procedure.steps:
        grounds = [law.procedure.ground(each) for each in rule.may_pause_on if rule.slug in steps]
        for ground in grounds:
            if ground and ground.cap and ground.cap.unit is committed.unit and is_added(ground, received_on, law):
                number += ground.cap.number
    statutory = law.procedure.statutory_limit
    if law.procedure.has_statutory_limit and statutory.unit is committed.unit:
        number = max(committed.number, min(number, statutory.number))
    return replace(committed, number=number)


def special_steps(state: State, law: Law) -> Iterator[Running]:
    """The clock of each special step whose promised length the item publishes: what is left of it, from its opening."""
    calendar = law.calendar(state.calendar)
    for number, pause in enumerate(state.pauses):
        ground = law.procedure.ground(pause.ground)
        if not is_special(pause) or ground is None or ground.cap is None:
            continue
        before = [each for each in state.pauses[:number] if (each.ground, each.step) == (pause.ground, pause.step)]
        promised = rest(ground.cap, calendar, [excluded(each, state, law) for each in before])
        ended = pause.resumed_on or state.decided_on or state.closed_on
        yield Running(Clock.SPECIAL_STEP, pause.stopped_on, promised, calendar, (), pause.step, ended)


def _with_pauses(running: Running, pauses: Iterable[PauseState], state: State, law: Law) -> Running:
    """The clock with these pauses: forecast by their told ends while it runs, what really was once it has ended."""
    spans, stands = [], []
    for pause in pauses:
        span = excluded(pause, state, law)
        spans.append(span)
        if pause.resumed_on is None and ends_by_itself(pause, state, law) != pause.expected_end:
            stands.append(span.stopped)
    if not spans:
        return running
    paused = replace(running, pauses=tuple(spans), stands_from=min(stands, default=None))
    return paused.as_of(paused.ended_on) if paused.ended_on else paused


def excluded(pause: PauseState, state: State, law: Law) -> Span:
    """The days a pause takes out of a clock, by the region's readings of art. 45: which of its two edges count, and
    whether time beyond the told end does. A pause nobody has ended is taken to last until its told end."""
    return read_as(pause, law.region_for(state.received_on))


def read_as(pause: PauseState, region: Region) -> Span:
    """The same by a region's profile alone."""
    stopped, ended = pause.stopped_on, pause.resumed_on or pause.expected_end
    if region.told_time == "told":
        ended = min(ended, pause.expected_end)
    ended = max(ended, stopped)  # two people's clocks may differ by seconds, at midnight too
    if region.pause_edges == "after_stop":
        return Span(stopped + ONE_DAY, ended + ONE_DAY)
    if region.pause_edges == "both" and pause.ground == HEARING_GROUND:
        return Span(stopped, ended + ONE_DAY)
    return Span(stopped, ended)


def ends_by_itself(pause: PauseState, state: State, law: Law) -> date | None:
    """The day on which an open pause is over though nobody ends it; None where it stands until somebody does.

    It is the told end. Where the actual time is excluded, two kinds of pause outlast it: that of a hearing somebody
    asked for, until its minutes, and an officer's, until the time its ground publishes, if it publishes one. The time
    to ask for a hearing and that to put things right are over when they are over.
    """
    asked = state.hearing is not None and state.hearing.is_pending
    only_told = law.reading("told_time", state.received_on) == "told"
    if only_told or pause.ground == RECTIFICATION_GROUND or not (pause.step or asked):
        return pause.expected_end
    latest = latest_end(state, law, pause.ground, pause.step, pause.stopped_on) if pause.step else None
    return latest and max(latest, pause.expected_end)


def latest_end(state: State, law: Law, ground: str, step: str, on: date) -> date | None:
    """Until when a pause from this day may last, with the ended ones of the step on this ground; None: no cap."""
    published = law.procedure.ground(ground)
    if published is None or published.cap is None:
        return None
    calendar = law.calendar(state.calendar)
    ended = [each for each in state.pauses if (each.ground, each.step) == (ground, step) and each.resumed_on]
    return due(on, rest(published.cap, calendar, [excluded(each, state, law) for each in ended]), calendar)


def _hours(state: State, law: Law) -> tuple[tuple[time, ...], ...]:
    return () if law.reading("hours_by_wall_clock", state.received_on) else law.region.hours


def gap_clock(gap: GapState, state: State, law: Law) -> Running:
    """How long a material that may follow has (容缺); `step` names the material."""
    ended = gap.filled_on or gap.passed_on or state.decided_on or state.closed_on
    calendar = law.calendar(state.calendar)
    return Running(Clock.GAP, gap.since, gap.gap.period, calendar, (), gap.gap.material, ended)


def verification_clock(state: State, law: Law) -> Running | None:
    """How long the supervising unit has to verify what was granted on a commitment: apart from the case's own."""
    verification = state.verification
    if verification is None:
        return None
    calendar = law.calendar(verification.calendar)
    return Running(Clock.VERIFICATION, verification.since, verification.limit, calendar, ended_on=verification.ended_on)


def _after_acceptance(state: State, law: Law) -> Iterator[Running]:
    accepted, start = state.accepted, state.accepted_on
    assert accepted is not None
    assert start is not None
    calendar = law.calendar(state.calendar)
    of_parts = (preliminary_clock(state, law), promised_clock(state, law), share_clock(state, law))
    for decision in (*of_parts, legal_clock(state, law), renewal_clock(state, law)):
        if decision:
            yield decision
    if accepted.total_promise:
        yield Running(Clock.TOTAL, start, accepted.total_promise, calendar, ended_on=state.closed_on)
    for gap in state.gaps.values():
        yield gap_clock(gap, state, law)
    yield from special_steps(state, law)
    for step in state.steps.values():
        if step.plan.assign_within:
            assigned = step.assigned_on or step.finished_on or state.closed_on
            yield Running(Clock.ASSIGNMENT, start, step.plan.assign_within, calendar, (), step.plan.slug, assigned)
        own = step_clock(state, law, step)
        if own:
            yield own
        if step.rectification:
            ended = step.rectified_on or step.finished_on or state.closed_on
            yield Running(
                Clock.RECTIFICATION,
                step.rectification.on,
                step.rectification.period,
                calendar,
                (),
                step.plan.slug,
                ended,
            )


def remedy_clocks(state: State, law: Law) -> tuple[Running, ...]:
    """How long whoever was refused may ask for reconsideration or go to court: from service; never the agency's."""
    decision = state.refused or state.ended
    if decision is None or state.served_on is None:
        return ()
    calendar, remedy = law.calendar(state.calendar), decision.remedy
    return (
        Running(Clock.RECONSIDERATION, state.served_on, Limit(remedy.days, Unit.CALENDAR_DAY), calendar),
        Running(Clock.COURT, state.served_on, Limit(remedy.months, Unit.MONTH), calendar),
    )


def complaint_clock(complaint: Complaint, law: Law) -> Running:
    """How long the supervising unit may take to answer this complaint: apart from the clocks of the case itself."""
    calendar = law.calendar(complaint.calendar)
    return Running(Clock.COMPLAINT, complaint.on, complaint.limit, calendar, ended_on=complaint.answered_on)


def elapsed(state: State, law: Law, on: date) -> int:
    """Calendar days since the application arrived, up to `on` or the day it closed: nothing ever stops this count."""
    if state.received_on is None:
        return 0
    every_day = Limit(0, Unit.CALENDAR_DAY)
    return used(state.received_on, min(on, state.closed_on or on), every_day, law.calendar(state.calendar))


# What happens if nobody acts


def timers(state: State, law: Law) -> list[tuple[datetime, c.Command]]:
    """The commands of time itself, oldest first, each with its legal instant (00:00 after the last day)."""
    found = []
    for day, cls, subject, arguments in _falling_due(state, law):
        instant = _midnight(day)
        name = f"{state.number}/{c.NAMES[cls]}/{subject}/{instant.isoformat()}"
        found.append((instant, cls(command_id=uuid5(TIMER_IDS, name), at=instant, by=c.TIMER, **arguments)))
    return sorted(found, key=lambda each: (each[0], c.NAMES[type(each[1])]))


def require_timers(state: State, law: Law) -> None:
    """NotPossible("calendar_not_loaded") where the day of one of the timers can no longer be computed."""
    for _ in _falling_due(state, law):
        pass


def next_due(state: State, law: Law) -> datetime | None:
    """When time itself acts next, or None: what the index of cases keeps, so that the worker finds them."""
    days = [each[0] for each in _falling_due(state, law)]
    return _midnight(min(days)) if days else None


def _falling_due(state: State, law: Law) -> Iterator[tuple[date, type[c.Command], str, dict[str, Any]]]:
    """(the day at whose 00:00, what, about what, its arguments)."""
    if state.stage is Stage.SUBMITTED:
        notice = notice_clock(state, law)
        if notice:
            yield _day_after(notice.due), c.DeemAccepted, "", {}
    elif state.stage is Stage.CORRECTION and state.correction_from:
        calendar = law.calendar(state.calendar)
        yield _day_after(due(state.correction_from, state.corrections[-1].period, calendar)), c.Lapse, "", {}
    elif state.stage in UNDER_EXAMINATION:
        for pause in state.open_pauses:
            ends = ends_by_itself(pause, state, law)
            if ends:
                yield ends, c.EndPause, pause.notice, {"ground": pause.ground}
        for slug, step in state.steps.items():
            if step.is_open and may_be_silent(step):
                own = step_clock(state, law, step)
                if own:
                    yield _day_after(own.due), c.CountSilence, f"{slug}.{step.attempt}", {"step": slug}
        for gap in state.gaps.values():
            if gap.is_open:
                over = _day_after(gap_clock(gap, state, law).due)
                yield over, c.TellGapPassed, gap.gap.material, {"material": gap.gap.material}
        legal = legal_clock(state, law)
        if legal and not state.limit_passed and legal.runs_out and state.opening is None:
            yield _day_after(legal.due), c.TellLimitPassed, "", {}
        renewed_on = renewal.deemed_on(state, law)
        if renewed_on:
            yield renewed_on, c.DeemRenewed, "", {}


def may_be_silent(step: StepState) -> bool:
    """Whether silence at its limit counts as no objection: where the item says so, and never for a step sent back."""
    return step.plan.silence_is_no_objection and step.attempt == 1


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), OFFICE_ZONE)


def _day_after(day: date) -> date:
    return day + ONE_DAY
