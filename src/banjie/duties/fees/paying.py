"""Orders of payment and the worker that asks the provider: what was asked is never lost, and never done twice.

An order is a fact before anybody outside hears of it, and its id is the provider's too. A call of the provider is a
knock at the door: it says nothing but "ask me", so that one that is forged, late, repeated or out of order changes
nothing. What the provider answers to our own question is recorded in one transaction, from the state it rests on.
"""

from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import IntegrityError, transaction

from banjie.cases.handle import handle
from banjie.duties.fees import provider as providers
from banjie.duties.fees import recording
from banjie.duties.fees.models import Charge, Order
from banjie.duties.fees.provider import METHODS, PaymentProvider, Standing
from banjie.duties.fees.recording import HOUSE, LIVE, OPEN, STREAM_KIND
from banjie.engine import commands as c
from banjie.engine.codec import instant, microseconds
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.store.postgresql.reading import as_the_house
from banjie.web.peer import PeerSaysNo, Unclear, backoff

__all__ = ["STREAM_KIND", "advance", "knock", "order", "tell_cases", "work"]

log = structlog.get_logger("banjie.fees")
LONGEST_TURN = 2.0
MOST = 20
"""Orders asked about in one turn of the worker."""
SOON, RARELY = timedelta(seconds=3), timedelta(minutes=2)
GRACE = timedelta(minutes=10)
"""How long after its end an order is still asked about: somebody may have paid in the last second."""
OUTCOMES = {"paid": ("paid",), "refunded": ("paid", "refunded"), "refund_owed": ("paid",), "cancelled": ("cancelled",)}


def order(fee: UUID, method: str, by: Actor, command_id: UUID, at: datetime) -> Order:
    """Have a fee paid: by phone (qr), or with a card at the window (pos). The order that can still be paid, if any is.

    NotPossible no_such_fee, fee_settled_already, no_payment_provider.
    """
    if method not in METHODS:
        raise NotPossible("no_such_outcome", outcomes=METHODS)
    if providers.provider() is None:
        raise NotPossible("no_payment_provider")
    with transaction.atomic():
        charge = recording.locked(fee)
        if charge.state != OPEN:
            raise NotPossible("fee_settled_already", name=charge.name)
        live = [each for each in recording.orders_of(fee) if each.state in LIVE and not _is_over(each, at)]
        same = next((each for each in live if each.method == method), None)
        if same is None:
            recording.record(fee, "ordering", at, by.id, command_id, order=command_id.hex, method=method)
            same = Order.objects.kept().get(order=command_id)
    return same


def _is_over(row: Order, at: datetime) -> bool:
    return row.expires_at is not None and at >= row.expires_at


def knock(order_id: str, at: datetime) -> bool:
    """The provider says that something happened to an order: it is asked about at the next turn. False: not ours."""
    try:
        known = UUID(hex=order_id)
    except ValueError:
        return False
    waits = Order.objects.kept().filter(order=known).exclude(state="refunded")
    return bool(waits.update(next_at=microseconds(at), tries=0))


def work(now: datetime, asked: PaymentProvider | None = None, most: int = MOST) -> int:
    """Ask the provider about every order whose time has come, and tell the cases what became of their fees; how many.

    Safe to kill anywhere and in any number of workers. One order that fails keeps no other waiting.
    """
    done = tell_cases(now)
    asked = asked or providers.provider()
    if asked is None:
        return done
    due = Order.objects.kept().filter(next_at__lte=microseconds(now)).order_by("next_at", "order")
    begun = monotonic()
    for row in list(due[:most]):
        if monotonic() - begun > LONGEST_TURN:
            break  # a provider that hangs keeps nobody else waiting: the rest at the next turn
        done += advance(row, asked, now)
    return done


@as_the_house()
def advance(row: Order, asked: PaymentProvider, now: datetime) -> int:
    """Ask the provider about one order and record what it says; 1 where something was recorded.

    The time of the next question is set before it is asked: whoever dies meanwhile is followed by another.
    """
    _again(row, now, backoff(row.tries + 1), row.tries + 1, row.trouble)
    try:
        return int(_asked(row, asked, now))
    except Unclear as unclear:
        _again(row, now, backoff(row.tries + 1), row.tries + 1, unclear.code)
    except PeerSaysNo as no:
        _again(row, now, RARELY, row.tries + 1, no.code)
    except IntegrityError:  # another worker recorded it at the same moment
        _again(row, now, SOON, row.tries + 1, "")
    except Exception as problem:
        log.exception("fees_failed", order=row.order.hex, problem=type(problem).__name__)
    return 0


def _asked(row: Order, asked: PaymentProvider, now: datetime) -> bool:
    id = row.order.hex
    if row.state == "refund_asked":
        told = asked.refund(id, row.amount, now)
        if told.state == "refunded":
            return recording.refunded(row, told.at or now, now)
        return False
    if row.state == "asked":
        charge = Charge.objects.kept().get(fee=row.fee)
        told = asked.create(id, row.amount, charge.name, row.method, now)
        _ordered(row, told, now)
        if told.state == "waiting":
            return True
        row = Order.objects.kept().get(order=row.order)
    else:
        told = asked.query(id, now)
    return _heard(row, told, now)


def _heard(row: Order, told: Standing, now: datetime) -> bool:
    """Record how an order stands; what is only waiting is asked about again, more and more seldom."""
    if told.state in ("paid", "refunded"):
        if told.amount != row.amount:
            _again(row, now, RARELY, row.tries + 1, "amount_differs")
            return False
        return recording.paid(row, told.reference, told.at or now, now) or _known(row)
    if told.state == "failed":
        return recording.ended(row, "failed", now) or _known(row)
    over = row.expires_at is not None and now >= row.expires_at + GRACE
    if told.state == "expired" or (told.state == "unknown" and over):
        return recording.ended(row, "expired", now) or _known(row)
    if told.state == "unknown":
        _again(row, now, RARELY, row.tries + 1, "unknown_order")
        return False
    _again(row, now, min(SOON * 2 ** min(row.tries, 6), RARELY), row.tries + 1, "")
    return False


def _known(row: Order) -> bool:
    """What a late or second knock has led to is known already: it is not asked about again. False: nothing is new."""
    same = Order.objects.kept().filter(order=row.order, state=row.state).exclude(state__in=LIVE)
    same.update(next_at=None, tries=0, trouble="")
    return False


def _ordered(row: Order, told: Standing, now: datetime) -> None:
    with transaction.atomic():
        recording.locked(row.fee)
        if Order.objects.kept().get(order=row.order).state == "asked":
            more: dict[str, Any] = {"order": row.order.hex, "page": told.page, "reference": told.reference}
            more |= {"expires_at": microseconds(told.expires_at)} if told.expires_at else {}
            recording.record(row.fee, "ordered", now, HOUSE, uuid5(row.order, "ordered"), **more)


def _again(row: Order, now: datetime, wait: timedelta, tries: int, trouble: str) -> None:
    """Ask about it again after a while; unless something was recorded meanwhile."""
    same = Order.objects.kept().filter(order=row.order, state=row.state)
    same.update(next_at=microseconds(now + wait), tries=tries, trouble=trouble)


def tell_cases(now: datetime, most: int = MOST) -> int:
    """Carry what became of each fee into its case, through the door; how many were told."""
    done = 0
    for state, outcomes in OUTCOMES.items():
        for charge in list(Charge.objects.kept().filter(state=state).exclude(told=outcomes[-1])[:most]):
            done += _tell(charge, outcomes, now)
    return done


def _tell(charge: Charge, outcomes: tuple[str, ...], now: datetime) -> int:
    told = 0
    for outcome in outcomes[outcomes.index(charge.told) + 1 :] if charge.told in outcomes else outcomes:
        at = max(now, instant(microseconds(charge.raised_at)))
        command = c.SettleFee(
            command_id=uuid5(charge.fee, outcome), at=at, by=c.TIMER, fee=charge.fee.hex, outcome=outcome
        )
        try:
            handle(charge.stream, command)
        except NotPossible as no:
            if no.code != "fee_settled_already":
                log.warning("fees_untold", fee=charge.fee.hex, code=no.code)
                return told
        with transaction.atomic():
            recording.locked(charge.fee)
            recording.record(charge.fee, "told", now, HOUSE, uuid5(charge.fee, f"told/{outcome}"), outcome=outcome)
        told += 1
    return told
