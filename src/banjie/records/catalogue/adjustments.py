"""Adjusting a region's lists (动态调整): each adjustment a fact with reason and notice, and the rows made from it.

The facts lie in one stream of kind "list" a region and kind; rows are copies. What stands on the lists: `lists`.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition, recheck, register, rulebook
from banjie.records.catalogue.lists import COLUMNS
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import BASIC_CODE, LEVELS, OF_ITEMS, Action, Change, ListKind, Medium
from banjie.store.log import ids, read
from banjie.store.log.append import append
from banjie.store.log.models import Entry as Fact

STREAM_KIND = "list"


def adjust(
    region: str,
    kind: ListKind,
    changes: Iterable[Change],
    reason: str,
    notice: str,
    by: str,
    at: datetime,
    command_id: UUID,
    on: date,
) -> ListVersion:
    """Adjust a list (动态调整) and return its next version, which counts from the day `on`.

    `notice`: the public notice, by its number or its text. The first version may be without changes: an empty list is
    kept too, and lets nothing pass. The same command again returns the first row. NotPossible, and then nothing is
    recorded: list_reason_needed, list_notice_needed, nothing_to_adjust, effective_before_previous, named_twice,
    entry_incomplete, not_a_basic_code, entry_already_listed, entry_not_listed, devolve_needs_receiver,
    list_changed_meanwhile. ValueError for an entry of another kind of list.
    """
    changes = tuple(changes)
    with transaction.atomic():
        rows = ListVersion.objects.filter(region=region, kind=kind).order_by("-version")
        newest = rows.select_for_update().first()
        if newest and (told := recorded(newest.stream, command_id)):
            return ListVersion.objects.get(region=region, kind=kind, version=told["version"])
        for problem in _problems(region, kind, changes, reason, notice, on, newest):
            raise problem
        when = codec.microseconds(at)
        body = {
            "at": when,
            "by": by,
            "region": region,
            "kind": kind.value,
            "version": newest.version + 1 if newest else 1,
            "on": on.isoformat(),
            "reason": reason.strip(),
            "notice": notice.strip(),
            "changes": [codec.to_plain(each) for each in changes],
        }
        stream = newest.stream if newest else ids.uuid7()
        fact = ("adjusted", codec.canonical(body))
        append(stream, STREAM_KIND, [fact], command_id=command_id, at=when, actor=by)
        edition.move_on()
        try:
            row = adjusted(stream, body)
        except IntegrityError as taken:  # somebody adjusted this list while we looked
            raise NotPossible("list_changed_meanwhile") from taken
        recheck.recheck(on)  # a breach of what is published is a task for the keeper of the item
        return row


def publish_channel(
    region: str,
    kind: ListKind,
    version: int,
    channel: Medium,
    on: date,
    by: str,
    at: datetime,
    command_id: UUID,
    place: str = "",
) -> ListVersion:
    """Record that a version of a list was made public through a channel on a day, and return its row.

    `place`: which site, paper, station or window. The same again, or the same command, changes nothing. NotPossible
    no_such_list_version.
    """
    with transaction.atomic():
        versions = ListVersion.objects.filter(region=region, kind=kind, version=version)
        row = versions.select_for_update().first()
        if row is None:
            raise NotPossible("no_such_list_version", version=version)
        told = {"medium": channel.value, "on": on.isoformat(), "place": place.strip()}
        if told in row.channels or recorded(row.stream, command_id):
            return row
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "version": version, **told}
        fact = ("shown", codec.canonical(body))
        append(row.stream, STREAM_KIND, [fact], command_id=command_id, at=when, actor=by)
        row.channels = [*row.channels, shown(body)]
        row.save(update_fields=["channels"])
    return row


def load_lists(region: str, *, by: str, at: datetime, on: date, reason: str, notice: str, command_id: UUID) -> int:
    """Found every list that the rulebook has for a region and that it does not keep yet; how many.

    BadRulebook for a faulty file, NotPossible as in `adjust`.
    """
    kept = frozenset(ListVersion.objects.filter(region=region).values_list("kind", flat=True))
    founding = {kind: told for kind, told in rulebook.lists(region).lists.items() if kind not in kept}
    with transaction.atomic():
        for kind, told in founding.items():
            changes = [register.add(each) for each in told]
            adjust(region, kind, changes, reason, notice, by, at, uuid5(command_id, kind), on)
    return len(founding)


def recorded(stream: UUID, command_id: UUID) -> dict[str, Any] | None:
    """The body of the fact that this command recorded in this stream, or None where it is new."""
    fact = Fact.objects.filter(stream=stream, command_id=command_id).values_list("body", flat=True).first()
    return None if fact is None else dict(json.loads(bytes(fact)))


def _problems(
    region: str,
    kind: ListKind,
    changes: tuple[Change, ...],
    reason: str,
    notice: str,
    on: date,
    newest: ListVersion | None,
) -> Iterator[NotPossible]:
    if not reason.strip():
        yield NotPossible("list_reason_needed")
    if not notice.strip():
        yield NotPossible("list_notice_needed")
    if newest and not changes:
        yield NotPossible("nothing_to_adjust")
    if newest and on < newest.on:
        yield NotPossible("effective_before_previous", previous=newest.on)
    named = [each.id for each in changes]
    for name in dict.fromkeys(each for each in named if named.count(each) > 1):
        yield NotPossible("named_twice", name=name)
    standing_now = _now(region, kind, named)
    for change in changes:
        yield from _of_change(kind, change, standing_now.get(change.id))


def _of_change(kind: ListKind, change: Change, stands: ListEntry | None) -> Iterator[NotPossible]:
    if change.entry:
        if (change.entry.kind, change.entry.id) != (kind, change.id):
            raise ValueError(f"an entry of the list {kind} with the id {change.id!r} was expected, not {change.entry}")
        if not change.id.strip() or not change.entry.name.strip():
            yield NotPossible("entry_incomplete", id=change.id)
        if kind in OF_ITEMS and not BASIC_CODE.fullmatch(change.id):
            yield NotPossible("not_a_basic_code", id=change.id)
    elif change.action in (Action.ADD, Action.MODIFY):
        raise ValueError(f"{change.action} needs an entry")
    if change.action is Action.ADD and stands:
        yield NotPossible("entry_already_listed", id=change.id, name=stands.name)
    if change.action is not Action.ADD and stands is None:
        yield NotPossible("entry_not_listed", id=change.id)
    if change.action is Action.DEVOLVE:
        above = LEVELS.index(stands.level) if stands and stands.level else 0
        is_below = change.level in LEVELS and LEVELS.index(change.level) > above
        if not is_below or not change.unit.strip():
            yield NotPossible("devolve_needs_receiver", id=change.id)


# Rows from facts


def adjusted(stream: UUID, body: dict[str, Any]) -> ListVersion:
    """Make the rows of an `adjusted` fact: the version, what ends by it, and what stands from its day on."""
    region, kind, on = body["region"], body["kind"], date.fromisoformat(body["on"])
    row = ListVersion(
        region=region,
        kind=kind,
        version=body["version"],
        on=on,
        adjusted_at=codec.instant(body["at"]),
        reason=body["reason"],
        notice=body["notice"],
        changes=body["changes"],
        stream=stream,
    )
    row.save(force_insert=True)
    changes = [codec.from_plain(Change, plain) for plain in body["changes"]]
    before = _now(region, kind, [each.id for each in changes if each.action is not Action.ADD])
    ListEntry.objects.filter(pk__in=[each.pk for each in before.values()]).update(until=on)
    after = []
    for change in changes:
        if change.entry:
            told = {name: getattr(change.entry, name) for name in COLUMNS[:-2]}
        elif change.action is Action.DEVOLVE:
            told = {name: getattr(before[change.id], name) for name in COLUMNS[:-2]}
            told.update(level=change.level, holder=change.unit)
        else:
            continue
        version = body["version"]
        after.append(ListEntry(region=region, kind=kind, entry=change.id, version=version, since=on, **told))
    ListEntry.objects.bulk_create(after)
    return row


def shown(body: dict[str, Any]) -> dict[str, str]:
    """What a `shown` fact adds to the channels of its version."""
    return {name: body[name] for name in ("medium", "on", "place")}


def rebuilt() -> int:
    """Make every row of the lists again from its facts; how many versions there are."""
    ListEntry.objects.all().delete()
    ListVersion.objects.all().delete()
    for stream in read.streams(STREAM_KIND):
        for entry in read.entries(stream):
            body = read.plain(entry)
            if entry.kind == "adjusted":
                adjusted(stream, body)
            elif entry.kind == "shown":
                row = ListVersion.objects.get(stream=stream, version=body["version"])
                row.channels = [*row.channels, shown(body)]
                row.save(update_fields=["channels"])
            else:
                raise ValueError(f"a list cannot have the fact {entry.kind!r}")
    return ListVersion.objects.count()


def _now(region: str, kind: str, ids: Collection[str]) -> dict[str, ListEntry]:
    """The entries of these ids that nothing has ended."""
    rows = ListEntry.objects.filter(region=region, kind=kind, until=None, entry__in=ids)
    return {each.entry: each for each in rows}
