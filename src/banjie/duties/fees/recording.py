"""The facts of a fee and the rows they make: one stream a fee, each change recorded once, money never lost or doubled.

raised → ordering → ordered → paid → told | failed | expired (and another order) · refund_owed → refunded · cancelled.
Payment wins over everything: an order that was given up and is paid after all is paid, and what came in too much is
owed back in the same breath. Everything here is part of the caller's transaction, with the row of the fee locked.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from banjie.duties.fees.models import Charge, Order
from banjie.duties.papers.register import make_out
from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.store.log import read
from banjie.store.log.append import append
from banjie.words.dates import instant_in_words
from banjie.words.money import yuan

STREAM_KIND = "fee"
HOUSE = "timer"
OPEN, PAID, REFUND_OWED, REFUNDED, CANCELLED = "open", "paid", "refund_owed", "refunded", "cancelled"
LIVE = ("asked", "waiting")
"""Orders that can still be paid as far as we know."""


def locked(fee: UUID) -> Charge:
    """The fee, locked to the end of the transaction; NotPossible("no_such_fee")."""
    row = Charge.objects.kept().select_for_update().filter(fee=fee).first()
    if row is None:
        raise NotPossible("no_such_fee")
    return row


def orders_of(fee: UUID) -> list[Order]:
    """The orders of a fee, oldest first."""
    return list(Order.objects.kept().filter(fee=fee).order_by("asked_at", "order"))


def record(fee: UUID, kind: str, at: datetime, by: str, command_id: UUID, **more: Any) -> bool:
    """Append one fact to a fee and let its rows follow; False where this command was recorded before."""
    body = {"at": codec.microseconds(at), "by": by, **more}
    known = {each.command_id for each in read.entries(fee)}
    if command_id in known:
        return False
    append(fee, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=body["at"], actor=by)
    follow(fee, kind, body)
    return True


def follow(fee: UUID, kind: str, body: dict[str, Any]) -> None:
    """Let the rows of a fee follow one of its facts."""
    at = codec.instant(body["at"])
    if kind == "raised":
        _raised(fee, at, body).save(force_insert=True)
        return
    charge = Charge.objects.kept().get(fee=fee)
    if kind == "ordering":
        Order(
            order=UUID(body["order"]), fee=fee, stream=charge.stream, method=body["method"], amount=charge.amount,
            state="asked", asked_at=at, next_at=body["at"],
        ).save(force_insert=True)  # fmt: skip
        return
    if kind in ("cancelled", "told"):
        if kind == "cancelled":
            charge.state = CANCELLED
        else:
            charge.told = body["outcome"]
        charge.save()
        return
    order = Order.objects.kept().get(order=UUID(body["order"]))
    _order(order, kind, body, at)
    order.save()
    if kind == "paid" and charge.state == OPEN:
        charge.state, charge.paid_at, charge.receipt = PAID, codec.instant(body["paid_at"]), body["receipt"]
        charge.save()
    elif kind in ("refund_owed", "refunded") and body["whole"]:
        charge.state = REFUND_OWED if kind == "refund_owed" else REFUNDED
        charge.save()


def _raised(fee: UUID, at: datetime, body: dict[str, Any]) -> Charge:
    return Charge(
        fee=fee, stream=UUID(body["case"]), code=body["code"], number=body["number"], listed=body["listed"],
        name=body["name"], agency=body["agency"], units=body["units"], reduced=body["reduced"], amount=body["amount"],
        raised_at=at, state=OPEN,
    )  # fmt: skip


def _order(order: Order, kind: str, body: dict[str, Any], at: datetime) -> None:
    order.tries, order.trouble = 0, ""
    if kind == "ordered":
        order.state, order.page, order.reference = "waiting", body["page"], body["reference"]
        order.expires_at = codec.instant(body["expires_at"]) if body.get("expires_at") else None
        order.next_at = body["at"]
    elif kind == "paid":
        order.state, order.paid_at, order.next_at = "paid", codec.instant(body["paid_at"]), None
        order.reference = body["reference"] or order.reference
    elif kind in ("failed", "expired"):
        order.state, order.next_at = kind, None
    elif kind == "refund_owed":
        order.state, order.reason, order.next_at = "refund_asked", body["reason"], body["at"]
    elif kind == "refunded":
        order.state, order.refunded_at, order.next_at = "refunded", codec.instant(body["refunded_at"]), None


def paid(order: Order, reference: str, paid_at: datetime, at: datetime) -> bool:
    """The provider has the money: the order is paid, whatever we had given up; too much is owed back at once."""
    with transaction.atomic():
        charge = locked(order.fee)
        row = Order.objects.kept().get(order=order.order)
        if row.state in ("paid", "refund_asked", "refunded"):
            return False
        is_first = charge.state == OPEN
        receipt = _receipt(charge, row, reference, paid_at, at) if is_first else ""
        told = {"order": row.order.hex, "reference": reference, "amount": row.amount, "receipt": receipt}
        told["paid_at"] = codec.microseconds(paid_at)
        record(charge.fee, "paid", at, HOUSE, uuid5(row.order, "paid"), **told)
        if not is_first:
            reason = "case_over" if charge.state == CANCELLED else "paid_twice"
            owe(Order.objects.kept().get(order=order.order), reason, at, whole=False)
        return True


def owe(order: Order, reason: str, at: datetime, *, whole: bool) -> None:
    """What was paid by this order is owed back. `whole`: the fee itself is; else it was paid too much."""
    told = {"order": order.order.hex, "reason": reason, "whole": whole}
    record(order.fee, "refund_owed", at, HOUSE, uuid5(order.order, "refund_owed"), **told)


def refunded(order: Order, refunded_at: datetime, at: datetime) -> bool:
    """The provider has given it back."""
    with transaction.atomic():
        charge = locked(order.fee)
        row = Order.objects.kept().get(order=order.order)
        if row.state != "refund_asked":
            return False
        told = {"order": row.order.hex, "whole": charge.state == REFUND_OWED, "reason": row.reason}
        told |= {"refunded_at": codec.microseconds(refunded_at), "amount": row.amount}
        record(charge.fee, "refunded", at, HOUSE, uuid5(row.order, "refunded"), **told)
        return True


def ended(order: Order, how: str, at: datetime) -> bool:
    """An order failed or expired unpaid; another one may be made."""
    with transaction.atomic():
        locked(order.fee)
        row = Order.objects.kept().get(order=order.order)
        if row.state not in LIVE:
            return False
        return record(order.fee, how, at, HOUSE, uuid5(row.order, how), order=row.order.hex)


def let_go(charge: Charge, reason: str, at: datetime, command_id: UUID) -> None:
    """The case is over: what was paid is owed back, what is open is cancelled. `charge` is locked."""
    if charge.state == PAID:
        first = next(each for each in orders_of(charge.fee) if each.state == "paid")
        owe(first, reason, at, whole=True)
    elif charge.state == OPEN:
        record(charge.fee, "cancelled", at, HOUSE, command_id, reason=reason)


def _receipt(charge: Charge, order: Order, reference: str, paid_at: datetime, at: datetime) -> str:
    """Have the receipt made out (缴费凭证, a paper in the register); its number. It tells of the next fact."""
    unit = f"{charge.units} × {yuan(charge.amount // charge.units)}" if charge.units > 1 and not charge.reduced else ""
    rows = [
        ["收费项目", charge.name],
        ["金额", yuan(charge.amount) + (f"（{unit}）" if unit else "")],
        ["办件查询码", charge.number],
        ["缴费时间", instant_in_words(paid_at, "zh-Hans")],
        ["支付流水号", reference or order.reference],
    ]
    data = {"rows": rows, "note": "本凭证只证明已经缴费，不是财政票据。"}
    position = max(each.position for each in read.entries(charge.fee)) + 1
    paper = make_out(
        "fee_receipt",
        charge.agency,
        charge.fee,
        position,
        at,
        uuid5(charge.fee, "receipt"),
        data=data,
        item=charge.code,
    )
    return paper.number
