"""A charge comes into the case: of the guide it was filed under, on the list of the day, in the amount of the answers.

The case's own fact comes first (`engine.fees`, through the door), then the stream of the fee, under an id that follows
from the command: broken off in between, the follower opens it. A repeat gives the same fee.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from banjie.cases import queries
from banjie.cases.handle import handle
from banjie.cases.queries import CaseView
from banjie.duties.fees import recording
from banjie.duties.fees.models import Charge
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.commands import Actor
from banjie.engine.fees import Charge as Due
from banjie.engine.fees import charges, may_raise
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.catalogue import lists
from banjie.records.catalogue.register import ListKind
from banjie.records.organisation.models import Agency

FEE_IDS = UUID("5d2f1a7c-64b0-5f63-93a7-0f6cf0f4a9e1")


def due(view: CaseView) -> tuple[Due, ...]:
    """Every fee of the guide that applies to the answers of this case, with its amount; nothing once erased."""
    ref = view.state.answers
    answers: Mapping[str, Any] | None = view.opened(ref).get(ref.ref) if ref else None
    return charges(view.law.procedure, answers) if answers is not None else ()


def offered(view: CaseView, actor: Actor) -> tuple[Due, ...]:
    """The fees this member of staff could charge now."""
    try:
        allowed = may_raise(view.state, actor, view.law, view.on)["listed"]
    except NotPossible:
        return ()
    return tuple(each for each in due(view) if each.fee.listed in allowed)


def raise_fee(case: UUID, listed: str, by: Actor, command_id: UUID, at: datetime, amount: int | None = None) -> Charge:
    """Charge a fee of the guide on a case; the fee. `amount`: what is meant to be charged, where somebody says it.

    NotPossible fee_not_listed (of another guide, or off the list today), fee_differs_from_standard, and whatever
    `engine.fees` says no to.
    """
    view = queries.view(case, at)
    charge = next((each for each in due(view) if each.fee.listed == listed), None)
    if charge is None:
        raise NotPossible("fee_not_listed", name=listed)
    if amount is not None and amount != charge.amount:
        raise NotPossible("fee_differs_from_standard", name=charge.fee.name)
    _require_listed(view, charge)
    command = c.RaiseFee(
        command_id=command_id,
        at=at,
        by=by,
        fee=command_id.hex,
        listed=listed,
        amount=charge.amount,
        units=charge.units,
        reduced=charge.reduced,
    )
    done = handle(case, command)
    raised = next(each for each in done.events if isinstance(each, e.FeeRaised))
    opened(case, raised)
    return Charge.objects.kept().get(fee=UUID(raised.fee))


def _require_listed(view: CaseView, charge: Due) -> None:
    """NotPossible("fee_not_listed") where the fee list of the region does not have it today, in this very standard."""
    region = Agency.objects.filter(id=view.state.home).values_list("region_id", flat=True).first() or ""
    standing = lists.standing(region, view.on)
    entry = standing.get(ListKind.FEE, {}).get(charge.fee.listed)
    if ListKind.FEE in standing and entry is None:
        raise NotPossible("fee_not_listed", name=charge.fee.name, listed=charge.fee.listed)
    if entry and (entry.amount, entry.per) != (charge.fee.amount, charge.fee.per):
        raise NotPossible("fee_differs_from_standard", name=charge.fee.name)


def opened(case: UUID, raised: e.FeeRaised) -> bool:
    """Open the stream of a fee that the case has; False where it stands."""
    fee = UUID(raised.fee)
    if Charge.objects.kept().filter(fee=fee).exists():
        return False
    state = queries.view(case, raised.at).state
    procedure = catalogue.law(state.procedure, state.procedure_version).procedure
    told = {
        "case": case.hex,
        "code": state.procedure,
        "number": state.query_number,
        "listed": raised.listed,
        "name": raised.name,
        "agency": procedure.agency_of(procedure.decides),
        "units": raised.units,
        "reduced": raised.reduced,
        "amount": raised.amount,
    }
    try:
        with transaction.atomic():
            return recording.record(fee, "raised", raised.at, raised.by.id, uuid5(FEE_IDS, raised.fee), **told)
    except IntegrityError:  # the follower was first
        return False
