"""The door of bundles (联合办理): one registration opens them, and what comes of each part is heard and joined here.

A bundle and its parts are streams of their own, so no transaction holds them together. Instead each step is safe to
repeat and the stream says what is still owed: `settle` registers the parts that are not cases yet, hears what the
history of each part says, carries the joint limit over into the parts through their one door, and closes the bundle
with its last part. Whoever opens, accepts or extends calls it at once; after a crash, and for what happens in the parts
by themselves, the worker does (`carry_on`), told by the follower `Stirrings` which bundles to look at.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from banjie.cases import handle, sql
from banjie.cases.models import Bundle as Row
from banjie.cases.models import BundlePart
from banjie.cases.scope import Scope, whole_house
from banjie.engine import bundle as b
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.calendar import Calendar
from banjie.engine.clocks import Running
from banjie.engine.codec import OFFICE_ZONE, instant, microseconds
from banjie.engine.decide import advance, decide
from banjie.engine.guards import require_staff
from banjie.engine.law import Law
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.state import NEW, Stage, State, fold
from banjie.engine.timelimits import Limit
from banjie.records import catalogue
from banjie.records.catalogue.joint import Matter, matter
from banjie.records.parties import queries as parties
from banjie.records.parties import sealing
from banjie.store.files.read import find_file
from banjie.store.keys import blind
from banjie.store.log import clock, queries, read
from banjie.store.log.append import Conflict, append
from banjie.store.log.read import LogEntry

log = structlog.get_logger("banjie.bundles")

STREAM_KIND = "bundle"
IDS = UUID("7d3f5c1e-9a44-5f0b-8a0e-2d5b8c1f6a02")
"""Name space of the streams of bundles: computed from who asked with which key, so that a repeat is recognised."""
TRIES = 8
AGAIN = 60_000_000
"""Microseconds after which a bundle that could not be settled is tried again."""
PAGE = 100
HEARD = frozenset(
    e.NAMES[each]
    for each in (
        *(e.Accepted, e.DeemedAccepted, e.TakenBack, e.Paused, e.Resumed, e.JointLimitCarried, e.Granted, e.Refused),
        *(e.DeemedRenewed, e.Closed, e.Withdrawn, e.Terminated, e.Voided, e.Lapsed, e.Declined, e.FoundNotNeeded),
        *(e.Redated, e.CorrectionRequested, e.Corrected, e.Erased),
    )
)
"""The facts of a part that its bundle wants to hear of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAsked:
    """What is handed in for one part."""

    answers: Mapping[str, Any]
    provided: tuple[e.Provided, ...] = ()
    commitment: e.Declaration | None = None
    gaps: tuple[str, ...] = ()
    gaps_told: e.Declaration | None = None

    @classmethod
    def of(cls, command: c.Submit) -> "PartAsked":
        """What an application for the item alone would hand in."""
        return cls(
            answers=command.answers.value,
            provided=command.provided,
            commitment=command.commitment,
            gaps=command.gaps,
            gaps_told=command.gaps_told,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Register all parts of a matter at once. `parts`: by the roles of the matter."""

    at: datetime
    by: c.Actor
    matter: str
    applicant: Mapping[str, str]
    parts: Mapping[str, PartAsked]
    channel: str = "online"
    party: str = ""
    e_service: bool = False
    declaration: e.Declaration | None = None

    @classmethod
    def of(cls, found: Matter, commands: Mapping[str, c.Submit]) -> "Register":
        """The registration of a matter, from what an application for each item alone would hand in, by item code."""
        first = next(iter(commands.values()))
        return cls(
            at=first.at,
            by=first.by,
            matter=found.id,
            applicant=first.applicant.value,
            parts={each.role: PartAsked.of(commands[each.code]) for each in found.parts},
            channel=first.channel,
            party=first.party,
            e_service=first.e_service,
            declaration=first.declaration,
        )


@dataclass(frozen=True, slots=True)
class BundleView:
    """A bundle as a page needs it, on a day."""

    stream: UUID
    state: b.Bundle
    calendar: Calendar
    on: date
    reasons: str = ""
    facts: tuple[b.BundleEvent, ...] = field(default=())

    @property
    def clock(self) -> Running | None:
        """The joint clock; None before a part is accepted."""
        return b.joint_clock(self.state, self.calendar)

    @property
    def late(self) -> tuple[tuple[b.Part, b.PartNoted], ...]:
        """The parts over their share, with the unit that holds the bundle up."""
        return b.over_share(self.state, self.on)


# Opening


def register(asked: Register, key: str, body: bytes = b"") -> UUID:
    """Open a bundle and the cases of its parts; the stream of the bundle.

    Everything is tried before anything is recorded: BadInput names every problem of every part (`parts.<role>.…`);
    NotPossible unknown_matter, joint_limit_alone, not_for_joint_handling, no_mandate. Then the bundle is recorded, and
    nothing is lost any more: the cases follow at once, or when the worker finds what a crash has left. The same key and
    body give the first answer, another body NotPossible("key_reused_with_other_body").
    """
    asker = hashlib.sha256(f"{asked.by.id}\x00{key}".encode()).hexdigest()
    stream = uuid5(IDS, asker)
    digest = blind.keyed_digest("bundle", asker.encode() + b"\x00" + body)
    if not _is_known(stream, digest):
        _require_now(asked.at)
        on = asked.at.astimezone(OFFICE_ZONE).date()
        found, laws = _matter(asked, on)
        _require_whole(asked, laws)
        try:
            _opened(stream, asked, found, laws, digest)
        except Conflict:
            _is_known(stream, digest)
    settle(stream, asked.at)
    return stream


def _is_known(stream: UUID, digest: str) -> bool:
    """Whether this asker has opened a bundle with this key; NotPossible where they handed in something else then."""
    entries = read.entries(stream)
    if not entries:
        return False
    opened = _fold(entries).opened
    if opened is None or not hmac.compare_digest(opened.body, digest):
        raise NotPossible("key_reused_with_other_body")
    return True


def _matter(asked: Register, on: date) -> tuple[Matter, dict[str, Law]]:
    """The matter, and the law of each of its parts that day."""
    found = matter(asked.matter, on)
    if found is None:
        raise NotPossible("unknown_matter")
    try:
        laws = {each.role: catalogue.law_in_force(each.code, on) for each in found.parts}
    except NotPossible as no:
        raise NotPossible("unknown_matter") from no
    for each in laws.values():
        require_fit(each)
    return found, laws


def require_fit(law: Law) -> None:
    """NotPossible("not_for_joint_handling") for an item without a limit of its own, or handed up to another level."""
    if law.procedure.forwarding or not law.procedure.has_statutory_limit:
        raise NotPossible("not_for_joint_handling", procedure=law.procedure.code)


def _require_whole(asked: Register, laws: Mapping[str, Law]) -> None:
    """BadInput with everything that is wrong with any part; NotPossible where a part could not be registered at all."""
    problems = [(f"parts.{role}", "unknown_choice") for role in asked.parts if role not in laws]
    problems += [(f"parts.{role}", "needed") for role in laws if role not in asked.parts]
    on = asked.at.astimezone(OFFICE_ZONE).date()
    for role, law in laws.items():
        if role not in asked.parts:
            continue
        parties.require_mandate(asked.by, law.procedure.code, on, {asked.party or asked.by.on_behalf_of})
        part = asked.parts[role]
        tried = _submission(asked, part, UUID(int=0), None, None)
        try:
            decide(NEW, c.sealed(tried, lambda path, _: e.Ref(path, "")), law)
        except BadInput as bad:
            problems += [(_path(role, where), code) for where, code in bad.problems]
        problems += [(_path(role, "provided"), "unknown_file") for _ in _bad_files(part, asked.by)]
    if problems:
        raise BadInput(list(dict.fromkeys(problems)))


def _path(role: str, where: str) -> str:
    return where if where.startswith("applicant") or where in ("party", "channel") else f"parts.{role}.{where}"


def _bad_files(part: PartAsked, by: c.Actor) -> list[str]:
    """The files that could not join a case: not there, somebody else's, in a case already, or not what is said."""
    bad = []
    for ref in (file for each in part.provided for file in each.files):
        row = find_file(ref.id)
        mine = row is not None and (row.owner == by.id or by.kind is e.ActorKind.STAFF)
        if row is None or not mine or row.stream is not None or row.commitment != ref.commitment:
            bad.append(ref.id)
    return bad


def _submission(
    asked: Register, part: PartAsked, command_id: UUID, part_of: e.PartOf | None, joint: e.Joint | None
) -> c.Submit:
    return c.Submit(
        command_id=command_id,
        at=asked.at,
        by=asked.by,
        applicant=c.Personal(asked.applicant, find_by=asked.applicant.get("id_number", "")),
        answers=c.Personal(part.answers),
        provided=part.provided,
        channel=asked.channel,
        party=asked.party,
        e_service=asked.e_service,
        declaration=asked.declaration,
        part_of=part_of,
        joint=joint,
        commitment=part.commitment,
        gaps=part.gaps,
        gaps_told=part.gaps_told,
    )


def _opened(stream: UUID, asked: Register, found: Matter, laws: Mapping[str, Law], digest: str) -> None:
    """Record the bundle with everything its cases will be made of, sealed."""
    day = asked.at.astimezone(OFFICE_ZONE).date()
    lead = next((law for law in laws.values() if law.procedure.home == found.lead), next(iter(laws.values())))
    own = asked.by.kind is e.ActorKind.APPLICANT
    with transaction.atomic():
        key = sealing.new_key(stream)
        serial, _, _ = sql.next_serial(sql.Wire(), f"joint-{found.region}", day)
        parts = tuple(
            b.Part(
                role=each.role,
                code=each.code,
                unit=laws[each.role].procedure.decides,
                agency=laws[each.role].procedure.agency_of(laws[each.role].procedure.decides),
                share=each.share or laws[each.role].procedure.statutory_limit,
                answers=_ref(sealing.seal(key, f"answers/{each.role}", dict(asked.parts[each.role].answers))),
                provided=asked.parts[each.role].provided,
                commitment=asked.parts[each.role].commitment,
                gaps=asked.parts[each.role].gaps,
                gaps_told=asked.parts[each.role].gaps_told,
            )
            for each in found.parts
        )
        opened = b.BundleOpened(
            at=asked.at,
            by=asked.by.mark,
            number=f"LB{found.region}{day:%Y%m%d}{serial:04d}",
            matter=found.id,
            lead=found.lead,
            government=found.government,
            contact=lead.procedure.contact,
            party=asked.by.id if own else asked.party or asked.by.on_behalf_of,
            applicant=_ref(sealing.seal(key, "applicant", dict(asked.applicant))),
            channel=asked.channel,
            calendar=lead.current_calendar,
            limit=found.limit,
            extension=found.extension,
            parts=parts,
            e_service=asked.e_service,
            declaration=asked.declaration,
            body=digest,
        )
        facts = b.decide(b.NEW, b.OpenBundle(opened=opened), lead.calendar(lead.current_calendar))
        _append(stream, b.NEW, facts, uuid5(stream, "open"))


def _ref(sealed: Mapping[str, str]) -> e.Ref:
    return e.Ref(sealed["ref"], sealed["commitment"])


# Going on


def settle(stream: UUID, at: datetime) -> b.Bundle:
    """Bring the bundle and its parts to where they should be by now; safe to repeat, and from several places at once.

    `at`: now. NotPossible("unknown_bundle").
    """
    stirred, settled = Row.objects.kept().filter(stream=stream).values_list("stirred", "settled").first() or (0, 0)
    bundle = _bundle(stream)
    for part in bundle.unregistered:
        _register(stream, bundle, part)
    for part in bundle.parts:
        bundle = _heard(stream, part.role)
    for each in bundle.to_carry:
        _carry(stream, bundle, each, at)
        bundle = _heard(stream, each.role)
    if not settled and bundle.opened:  # each case has its own copy of what was handed in now
        for ref in (bundle.opened.applicant, *(each.answers for each in bundle.parts)):
            if ref:
                sealing.forget_what_was(stream, ref.ref)
    if bundle.closed_on and all(_case(UUID(each.case))[0].erased for each in bundle.noted.values()):
        with transaction.atomic():
            sealing.destroyed(stream)  # what was written about the parts goes with the last of them
    if not bundle.owes:
        Row.objects.kept().filter(stream=stream, settled__lt=stirred).update(settled=stirred)
    return bundle


def _register(stream: UUID, bundle: b.Bundle, part: b.Part) -> None:
    """Let a part become a case, under its own key: whoever comes second gets the first answer."""
    opened = bundle.opened
    assert opened is not None
    applicant, answers = (sealing.opened(stream, ref.ref) for ref in (opened.applicant, part.answers) if ref)
    if applicant is None or answers is None:
        raise NotPossible("already_erased")
    posts = frozenset({"clerk", "agent"}) if opened.by.kind is e.ActorKind.STAFF else frozenset()
    by = c.Actor(opened.by.id, opened.by.kind, posts, opened.by.unit, on_behalf_of=opened.by.on_behalf_of)
    asked = Register(
        at=opened.at,
        by=by,
        matter=opened.matter,
        applicant=applicant,
        parts={},
        channel=opened.channel,
        party=opened.party,
        e_service=opened.e_service,
        declaration=opened.declaration,
    )
    given = PartAsked(
        answers=answers,
        provided=part.provided,
        commitment=part.commitment,
        gaps=part.gaps,
        gaps_told=part.gaps_told,
    )
    of, joint = e.PartOf(str(stream), part.role), e.Joint(opened.limit, part.share, opened.contact)
    command = _submission(asked, given, uuid5(stream, f"submit/{part.role}"), of, joint)
    done = handle.submit(part.code, command, key=f"bundle/{stream}/{part.role}", body=part.role.encode())
    _heard(stream, part.role, done.stream)


def _heard(stream: UUID, role: str, case: UUID | None = None) -> b.Bundle:
    """Note what the history of a part says now; nothing is written where that is known."""

    def news(bundle: b.Bundle) -> b.NotePart | None:
        known = bundle.noted.get(role)
        where = case or (UUID(known.case) if known else None)
        if where is None:
            return None
        state, law = _case(where)
        return b.NotePart(noted=b.noted(role, str(where), state, law))

    return _carry_out(stream, news, lambda made: uuid5(stream, f"note/{role}/{made.noted.version}"))


def _carry(stream: UUID, bundle: b.Bundle, part: b.PartNoted, at: datetime) -> None:
    """Let the joint limit bind a part, through the part's own door; dated with the extension, once there is one."""
    told = b.carried(bundle, str(stream))
    when = bundle.extension.at if bundle.extension else at
    name = f"carry/{part.role}/{told['joint_from']}/{told['limit'].number}"
    command = c.CarryJointLimit(command_id=uuid5(stream, name), at=when, by=c.TIMER, **told)
    try:
        handle.handle(UUID(part.case), command)
    except NotPossible as no:
        if no.code not in ("nothing_to_carry", "already_decided", "already_closed"):
            raise


def accept(stream: UUID, by: c.Actor, at: datetime, command_id: UUID) -> b.Bundle:
    """A clerk accepts every part that waits at their window: all of them, or none where one cannot be accepted.

    NotPossible as `Accept` of that part; already_accepted where none waits.
    """
    require_staff(by, "clerk")
    waiting = []
    for part in view(stream, at).state.noted.values():
        state, law = _case(UUID(part.case))
        state, _ = advance(state, law, at)
        if state.stage in (Stage.SUBMITTED, Stage.CORRECTION) and law.procedure.receives == by.unit:
            each = c.Accept(command_id=uuid5(command_id, part.role), at=at, by=by, expected_version=state.version)
            decide(state, each, law)
            waiting.append((UUID(part.case), each))
    if not waiting:
        raise NotPossible("already_accepted")
    for case, each in waiting:
        handle.handle(case, each)
    return settle(stream, at)


def extend(
    stream: UUID, reasons: str, by: c.Actor, at: datetime, command_id: UUID, length: Limit | None = None
) -> b.Bundle:
    """The head of the government extends the joint limit, once and in time; it binds every part that is not decided.

    NotPossible as `engine.bundle.may_extend`; BadInput where no reasons are given.
    """
    _require_now(at)
    if not reasons.strip():
        raise BadInput([("reasons", "needed")])
    settle(stream, at)  # what lawfully stopped the clock of a part lengthens the time there is to extend it

    def asked(bundle: b.Bundle) -> b.ExtendJointly | None:
        if any(each.command_id == command_id for each in read.entries(stream)):
            return None
        b.may_extend(bundle, by, calendar_of(bundle), at.astimezone(OFFICE_ZONE).date())
        key = sealing.key_of(stream)
        if key is None:
            raise NotPossible("already_erased")
        told = _ref(sealing.seal(key, "reasons", reasons.strip()))
        return b.ExtendJointly(at=at, by=by, reasons=told, length=length)

    _carry_out(stream, asked, lambda _: command_id)
    return settle(stream, at)


def _carry_out(
    stream: UUID,
    ask: Callable[[b.Bundle], Any],
    named: Callable[[Any], UUID],
) -> b.Bundle:
    """The bundle after what `ask` makes of it; asked again where somebody else was first (at most 8 times)."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                bundle = _bundle(stream)
                command = ask(bundle)
                if command is None:
                    return bundle
                facts = b.decide(bundle, command, calendar_of(bundle))
                return _append(stream, bundle, facts, named(command)) if facts else bundle
        except Conflict:
            continue
    raise NotPossible("changed_meanwhile")


def _append(stream: UUID, bundle: b.Bundle, facts: list[b.BundleEvent], command_id: UUID) -> b.Bundle:
    """Record the facts where the bundle stands, and its rows; Conflict where somebody was first."""
    first = facts[0]
    append(
        stream,
        STREAM_KIND,
        [b.encode(each) for each in facts],
        command_id=command_id,
        at=microseconds(first.at),
        actor=first.by.id,
        expected_position=bundle.version,
    )
    after = b.fold(facts, bundle)
    _write_rows(stream, after)
    return after


def _require_now(at: datetime) -> None:
    """NotPossible("at_out_of_range") for an act that is dated back or forward."""
    if not queries.installation().demo and abs(clock.now() - microseconds(at)) > handle.SLACK:
        raise NotPossible("at_out_of_range")


# Reading


def view(stream: UUID, at: datetime) -> BundleView:
    """A bundle as it stands; NotPossible("unknown_bundle"). Says nothing about who may see it."""
    entries = read.entries(stream)
    state = _fold(entries)
    facts = tuple(b.decode(each.kind, read.plain(each)) for each in entries)
    told = state.extension and sealing.opened(stream, state.extension.reasons.ref)
    return BundleView(
        stream, state, calendar_of(state), at.astimezone(OFFICE_ZONE).date(), str(told) if told else "", facts
    )


def seen(stream: UUID, scope: Scope, at: datetime) -> BundleView:
    """The bundle, for its applicant and whoever may see one of its parts; NotPossible("unknown_bundle") otherwise."""
    if not Row.objects.within(scope).filter(stream=stream).exists():
        raise NotPossible("unknown_bundle")
    return view(stream, at)


def numbered(number: str, scope: Scope, at: datetime) -> BundleView:
    """The bundle of this number, for whoever may see one of its parts; NotPossible("unknown_bundle")."""
    stream = Row.objects.within(scope).filter(number=number).values_list("stream", flat=True).first()
    if stream is None:
        raise NotPossible("unknown_bundle")
    return view(stream, at)


def bundle_of(case: UUID) -> UUID | None:
    """The bundle that a case is a part of; None for a case of its own."""
    return BundlePart.objects.kept().filter(case=case).values_list("bundle", flat=True).first()


def calendar_of(bundle: b.Bundle) -> Calendar:
    """The calendar by which the bundle counts."""
    assert bundle.opened is not None
    on = bundle.opened.at.astimezone(OFFICE_ZONE).date()
    return catalogue.law_in_force(bundle.parts[0].code, on).calendar(bundle.calendar)


def _bundle(stream: UUID) -> b.Bundle:
    return _fold(read.entries(stream))


def _fold(entries: list[LogEntry]) -> b.Bundle:
    if not entries or entries[0].stream_kind != STREAM_KIND:
        raise NotPossible("unknown_bundle")
    return b.fold(b.decode(each.kind, read.plain(each)) for each in entries)


def _case(stream: UUID) -> tuple[State, Law]:
    """A part as recorded so far, and its law."""
    state = fold(e.decode(each.kind, json.loads(each.body)) for each in read.entries(stream))
    return state, catalogue.law(state.procedure, state.procedure_version)


# Rows, the follower and the worker


def _write_rows(stream: UUID, bundle: b.Bundle) -> None:
    """The rows of the bundle as its history gives them; whoever writes them stirs it."""
    opened = bundle.opened
    assert opened is not None
    running = b.joint_clock(bundle, calendar_of(bundle))
    told = {
        "number": opened.number,
        "matter": opened.matter,
        "lead": opened.lead,
        "contact": opened.contact,
        "party": opened.party,
        "opened_at": instant(microseconds(opened.at)),
        "accepted_on": bundle.joint_from,
        "due_on": running.due if running else None,
        "extended": bundle.extension is not None,
        "closed_on": bundle.closed_on,
    }
    if not Row.objects.kept().filter(stream=stream).update(**told, stirred=F("stirred") + 1):
        Row.objects.kept().create(stream=stream, **told, stirred=1)
    for part in bundle.parts:
        noted = bundle.noted.get(part.role)
        BundlePart.objects.kept().update_or_create(
            bundle=stream,
            role=part.role,
            defaults={
                "code": part.code,
                "unit": part.unit,
                "agency": part.agency,
                "case": UUID(noted.case) if noted else None,
                "accepted_on": noted.accepted_on if noted else None,
                "share_due": noted.share_due if noted else None,
                "decided_on": noted.decided_on if noted else None,
                "ended_on": noted.ended_on if noted else None,
            },
        )


class Stirrings:
    """Hears what happens in parts and says which bundles the worker has to look at."""

    name = "bundles"
    kinds = frozenset({handle.STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat looks once more, and finds nothing new."""
        if entry.kind in HEARD:
            bundle = bundle_of(entry.stream)
            if bundle:
                Row.objects.kept().filter(stream=bundle).update(stirred=F("stirred") + 1)


def carry_on(at: datetime, most: int = PAGE) -> int:
    """Settle the bundles that something has happened to, or that a crash has left half done; how many.

    A bundle that cannot be settled is logged, keeps no other waiting, and is tried again in a minute.
    """
    now, done = microseconds(at), 0
    found = Row.objects.kept().filter(settled__lt=F("stirred"), retry_at__lte=now).order_by("stream")
    for stream in list(found.values_list("stream", flat=True)[:most]):
        try:
            owes = settle(stream, at).owes
            Row.objects.kept().filter(stream=stream).update(retry_at=now + AGAIN if owes else 0)
            done += 1
        except (InterfaceError, OperationalError):
            raise  # the database is not there: for every bundle alike
        except Exception as problem:
            log.exception("bundle_not_settled", stream=str(stream), problem=type(problem).__name__)
            Row.objects.kept().filter(stream=stream).update(retry_at=now + AGAIN)
    return done


def rebuild() -> int:
    """Make the rows of every bundle again from the log, in one transaction; how many bundles there are."""
    count = 0
    with transaction.atomic(), whole_house("the rows of bundles are made again"):
        Row.objects.kept().all().delete()
        BundlePart.objects.kept().all().delete()
        for stream in read.streams(STREAM_KIND):
            _write_rows(stream, _bundle(stream))
            count += 1
    return count
