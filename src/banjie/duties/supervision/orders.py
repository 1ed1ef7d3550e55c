"""Supervision orders (督办单): what a unit is asked to do, until when, and who answers once it has not.

issued -> replied by the unit -> closed with a result. A reply that does not come moves the order up the region's
ladder: section head, head of the agency, supervision office. Moving up is a function of time, never of a worker: its
fact carries the instant at which the limit was over. A card that nobody answers in time becomes an order by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from banjie.duties.supervision import cards, jurisdiction, rulebook, telling
from banjie.duties.supervision.cards import BY_RULE, May
from banjie.duties.supervision.models import Card, Order
from banjie.duties.supervision.rules import midnight
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import ONE_DAY
from banjie.records.organisation.queries import in_office

STREAM_KIND = "order"
RESULTS = ("done", "done_late", "referred")
"""Done; done, though late; handed to whoever holds people to account (问责)."""
ACTS = ("reply", "close")


@dataclass(frozen=True, slots=True)
class About:
    """What an order is about: a unit, and a card or the number of a case where it is about one."""

    unit: str
    card: UUID | None = None
    number: str = ""


def issue(about: About, text: str, by: Actor, command_id: UUID, at: datetime) -> Order:
    """下达督办单: the stream's id is the command's, so that a second press issues nothing.

    BadInput; NotPossible not_your_region, unknown_unit.
    """
    agency, region = jurisdiction.place_of(about.unit)
    if not agency:
        raise NotPossible("unknown_unit", unit=about.unit)
    jurisdiction.require_office(by, region)
    said = telling.written("text", text)
    with transaction.atomic():
        known = Order.objects.kept().filter(stream=command_id).first()
        if known:
            return known
        _issue(command_id, about, by.id, at, command_id, {"text": telling.sealed(command_id, "order", said)})
    return Order.objects.kept().get(stream=command_id)


def reply(order: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Order:
    """回复: by whoever answers at the level the order stands at. BadInput; NotPossible as `may` says."""
    said = telling.written("text", text)
    with transaction.atomic():
        row, is_repeat = _asked(order, "reply", by, command_id, at)
        if not is_repeat:
            _tell(row.stream, "replied", at, by.id, command_id, {"text": telling.sealed(order, "reply", said)})
    return Order.objects.kept().get(stream=order)


def close(order: UUID, result: str, text: str, by: Actor, command_id: UUID, at: datetime) -> Order:
    """办结督办: with a result; one nobody has replied to can only be referred. BadInput; NotPossible as `may` says."""
    if result not in RESULTS:
        raise BadInput([("result", "unknown_choice")])
    said = telling.written("text", text)
    with transaction.atomic():
        row, is_repeat = _asked(order, "close", by, command_id, at)
        if not is_repeat:
            if row.status == "open" and result != "referred":
                raise NotPossible("order_without_reply")
            told = {"result": result, "text": telling.sealed(order, "close", said)}
            _tell(row.stream, "closed", at, by.id, command_id, told)
    return Order.objects.kept().get(stream=order)


def may(row: Order, by: Actor, at: datetime) -> May:
    """What this member of staff can ask for on this order now."""
    return May({act: _why_not(row, act, by) for act in ACTS})


def escalate(row: Order) -> None:
    """The limit of its level is over: the next one answers. Part of the caller's transaction; safe to repeat.

    At the top it stays, overdue, until somebody closes it.
    """
    assert row.due_on is not None
    when = midnight(row.due_on + ONE_DAY)
    rungs = _ladder(row.region, row.issued_on)
    above = rungs[[each.level for each in rungs].index(row.level) + 1 :]
    command_id = uuid5(row.stream, f"escalated/{row.level}/{row.due_on}")
    if above:
        due_on = jurisdiction.until(row.region, row.due_on, above[0].limit)
        body = {"level": above[0].level, "due_on": due_on.isoformat()}
        _tell(row.stream, "escalated", when, BY_RULE, command_id, body)
    else:
        _tell(row.stream, "unanswered", when, BY_RULE, command_id, {})


def overdue(card: Card) -> None:
    """Nobody has answered a card in time: said on the card, and an order to its unit, from the day after.

    Part of the caller's transaction; safe to repeat.
    """
    assert card.due_on is not None
    when = midnight(card.due_on + ONE_DAY)
    stream = uuid5(card.stream, f"order/{card.due_on}")
    if not Order.objects.kept().filter(stream=stream).exists():
        _issue(stream, About(card.unit, card.stream, card.number), BY_RULE, when, stream, {})
    cards.overdue(card.stream, when, uuid5(card.stream, f"overdue/{card.due_on}"))


# Rows from facts


def changed(row: Order | None, stream: UUID, kind: str, body: Mapping[str, Any]) -> Order:
    """The row as this fact leaves it; saves nothing."""
    on = codec.instant(body["at"]).date()
    if kind == "issued":
        row = Order(stream=stream, issued_on=on, issued_by=body["by"], status="open", level=body["level"])
        row.card = UUID(body["card"]) if body["card"] else None
        row.number, row.unit, row.agency, row.region = (body[name] for name in ("number", "unit", "agency", "region"))
        row.due_on = date.fromisoformat(body["due_on"])
    assert row is not None, "an order begins with its issue"
    row.next_due_at = None
    if kind == "escalated":
        row.level, row.due_on = body["level"], date.fromisoformat(body["due_on"])
    elif kind == "replied":
        row.status = "replied"
    elif kind == "closed":
        row.status, row.result, row.closed_on = "closed", body["result"], on
    if kind in ("issued", "escalated") and row.due_on:
        row.next_due_at = codec.microseconds(midnight(row.due_on + ONE_DAY))
    return row


def _ladder(region: str, on: date) -> Sequence[rulebook.Rung]:
    return jurisdiction.choice(region, on).ladder


def _issue(stream: UUID, about: About, by: str, at: datetime, command_id: UUID, said: Mapping[str, Any]) -> None:
    agency, region = jurisdiction.place_of(about.unit)
    on = at.astimezone(OFFICE_ZONE).date()
    first = _ladder(region, on)[0]
    body = {
        "card": about.card.hex if about.card else "",
        "number": about.number,
        "unit": about.unit,
        "agency": agency,
        "region": region,
        "level": first.level,
        "due_on": jurisdiction.until(region, on, first.limit).isoformat(),
        **said,
    }
    _tell(stream, "issued", at, by, command_id, body)


def _require(row: Order, act: str, by: Actor) -> None:
    """NotPossible where this person may not do this on this order now."""
    if row.status == "closed":
        raise NotPossible("order_closed")
    if act == "close":
        jurisdiction.require_office(by, row.region)
        return
    if row.status != "open":
        raise NotPossible("order_replied_already")
    heads = by.agency == row.agency and "head_of_agency" in by.posts
    answers = {
        "unit": by.unit == row.unit,
        "section_head": by.unit == row.unit and ("section_head" in by.posts or not _has_head(row)),
    }
    if not answers.get(row.level, heads):
        raise NotPossible("not_your_order")


def _why_not(row: Order, act: str, by: Actor) -> str:
    """The code of why not; "" where this person may."""
    try:
        _require(row, act, by)
    except NotPossible as no:
        return no.code
    return ""


def _has_head(row: Order) -> bool:
    return any("section_head" in each.posts for each in in_office(row.due_on or row.issued_on).filter(unit_id=row.unit))


def _asked(order: UUID, act: str, by: Actor, command_id: UUID, at: datetime) -> tuple[Order, bool]:
    row = Order.objects.kept().select_for_update().filter(stream=order).first()
    if row is None:
        raise NotPossible("no_such_order")
    if telling.knows(order, command_id):
        return row, True
    _require(row, act, by)
    return row, False


def _tell(stream: UUID, kind: str, at: datetime, by: str, command_id: UUID, body: Mapping[str, Any]) -> None:
    telling.tell(stream, STREAM_KIND, kind, at, by, command_id, body)
    known = None if kind == "issued" else Order.objects.kept().get(stream=stream)
    told = {"at": codec.microseconds(at), "by": by, **body}
    changed(known, stream, kind, told).save(force_insert=known is None)
