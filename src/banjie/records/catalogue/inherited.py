"""What an item has from its base item, and whether it may be applied for: the reading side of the three levels."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Q

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.models import BaseItem, Item


def locked(procedure: Procedure) -> list[NotPossible]:
    """What a procedure says otherwise than the base item its item has claimed: NotPossible("inherited_field_changed").

    Empty where its item claims nothing: a local item has no higher catalogue to follow.
    """
    item = Item.objects.select_related("base").filter(code=procedure.code[:31]).first()
    if item is None:
        return []
    plain = codec.to_plain(procedure)
    base = item.base
    return [
        NotPossible("inherited_field_changed", field=name, source=base.source, version=base.version)
        for name, value in sorted(base.fields.items())
        if _at(plain, name) != value
    ]


def closed(on: date) -> dict[str, NotPossible]:
    """The items (31) that take no application on this day, each with why: moved, cancelled or suspended."""
    found = {}
    over = ~Q(state="in_use") | Q(moved_on__lte=on) | Q(base__cancelled_on__lte=on)
    for item in Item.objects.select_related("base").filter(over):
        if item.moved_on and item.moved_on <= on:
            found[item.code] = NotPossible("item_moved", item=item.moved_to, on=item.moved_on)
        elif item.base.cancelled_on and item.base.cancelled_on <= on:
            found[item.code] = NotPossible("item_cancelled", on=item.base.cancelled_on)
        elif item.state == "cancelled" and item.since <= on:
            found[item.code] = NotPossible("item_cancelled", on=item.since)
        elif item.state == "suspended" and item.since <= on:
            found[item.code] = NotPossible("item_suspended", on=item.since)
    return found


@lru_cache(maxsize=64)
def closed_in(on: date, number: int) -> dict[str, NotPossible]:
    """`closed` as of this edition of the catalogue, kept in the process while nothing changes."""
    return closed(on)


def cancelled_bases(on: date) -> frozenset[str]:
    """The basic codes that nobody may grant any more on this day."""
    return frozenset(BaseItem.objects.filter(cancelled_on__lte=on).values_list("code", flat=True))


def claim_rate(region: str) -> tuple[int, int]:
    """How many base items this region has claimed in their newest version, and how many it could (认领率)."""
    base = BaseItem.objects.filter(cancelled_on=None)
    up_to_date = Q(items__region=region, items__claimed_version=F("version"))
    counted = base.aggregate(claimed=Count("code", filter=up_to_date, distinct=True), all=Count("code", distinct=True))
    return counted["claimed"], counted["all"]


def _at(plain: Mapping[str, Any], name: str) -> Any:
    """The value of a field by its dotted name; None where it is left out because it equals its default."""
    value: Any = plain
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
