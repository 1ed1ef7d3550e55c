"""Facts as they were recorded, in order."""

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from banjie.store.log.models import Entry


class LogEntry(NamedTuple):
    """One recorded fact, with the columns of the log in their order. Instants are UTC microseconds."""

    stream: UUID
    position: int
    stream_kind: str
    kind: str
    at: int
    recorded_at: int
    actor: str
    assertion: str
    command_id: UUID
    nth: int
    installation: str
    body: bytes
    alg: str
    prev: bytes
    hash: bytes


PAGE = 1000
COLUMNS = ", ".join(LogEntry._fields)
ENTRIES = f"SELECT {COLUMNS} FROM log WHERE stream = %s AND position > %s ORDER BY position"


def entries(stream: UUID, after: int = 0) -> list[LogEntry]:
    """The facts of a stream whose position is greater than `after`, in order; empty for an unknown stream."""
    with connection.cursor() as cursor:  # written out: composing it took longer than reading a few facts
        cursor.execute(ENTRIES, [parameter(stream), after])
        return [entry(row) for row in cursor.fetchall()]


def histories(streams: Collection[UUID]) -> dict[UUID, list[LogEntry]]:
    """All facts of each of these streams, in order; one statement. A stream that is not known is not there."""
    found: dict[UUID, list[LogEntry]] = {}
    rows = Entry.objects.filter(stream__in=streams).order_by("stream", "position")
    for row in rows.values_list(*LogEntry._fields):
        found.setdefault(row[0], []).append(entry(row))
    return found


def streams(kind: str) -> Iterator[UUID]:
    """The streams of a kind, oldest first. Read in pages: no statement stays open while the caller works."""
    first_facts = Entry.objects.filter(position=1, stream_kind=kind).order_by("stream").values_list("stream", flat=True)
    page = list(first_facts[:PAGE])
    while page:
        yield from page
        page = list(first_facts.filter(stream__gt=page[-1])[:PAGE])


def plain(recorded: LogEntry) -> Any:
    """The body as plain values, as the codec wrote it."""
    return json.loads(recorded.body)


def entry(row: tuple[Any, ...]) -> LogEntry:
    """A row of the log, in the order of its columns and as Django or a driver gives it, as a LogEntry."""
    stream, position, stream_kind, kind, at, recorded_at, actor, assertion, command_id, nth, installation, *rest = row
    body, alg, prev, link = rest
    return LogEntry(
        stream if isinstance(stream, UUID) else UUID(stream),
        position,
        stream_kind,
        kind,
        at,
        recorded_at,
        actor,
        assertion,
        command_id if isinstance(command_id, UUID) else UUID(command_id),
        nth,
        installation,
        bytes(body),
        alg,
        bytes(prev),
        bytes(link),
    )


def parameter(value: Any) -> Any:
    """A value as the database in use takes it in hand-written SQL: SQLite keeps a UUID as its 32 digits."""
    return value.hex if isinstance(value, UUID) and connection.vendor != "postgresql" else value
