"""What a history leaves for the detectors: who did what when, and how much of each limit was left at that moment.

A trace is derived from the facts of one case and its law alone, small, and as plain data as a fact: it can be kept
and made again. No detector reads a history itself. Minutes are wall minutes inside one day and minutes of the hall's
opening hours across days; days are working days of the case's calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from banjie.engine import events as e
from banjie.engine.calendar import Calendar
from banjie.engine.clocks import Running, excluded, notice_clock, promised_clock, running_limit
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import HEARING_GROUND, RECTIFICATION_GROUND, Law, Region
from banjie.engine.state import NEW, State, evolve
from banjie.engine.timelimits import ONE_DAY, Limit, Span, Unit, due, used

WORKING_DAYS = Limit(0, Unit.WORKING_DAY)
MINUTE = timedelta(minutes=1)
CONTACTS = (e.Noted, e.Visited, e.OriginalSeen, e.ContactAppointed)
"""What a talk with the applicant leaves behind: a note, a visit, papers looked at together."""
SITE_KINDS = frozenset({"survey", "inspection"})
"""Kinds of step for which somebody has to go somewhere."""


class Line(NamedTuple):
    """One fact as it stands in the log."""

    position: int
    event: e.Event
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """Something a member of staff did. `step`: the step it was about, where it was about one."""

    position: int
    kind: str
    at: datetime
    by: str
    unit: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class PauseMark:
    """A pause. `left`: days left on the tightest clock it stopped, before it did; `idle`: days since anybody on the
    staff had done anything; `told`: days its notice told; `asked`: it followed from a right of the applicant."""

    position: int
    on: date
    ground: str
    step: str
    by: str
    unit: str
    left: int
    limit: int
    idle: int
    told: int
    asked: bool = False
    resumed: int = 0
    resumed_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeMark:
    """A correction notice. `points`: how many it names; `used`: days of the notice clock used."""

    position: int
    at: datetime
    by: str
    unit: str
    cause: str
    unlawful: bool
    points: int
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class DecisionMark:
    """A decision. `left`: days left on the next limit that was not over (negative: all were); `to_close`: minutes to
    the end of the hall's day (negative: after it)."""

    position: int
    at: datetime
    by: str
    unit: str
    left: int
    limit: int
    to_close: int


@dataclass(frozen=True, slots=True)
class WithdrawalMark:
    """The applicant took the application back. `left` as of a decision, `limit` 0 where none ran yet; `contact`: the
    position of the last trace of a talk with the applicant, `contact_hours` before it (0: none is known)."""

    position: int
    at: datetime
    left: int
    limit: int
    contact: int = 0
    contact_hours: int = 0
    contact_by: str = ""


@dataclass(frozen=True, slots=True)
class NodeMark:
    """One step of one case. `share`: the working days it may take; `idle`: the longest time in them during which it
    stood with its unit and nothing was done, up to the last fact; `last_on`: the last day on which something was;
    `ended_on`: the day it came to its end, by somebody or by silence."""

    slug: str
    kind: str
    unit: str
    people: tuple[str, ...]
    share: int
    opened_on: date
    last_on: date
    idle: int
    stands: tuple[Span, ...] = ()
    ended_on: date | None = None
    assigned: int = 0
    assigned_at: datetime | None = None
    finished: int = 0
    finished_at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class LateMark:
    """A late entry (补录): the paper's instant, when it was entered, by whom, and the outage it refers to.

    Where even the ordinary facts beside it reached the log late (a history told afterwards), that is taken off.
    """

    position: int
    paper_at: datetime
    recorded_at: datetime
    by: str
    outage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the facts of one case say about how it was handled.

    `entered_by`: who of the staff entered the application, "" where it came on line. `whole`: minutes from filing to
    the decision of a person; `entry`: the same as the log received them, where both are late entries; `examined`:
    minutes from the first act of the examination to the decision; `quiet`: working days before that act since the
    acceptance. `fetched`: the position of a visit to collect the result before there was one.
    """

    stream: UUID
    number: str
    procedure: str
    unit: str
    party: str
    filed_at: datetime
    entered_by: str = ""
    channel: str = ""
    instant: bool = False
    on_commitment: bool = False
    merged: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    pauses: tuple[PauseMark, ...] = ()
    notices: tuple[NoticeMark, ...] = ()
    nodes: tuple[NodeMark, ...] = ()
    late: tuple[LateMark, ...] = ()
    decision: DecisionMark | None = None
    withdrawal: WithdrawalMark | None = None
    accepted_at: datetime | None = None
    accepted_by: str = ""
    whole: int = 0
    entry: int = 0
    examined: int = 0
    quiet: int = 0
    fetched: int = 0
    result: str = ""
    closed_on: date | None = None
    last_at: datetime | None = None


def trace(stream: UUID, lines: Iterable[Line], law: Law) -> Trace:
    """The trace of a case from all its facts in order. ValueError for a history without a submission."""
    reading = _Reading(law)
    for line in lines:
        reading.read(line)
    return reading.result(stream)


def minutes(since: datetime, until: datetime, calendar: Calendar, region: Region) -> int:
    """Minutes between two instants: by the wall on one day, by the hall's opening hours, if it has any, across days."""
    since, until = since.astimezone(OFFICE_ZONE), until.astimezone(OFFICE_ZONE)
    if since.date() == until.date() or not region.hours:
        return max((until - since) // MINUTE, 0)
    between = calendar.working_days_until(until.date() - ONE_DAY) - calendar.working_days_until(since.date())
    whole = sum(_minute(closes) - _minute(opens) for opens, closes in region.hours)
    rest = whole - _open_until(since, calendar, region) if calendar.is_workday(since.date()) else 0
    return max(rest + between * whole + _open_until(until, calendar, region), 0)


def _open_until(at: datetime, calendar: Calendar, region: Region) -> int:
    """Minutes the hall was open on this day up to this instant."""
    if not calendar.is_workday(at.date()):
        return 0
    now = _minute(at.time())
    return sum(max(min(now, _minute(closes)) - _minute(opens), 0) for opens, closes in region.hours)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def working_days(since: date, until: date, calendar: Calendar, stands: Sequence[Span] = ()) -> int:
    """Working days after `since` up to and including `until`, without those on which a clock stood."""
    return used(since, until, WORKING_DAYS, calendar, stands)


def _next_limit(state: State, law: Law, on: date) -> tuple[int, int]:
    """(days left, the limit in days) of the next decision limit that is not over; of the last one where all are."""
    clocks = [each for each in (promised_clock(state, law), running_limit(state, law)) if each]
    if not clocks:
        return 0, 0
    clocks.sort(key=lambda each: each.due)
    chosen = next((each for each in clocks if not each.is_over(on)), clocks[-1])
    return chosen.left(on), max(_days(chosen), 1)


def _days(running: Running) -> int:
    """The limit in working days, about."""
    limit = running.limit
    if limit.unit is Unit.WORKING_DAY:
        return limit.number
    return working_days(running.start, running.due, running.calendar, running.pauses)


class _Reading:
    """A history being read."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.state = NEW
        self.submitted: e.Submitted | None = None
        self.acts: list[Act] = []
        self.pauses: list[PauseMark] = []
        self.notices: list[NoticeMark] = []
        self.late: list[LateMark] = []
        self.decision: DecisionMark | None = None
        self.withdrawal: WithdrawalMark | None = None
        self.accepted_by = ""
        self.on_commitment = False
        self.fetched = 0
        self.lags: dict[int, timedelta] = {}
        self.entered_at: datetime | None = None
        self.decided_entry: datetime | None = None
        self.examined_from: datetime | None = None
        self.contact: tuple[int, datetime, str] | None = None
        self.touched: dict[str, list[date]] = {}
        self.assigned: dict[str, tuple[int, datetime]] = {}
        self.finished: dict[str, tuple[int, datetime, str]] = {}

    def read(self, line: Line) -> None:
        """Take one fact in: what it marks is measured on the case as it stood before."""
        event, before = line.event, self.state
        if not self._is_late(line.position) and not isinstance(event, e.LateEntered):
            self.lags[line.position] = max(line.recorded_at - event.at, timedelta(0))
        self._marked(line, before)
        if event.by.kind is e.ActorKind.STAFF:
            step = str(getattr(event, "step", ""))
            self.acts.append(Act(line.position, e.NAMES[type(event)], event.at, event.by.id, event.by.unit, step))
            self._touched(event, step)
        self.state = evolve(before, event)

    def _marked(self, line: Line, before: State) -> None:
        event, position = line.event, line.position
        match event:
            case e.Submitted():
                self.submitted = event
                self.entered_at = line.recorded_at if self._is_late(position) else None
            case e.LateEntered():
                mark = LateMark(position, event.paper_at, line.recorded_at, event.by.id, event.outage)
                self.late.append(mark)
            case e.TakenBack():
                self.notices = [each for each in self.notices if each.position != event.position]
            case e.Accepted():
                self.accepted_by = event.by.id if event.by.kind is e.ActorKind.STAFF else ""
            case e.CorrectionRequested():
                self.notices.append(self._notice(line, event, before))
            case e.Assigned():
                self.assigned[event.step] = (position, event.at)
                self._examining(event.at)
            case e.StepFinished():
                self.finished[event.step] = (position, event.at, event.by.id)
                self._examining(event.at)
            case e.SentBack():
                self.finished.pop(event.step, None)
            case e.Paused():
                self.pauses.append(self._pause(line, event, before))
            case e.Resumed():
                self.pauses = [
                    replace(each, resumed=position, resumed_on=event.on)
                    if not each.resumed and (each.ground, each.step) == self._which(before, event.notice)
                    else each
                    for each in self.pauses
                ]
            case e.CommitmentSigned():
                self.on_commitment = True
            case e.Granted() | e.Refused() if event.by.kind is e.ActorKind.STAFF:  # what the law grants nobody decided
                self.decision = self._decision(line, event, before)
                self.decided_entry = line.recorded_at if self._is_late(position) else None
            case e.Withdrawn():
                self.withdrawal = self._withdrawal(line, event, before)
            case e.Visited() if event.reason == "collect" and self.decision is None and not self.fetched:
                self.fetched = position
        if isinstance(event, CONTACTS) and event.by.kind is e.ActorKind.STAFF:
            self.contact = (position, event.at, event.by.id)

    def _is_late(self, position: int) -> bool:
        """Whether the fact at this position was entered late: the fact before it says so."""
        return any(each.position == position - 1 for each in self.late)

    def _lag(self, position: int) -> timedelta:
        """How late the ordinary fact nearest to a position reached the log."""
        nearest = min(self.lags, key=lambda each: abs(each - position), default=None)
        return timedelta(0) if nearest is None else self.lags[nearest]

    def _examining(self, at: datetime) -> None:
        if self.examined_from is None:
            self.examined_from = at

    def _which(self, before: State, notice: str) -> tuple[str, str]:
        return next(((each.ground, each.step) for each in before.pauses if each.notice == notice), ("", ""))

    def _calendar(self, state: State) -> Calendar:
        return self.law.calendar(state.calendar)

    def _touched(self, event: e.Event, step: str) -> None:
        """Something was done for a step: it names it, or somebody of its unit did it while it was open."""
        for slug, each in self.state.steps.items():
            rule = self.law.procedure.step(slug)
            if slug == step or (each.is_open and rule and event.by.unit == rule.unit):
                self.touched.setdefault(slug, []).append(event.on)

    def _notice(self, line: Line, event: e.CorrectionRequested, before: State) -> NoticeMark:
        clock = notice_clock(before, self.law)
        return NoticeMark(
            position=line.position,
            at=event.at,
            by=event.by.id,
            unit=event.by.unit,
            cause=event.cause,
            unlawful=event.unlawful,
            points=len(event.points),
            used=clock.used(event.on) if clock else 0,
            limit=clock.limit.number if clock else 0,
        )

    def _pause(self, line: Line, event: e.Paused, before: State) -> PauseMark:
        calendar = self._calendar(before)
        left, limit = _next_limit(before, self.law, event.on)
        since = self.acts[-1].at.astimezone(OFFICE_ZONE).date() if self.acts else event.on
        return PauseMark(
            position=line.position,
            on=event.on,
            ground=event.ground,
            step=event.step,
            by=event.by.id,
            unit=event.by.unit,
            left=left,
            limit=limit,
            idle=working_days(since, event.on, calendar),
            told=working_days(event.on, event.expected_end, calendar),
            asked=event.ground in (HEARING_GROUND, RECTIFICATION_GROUND) or event.by.kind is not e.ActorKind.STAFF,
        )

    def _decision(self, line: Line, event: e.Granted | e.Refused, before: State) -> DecisionMark:
        left, limit = _next_limit(before, self.law, event.on)
        local = event.at.astimezone(OFFICE_ZONE)
        closes = self.law.region.hours[-1][1] if self.law.region.hours else time(23, 59)
        to_close = _minute(closes) - _minute(local.time())
        return DecisionMark(line.position, event.at, event.by.id, event.by.unit, left, limit, to_close)

    def _withdrawal(self, line: Line, event: e.Withdrawn, before: State) -> WithdrawalMark:
        left, limit = _next_limit(before, self.law, event.on)
        if self.contact is None:
            return WithdrawalMark(line.position, event.at, left, limit)
        position, at, by = self.contact
        hours = max((event.at - at) // timedelta(hours=1), 1)
        return WithdrawalMark(line.position, event.at, left, limit, position, hours, by)

    def result(self, stream: UUID) -> Trace:
        """The trace of what was read."""
        if self.submitted is None:
            raise ValueError(f"stream {stream}: no application was handed in")
        submitted, state, law = self.submitted, self.state, self.law
        calendar, accepted = self._calendar(state), state.accepted
        decided = self.decision.at if self.decision else None
        first = self.examined_from

        def between(since: datetime | None, until: datetime | None) -> int:
            return minutes(since, until, calendar, law.region) if since and until else 0

        quiet = 0
        if accepted and first:
            quiet = working_days(accepted.on, first.astimezone(OFFICE_ZONE).date(), calendar)
        return Trace(
            stream=stream,
            number=submitted.number,
            procedure=submitted.procedure,
            unit=submitted.unit,
            party=submitted.party,
            filed_at=submitted.at,
            entered_by=submitted.by.id if submitted.by.kind is e.ActorKind.STAFF else "",
            channel=submitted.channel,
            instant=law.procedure.instant,
            on_commitment=self.on_commitment,
            merged=tuple(sorted(each.value for each in law.procedure.merged)),
            materials=tuple(sorted(state.provided)),
            acts=tuple(self.acts),
            pauses=tuple(self.pauses),
            notices=tuple(self.notices),
            nodes=tuple(self._nodes()),
            late=tuple(replace(each, recorded_at=each.recorded_at - self._lag(each.position)) for each in self.late),
            decision=self.decision,
            withdrawal=self.withdrawal,
            accepted_at=accepted.at if accepted else None,
            accepted_by=self.accepted_by,
            whole=between(submitted.at, decided),
            entry=between(self.entered_at, self.decided_entry),
            examined=between(first, decided),
            quiet=quiet,
            fetched=self.fetched,
            result=state.result,
            closed_on=state.closed_on,
            last_at=state.last_at,
        )

    def _nodes(self) -> Iterable[NodeMark]:
        state, law = self.state, self.law
        calendar = self._calendar(state)
        for slug, step in state.steps.items():
            rule = law.procedure.step(slug)
            if rule is None or step.opened_on is None:
                continue
            ended = step.finished_on or state.closed_on
            stands = [excluded(each, state, law) for each in state.pauses if each.step in ("", slug)]
            if step.rectification:
                until = step.rectified_on or due(step.rectification.on, step.rectification.period, calendar)
                stands.append(Span(step.rectification.on, max(until, step.rectification.on)))
            days = sorted(
                {
                    step.opened_on,
                    *(day for day in self.touched.get(slug, ()) if day >= step.opened_on),
                    *([ended] if ended else []),
                }
            )
            gaps = [working_days(a, b, calendar, stands) for a, b in pairwise(days)]
            assigned, finished = self.assigned.get(slug), self.finished.get(slug)
            yield NodeMark(
                slug=slug,
                kind=rule.kind,
                unit=rule.unit,
                people=tuple(each.id for each in step.people),
                share=_share(state, step.plan.limit),
                opened_on=step.opened_on,
                last_on=days[-1],
                idle=max(gaps, default=0),
                stands=tuple(stands),
                ended_on=step.finished_on,
                assigned=assigned[0] if assigned else 0,
                assigned_at=assigned[1] if assigned else None,
                finished=finished[0] if finished else 0,
                finished_at=finished[1] if finished else None,
                by=finished[2] if finished else "",
            )


def _share(state: State, own: Limit | None) -> int:
    """The working days a step may take: its own limit, or an equal part of the case's, the decision being one more."""
    if own and own.unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
        return max(own.number, 1)
    assert state.accepted is not None
    limit = state.accepted.committed_limit or state.accepted.statutory_limit
    days = limit.number if limit.unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY) else 1
    return max(days // (len(state.steps) + 1), 1)
