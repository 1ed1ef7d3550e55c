"""The one door: every change to a case comes through here, and through nothing else."""

import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from banjie.cases import numbers, sql
from banjie.cases.models import Registration
from banjie.cases.rows import Rows, derive
from banjie.cases.seal import Sealing
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import moving
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.decide import advance, decide, legal_time
from banjie.engine.guards import BadInput
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import BROKEN, NEW, State, fold
from banjie.records import catalogue
from banjie.records.parties import queries as parties
from banjie.records.parties import standing
from banjie.store.files.bind import bind
from banjie.store.files.read import find_file
from banjie.store.files.refused import Refused
from banjie.store.keys import blind, datakey
from banjie.store.keys.destroy import destroy
from banjie.store.keys.read import open_personal
from banjie.store.log import chain, clock, ids, pulse, queries
from banjie.store.log.watch import watch
from banjie.web import metrics

STREAM_KIND = sql.STREAM_KIND
TRIES = 5
SLACK = 5_000_000
"""Microseconds a face's clock may stand from the store's: an act cannot be dated back or forward."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command: the facts, where the case stands now, and whether this was a repeat."""

    stream: UUID
    version: int
    events: tuple[e.Event, ...]
    number: str
    query_number: str
    repeated: bool = False


@dataclass(slots=True)
class Loaded:
    """A case as folded from its history so far. A copy kept in the process: every use reads what came after it.

    A copy whose newest fact is not in the database (any more) is of another history, and is made anew.
    """

    stream: UUID
    state: State = NEW
    head: bytes = chain.GENESIS
    law: Law | None = None
    rows: Rows | None = None
    commands: dict[UUID, tuple[int, int]] | None = None
    data_key: datakey.DataKey | None = None

    def is_of(self, tail: Sequence[tuple[Any, ...]]) -> bool:
        """Whether the copy's newest fact is the first of these."""
        if self.state.version == 0:
            return True
        return bool(tail) and (tail[0][0], tail[0][-1]) == (self.state.version, self.head)


WITH_OTHER_ROOMS = (c.Erase, c.SubmitCorrection, c.MoveToVersion, c.FillGap, c.VerifyCommitment, c.RestoreCredit)
"""Commands with which other rooms write too, in the same transaction: `_take_part`."""


class _Kept:
    """The cases this process folded last. Losing one costs a read; a stale one is caught by the guarded write."""

    def __init__(self, most: int = 4096) -> None:
        self._cases: OrderedDict[UUID, Loaded] = OrderedDict()
        self._most = most
        self._lock = Lock()

    def take(self, stream: UUID) -> Loaded:
        with self._lock:
            return self._cases.pop(stream, None) or Loaded(stream)

    def give_back(self, loaded: Loaded) -> None:
        with self._lock:
            known = self._cases.get(loaded.stream)
            if known is None or known.state.version <= loaded.state.version:
                self._cases[loaded.stream] = loaded
            while len(self._cases) > self._most:
                self._cases.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._cases.clear()


kept = _Kept()


def handle(stream: UUID, command: c.Command) -> Done:
    """Carry out a command and return what happened.

    One durable transaction, never inside another: load, carry out due timers, decide, append, update the derived
    rows. If it raises, nothing of this command was recorded; timer facts that were due are. A repeated command_id
    returns the first result. When somebody else acted first and the command does not rest on what the person saw, it
    is decided again (at most 5 times); otherwise NotPossible("changed_meanwhile") tells them. Unknown stream:
    NotPossible("unknown_case"). An agent needs a mandate that stands that day: NotPossible("no_mandate").
    """
    if type(command) in c.RESTS_ON_WHAT_WAS_SEEN and command.expected_version is None:
        raise NotPossible("expected_version_needed")
    return _tried(stream, command)


def carry_out_timers(stream: UUID, at: datetime) -> Done:
    """Record what time itself has brought about in this case up to `at`; no facts where nothing was due.

    NotPossible("at_out_of_range") where `at` lies ahead of the store's clock: a worker whose clock runs away brings
    nothing about before its day; "clock_leapt" where the store's own clock cannot be trusted.
    """
    return _tried(stream, None, at)


def _tried(stream: UUID, command: c.Command | None, at: datetime | None = None) -> Done:
    name = c.NAMES[type(command)] if command else "timers"
    asked = monotonic()
    for tried in range(TRIES):
        try:
            done = _once(stream, command, at, asked, trusting=tried == 0)
        except NotPossible as no:
            if no.code == "clock_leapt" and pulse.is_confirmed():
                continue
            metrics.command(name, no.code)
            raise
        except Refused as no:
            metrics.command(name, no.code)
            assert command is not None
            carry_out_timers(stream, legal_time(command))  # was undone with the command, and stands without it
            raise _bad_file(command) from no
        if done is not None:
            metrics.command(name, "repeated" if done.repeated else "done")
            return done
    raise NotPossible("changed_meanwhile")


def _once(stream: UUID, command: c.Command | None, at: datetime | None, asked: float, trusting: bool) -> Done | None:
    """One try; None where the case moved on between reading and writing, or must be read before a "no" or a repeat.

    `trusting`: a copy of the case is taken as it is kept; the guarded write says whether it was the newest.
    """
    plainly = command is None or (command.late is None and not isinstance(command, WITH_OTHER_ROOMS))
    refusal: NotPossible | None = None
    loaded = kept.take(stream)
    with sql.reading_and_writing(plainly) as wire:
        known_now = clock.estimate() if wire.is_postgresql else clock.hosts()
        trusts = trusting and plainly and loaded.rows is not None and known_now is not None
        loaded, store_now = (loaded, known_now or 0) if trusts else _caught_up(wire, loaded)
        if command and loaded.commands and command.command_id in loaded.commands:
            kept.give_back(loaded)
            return None if trusts else _repeat(wire, loaded, command.command_id)
        when = legal_time(command) if command else at
        assert when is not None
        if not _is_in_time(command, when, store_now, asked):
            if trusts:  # perhaps it is what we believe of the store's clock that is wrong
                kept.give_back(loaded)
                return None
            raise NotPossible("at_out_of_range")
        if isinstance(command, c.Redate | c.Complain | c.RecordMeasure):
            loaded.law = laws.newest(loaded.state)
        if isinstance(command, c.MoveToVersion):
            loaded.law = _with_target(loaded, command.version)
        state, timed = _advanced(loaded, when)
        groups: list[tuple[c.Command, list[e.Event]]] = list(timed)
        personal: list[tuple[Any, ...]] = []
        if command:
            try:
                facts, personal = _decided(wire, loaded, state, command)
            except NotPossible as no:
                if trusts:
                    kept.give_back(loaded)
                    return None
                refusal = no
            else:
                groups.append((command, facts))
                state = fold(facts, state)
                assert loaded.law is not None
                loaded.law = moving.law_after(loaded.law, state)
        if not groups:
            kept.give_back(loaded)
            if trusts:
                return None
            if refusal:
                raise refusal
            return Done(stream, state.version, (), state.number, state.query_number)
        change, after = _change(loaded, state, groups, store_now, personal)
        if not sql.write(wire, change, store_now if trusts and wire.is_postgresql else None):
            if not trusts:
                metrics.retry()
            return None  # the copy is dropped: it is read anew
        if refusal is None:
            _take_part(wire, loaded, command)
            if state.erased:
                after.data_key = None
    kept.give_back(after)
    if refusal:
        raise refusal
    happened = tuple(fact for _, facts in groups for fact in facts)
    return Done(stream, state.version, happened, state.number, state.query_number)


def _caught_up(wire: sql.Wire, loaded: Loaded) -> tuple[Loaded, int]:
    """The case with what came after the copy, and the store's clock; NotPossible("unknown_case") without a history."""
    store_now, tail = sql.tail(wire, loaded.stream, loaded.state.version)
    if not loaded.is_of(tail):
        return _caught_up(wire, Loaded(loaded.stream))
    tail = tail[1:] if loaded.state.version else tail
    commands = loaded.commands if loaded.commands is not None else {}
    for position, kind, command_id, body, fact_hash in tail:
        loaded.state = fold([e.decode(kind, json.loads(body))], loaded.state)
        first = commands.get(command_id, (position, position))[0]
        commands[command_id] = (first, position)
        loaded.head = bytes(fact_hash)
    if loaded.state.version == 0:
        raise NotPossible("unknown_case")
    loaded.commands = commands
    if loaded.state.erased:
        loaded.data_key = None
    if loaded.law is None or not _is_of(loaded.law, loaded.state):
        loaded.law = laws.of(loaded.state)
    if tail or loaded.rows is None:
        loaded.rows = derive(loaded.state, loaded.law)
    return loaded, store_now


def _is_of(law: Law, state: State) -> bool:
    """Whether a case that stood under this law still does: it may have been redated, or moved, by another process."""
    return law.procedure.version == state.procedure_version and state.calendars <= law.calendars.keys()


def _with_target(loaded: Loaded, version: int) -> Law:
    """The law of the case, with that version as it applies to what the applicant has answered."""
    assert loaded.law is not None
    return with_target(loaded.stream, loaded.state, loaded.law, catalogue.law(loaded.state.procedure, version))


def with_target(stream: UUID, state: State, law: Law, other: Law) -> Law:
    """A case's law with another version it may be moved to: the answers are opened for asking what of it applies."""
    opened = open_personal(stream, [state.answers.ref]) if state.answers else {}
    plain = next(iter(opened.values()), None)
    answers = json.loads(plain) if plain else {}
    there = moving.target(other.procedure, other.digest, answers)
    return replace(law, targets={other.procedure.version: there})


class _Laws:
    """The laws this process met last: a version is immutable, and a newer calendar is asked for by who moves dates."""

    def __init__(self, most: int = 512) -> None:
        self._laws: OrderedDict[tuple[str, int], Law] = OrderedDict()
        self._most = most
        self._lock = Lock()

    def of(self, state: State) -> Law:
        """The law of this case, with at least the calendars it counts by."""
        with self._lock:
            known = self._laws.get((state.procedure, state.procedure_version))
        return known if known and state.calendars <= known.calendars.keys() else self.newest(state)

    def newest(self, state: State) -> Law:
        """The law of this case, with every calendar loaded by now."""
        return self.keep(catalogue.law(state.procedure, state.procedure_version))

    def keep(self, law: Law) -> Law:
        """This law, remembered."""
        with self._lock:
            self._laws[law.procedure.code, law.procedure.version] = law
            while len(self._laws) > self._most:
                self._laws.popitem(last=False)
        return law

    def forget(self) -> None:
        with self._lock:
            self._laws.clear()


laws = _Laws()


def _advanced(loaded: Loaded, when: datetime) -> tuple[State, list[tuple[c.Command, list[e.Event]]]]:
    """The case as time itself has moved it on by `when`; nothing to ask where its next instant has not come."""
    assert loaded.law is not None
    assert loaded.rows is not None
    if loaded.rows.next_due_at is None or loaded.rows.next_due_at > microseconds(when):
        return loaded.state, []
    return advance(loaded.state, loaded.law, when)


def _is_in_time(command: c.Command | None, when: datetime, store_now: int, asked: float) -> bool:
    """Whether an act is dated within 5 s of when the door was asked, by the store's clock, however long it then waited.

    Time itself may act late, never early; an installation created as a demo may do both. Of a late entry `at` says when
    it was entered; the paper's own instant lies before it. `asked`: as the monotonic clock says it.
    """
    if queries.installation().demo:
        return True
    if watch.leapt:
        raise NotPossible("clock_leapt")
    is_timer = command is None or command.by.kind is e.ActorKind.TIMER
    if is_timer or (isinstance(command, c.Submit) and command.joint):  # a part arrives when its bundle did
        return microseconds(when) <= store_now + SLACK
    assert command is not None
    waited = round((monotonic() - asked) * 1_000_000)
    return abs(store_now - waited - microseconds(command.at)) <= SLACK


def _decided(
    wire: sql.Wire, loaded: Loaded, state: State, command: c.Command
) -> tuple[list[e.Event], list[tuple[Any, ...]]]:
    """The facts, and the rows of `personal` that they speak of."""
    assert loaded.law is not None
    day = legal_time(command).astimezone(OFFICE_ZONE).date()
    parties.require_mandate(command.by, state.procedure, day, {state.party, *state.third_parties})
    if isinstance(command, c.SignCommitment | c.PromiseGaps):
        if isinstance(command, c.SignCommitment):
            parties.require_mandate_to_commit(command.by, state.procedure, day)
        command = replace(command, standing=standing.of(state.party) or state.standing)
    sealing = Sealing(loaded.stream, lambda: _data_key(wire, loaded), command.command_id.hex)
    command = c.sealed(command, sealing.seal)
    if isinstance(command, c.Erase) and not state.erased:
        command = replace(command, key_id=_data_key(wire, loaded).key_id)
    facts = decide(state, command, loaded.law)
    seen = command.expected_version
    if seen is not None and seen != state.version:
        raise NotPossible("changed_meanwhile", version=state.version)
    return facts, sealing.rows


def _data_key(wire: sql.Wire, loaded: Loaded) -> datakey.DataKey:
    if loaded.data_key is None:
        row = sql.data_key_row(wire, loaded.stream)
        if row is None:
            raise NotPossible("case_gone")
        loaded.data_key = datakey.unwrap(loaded.stream, *row)
    return loaded.data_key


def _change(
    loaded: Loaded,
    state: State,
    groups: Sequence[tuple[c.Command, list[e.Event]]],
    store_now: int,
    personal: list[tuple[Any, ...]],
) -> tuple[sql.Write, Loaded]:
    """What to write, and the case as it stands once that is written."""
    assert loaded.law is not None
    assert loaded.rows is not None
    stream, old = loaded.stream, loaded.rows
    entries, head, commands = _entries(stream, loaded.state.version, loaded.head, groups, store_now)
    new = derive(state, loaded.law)
    change = sql.Write(
        stream=stream,
        old_version=loaded.state.version,
        old_head=loaded.head,
        case=new.case_row(stream, head, state.version),
        old_case=old.case_row(stream, loaded.head, loaded.state.version),
        entries=entries,
        personal=personal,
        tasks=[(stream, *row) for slug, row in new.tasks.items() if old.tasks.get(slug) != row],
        tasks_done=sorted(old.tasks.keys() - new.tasks.keys()),
        participants=[(stream, *each) for each in sorted(new.participants - old.participants)],
        participants_gone=sorted(old.participants - new.participants),
    )
    known = {**(loaded.commands or {}), **commands}
    return change, Loaded(stream, state, head, loaded.law, new, known, loaded.data_key)


def _entries(
    stream: UUID,
    version: int,
    head: bytes,
    groups: Sequence[tuple[c.Command, list[e.Event]]],
    store_now: int,
) -> tuple[list[tuple[Any, ...]], bytes, dict[UUID, tuple[int, int]]]:
    """The rows of the log for these facts, chained on from `head`."""
    installation = queries.installation().id
    entries: list[tuple[Any, ...]] = []
    commands = {}
    for command, facts in groups:
        first = version + 1
        for nth, fact in enumerate(facts):
            version += 1
            kind, body = e.encode(fact)
            at, actor = microseconds(fact.at), fact.by.id
            header = (
                stream.hex,
                version,
                STREAM_KIND,
                kind,
                at,
                store_now,
                actor,
                "",
                command.command_id.hex,
                nth,
                installation,
            )
            link = chain.link(chain.ALG, head, header, body)
            entries.append(
                (
                    stream,
                    version,
                    STREAM_KIND,
                    kind,
                    at,
                    store_now,
                    actor,
                    "",
                    command.command_id,
                    nth,
                    installation,
                    body,
                    chain.ALG,
                    head,
                    link,
                )
            )
            head = link
        commands[command.command_id] = (first, version)
    return entries, head, commands


def _take_part(wire: sql.Wire, loaded: Loaded, command: c.Command | None) -> None:
    """What other rooms do in the same transaction: files join the case, a destroyed key is destroyed."""
    if command and _files(command):
        _bind_files(loaded.stream, command, _data_key(wire, loaded))
    if isinstance(command, c.Erase):
        destroy(loaded.stream, _data_key(wire, loaded).key_id)
    if isinstance(command, c.VerifyCommitment) and command.outcome == BROKEN:
        standing.bar(loaded.state.party, source=loaded.stream, by=command.by.id, at=command.at)
    if isinstance(command, c.RestoreCredit):
        standing.lift(loaded.stream, by=command.by.id, at=command.at)


BRINGING = (c.Submit, c.SubmitCorrection, c.FillGap)


def _files(command: c.Command) -> list[e.FileRef]:
    """The files a command brings into the case: its materials, and the scan of the paper it is entered from."""
    provided = command.provided if isinstance(command, BRINGING) else ()
    scan = [command.late.scan] if command.late else []
    return [file for each in provided for file in each.files] + scan


def _bind_files(stream: UUID, command: c.Command, key: datakey.DataKey) -> None:
    """Files join the case; Refused where one is not there, somebody else's, or not what the command says of it."""
    files, by = _files(command), command.by
    bind(stream, [file.id for file in files], key, owner=by.id, is_staff=by.kind is e.ActorKind.STAFF)
    for file in files:
        row = find_file(file.id)
        if row is None or row.commitment != file.commitment:
            raise Refused("unknown_file")


def _bad_file(command: c.Command) -> BadInput:
    """The "no" to a file that cannot join: the same for one that is not there and one that is somebody else's."""
    provided = isinstance(command, BRINGING) and any(each.files for each in command.provided)
    return BadInput([("provided" if provided else "late.scan", "unknown_file")])


def _repeat(wire: sql.Wire, loaded: Loaded, command_id: UUID) -> Done:
    assert loaded.commands is not None
    first, last = loaded.commands[command_id]
    _, history = sql.tail(wire, loaded.stream, first)
    facts = tuple(e.decode(kind, json.loads(body)) for position, kind, _, body, _ in history if position <= last)
    state = loaded.state
    return Done(loaded.stream, last, facts, state.number, state.query_number, repeated=True)


# A new case


def submit(code: str, command: c.Submit | c.OpenExOfficio, key: str, body: bytes = b"") -> Done:
    """Open a case with its number and receipt, in one durable transaction.

    `key`: the idempotency key the asker made when the form was opened, kept for the life of the case: the same key and
    body give the first answer, another body NotPossible("key_reused_with_other_body"). `body`: the bytes handed in.
    """
    asker = _asker(command.by.id, key)
    digest = _body_digest(asker, body)
    asked = monotonic()
    for _ in range(TRIES):
        try:
            done = _submitted(code, command, asker, digest, asked)
        except IntegrityError:
            known = _first_answer(asker, digest)
            if known is None:
                continue  # the query number was taken: another one
            return known
        except (NotPossible, Refused) as no:
            # What was taken once stays taken, whatever would be said to it today.
            known = _first_answer(asker, digest)
            if known is not None:
                return known
            if no.code == "clock_leapt" and pulse.is_confirmed():
                continue
            metrics.command("submit", no.code)
            raise (_bad_file(command) if isinstance(no, Refused) else no) from None
        metrics.command("submit", "done")
        return done
    raise NotPossible("changed_meanwhile")


def first_answer(by: str, key: str, body: bytes) -> Done | None:
    """What this asker was told to the same key before; None where it is new, and then `submit` is asked.

    What was taken once stays taken. Another body than then: NotPossible("key_reused_with_other_body").
    """
    asker = _asker(by, key)
    return _first_answer(asker, _body_digest(asker, body))


def _asker(by: str, key: str) -> str:
    return hashlib.sha256(f"{by}\x00{key}".encode()).hexdigest()


def open_proceeding(code: str, command: c.OpenExOfficio, key: str, body: bytes = b"") -> Done:
    """Open a case the agency begins itself (依职权), under a key as `submit` does."""
    return submit(code, command, key, body)


def _first_answer(asker: str, digest: str) -> Done | None:
    """What this asker was told to the same key before; None where it is new."""
    known = Registration.objects.kept().filter(key=asker).first()
    if known is None:
        return None
    if not hmac.compare_digest(known.body, digest):
        metrics.command("submit", "key_reused_with_other_body")
        raise NotPossible("key_reused_with_other_body")
    metrics.command("submit", "repeated")
    wire = sql.Wire()
    loaded, _ = _caught_up(wire, Loaded(known.stream))
    first = next(iter(loaded.commands or {}))
    return _repeat(wire, loaded, first)


def _body_digest(asker: str, body: bytes) -> str:
    """A digest that tells bodies apart and gives nothing away: keyed, for a body holds personal data."""
    return blind.keyed_digest("body", asker.encode() + b"\x00" + body)


def _submitted(code: str, command: c.Submit | c.OpenExOfficio, asker: str, digest: str, asked: float) -> Done:
    day = legal_time(command).astimezone(OFFICE_ZONE).date()
    stream = ids.uuid7()
    key, (key_id, alg, wrapped) = datakey.new_data_key(stream)
    sealing = Sealing(stream, lambda: key, command.command_id.hex)
    command = c.sealed(command, sealing.seal)  # type: ignore[assignment]
    with sql.reading_and_writing(plainly=False) as wire:
        serial, edition, store_now = sql.next_serial(wire, code[: numbers.CODE_LENGTH], day)
        if not _is_in_time(command, legal_time(command), store_now, asked):
            raise NotPossible("at_out_of_range")
        parties.require_mandate(command.by, code, day, {command.party or command.by.on_behalf_of})
        if isinstance(command, c.Submit) and command.commitment:
            parties.require_mandate_to_commit(command.by, code, day)
        law = laws.keep(catalogue.law_of_edition(code, day, edition))
        query = numbers.query_number(day)
        number = numbers.case_number(code, day, serial)
        numbered = replace(command, number=number, query_number=query)
        if isinstance(numbered, c.Submit):
            numbered = replace(numbered, standing=_standing(numbered, law))
        facts = decide(NEW, numbered, law)
        state = fold(facts)
        groups: list[tuple[c.Command, list[e.Event]]] = [(numbered, facts)]
        entries, head, commands = _entries(stream, 0, chain.GENESIS, groups, store_now)
        new = derive(state, law)
        change = sql.Write(
            stream=stream,
            old_version=0,
            old_head=chain.GENESIS,
            case=new.case_row(stream, head, state.version),
            entries=entries,
            personal=sealing.rows,
            tasks=[(stream, *row) for row in new.tasks.values()],
            participants=[(stream, *each) for each in sorted(new.participants)],
        )
        sql.first_write(
            wire,
            change,
            [
                (
                    "registration",
                    ("number", "query_number", "stream", "key", "body"),
                    [(number, query, stream, asker, digest)],
                ),
                (
                    "data_key",
                    ("stream", "key_id", "alg", "wrapped", "created_at", "destroyed_at"),
                    [(stream, key_id, alg, wrapped, store_now, None)],
                ),
            ],
        )
        if _files(command):
            _bind_files(stream, command, key)
    kept.give_back(Loaded(stream, state, head, law, new, commands, key))
    return Done(stream, state.version, tuple(facts), number, query)


def _standing(command: c.Submit, law: Law) -> str:
    """What is known against the applicant's word, where the item takes it: of their account, and of their number."""
    procedure = law.procedure
    if procedure.commitment is None and not any(each.may_be_late for each in procedure.materials):
        return ""
    own = command.by.id if command.by.kind is e.ActorKind.APPLICANT else command.party or command.by.on_behalf_of
    return standing.of(own, str(command.applicant.value.get("id_number", "")))
