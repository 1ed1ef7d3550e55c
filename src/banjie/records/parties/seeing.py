"""Particulars in clear: shown to whoever says why, and that is a fact on the party's stream."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.parties import queries, register, sealing

LONGEST = 200


def unmask(actor: Actor, party: str, reason: str, at: datetime) -> Mapping[str, str]:
    """The particulars of a party in clear. Who asked, whose they are and why is recorded before anything is shown.

    A person sees their own; a member of staff those of a party they have to do with, which the caller has made sure of
    (a case of theirs within `Scope.of(actor)`). BadInput without a reason; NotPossible not_your_particulars,
    no_such_party, party_erased. The reason is sealed with the party: it may tell something about them.
    """
    if not reason.strip():
        raise BadInput([("reason", "needed")])
    if len(reason.strip()) > LONGEST:
        raise BadInput([("reason", "too_long")])
    if actor.kind is not ActorKind.STAFF and actor.id != party:
        raise NotPossible("not_your_particulars")
    with transaction.atomic():
        row = register.living(party)
        key = sealing.key_of(row.stream)
        assert key is not None, "a party that is not erased has a key"
        told = {"unit": actor.unit, "reason": sealing.seal(key, "reason", reason.strip())}
        register.record(row, "unmasked", told, actor.id, at)
        return queries.particulars(row)
