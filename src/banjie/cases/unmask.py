"""The applicant's particulars in clear, for whoever takes part in the case and says why: who, what and why are a fact.

The facts lie in one stream of kind "looks" a case, beside the case: to look changes nothing in it. The reason may tell
something about a person, so it is sealed under the case's own data key and goes when that key goes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine.codec import canonical, instant, microseconds
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.keys.datakey import ALG
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.keys.models import Personal
from banjie.store.keys.read import data_key, open_personal
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "looks"
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw the particulars in clear. `reason`: None where the case's key was destroyed."""

    at: datetime
    by: str
    reason: str | None


def unmask(number: str, actor: Actor, reason: str, at: datetime, command_id: UUID) -> Mapping[str, str]:
    """The particulars of a case's applicant in clear; that somebody looked is recorded before anything is returned.

    The same command again records nothing more. BadInput without a reason; NotPossible: unknown_case (not there, or
    not theirs), staff_only, case_gone (nothing was ever given, or the key was destroyed).
    """
    if actor.kind is not ActorKind.STAFF:
        raise NotPossible("staff_only")
    given = reason.replace("\x00", "").strip()
    if not given:
        raise BadInput([("reason", "needed")])
    if len(given) > LONGEST:
        raise BadInput([("reason", "too_long")])
    case = queries.find(number, Scope.of(actor))
    stream = case.stream
    with transaction.atomic():
        key_id = (
            DataKeyRow.objects.filter(stream=stream, wrapped__isnull=False).values_list("key_id", flat=True).first()
        )
        key = data_key(stream, key_id) if key_id else None
        applicant = queries.view(stream, at).state.applicant
        if key is None or applicant is None:
            raise NotPossible("case_gone")
        ref = f"looks/{command_id.hex}"
        commitment, ciphertext = key.seal(ref, canonical(given))
        told = {"reason": {"ref": ref, "commitment": commitment}, "unit": actor.unit}
        when = microseconds(at)
        recorded = append(
            _stream(stream),
            STREAM_KIND,
            [("looked", canonical({"at": when, "by": actor.id, **told}))],
            command_id=command_id,
            at=when,
            actor=actor.id,
        )
        if not Personal.objects.filter(stream=stream, ref=ref).exists():
            assert recorded
            Personal.objects.create(stream=stream, ref=ref, key_id=key.key_id, alg=ALG, ciphertext=ciphertext)
        value = open_personal(stream, [applicant.ref])[applicant.ref]
        if value is None:
            raise NotPossible("case_gone")
        particulars: dict[str, str] = json.loads(value)
        return particulars


def looks(stream: UUID) -> list[Look]:
    """Who saw the particulars of a case in clear, newest first; the caller has made sure that it may be seen."""
    entries = [(each, read.plain(each)) for each in read.entries(_stream(stream))]
    opened = open_personal(stream, [body["reason"]["ref"] for _, body in entries])
    found = []
    for entry, body in entries:
        sealed = opened[body["reason"]["ref"]]
        found.append(Look(instant(entry.at), body["by"], None if sealed is None else json.loads(sealed)))
    return found[::-1]


def _stream(case: UUID) -> UUID:
    return uuid5(case, STREAM_KIND)
