"""Reads of the delivery: of a case, and what waits at a unit."""

from dataclasses import dataclass
from uuid import UUID

from banjie.cases.models import Case
from banjie.cases.scope import Scope
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.engine.commands import Actor
from banjie.engine.state import Stage


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case on the board: decided, and not with its applicant yet; what was chosen and the last parcel, if any."""

    case: Case
    delivery: Delivery | None
    parcel: Parcel | None


def of_case(stream: UUID, scope: Scope) -> Delivery | None:
    """The delivery of a case; None where nobody has said anything yet, or it is not theirs."""
    return Delivery.objects.within(scope).filter(stream=stream).first()


def parcels(stream: UUID, scope: Scope) -> list[Parcel]:
    """The parcels of a case, the newest first."""
    return list(Parcel.objects.within(scope).filter(stream=stream).order_by("-dispatched_at"))


def board(actor: Actor, most: int = 100) -> list[Waiting]:
    """The decided cases of the actor's unit that wait to reach their applicants, the oldest decision first."""
    scope = Scope.of(actor)
    cases = Case.objects.within(scope).exclude(decided_on=None).exclude(stage=Stage.CLOSED)
    found = list(cases.order_by("decided_on", "stream")[:most])
    streams = [each.stream for each in found]
    chosen = {each.stream: each for each in Delivery.objects.within(scope).filter(stream__in=streams)}
    sent: dict[UUID, Parcel] = {}
    for each in Parcel.objects.within(scope).filter(stream__in=streams).order_by("dispatched_at"):
        sent[each.stream] = each
    return [Waiting(each, chosen.get(each.stream), sent.get(each.stream)) for each in found]
