"""The sequencer: gives every committed fact its number in the feed, in the order in which it became visible.

A trigger puts each fact into `unfed` in its own transaction, so a fact waits there exactly when it is committed and
not in the feed yet: nothing is skipped because of when a transaction began, and nothing knows transaction ids.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from banjie.store.log import read
from banjie.store.log.models import Feed, Unfed

LOCK = 0x62616E6A6965
"""PostgreSQL's advisory lock of the sequencer ("banjie" in ASCII)."""


class Waiting(NamedTuple):
    """A fact that is not in the feed yet. `seq` only says in which order they arrived; it has gaps, and no meaning."""

    seq: int
    stream: UUID
    position: int


def sequence(limit: int = 1000) -> int:
    """Move up to `limit` waiting facts into the feed, in one transaction, and return how many were moved.

    Any process may call it at any time; one works, the others return 0 (PostgreSQL) or wait their turn (SQLite).
    Numbers are dense from 1. A fact never stands before its predecessor in the same stream: one whose predecessor is
    not visible yet is left for a later call. 0 means that nothing can be moved now.
    """
    if not Unfed.objects.exists():
        return 0
    with transaction.atomic():
        if not _alone():
            return 0
        ready = _ready(limit)
        if ready:
            last = Feed.objects.aggregate(last=Max("no"))["last"] or 0
            _move(ready, last)
    return len(ready)


def waiting() -> int:
    """How many facts are not in the feed yet; a number that stays high is a reason for an alarm."""
    return Unfed.objects.count()


def _alone() -> bool:
    """Whether this transaction is the only sequencer. On SQLite it has the whole database to itself already."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _ready(limit: int) -> list[Waiting]:
    """The first facts, in order of arrival, whose predecessors are in the feed or stand before them here."""
    ready: list[Waiting] = []
    fed: dict[UUID, int] = {}
    for page in _pages(limit):
        unknown = {each.stream for each in page if each.stream not in fed}
        fed.update(dict.fromkeys(unknown, 0))
        fed.update(_last_fed(unknown))
        # Facts of one stream arrive in order; sorting each stream's own again costs little and holds in any case.
        for each in _in_stream_order(page):
            if each.position == fed[each.stream] + 1 and len(ready) < limit:
                fed[each.stream] = each.position
                ready.append(each)
        if len(ready) >= limit:
            break
    return ready


def _in_stream_order(page: list[Waiting]) -> Iterator[Waiting]:
    """The same streams in the same places, and in the places of each stream its positions in order."""
    own: dict[UUID, list[Waiting]] = {}
    for each in page:
        own.setdefault(each.stream, []).append(each)
    queues = {stream: iter(sorted(some, key=lambda each: each.position)) for stream, some in own.items()}
    return (next(queues[each.stream]) for each in page)


def _pages(size: int) -> Iterator[list[Waiting]]:
    """What waits, in order of arrival. A later page is only read when facts of an earlier one cannot be moved."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT seq, stream, position FROM unfed WHERE seq > %s ORDER BY seq LIMIT %s", [after, size]
            )
            rows = cursor.fetchall()
        if not rows:
            return
        after = rows[-1][0]
        yield [
            Waiting(seq, stream if isinstance(stream, UUID) else UUID(stream), position)
            for seq, stream, position in rows
        ]


def _last_fed(streams: Iterable[UUID]) -> Iterator[tuple[UUID, int]]:
    rows = Feed.objects.filter(stream__in=streams).values("stream").annotate(last=Max("position"))
    yield from rows.values_list("stream", "last")


def _move(ready: list[Waiting], last: int) -> None:
    streams = [read.parameter(each.stream) for each in ready]
    positions = [each.position for each in ready]
    numbers = list(range(last + 1, last + 1 + len(ready)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO feed (no, stream, position) SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::int[])",
                [numbers, streams, positions],
            )
            cursor.execute(
                "DELETE FROM unfed USING unnest(%s::uuid[], %s::int[]) AS moved (stream, position) "
                "WHERE unfed.stream = moved.stream AND unfed.position = moved.position",
                [streams, positions],
            )
        else:
            cursor.executemany(
                "INSERT INTO feed (no, stream, position) VALUES (%s, %s, %s)",
                list(zip(numbers, streams, positions, strict=True)),
            )
            cursor.executemany("DELETE FROM unfed WHERE seq = %s", [(each.seq,) for each in ready])
