"""Joint handling (联合办理, 行政许可法 26(2), 42(2)): one registration, one case a deciding agency, one joint limit.

A bundle is a stream of its own. It holds what was registered, what it knows of each part, and the joint clock: forty-
five working days from the first acceptance of a part, fifteen more by the head of the government, once, before they
are over, with reasons and notice. Each part is a case with its own number, code, decision and share of the limit;
what the bundle knows of it, the part's own history has said (`PartNoted`). The other way round, the joint limit gets
into the part's history as a fact of its own: `carry` is the rule of that command, and the only one here that speaks
of a case. Pure, like everything in the engine.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, assert_never

from banjie.engine import codec
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.calendar import Calendar
from banjie.engine.clocks import Running, excluded, legal_clock, share_clock
from banjie.engine.guards import require_live, require_staff
from banjie.engine.law import Clock, Extension, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State
from banjie.engine.timelimits import Limit, Span, require_inside

LEAST_AGENCIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part as it was registered: the item, who decides on it, its share of the limit, and what was handed in."""

    role: str
    code: str
    unit: str
    agency: str
    share: Limit
    answers: e.Ref | None = None
    provided: tuple[e.Provided, ...] = ()
    commitment: e.Declaration | None = None
    gaps: tuple[str, ...] = ()
    gaps_told: e.Declaration | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """Days on which the statutory clock of a part stood (art. 45), the last not included."""

    stopped: date
    resumed: date


# Facts


@dataclass(frozen=True, kw_only=True)
class BundleFact:
    """What every fact of a bundle carries."""

    at: datetime
    by: e.By

    @property
    def on(self) -> date:
        """The office's civil day."""
        return self.at.astimezone(codec.OFFICE_ZONE).date()


@dataclass(frozen=True, kw_only=True)
class BundleOpened(BundleFact):
    """One registration of several parts. `matter`: which joint matter of the rulebook; `lead`: the agency in charge;
    `government`: the agency whose head may extend. `body`: a keyed digest of what was handed in."""

    number: str
    matter: str
    lead: str
    government: str
    contact: str
    party: str
    applicant: e.Ref
    channel: str
    calendar: str
    limit: Limit
    extension: Extension
    parts: tuple[Part, ...]
    e_service: bool = False
    declaration: e.Declaration | None = None
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class PartNoted(BundleFact):
    """What the history of a part says by its position `version`; `bound_by`: the joint limit that binds it, if any."""

    role: str
    case: str
    version: int
    number: str
    query_number: str
    stage: str
    calendar: str
    accepted_on: date | None = None
    share_due: date | None = None
    decided_on: date | None = None
    ended_on: date | None = None
    result: str = ""
    stood: tuple[Stood, ...] = ()
    joint_from: date | None = None
    bound_by: Limit | None = None


@dataclass(frozen=True, kw_only=True)
class JointlyExtended(BundleFact):
    """延期 (art. 42(2)): once, by the head of the government, before the joint limit is over."""

    length: Limit
    authority: str
    notice: str
    reasons: e.Ref


@dataclass(frozen=True, kw_only=True)
class BundleRedated(BundleFact):
    """Every part that is not over counts by a newer calendar, and so does the bundle."""

    calendar: str
    before: str


@dataclass(frozen=True, kw_only=True)
class BundleClosed(BundleFact):
    """The last part is over: nothing is owed any more."""


BundleEvent = BundleOpened | PartNoted | JointlyExtended | BundleRedated | BundleClosed
KINDS: dict[str, type[BundleFact]] = {e.kind_name(cls): cls for cls in BundleEvent.__args__}


def encode(event: BundleEvent) -> tuple[str, bytes]:
    """A fact as its kind name and canonical bytes."""
    return e.kind_name(type(event)), codec.canonical(codec.to_plain(event))


def decode(kind: str, plain: Any) -> BundleEvent:
    """The fact of these plain values; ValueError where no such fact can stand."""
    if kind not in KINDS:
        raise ValueError(f"unknown fact {kind!r}")
    event: BundleEvent = codec.from_plain(KINDS[kind], plain)  # type: ignore[assignment]
    return event


# State


@dataclass(frozen=True)
class Bundle:
    """A bundle as its history leaves it. `noted`: the newest that is known of each part that has become a case."""

    version: int = 0
    opened: BundleOpened | None = None
    calendar: str = ""
    noted: Mapping[str, PartNoted] = field(default_factory=dict)
    extension: JointlyExtended | None = None
    closed_on: date | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts as they were registered."""
        return self.opened.parts if self.opened else ()

    @property
    def unregistered(self) -> tuple[Part, ...]:
        """The parts that are not cases yet."""
        return tuple(each for each in self.parts if each.role not in self.noted)

    @property
    def joint_from(self) -> date | None:
        """Day 0 of the joint limit: the day on which the first part was accepted."""
        return min((each.accepted_on for each in self.noted.values() if each.accepted_on), default=None)

    @property
    def limit(self) -> Limit | None:
        """The joint limit, with its extension once that is granted."""
        if self.opened is None:
            return None
        return self.opened.limit.plus(self.extension.length) if self.extension else self.opened.limit

    @property
    def to_carry(self) -> tuple[PartNoted, ...]:
        """The parts that are accepted and undecided, and not yet bound by the joint limit as it stands now."""
        wanted = (self.joint_from, self.limit)
        return tuple(
            each
            for each in self.noted.values()
            if each.accepted_on and not each.decided_on and not each.ended_on
            if (each.joint_from, each.bound_by) != wanted
        )

    @property
    def owes(self) -> bool:
        """Whether something of it has still to be done: a part to be registered, the limit to be carried over."""
        return bool(self.unregistered or self.to_carry)


NEW = Bundle()


def fold(facts: Iterable[BundleEvent], bundle: Bundle = NEW) -> Bundle:
    """The bundle after these facts."""
    for fact in facts:
        bundle = evolve(bundle, fact)
    return bundle


def evolve(bundle: Bundle, event: BundleEvent) -> Bundle:
    """The bundle after one more fact. The order in which news of two parts arrives makes no difference."""
    bundle = replace(bundle, version=bundle.version + 1)
    match event:
        case BundleOpened():
            return replace(bundle, opened=event, calendar=event.calendar)
        case PartNoted():
            return replace(bundle, noted={**bundle.noted, event.role: event})
        case JointlyExtended():
            return replace(bundle, extension=event)
        case BundleRedated():
            return replace(bundle, calendar=event.calendar)
        case BundleClosed():
            return replace(bundle, closed_on=event.on)
        case _:
            assert_never(event)


# Time


def joint_clock(bundle: Bundle, calendar: Calendar) -> Running | None:
    """The joint statutory clock; None before a part is accepted. It stands while that of any part lawfully stands,
    and ends when the last part is decided or over."""
    if bundle.joint_from is None or bundle.limit is None:
        return None
    over = [each.decided_on or each.ended_on for each in bundle.noted.values()]
    days = [day for day in over if day]
    ended = max(days) if len(days) == len(bundle.parts) else None
    spans = tuple(Span(each.stopped, each.resumed) for part in bundle.noted.values() for each in part.stood)
    return Running(Clock.LEGAL, bundle.joint_from, bundle.limit, calendar, spans, ended_on=ended)


def over_share(bundle: Bundle, on: date) -> tuple[tuple[Part, PartNoted], ...]:
    """The parts that hold the bundle up on a day (M133): undecided beyond their share, with the unit that decides."""
    return tuple(
        (part, noted)
        for part in bundle.parts
        if (noted := bundle.noted.get(part.role)) is not None
        and noted.share_due
        and not (noted.decided_on or noted.ended_on)
        and on > noted.share_due
    )


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBundle:
    """Register several parts at once. The personal data are sealed already; `agencies` decide on them."""

    opened: BundleOpened


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePart:
    """Note what the history of a part says."""

    noted: PartNoted


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendJointly:
    """Extend the joint limit once, with reasons; `length` defaults to the longest."""

    at: datetime
    by: c.Actor
    reasons: e.Ref
    length: Limit | None = None


BundleCommand = OpenBundle | NotePart | ExtendJointly


def decide(bundle: Bundle, command: BundleCommand, calendar: Calendar) -> list[BundleEvent]:
    """The facts that follow from the command, or NotPossible. `calendar`: the one the bundle counts by."""
    match command:
        case OpenBundle():
            return _open(bundle, command.opened)
        case NotePart():
            return _note(bundle, command.noted)
        case ExtendJointly():
            return _extend(bundle, command, calendar)
        case _:
            assert_never(command)


def require_joint(parts: Iterable[Part]) -> None:
    """Two or more agencies decide (art. 26(2)): sections of one agency have its limit and no other (art. 26(1))."""
    agencies = {each.agency for each in parts}
    if len(agencies) < LEAST_AGENCIES:
        raise NotPossible("joint_limit_alone", agencies=sorted(agencies))


def _open(bundle: Bundle, opened: BundleOpened) -> list[BundleEvent]:
    if bundle.version:
        raise NotPossible("already_submitted", number=bundle.opened.number if bundle.opened else "")
    require_joint(opened.parts)
    return [opened]


def _note(bundle: Bundle, noted: PartNoted) -> list[BundleEvent]:
    """Nothing where this or something newer is known already; BundleClosed with the end of the last part."""
    known = bundle.noted.get(noted.role)
    if noted.role not in {each.role for each in bundle.parts}:
        raise NotPossible("not_a_part")
    if known and known.version >= noted.version:
        return []
    facts: list[BundleEvent] = [noted]
    after = fold(facts, bundle)
    calendars = {each.calendar for each in after.noted.values() if not each.ended_on} - {""}
    if len(calendars) == 1 and bundle.calendar not in calendars:
        facts.append(BundleRedated(at=noted.at, by=noted.by, calendar=calendars.pop(), before=bundle.calendar))
    ended = [each for each in after.noted.values() if each.ended_on]
    if bundle.closed_on is None and len(ended) == len(bundle.parts):
        facts.append(BundleClosed(at=noted.at, by=noted.by))
    return facts


def may_extend(bundle: Bundle, actor: c.Actor, calendar: Calendar, on: date) -> Limit:
    """The head of the government, once, up to 24:00 of the last counted day: the longest extension; or NotPossible."""
    running = joint_clock(bundle, calendar)
    if bundle.opened is None or running is None:
        raise NotPossible("not_accepted")
    if bundle.closed_on:
        raise NotPossible("already_closed", result="")
    if running.ended_on:
        raise NotPossible("already_decided")
    if bundle.extension:
        raise NotPossible("already_extended", due=running.due)
    require_staff(actor, bundle.opened.extension.authority)
    if bundle.opened.government and actor.agency != bundle.opened.government:
        raise NotPossible("not_your_unit", unit=bundle.opened.government)
    require_inside(running.due, on)
    return bundle.opened.extension.length


def _extend(bundle: Bundle, command: ExtendJointly, calendar: Calendar) -> list[BundleEvent]:
    longest = may_extend(bundle, command.by, calendar, command.at.astimezone(codec.OFFICE_ZONE).date())
    length = command.length or longest
    if length.unit is not longest.unit or not 1 <= length.number <= longest.number:
        raise NotPossible("extension_too_long", most=longest)
    assert bundle.opened is not None
    return [
        JointlyExtended(
            at=command.at,
            by=command.by.mark,
            length=length,
            authority=bundle.opened.extension.authority,
            notice=f"{bundle.opened.number}-extension",
            reasons=command.reasons,
        )
    ]


# Between a bundle and its parts


def noted(role: str, case: str, state: State, law: Law) -> PartNoted:
    """What a part's history says, for its bundle."""
    share = share_clock(state, law)
    legal = legal_clock(state, law)
    pauses = [each for each in state.pauses if Clock.LEGAL in each.clocks]
    spans = [excluded(each, state, law) for each in pauses]
    at = state.last_at
    assert at is not None, "a part has a history"
    return PartNoted(
        at=at,
        by=c.TIMER.mark,
        role=role,
        case=case,
        version=state.version,
        number=state.number,
        query_number=state.query_number,
        stage=state.stage.value,
        calendar=state.calendar,
        accepted_on=state.counted_from,
        share_due=share.due if share else None,
        decided_on=state.decided_on,
        ended_on=state.closed_on,
        result=state.result,
        stood=tuple(Stood(each.stopped, each.resumed) for each in spans),
        joint_from=legal.start if legal else None,
        bound_by=legal.limit if legal else None,
    )


def carried(bundle: Bundle, stream: str) -> dict[str, Any]:
    """The arguments of `CarryJointLimit` for the parts of this bundle, as it stands now."""
    extension = bundle.extension
    return {
        "bundle": stream,
        "joint_from": bundle.joint_from,
        "limit": bundle.limit,
        "extended": extension is not None,
        "authority": extension.authority if extension else "",
        "notice": extension.notice if extension else "",
    }


def carry(state: State, command: c.CarryJointLimit, law: Law) -> list[e.Event]:
    """JointLimitCarried: the rule of the command by which the bundle's limit comes to bind a part."""
    require_live(state)
    if state.joint is None or state.part_of is None or state.part_of.stream != command.bundle:
        raise NotPossible("not_a_part")
    if state.is_decided:
        raise NotPossible("already_decided")
    legal = legal_clock(state, law)
    if legal is None:
        raise NotPossible("not_accepted")
    if (legal.start, legal.limit) == (command.joint_from, command.limit):
        raise NotPossible("nothing_to_carry")
    return [
        e.JointLimitCarried(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            bundle=command.bundle,
            joint_from=command.joint_from,
            limit=command.limit,
            extended=command.extended,
            authority=command.authority,
            notice=command.notice,
        )
    ]
