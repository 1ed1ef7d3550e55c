"""The applicant's particulars in clear, for whoever takes part in the case and says what for: a fact beside the case.

The facts lie in one stream of kind "looks" a case: to look changes nothing in it. Purpose, quota and the row that the
applicant reads are those of every look (`records/parties/seeing.py`). The reason is sealed under the case's own data
key and goes when that key goes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine.codec import OFFICE_ZONE, canonical, instant, microseconds
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State
from banjie.records.parties import seeing
from banjie.store.keys.datakey import ALG, DataKey
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.keys.models import Personal
from banjie.store.keys.read import data_key, open_personal
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "looks"
LONGEST = seeing.LONGEST


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw the particulars in clear. `reason`: None where the case's key was destroyed."""

    at: datetime
    by: str
    reason: str | None
    purpose: str = ""


def unmask(number: str, actor: Actor, purpose: str, reason: str, at: datetime, command_id: UUID) -> Mapping[str, str]:
    """The particulars of a case's applicant in clear; that somebody looked is recorded before anything is returned.

    The same command again records nothing more. BadInput without a purpose or a reason; NotPossible: unknown_case (not
    there, or not theirs), staff_only, look_quota_used, case_gone (nothing was ever given, or the key was destroyed).
    """
    if actor.kind is not ActorKind.STAFF:
        raise NotPossible("staff_only")
    ask = seeing.asked(actor, purpose, reason, at)
    case = queries.find(number, Scope.of(actor))
    stream = case.stream
    is_repeat = any(each.command_id == command_id for each in read.entries(_stream(stream)))
    if not is_repeat:
        seeing.require_quota(actor, at)
    with transaction.atomic():
        key_id = (
            DataKeyRow.objects.filter(stream=stream, wrapped__isnull=False).values_list("key_id", flat=True).first()
        )
        key = data_key(stream, key_id) if key_id else None
        state = queries.view(stream, at).state
        if key is None or state.applicant is None:
            raise NotPossible("case_gone")
        value = open_personal(stream, [state.applicant.ref])[state.applicant.ref]
        if value is None:
            raise NotPossible("case_gone")
        particulars: dict[str, str] = json.loads(value)
        if is_repeat:
            return particulars
        seeing.count(actor, at)
        _record(stream, key, actor, state, ask.purpose, seeing.seen(particulars), ask.reason, at, command_id)
        return particulars


def read_before_sealing(stream: UUID, actor: Actor, paper: UUID, number: str, at: datetime) -> None:
    """A keeper opens a paper of this case before sealing it: on record for whom it concerns, once a day for each paper.

    Nobody's number stands on it in clear, and no quota counts it. Nothing is recorded once the case's key is destroyed.
    """
    _once_a_day(stream, actor, seeing.SEALING, paper, ["name"], number, at)


def paper_taken_away(stream: UUID, actor: Actor, paper: UUID, number: str, at: datetime) -> None:
    """Staff take a paper of this case away as a file, with the name on it: on record as before sealing."""
    if actor.kind is ActorKind.STAFF:
        _once_a_day(stream, actor, seeing.PAPER, paper, ["name"], number, at)


def material_opened(stream: UUID, actor: Actor, number: str, at: datetime) -> None:
    """Staff open what was handed in with this case: on record for whom it concerns, once a day for each who does."""
    if actor.kind is ActorKind.STAFF:
        _once_a_day(stream, actor, seeing.MATERIAL, stream, ["files"], number, at)


def handed_out_of_the_archive(stream: UUID, actor: Actor, number: str, at: datetime, command_id: UUID) -> None:
    """The whole file of this case leaves the archive, with everything in it: on record for whom it concerns, each time.

    Nothing is recorded once the case's key is destroyed. Part of the caller's transaction.
    """
    _noted(stream, actor, seeing.ARCHIVE, None, number, at, uuid5(command_id, "looked"))


def _once_a_day(
    stream: UUID, actor: Actor, purpose: str, of: UUID, fields: Sequence[str], number: str, at: datetime
) -> None:
    word = "read" if purpose == seeing.SEALING else purpose
    command_id = uuid5(of, f"{word}/{actor.id}/{at.astimezone(OFFICE_ZONE).date()}")
    _noted(stream, actor, purpose, fields, number, at, command_id)


def _noted(
    stream: UUID,
    actor: Actor,
    purpose: str,
    fields: Sequence[str] | None,
    number: str,
    at: datetime,
    command_id: UUID,
) -> None:
    """A look that nobody has to give a reason for: the number of what was read stands for it. `fields` None: all."""
    if any(each.command_id == command_id for each in read.entries(_stream(stream))):
        return
    with transaction.atomic():
        key_id = (
            DataKeyRow.objects.filter(stream=stream, wrapped__isnull=False).values_list("key_id", flat=True).first()
        )
        key = data_key(stream, key_id) if key_id else None
        if key is None:
            return
        state = queries.view(stream, at).state
        if fields is None:
            value = open_personal(stream, [state.applicant.ref])[state.applicant.ref] if state.applicant else None
            fields = seeing.seen(json.loads(value)) if value else []
        _record(stream, key, actor, state, purpose, fields, number, at, command_id)


def _record(
    stream: UUID,
    key: DataKey,
    actor: Actor,
    state: State,
    purpose: str,
    fields: Sequence[str],
    reason: str,
    at: datetime,
    command_id: UUID,
) -> None:
    """The fact of a look, its reason sealed under the case's key, and its row."""
    ref = f"looks/{command_id.hex}"
    commitment, ciphertext = key.seal(ref, canonical(reason))
    told = {
        "at": microseconds(at),
        "by": actor.id,
        "unit": actor.unit,
        "case": stream.hex,
        "number": state.query_number,
        "party": state.party,
        "purpose": purpose,
        "fields": list(fields),
        "reason": {"ref": ref, "commitment": commitment, "in": stream.hex},
    }
    recorded = append(
        _stream(stream),
        STREAM_KIND,
        [("looked", canonical(told))],
        command_id=command_id,
        at=microseconds(at),
        actor=actor.id,
    )
    if not Personal.objects.filter(stream=stream, ref=ref).exists():
        Personal.objects.create(stream=stream, ref=ref, key_id=key.key_id, alg=ALG, ciphertext=ciphertext)
    seeing.keep(seeing.of_case(recorded[0]))


def looks(stream: UUID) -> list[Look]:
    """Who saw the particulars of a case in clear, newest first; the caller has made sure that it may be seen."""
    entries = [(each, read.plain(each)) for each in read.entries(_stream(stream))]
    opened = open_personal(stream, [body["reason"]["ref"] for _, body in entries])
    found = []
    for entry, body in entries:
        sealed = opened[body["reason"]["ref"]]
        reason = None if sealed is None else json.loads(sealed)
        found.append(Look(instant(entry.at), body["by"], reason, body.get("purpose", "")))
    return found[::-1]


def _stream(case: UUID) -> UUID:
    return uuid5(case, STREAM_KIND)
