"""Reads of the fees: of a case, what is open at an agency, the days and their differences."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from banjie.cases.scope import Scope
from banjie.duties.fees.models import Charge, Day, Difference, Order
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible


def of_case(stream: UUID, scope: Scope) -> list[Charge]:
    """The fees of a case, oldest first."""
    return list(Charge.objects.within(scope).filter(stream=stream).order_by("raised_at", "fee"))


def one(fee: UUID, scope: Scope) -> Charge:
    """A fee; NotPossible("no_such_fee") for what is not there and what is not theirs."""
    row = Charge.objects.within(scope).filter(fee=fee).first()
    if row is None:
        raise NotPossible("no_such_fee")
    return row


def orders(fee: UUID, scope: Scope) -> list[Order]:
    """The orders of a fee, the newest first."""
    return list(Order.objects.within(scope).filter(fee=fee).order_by("-asked_at", "order"))


def open_ones(actor: Actor, most: int = 100) -> list[Charge]:
    """The fees of the actor's cases that wait to be paid or given back, oldest first."""
    rows = Charge.objects.within(Scope.of(actor)).filter(state__in=("open", "refund_owed"))
    return list(rows.order_by("raised_at")[:most])


def troubled(actor: Actor, most: int = 50) -> list[Order]:
    """The orders about which the provider was asked in vain, of the actor's cases."""
    rows = Order.objects.within(Scope.of(actor)).filter(next_at__isnull=False).exclude(trouble="")
    return list(rows.order_by("-tries")[:most])


def days(most: int = 31) -> list[Day]:
    """The newest days that were compared."""
    return list(Day.objects.order_by("-day")[:most])


def differences(day: date) -> list[Difference]:
    """The differences of a day: what nobody has answered first."""
    rows = list(Difference.objects.filter(day=day).order_by("nth"))
    return sorted(rows, key=lambda each: (each.answered_at is not None, each.nth))


def receipted(stream: UUID) -> list[UUID]:
    """The fees of a case that have a receipt, oldest first; the caller has made sure that they may be seen."""
    rows = Charge.objects.kept().filter(stream=stream).exclude(receipt="")
    return list(rows.order_by("raised_at", "fee").values_list("fee", flat=True))


def amounts(stream: UUID) -> Mapping[str, int]:
    """What the fees of a case come to, by their state."""
    found: dict[str, int] = {}
    for state, amount in Charge.objects.kept().filter(stream=stream).values_list("state", "amount"):
        found[state] = found.get(state, 0) + amount
    return found
