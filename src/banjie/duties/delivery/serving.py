"""A delivery that is proved becomes the service of the case, through the one door, in the name of who sent it.

Serving is an act of the agency: the member of staff who dispatched the parcel, or put the result into the inbox, has
ordered it, and the proof completes their act. So `Serve` is asked for as theirs, with the proof as its receipt, on the
day the proof is here; where they may serve no more (they left, the case moved), nothing is made up: the delivery stays
on the board with the reason, for a colleague to confirm.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.cases import queries
from banjie.cases.handle import handle
from banjie.duties.delivery import recording
from banjie.duties.delivery.models import Delivery
from banjie.engine import commands as c
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts.models import User
from banjie.records.organisation.queries import actor_of

AS_SERVED = {"window": "in_person", "agent": "in_person", "post": "post", "electronic": "electronic"}


def sender(pseudonym: str) -> Actor | None:
    """The member of staff as they may act today; None where they hold no post any more."""
    user = User.objects.filter(pseudonym=pseudonym).first()
    return actor_of(user) if user else None


def serve(case: UUID, method: str, proof: str, by: Actor | None, at: datetime, command_id: UUID | None = None) -> bool:
    """Record the service in the case; False with the reason on the row where this person may not serve (any more)."""
    try:
        if by is None:
            raise NotPossible("sender_has_left")
        state = queries.view(case, at).state
        if state.served_on is None:
            id = command_id or uuid5(recording.own_stream(case), f"serve/{state.version}")
            handle(case, c.Serve(command_id=id, at=at, by=by, method=AS_SERVED[method], receipt=c.Personal(proof)))
    except NotPossible as no:
        Delivery.objects.kept().filter(stream=case).update(trouble=no.code[:60])
        return False
    with transaction.atomic():
        recording.locked(case)
        told = uuid5(recording.own_stream(case), "served")
        recording.record(case, "served", at, by.id, told, method=method)
    return True
