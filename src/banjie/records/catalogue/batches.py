"""Guides made public in batches (分批公布), on the portal and on the walls of the hall (上网上墙): dated facts.

A batch names the published versions whose guides it makes public. It is open until both channels are recorded; the
order does not matter, and both may be the same day. The facts lie in one stream of kind "guide_batch" a batch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition, queries
from banjie.records.catalogue.models import GuideBatch, ProcedureVersion
from banjie.store.log import ids, read
from banjie.store.log.append import append
from banjie.store.log.models import Entry as Fact

STREAM_KIND = "guide_batch"


class Channel(StrEnum):
    """Where a batch is made public."""

    PORTAL = "portal"  # 上网
    WALL = "wall"  # 上墙


@dataclass(frozen=True, slots=True)
class Shown:
    """A batch with the names of its items; `missing`: the channels it was not made public through yet."""

    batch: GuideBatch
    guides: tuple[tuple[str, int, str], ...]
    channels: tuple[tuple[str, date, str], ...]
    missing: tuple[str, ...]


def open_batch(
    region: str, name: str, guides: Sequence[tuple[str, int]], by: str, at: datetime, command_id: UUID
) -> GuideBatch:
    """Put published versions of a region into a batch, and return it with its number.

    The same command again returns the same batch. NotPossible: batch_name_needed, batch_is_empty, no_such_version (one
    that is not published, or another region's).
    """
    wanted = list(dict.fromkeys(guides))
    with transaction.atomic():
        if told := _recorded(command_id):
            return GuideBatch.objects.get(region=region, number=told["number"])
        if not name.strip():
            raise NotPossible("batch_name_needed")
        if not wanted:
            raise NotPossible("batch_is_empty")
        for code, version in wanted:
            row = ProcedureVersion.objects.filter(code=code, version=version).first()
            if row is None or queries.procedure(row.digest).region != region:
                raise NotPossible("no_such_version", version=version)
        newest = GuideBatch.objects.filter(region=region).order_by("-number").first()
        when = codec.microseconds(at)
        body = {
            "at": when,
            "by": by,
            "region": region,
            "number": newest.number + 1 if newest else 1,
            "name": name.strip(),
            "guides": [[code, version] for code, version in wanted],
        }
        stream = ids.uuid7()
        append(stream, STREAM_KIND, [("opened", codec.canonical(body))], command_id=command_id, at=when, actor=by)
        edition.move_on()
        try:
            return _opened(stream, body)
        except IntegrityError as taken:  # somebody opened a batch of this number while we looked
            raise NotPossible("changed_meanwhile") from taken


def make_public(
    region: str, number: int, channel: Channel, on: date, place: str, by: str, at: datetime, command_id: UUID
) -> GuideBatch:
    """Record that a batch was made public through a channel on a day, and return it.

    `place`: which site, which wall. A channel is recorded once; again, or the same command, changes nothing.
    NotPossible: no_such_batch, made_public_in_future.
    """
    with transaction.atomic():
        row = GuideBatch.objects.select_for_update().filter(region=region, number=number).first()
        if row is None:
            raise NotPossible("no_such_batch", number=number)
        if any(each["channel"] == channel for each in row.channels):
            return row
        if on > at.astimezone(codec.OFFICE_ZONE).date():
            raise NotPossible("made_public_in_future", on=on)
        when = codec.microseconds(at)
        told = {"channel": channel.value, "on": on.isoformat(), "place": place.strip()}
        body = {"at": when, "by": by, **told}
        append(row.stream, STREAM_KIND, [("shown", codec.canonical(body))], command_id=command_id, at=when, actor=by)
        edition.move_on()
        row.channels = [*row.channels, told]
        row.save(update_fields=["channels"])
    return row


# Reading


def shown(language: str, region: str = "") -> list[Shown]:
    """The batches of a region, or of all, the newest first, with their items by name."""
    rows = GuideBatch.objects.order_by("region", "-number")
    found = list(rows.filter(region=region) if region else rows)
    versions = [(code, version) for row in found for code, version in row.guides]
    names = queries.names_of(versions, language)
    return [_shown(row, names) for row in found]


def of_guide(code: str, version: int) -> list[Shown]:
    """The batches in which this version's guide was made public, the newest first."""
    rows = GuideBatch.objects.order_by("-made_at")
    return [_shown(row, {}) for row in rows if [code, version] in row.guides]


def waiting(region: str, on: date) -> list[ProcedureVersion]:
    """The versions of a region in force on a day that stand in no batch yet, by code."""
    known = {(code, version) for row in GuideBatch.objects.filter(region=region) for code, version in row.guides}
    live = [each for each in queries.published(on) if each.region == region]
    wanted = [(each.code, each.version) for each in live if (each.code, each.version) not in known]
    rows = ProcedureVersion.objects.filter(code__in=[code for code, _ in wanted]).order_by("code").defer("content")
    return [row for row in rows if (row.code, row.version) in set(wanted)]


def _shown(row: GuideBatch, names: dict[tuple[str, int], str]) -> Shown:
    through = tuple((each["channel"], date.fromisoformat(each["on"]), each["place"]) for each in row.channels)
    done = {channel for channel, _on, _place in through}
    return Shown(
        row,
        tuple((code, version, names.get((code, version), code)) for code, version in row.guides),
        through,
        tuple(each.value for each in Channel if each not in done),
    )


# Rows from facts


def rebuilt() -> int:
    """Make every batch again from its facts; how many there are."""
    GuideBatch.objects.all().delete()
    for stream in read.streams(STREAM_KIND):
        for entry in read.entries(stream):
            body = read.plain(entry)
            if entry.kind == "opened":
                _opened(stream, body)
            elif entry.kind == "shown":
                row = GuideBatch.objects.get(stream=stream)
                row.channels = [*row.channels, {name: body[name] for name in ("channel", "on", "place")}]
                row.save(update_fields=["channels"])
            else:
                raise ValueError(f"a batch of guides cannot have the fact {entry.kind!r}")
    return GuideBatch.objects.count()


def _opened(stream: UUID, body: dict[str, Any]) -> GuideBatch:
    row = GuideBatch(
        stream=stream,
        region=body["region"],
        number=body["number"],
        name=body["name"],
        guides=body["guides"],
        made_at=codec.instant(body["at"]),
    )
    row.save(force_insert=True)
    return row


def _recorded(command_id: UUID) -> dict[str, Any] | None:
    fact = Fact.objects.filter(kind="opened", command_id=command_id).values_list("body", flat=True).first()
    return None if fact is None else dict(json.loads(bytes(fact)))
