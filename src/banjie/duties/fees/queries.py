"""Reads of the fees: of a case, what is open at an agency, the days and their differences."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from banjie.cases.scope import Scope
from banjie.duties.fees.models import Charge, Day, Difference, Order
from banjie.duties.fees.reconciling import NOBODYS, WHOLE, is_theirs
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


def days(county: str, most: int = 31) -> list[Day]:
    """The newest days of a county that were compared; those of nobody and of the whole installation, too, without the
    sums of others."""
    rows = Day.objects.filter(county__in=(county, *SHARED)).order_by("-day", "-county")[:most]
    return [_own(each, county) for each in rows]


def of_day(day: date, county: str) -> list[Day]:
    """What was compared of one day: the county's, and what is shared."""
    rows = Day.objects.filter(day=day, county__in=(county, *SHARED)).order_by("-county")
    return [_own(each, county) for each in rows]


def differences(day: date, county: str) -> list[Difference]:
    """The differences of a day that are this county's, or nobody's: what nobody has answered first."""
    known = {each.stream: each for each in Day.objects.filter(day=day, county__in=(county, *SHARED))}
    rows = Difference.objects.filter(stream__in=known).order_by("found_at", "nth")
    mine = [each for each in rows if is_theirs(known[each.stream], each, county)]
    return sorted(mine, key=lambda each: (each.answered_at is not None, each.nth))


SHARED = (NOBODYS, WHOLE)


def _own(row: Day, county: str) -> Day:
    """A day with what of it this county is told: of a shared one how many of its own differences are open."""
    if row.county == WHOLE:
        left = Difference.objects.filter(stream=row.stream, answered_at=None)
        row.open = sum(is_theirs(row, each, county) for each in left)
    return row


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
