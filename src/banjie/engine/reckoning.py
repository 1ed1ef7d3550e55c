"""The receipt of a case's dates (时限计算凭据) as plain data: everything each date rests on, and what follows from it.

A receipt is meant to be checked by somebody who does not trust us: it holds the inputs of every clock (the fact that
started it, the limit and what lengthened it, the region's readings, the pauses with their notices, the days of the
calendar) beside the results (due date, days used and left, the ledger), a hash of each fact of the log it rests on, and
a digest of all of it. `differences` counts anew from the inputs alone; so does `static/banjie/js/timelimits.js`, which
shares no code with this house. No name of a person and no pseudonym stands in it.

`null` as a result means that the calendar of a year that is needed was not loaded.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any

from banjie.engine import events as e
from banjie.engine.calendar import Calendar, Overlay, Year
from banjie.engine.clocks import INSTANTS, Running, ends_by_itself, read_as
from banjie.engine.codec import OFFICE_ZONE, canonical, to_plain
from banjie.engine.law import READINGS, Clock, Law, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import PauseState, State
from banjie.engine.timelimits import ONE_DAY, Limit, Span, Unit

FORMAT = "banjie.receipt-of-dates"
VERSION = 1

Plain = dict[str, Any]

STARTS: Mapping[Clock, tuple[type[e.Fact], ...]] = {
    Clock.NOTICE: (e.Submitted, e.Corrected),
    Clock.CORRECTION: (e.CorrectionRequested,),
    Clock.PRELIMINARY: (e.Accepted, e.DeemedAccepted),
    Clock.LEGAL: (e.Accepted, e.DeemedAccepted, e.OpenedExOfficio, e.Forwarded, e.ArrivalConfirmed),
    Clock.PROMISED: (e.Accepted, e.DeemedAccepted, e.Forwarded, e.ArrivalConfirmed),
    Clock.TOTAL: (e.Accepted, e.DeemedAccepted),
    Clock.CERTIFICATE: (e.Granted, e.Refused, e.EndDecided),
    Clock.RECTIFICATION: (e.RectificationSet,),
    Clock.HEARING_REQUEST: (e.HearingRightTold, e.IntentTold),
    Clock.STATEMENT: (e.IntentTold,),
    Clock.HEARING_HOLD: (e.HearingRequested,),
    Clock.ASSIGNMENT: (e.Accepted, e.DeemedAccepted, e.OpenedExOfficio),
    Clock.STEP: (
        e.Accepted,
        e.DeemedAccepted,
        e.OpenedExOfficio,
        e.Assigned,
        e.StepFinished,
        e.StepSilent,
        e.Forwarded,
    ),
    Clock.SHARE: (e.Accepted, e.DeemedAccepted),
    Clock.RENEWAL: (e.Accepted, e.DeemedAccepted),
    Clock.SPECIAL_STEP: (e.Paused,),
    Clock.GAP: (e.Accepted, e.DeemedAccepted),
    Clock.VERIFICATION: (e.VerificationOpened, e.Granted),
    Clock.RECONSIDERATION: (e.Served,),
    Clock.COURT: (e.Served,),
}
"""The facts that can start a clock; a kind that is not named here is started by a fact the receipt does not name."""

RESTED_ON = (
    *(e.Submitted, e.LateEntered, e.CorrectionRequested, e.Corrected, e.Lapsed, e.TakenBack, e.Accepted),
    *(e.DeemedAccepted, e.Assigned, e.StepFinished, e.StepSilent, e.SentBack, e.RectificationSet, e.Rectified),
    *(e.Paused, e.Resumed, e.HearingRightTold, e.HearingRequested, e.HearingNoticed, e.HearingHeld, e.HearingWaived),
    *(e.Extended, e.Forwarded, e.ArrivalConfirmed, e.LimitPassed, e.Granted, e.Refused, e.Served, e.Closed),
    *(e.GapsPromised, e.GapFilled, e.GapPassed, e.JointLimitCarried, e.ExtensionRevoked, e.VerificationOpened),
    *(e.OpenedExOfficio, e.IntentTold, e.EndDecided, e.Discontinued, e.LicenceEnded, e.LicenceRestored),
    *(e.MovedToVersion, e.FoundNotNeeded, e.Declined, e.Withdrawn, e.Terminated, e.Voided, e.Redated),
)
"""Facts that can move a date. What one person says to another (complaints, notes) is none of them."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with its place in the log and its hash there."""

    position: int
    event: e.Event
    hash: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the days of a version of the calendar come from: its digest, and the notice of each year by its number."""

    digest: str = ""
    documents: Mapping[int, str] = field(default_factory=dict)


def reckoning(
    state: State,
    law: Law,
    running: Sequence[Running],
    at: datetime,
    recorded: Sequence[Recorded],
    installation: str = "",
    sources: Mapping[str, Source] | None = None,
    now_with: Sequence[Mapping[str, str]] = (),
) -> Plain:
    """The receipt of these clocks at this instant, sealed with its digest. `recorded`: the facts of the log so far.

    `now_with`: the units that have to act, by name. Facts that time has brought about and nobody has recorded yet are
    in the state, and counted in `log.computed`.
    """
    on = at.astimezone(OFFICE_ZONE).date()
    standing = standing_of(recorded)
    calendars = {each.calendar.version: each.calendar for each in running}
    first = min((each.start for each in running), default=on)
    procedure = law.procedure
    document: Plain = {
        "format": FORMAT,
        "version": VERSION,
        "as_of": at.astimezone(OFFICE_ZONE).isoformat(),
        "on": on.isoformat(),
        "case": {
            "number": state.number,
            "query_number": state.query_number,
            "stage": state.stage.value,
            "item": procedure.name,
            "item_english": procedure.english,
        },
        "procedure": {
            "code": procedure.code,
            "version": procedure.version,
            "digest": law.digest,
            "effective_from": procedure.effective_from.isoformat(),
        },
        "region": {
            "code": law.region.code,
            "name": law.region.name,
            "readings": {name: law.reading(name, state.received_on) for name in READINGS},
            "hours": [[each.isoformat() for each in session] for session in law.region.hours],
        },
        "now_with": [dict(each) for each in now_with],
        "log": {
            "installation": installation,
            "head": {"position": recorded[-1].position, "hash": recorded[-1].hash} if recorded else None,
            "computed": state.version - (recorded[-1].position if recorded else 0),
            "facts": [
                {
                    "position": each.position,
                    "kind": e.NAMES[type(each.event)],
                    "at": each.event.at.astimezone(OFFICE_ZONE).isoformat(),
                    "hash": each.hash,
                }
                for each in recorded
                if isinstance(each.event, RESTED_ON)
            ],
        },
        "calendars": [
            plain_calendar(each, first.year, (sources or {}).get(version, Source()))
            for version, each in sorted(calendars.items())
        ],
        "clocks": [_clock(each, state, law, on, standing) for each in running],
    }
    return sealed(document)


def sealed(document: Mapping[str, Any]) -> Plain:
    """The document with the digest of everything else in it."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return {**rest, "digest": digest_of(rest)}


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of the document without its digest, in hexadecimal digits."""
    return hashlib.sha256(canonical({n: v for n, v in document.items() if n != "digest"})).hexdigest()


# What goes in


def _clock(running: Running, state: State, law: Law, on: date, standing: Sequence[Recorded]) -> Plain:
    pauses = [_pause(each, ends_by_itself(each, state, law)) for each in pauses_of(running, state)]
    base, extension = lengthened_by(running, state)
    rule = law.procedure.step(running.step)
    return {
        "clock": running.clock.value,
        "step": running.step,
        "step_name": rule.name if rule else "",
        "step_english": rule.english if rule else "",
        "start": {"on": _day(running.start), "at": _instant(running.start_at), "fact": starter_of(running, standing)},
        "limit": plain_limit(running.limit),
        "base": plain_limit(base),
        "extension": _extension(extension) if extension else None,
        "calendar": running.calendar.version,
        "hours": [[each.isoformat() for each in session] for session in running.hours],
        "pauses": pauses,
        "excluded": [[span.stopped.isoformat(), span.resumed.isoformat()] for span in running.pauses],
        "stands_from": _day(running.stands_from),
        "ended_on": _day(running.ended_on),
        "result": result_of(running, on),
        "ledger": known(lambda: ledger_of(running)),
    }


def _extension(extension: e.Extended) -> Plain:
    told = {"notice": extension.notice, "on": extension.on.isoformat(), "authority": extension.authority}
    return {"length": plain_limit(extension.length), **told}


def pauses_of(running: Running, state: State) -> list[PauseState]:
    """The pauses of the case that stop this clock: PRELIMINARY and SHARE stand whenever LEGAL would."""
    if running.clock is Clock.STEP:
        return [each for each in state.pauses if each.step == running.step]
    which = Clock.LEGAL if running.clock in (Clock.PRELIMINARY, Clock.SHARE) else running.clock
    return [each for each in state.pauses if which in each.clocks]


def _pause(pause: PauseState, ends: date | None) -> Plain:
    return {
        "ground": pause.ground,
        "notice": pause.notice,
        "step": pause.step,
        "stopped_on": pause.stopped_on.isoformat(),
        "told_end": pause.expected_end.isoformat(),
        "resumed_on": _day(pause.resumed_on),
        "ends_by_itself": _day(ends),
    }


def lengthened_by(running: Running, state: State) -> tuple[Limit, e.Extended | None]:
    """The limit before anybody lengthened it, and the extension that did; None where none moved this clock."""
    extension, accepted = state.extension, state.accepted
    is_lengthened = extension is not None and not state.extension_revoked
    if extension is None or not is_lengthened or accepted is None:
        return running.limit, None
    if running.clock not in (Clock.LEGAL, Clock.PROMISED):
        return running.limit, None
    before = accepted.committed_limit if running.clock is Clock.PROMISED else accepted.statutory_limit
    if running.clock is Clock.LEGAL and state.forwarded and accepted.preliminary_limit:
        before = state.forwarded.statutory_limit
    if running.clock is Clock.LEGAL and state.carried:
        before = state.carried.limit
    if before is None or (running.clock is Clock.PROMISED and before == running.limit):
        return running.limit, None
    return before, extension


def standing_of(recorded: Sequence[Recorded]) -> list[Recorded]:
    """These facts without those that were taken back."""
    void = {each.event.position for each in recorded if isinstance(each.event, e.TakenBack)}
    return [each for each in recorded if each.position not in void]


def starter_of(running: Running, standing: Sequence[Recorded]) -> int | None:
    """The position of the fact that started a clock; None where it is not recorded yet or no single one did.

    `standing`: the facts of the log so far, without those that were taken back.
    """
    kinds = STARTS.get(running.clock, ())
    found = [each for each in standing if isinstance(each.event, kinds) and _day_of(each.event) <= running.start]
    same = [each for each in found if _day_of(each.event) == running.start]
    return (same or found)[-1].position if found else None


def _day_of(event: e.Event) -> date:
    if isinstance(event, e.Accepted | e.OpenedExOfficio) and event.counted_from:
        return event.counted_from
    return event.accept_on if isinstance(event, e.DeemedAccepted) else event.on


def plain_calendar(calendar: Calendar, first: int, source: Source) -> Plain:
    """A calendar day by day, from its year `first` on."""
    return {
        "version": calendar.version,
        "region": calendar.region,
        "digest": source.digest,
        "years": [
            {
                "year": number,
                "official": year.official,
                "document": source.documents.get(number, ""),
                "holidays": {day.isoformat(): name for day, name in year.holidays.items()},
                "workdays": sorted(day.isoformat() for day in year.workdays),
            }
            for number, year in sorted(calendar.years.items())
            if number >= first
        ],
        "overlays": [
            {
                "region": each.region,
                "holidays": {day.isoformat(): name for day, name in each.holidays.items()},
                "workdays": sorted(day.isoformat() for day in each.workdays),
            }
            for each in calendar.overlays
        ],
    }


# What follows


def result_of(running: Running, on: date) -> Plain:
    """What the clock says on a day: `due_at` for limits of hours and minutes; null where a calendar is missing."""
    by_the_clock = running.limit.unit in INSTANTS
    return {
        "due": known(lambda: _day(running.due)),
        "due_at": known(lambda: _instant(running.due_at)) if by_the_clock else None,
        "provisional": known(lambda: running.is_provisional),
        "used": known(lambda: running.used(on)),
        "left": known(lambda: running.left(on)),
        "over": known(lambda: running.is_over(on)),
        "paused": known(lambda: running.is_paused(on)),
    }


def ledger_of(running: Running) -> list[Plain]:
    """Every day of a clock, whether it counted, and why."""
    return [
        {
            "day": each.day.isoformat(),
            "counted": each.counted,
            "number": each.number,
            "reason": each.reason,
            "name": each.name,
            "official": each.official,
        }
        for each in running.ledger()
    ]


def known(read: Callable[[], Any]) -> Any:
    """What this says, or None where the calendar of a year it needs is not loaded."""
    try:
        return read()
    except NotPossible:
        return None


# Counting anew


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a receipt does not agree with what follows from it: the place, what stands there, what it should be.

    `code`: malformed, unknown_format, digest, unknown_rule, calendar_missing, spans, limit, result, ledger.
    """

    code: str
    where: str
    says: Any = None
    should: Any = None


def differences(document: Any) -> list[Difference]:
    """What does not agree in a receipt, counted anew from its own inputs; empty where all of it does."""
    try:
        return list(_differences(document))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        return [Difference("malformed", type(problem).__name__, str(problem))]


def _differences(document: Any) -> Iterator[Difference]:
    if document["format"] != FORMAT or document["version"] != VERSION:
        yield Difference("unknown_format", "version", [document["format"], document["version"]], [FORMAT, VERSION])
        return
    if document["digest"] != digest_of(document):
        yield Difference("digest", "digest", document["digest"], digest_of(document))
    calendars = {each["version"]: calendar_of(each) for each in document["calendars"]}
    region, on = region_of(document), date.fromisoformat(document["on"])
    if date.fromisoformat(document["as_of"][:10]) != on:
        yield Difference("result", "on", document["on"], document["as_of"][:10])
    for place, clock in enumerate(document["clocks"]):
        yield from _of_clock(f"clocks.{place}", clock, calendars, region, on, document["clocks"])


def _of_clock(
    where: str, clock: Any, calendars: Mapping[str, Calendar], region: Region, on: date, others: Any
) -> Iterator[Difference]:
    if clock["calendar"] not in calendars:
        yield Difference("calendar_missing", f"{where}.calendar", clock["calendar"])
        return
    running = running_of(clock, calendars[clock["calendar"]])
    spans, stands = spans_of(clock, region)
    if (list(running.pauses), running.stands_from) != (spans, stands):
        told = [[span.stopped.isoformat(), span.resumed.isoformat()] for span in spans]
        yield Difference("spans", f"{where}.excluded", clock["excluded"], told)
    limit = lengthened(clock, calendars[clock["calendar"]], others, calendars)
    if running.limit != limit:
        yield Difference("limit", f"{where}.limit", clock["limit"], plain_limit(limit))
    should = result_of(running, on)
    for name in should.keys() | clock["result"].keys():
        if clock["result"].get(name, ...) != should.get(name, ...) or type(clock["result"][name]) is not type(
            should[name]
        ):
            yield Difference("result", f"{where}.result.{name}", clock["result"].get(name), should.get(name))
    ledger = known(lambda: ledger_of(running))
    if clock["ledger"] != ledger:
        yield _of_ledger(where, clock["ledger"] or [], ledger or [])


def _of_ledger(where: str, says: Any, should: Any) -> Difference:
    for place, (each, other) in enumerate(zip(says, should, strict=False)):
        if each != other:
            return Difference("ledger", f"{where}.ledger.{place}", each, other)
    return Difference("ledger", f"{where}.ledger", f"{len(says)}", f"{len(should)}")


def calendar_of(plain: Any) -> Calendar:
    """The calendar of a receipt: its years and overlays, day by day."""
    years = [Year(each["year"], each["official"], *_days(each)) for each in plain["years"]]
    overlays = [Overlay(each["region"], *_days(each)) for each in plain["overlays"]]
    return Calendar.build(plain["version"], years, plain["region"], overlays)


def _days(plain: Any) -> tuple[dict[date, str], frozenset[date]]:
    holidays = {date.fromisoformat(day): str(name) for day, name in plain["holidays"].items()}
    return holidays, frozenset(date.fromisoformat(each) for each in plain["workdays"])


def region_of(document: Any) -> Region:
    """The region's profile as far as a receipt holds it: its readings."""
    told = document["region"]
    return Region(code=told["code"], name=told["name"], **told["readings"])


def running_of(plain: Any, calendar: Calendar) -> Running:
    """The clock of a receipt, ready to be counted: ValueError where it names a rule that is not known here."""
    return Running(
        clock=Clock(plain["clock"]),
        start=date.fromisoformat(plain["start"]["on"]),
        limit=_limit_of(plain["limit"]),
        calendar=calendar,
        pauses=tuple(Span(date.fromisoformat(a), date.fromisoformat(b)) for a, b in plain["excluded"]),
        step=plain["step"],
        ended_on=_date(plain["ended_on"]),
        start_at=datetime.fromisoformat(plain["start"]["at"]) if plain["start"]["at"] else None,
        hours=tuple(tuple(time.fromisoformat(each) for each in session) for session in plain["hours"]),
        stands_from=_date(plain["stands_from"]),
    )


def spans_of(clock: Any, region: Region) -> tuple[list[Span], date | None]:
    """The days a clock's pauses take out of it, by the readings, and from when it stands until somebody ends that."""
    spans, stands = [], []
    for each in clock["pauses"]:
        told, resumed = date.fromisoformat(each["told_end"]), _date(each["resumed_on"])
        stopped = date.fromisoformat(each["stopped_on"])
        pause = PauseState(each["ground"], frozenset(), each["notice"], stopped, told, each["step"], resumed)
        spans.append(read_as(pause, region))
        if resumed is None and _date(each["ends_by_itself"]) != told:
            stands.append(spans[-1].stopped)
    since, ended = min(stands, default=None), _date(clock["ended_on"])
    if ended and since and ended >= since:
        return [*spans, Span(since, ended + ONE_DAY)], None
    return spans, since


def lengthened(clock: Any, calendar: Calendar, others: Any, calendars: Mapping[str, Calendar]) -> Limit:
    """The limit after its extension: of the promise as much of it as the statutory day allows."""
    base, extension = _limit_of(clock["base"]), clock["extension"]
    if extension is None:
        return base
    length = _limit_of(extension["length"])
    if clock["clock"] != Clock.PROMISED.value:
        return base.plus(length)
    legal = next((each for each in others if each["clock"] == Clock.LEGAL.value), None)
    promised = replace(running_of(clock, calendar), limit=base)
    if legal is None or promised.due < date.fromisoformat(extension["on"]):
        return base
    last = running_of(legal, calendars[legal["calendar"]]).due
    for number in range(length.number, 0, -1):
        longer = base.plus(replace(length, number=number))
        if replace(promised, limit=longer).due <= last:
            return longer
    return base


# Plain values


def plain_limit(limit: Limit) -> Plain:
    """A limit with all its fields."""
    return {**{each.name: getattr(limit, each.name) for each in fields(limit)}, **to_plain(limit)}


def _limit_of(plain: Any) -> Limit:
    unknown = plain.keys() - {each.name for each in fields(Limit)}
    if unknown:
        raise ValueError(f"a limit knows no {sorted(unknown)}")
    return Limit(**{**plain, "unit": Unit(plain["unit"])})


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(OFFICE_ZONE).isoformat() if at else None
