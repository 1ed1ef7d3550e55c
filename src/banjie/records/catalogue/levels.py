"""Three levels: a base item is claimed as an item by an agency at a level, and published as variants of it.

    base item (12)  the higher catalogue's: its fields are inherited, locked, with source and version
    item (31)       an agency at a level exercises it: claimed, suspended, resumed, moved to another agency
    variant (33)    a Procedure (new, change, renew, …), in versions

Every change is a fact of the stream of that base item or item; the rows are copies. An upstream change opens a task
for each item that claimed an older version, with the difference.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import codes, edition, recheck
from banjie.records.catalogue.models import BaseItem, Item, UpstreamChange
from banjie.store.log import ids, read
from banjie.store.log.append import append

BASE_STREAM = "base_item"
ITEM_STREAM = "item"
INHERITED = frozenset(
    {
        "item_type",
        "basis",
        "licence",
        "statutory_limit",
        "guide.item_name",
        "guide.conditions",
        "guide.result_name",
    }
)
"""The fields a base item may give. Everything else is the region's own: promises, units, places, fees."""

Fields = Mapping[str, Any]


def declare(
    code: str, version: int, source: str, fields: Fields, *, by: str, at: datetime, command_id: UUID
) -> BaseItem:
    """Take in a base item or its next version from the higher catalogue; open a task for whoever claimed an older one.

    `fields`: values of INHERITED fields as plain data, "guide.item_name" among them. NotPossible: base_code_malformed,
    version_not_greater, field_not_inherited. The same version again returns the row as it stands.
    """
    with transaction.atomic():
        if not codes.is_basic(code):
            raise NotPossible("base_code_malformed", item=code)
        if unknown := sorted(set(fields) - INHERITED):
            raise NotPossible("field_not_inherited", fields=unknown)
        known = BaseItem.objects.select_for_update().filter(code=code).first()
        if known and known.version == version and known.fields == dict(fields):
            return known
        if known and version <= known.version:
            raise NotPossible("version_not_greater", version=version, latest=known.version)
        stream, when = (known.stream if known else ids.uuid7()), codec.microseconds(at)
        body = {"at": when, "by": by, "code": code, "version": version, "source": source, "fields": dict(fields)}
        append(stream, BASE_STREAM, [("declared", codec.canonical(body))], command_id=command_id, at=when, actor=by)
        return declared(stream, body)


def cancel_base(code: str, reason: str, *, by: str, at: datetime, command_id: UUID) -> BaseItem:
    """Cancel a base item from the day of `at`: its items stop, and no item may wait for it any more."""
    with transaction.atomic():
        row = _base(code, lock=True)
        if row.cancelled_on:
            raise NotPossible("already_cancelled", on=row.cancelled_on)
        _require_reason(reason)
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "code": code, "reason": reason}
        append(
            row.stream, BASE_STREAM, [("cancelled", codec.canonical(body))], command_id=command_id, at=when, actor=by
        )
        edition.move_on()
        base_cancelled(row, body)
        recheck.recheck(_day(body), touching=frozenset({code}))
        return row


def claim(code: str, region: str, agency: str, *, by: str, at: datetime, command_id: UUID) -> Item:
    """Claim (认领) the newest version of a base item as the item of this code, or settle an upstream change.

    NotPossible: code_malformed, unknown_base_item, already_cancelled.
    """
    with transaction.atomic():
        try:
            parts = codes.parsed(code)
        except ValueError as problem:
            raise NotPossible("code_malformed", item=code, why=str(problem)) from problem
        base = _base(parts.basic)
        if base.cancelled_on:
            raise NotPossible("already_cancelled", on=base.cancelled_on)
        known = Item.objects.select_for_update().filter(code=code).first()
        if known and known.claimed_version == base.version:
            return known
        when = codec.microseconds(at)
        body = {
            "at": when,
            "by": by,
            "code": code,
            "region": region,
            "agency": agency,
            "version": base.version,
        }
        stream = known.stream if known else ids.uuid7()
        append(stream, ITEM_STREAM, [("claimed", codec.canonical(body))], command_id=command_id, at=when, actor=by)
        return claimed(stream, body)


def suspend(code: str, reason: str, *, by: str, at: datetime, command_id: UUID) -> Item:
    """Suspend (暂停) an item from the day of `at`: no application is taken, running cases go on."""
    return _turned(code, "suspended", {"in_use"}, reason, by=by, at=at, command_id=command_id)


def resume(code: str, reason: str, *, by: str, at: datetime, command_id: UUID) -> Item:
    """Take applications for a suspended item again."""
    return _turned(code, "resumed", {"suspended"}, reason, by=by, at=at, command_id=command_id)


def cancel(code: str, reason: str, *, by: str, at: datetime, command_id: UUID) -> Item:
    """Cancel an item for good; running cases go on under their version."""
    return _turned(code, "cancelled", {"in_use", "suspended"}, reason, by=by, at=at, command_id=command_id)


def move(code: str, to: str, finishes: str, reason: str, *, by: str, at: datetime, command_id: UUID) -> Item:
    """Another agency exercises the item from the day of `at` under the code `to`.

    `finishes`: the agency that finishes the cases running then; it must be named, for somebody waits for each of them.
    NotPossible: finisher_needed, unknown_item, item_not_claimed where `to` has not claimed the same base item.
    """
    with transaction.atomic():
        row = _item(code, lock=True)
        other = Item.objects.filter(code=to).first()
        if other is None or other.base_id != row.base_id:
            raise NotPossible("item_not_claimed", item=to)
        if finishes not in (row.agency, other.agency):
            raise NotPossible("finisher_needed", agencies=[row.agency, other.agency])
        _require_reason(reason)
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "code": code, "to": to, "finishes": finishes, "reason": reason}
        append(row.stream, ITEM_STREAM, [("moved", codec.canonical(body))], command_id=command_id, at=when, actor=by)
        edition.move_on()
        return moved(row, body)


# What a fact makes of the rows


def declared(stream: UUID, body: Mapping[str, Any]) -> BaseItem:
    """The row after a `declared` fact, saved, and the tasks it opens."""
    on = _day(body)
    fields = dict(sorted(body["fields"].items()))
    old = BaseItem.objects.filter(code=body["code"]).first()
    row = BaseItem(
        code=body["code"],
        version=body["version"],
        name=fields.get("guide.item_name", body["code"]),
        item_type=body["code"][2:4],
        source=body["source"],
        fields=fields,
        stream=stream,
    )
    row.save()
    if old:
        for item in row.items.order_by("code"):
            diff = {
                name: [old.fields.get(name), fields.get(name)]
                for name in sorted(old.fields.keys() | fields.keys())
                if old.fields.get(name) != fields.get(name)
            }
            UpstreamChange.objects.create(item=item, version=row.version, diff=diff, opened_on=on)
    return row


def base_cancelled(row: BaseItem, body: Mapping[str, Any]) -> BaseItem:
    """The row after a `cancelled` fact of a base item, saved."""
    row.cancelled_on = _day(body)
    row.save(update_fields=["cancelled_on"])
    return row


def claimed(stream: UUID, body: Mapping[str, Any]) -> Item:
    """The row after a `claimed` fact, saved; tasks it settles are settled."""
    on, code = _day(body), body["code"]
    row = Item.objects.filter(code=code).first()
    if row is None:
        row = Item(code=code, base_id=code[19:31], level=code[18], since=on, stream=stream)
    row.region, row.agency = body["region"], body["agency"]
    row.claimed_version, row.claimed_on = body["version"], on
    row.save()
    row.upstream_changes.filter(settled_on=None, version__lte=row.claimed_version).update(settled_on=on)
    return row


def turned(row: Item, kind: str, body: Mapping[str, Any]) -> Item:
    """The row after a `suspended`, `resumed` or `cancelled` fact, saved."""
    row.state = "in_use" if kind == "resumed" else kind
    row.since, row.reason = _day(body), body["reason"]
    row.save(update_fields=["state", "since", "reason"])
    return row


def moved(row: Item, body: Mapping[str, Any]) -> Item:
    """The row after a `moved` fact, saved."""
    row.moved_to, row.finishes, row.reason = body["to"], body["finishes"], body["reason"]
    row.moved_on = _day(body)
    row.save(update_fields=["moved_to", "moved_on", "finishes", "reason"])
    return row


def rebuilt() -> int:
    """Make every base item, item and task again from the facts, in the order in which they were recorded; how many."""
    for model in (UpstreamChange, Item, BaseItem):
        model.objects.all().delete()
    facts = [
        (entry.recorded_at, kind, entry.position, stream, entry.kind, json.loads(bytes(entry.body)))
        for kind in (BASE_STREAM, ITEM_STREAM)
        for stream in read.streams(kind)
        for entry in read.entries(stream)
    ]
    for _, kind, _, stream, fact, body in sorted(facts, key=lambda each: each[:3]):
        _carry(kind, stream, fact, body)
    return BaseItem.objects.count() + Item.objects.count() + UpstreamChange.objects.count()


def _carry(kind: str, stream: UUID, fact: str, body: Mapping[str, Any]) -> None:
    if kind == BASE_STREAM:
        if fact == "declared":
            declared(stream, body)
        else:
            base_cancelled(_base(body["code"]), body)
    elif fact == "claimed":
        claimed(stream, body)
    elif fact == "moved":
        moved(_item(body["code"]), body)
    else:
        turned(_item(body["code"]), fact, body)


def _turned(code: str, kind: str, states: set[str], reason: str, *, by: str, at: datetime, command_id: UUID) -> Item:
    with transaction.atomic():
        row = _item(code, lock=True)
        if row.state not in states:
            raise NotPossible("item_state", item=code, state=row.state)
        _require_reason(reason)
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "code": code, "reason": reason}
        append(row.stream, ITEM_STREAM, [(kind, codec.canonical(body))], command_id=command_id, at=when, actor=by)
        edition.move_on()
        return turned(row, kind, body)


def _day(body: Mapping[str, Any]) -> date:
    """The office's day of a fact."""
    return codec.instant(body["at"]).date()


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossible("reason_needed")


def _base(code: str, lock: bool = False) -> BaseItem:
    rows = BaseItem.objects.select_for_update() if lock else BaseItem.objects
    row = rows.filter(code=code).first()
    if row is None:
        raise NotPossible("unknown_base_item", item=code)
    return row


def _item(code: str, lock: bool = False) -> Item:
    rows = Item.objects.select_for_update() if lock else Item.objects
    row = rows.filter(code=code).first()
    if row is None:
        raise NotPossible("unknown_item")
    return row
