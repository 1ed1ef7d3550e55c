"""The lists (清单) of a region: each adjustment a fact with reason and notice; what stands outside them is refused.

清单之外无权力. A region keeps the kinds of lists it has chosen; a kind it does not keep refuses nothing, unless the
region must keep it (`missing_lists`). The facts lie in one stream of kind "list" a region and kind; rows are copies.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Q

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition, register, rulebook
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import (
    BASIC_CODE,
    LEVELS,
    OF_ITEMS,
    Action,
    Change,
    Entry,
    ListKind,
    Lists,
    Medium,
    basic_code,
    level_of,
    list_of,
)
from banjie.store.log import ids, read
from banjie.store.log.append import append
from banjie.store.log.models import Entry as Fact

STREAM_KIND = "list"
COLUMNS = ("name", "holder", "basis", "duty", "item_class", "level", "amount", "per", "since", "until")


# Writing


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
        _look_again(on)
        return row


def _look_again(on: date) -> None:
    """What is published and rests on a list is judged again: a breach is a task for the keeper of the item."""
    from banjie.records.catalogue import recheck  # it asks this module what stands on the lists

    recheck.recheck(on)


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


# Reading


def standing(region: str, on: date) -> Lists:
    """The lists a region keeps on a day, with the entries that stand; a kind it does not keep is not in it.

    One statement while the catalogue's edition is the same, three where it is new to this process.
    """
    return standing_in(region, on, edition.current())


@lru_cache(maxsize=64)
def standing_in(region: str, on: date, number: int) -> Lists:
    """`standing` as of this edition of the catalogue, kept in the process while nothing changes."""
    kept = ListVersion.objects.filter(region=region, on__lte=on).values_list("kind", flat=True).distinct()
    found: dict[ListKind, dict[str, Entry]] = {ListKind(kind): {} for kind in kept.order_by("kind")}
    live = Q(until=None) | Q(until__gt=on)
    rows = ListEntry.objects.filter(live, region=region, since__lte=on).order_by("kind", "entry")
    for kind, id, *told in rows.values_list("kind", "entry", *COLUMNS):
        of = ListKind(kind)
        found[of][id] = Entry(kind=of, id=id, **dict(zip(COLUMNS, told, strict=True)))
    return found


def latest(region: str) -> Lists:
    """The lists a region keeps with what stands after every adjustment so far, also those that count only later."""
    return standing_in(region, date.max, edition.current())


def cancelled(region: str, on: date) -> frozenset[str]:
    """The basic codes that stood on a list of items once and stand on none of them on this day (M028)."""
    kinds = (ListKind.POWER, ListKind.LICENCE, ListKind.PUBLIC_SERVICE)
    known = ListEntry.objects.filter(region=region, kind__in=kinds, since__lte=on).values_list("entry", flat=True)
    lists = standing(region, on)
    return frozenset(known) - {id for kind in kinds for id in lists.get(kind, ())}


def missing_lists(region: str, on: date) -> list[ListKind]:
    """The lists that a region must keep, by its file in the rulebook, and does not keep on this day.

    A power list whose every power names its duty is the list of responsibilities too (权责清单).
    """
    lists = standing(region, on)
    kept = set(lists)
    if ListKind.POWER in kept and all(each.duty for each in lists[ListKind.POWER].values()):
        kept.add(ListKind.RESPONSIBILITY)
    return [kind for kind in rulebook.lists(region).mandatory if kind not in kept]


def missing_channels(region: str) -> dict[ListKind, frozenset[Medium]]:
    """The channels through which the newest version of each list has not been made public yet; all there are: none."""
    newest: dict[ListKind, ListVersion] = {}
    for row in ListVersion.objects.filter(region=region).order_by("kind", "version"):
        newest[ListKind(row.kind)] = row
    through = {kind: {Medium(each["medium"]) for each in row.channels} for kind, row in newest.items()}
    return {kind: frozenset(Medium) - media for kind, media in through.items() if media != set(Medium)}


# Outside the lists


def outside(procedure: Procedure, lists: Lists, mandatory: Collection[ListKind] = frozenset()) -> Iterator[NotPossible]:
    """Everything a procedure would exercise or demand that stands on no list of its region (清单之外无权力).

    `mandatory`: the kinds that count as kept, and empty, where `lists` does not have them.
    """

    def off(kind: ListKind, id: str) -> bool:
        return (kind in lists or kind in mandatory) and id not in lists.get(kind, ())

    guide, item = procedure.guide, basic_code(procedure.code)
    kind = list_of(procedure.item_type, lists)
    if off(kind, item):
        yield NotPossible("item_not_listed", item=procedure.name, listed=item)
    elif no := _handed_down(procedure, lists):
        yield no
    for fee in guide.fees:
        if off(ListKind.FEE, fee.listed):
            yield NotPossible("fee_not_listed", name=fee.name, listed=fee.listed)
            continue
        entry = lists.get(ListKind.FEE, {}).get(fee.listed)
        if entry and (fee.amount, fee.per) != (entry.amount, entry.per):
            yield NotPossible("fee_differs_from_list", name=fee.name, listed=fee.listed)
    for proof in guide.proofs:
        if off(ListKind.PROOF, proof.listed):
            yield NotPossible("proof_not_listed", name=proof.name, listed=proof.listed)
    for product in guide.intermediaries:
        if off(ListKind.INTERMEDIARY, product.listed):
            yield NotPossible("intermediary_not_listed", name=product.name, listed=product.listed)
    for before in guide.prerequisites:
        if off(ListKind.PREREQUISITE, before.listed):
            yield NotPossible("prerequisite_not_listed", name=before.name, listed=before.listed)
    is_offline = bool(guide.offline_reason.strip()) or "computer" not in guide.channels
    if is_offline and off(ListKind.ONLINE_NEGATIVE, item):
        yield NotPossible("offline_not_listed", item=procedure.name, listed=item)
    if procedure.merged and not procedure.instant and off(ListKind.REGISTRATION, item):
        yield NotPossible("merge_not_listed", item=procedure.name, listed=item)


def off_the_list(procedure: Procedure, lists: Lists) -> NotPossible | None:
    """Why no new case may be taken under a published procedure; None where its item stands, or no such list is kept."""
    kind = list_of(procedure.item_type, lists)
    if kind in lists and basic_code(procedure.code) not in lists[kind]:
        return NotPossible("item_off_the_list", item=procedure.name)
    return _handed_down(procedure, lists)


def _handed_down(procedure: Procedure, lists: Lists) -> NotPossible | None:
    """The item was devolved below the level that this procedure's code names."""
    entry = lists.get(list_of(procedure.item_type, lists), {}).get(basic_code(procedure.code))
    held = level_of(procedure.code)
    if entry and entry.level and 0 <= held < LEVELS.index(entry.level):
        return NotPossible("item_devolved", item=procedure.name, receiver=entry.holder, on=entry.since)
    return None
