"""Recording facts of streams other than cases: a procedure's version, a calendar, a seal, a ticket."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from banjie.store.log import chain, clock, queries, read
from banjie.store.log.read import LogEntry

TYPES = {
    **dict.fromkeys(("stream", "command_id"), "uuid"),
    **dict.fromkeys(("position", "nth"), "int"),
    **dict.fromkeys(("at", "recorded_at"), "bigint"),
    **dict.fromkeys(("body", "prev", "hash"), "bytea"),
}
"""The columns that are not text, as PostgreSQL calls their types."""


class Conflict(Exception):
    """The stream does not stand where the caller thought: somebody else has recorded something meanwhile."""

    def __init__(self, stream: UUID, expected: int, found: int) -> None:
        super().__init__(f"stream {stream} was expected at position {expected} and stands at {found}")
        self.stream = stream
        self.expected = expected
        self.found = found


def append(
    stream: UUID,
    stream_kind: str,
    facts: Sequence[tuple[str, bytes]],
    *,
    command_id: UUID,
    at: int,
    actor: str,
    expected_position: int | None = None,
    assertion: str = "",
) -> list[LogEntry]:
    """Record facts (kind, canonical body) at the end of a stream and return them as recorded.

    Part of the caller's transaction: RuntimeError outside one. A `command_id` this stream knows records nothing and
    returns what it recorded the first time. `expected_position`: where the caller saw the stream end (0: it must be
    new); Conflict where it ends elsewhere. ValueError for a stream of another kind. Writers of one stream wait for
    one another; `at` is UTC microseconds, and the store's clock says when it was recorded.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("facts are recorded inside the caller's transaction, and there is none")
    store_now = _queue(stream)
    known, head = _told(stream, command_id)
    if known:
        return known
    position, prev = (0, chain.GENESIS) if head is None else (head.position, head.hash)
    if head is not None and head.stream_kind != stream_kind:
        raise ValueError(f"stream {stream} is a {head.stream_kind}, not a {stream_kind}")
    if expected_position is not None and expected_position != position:
        raise Conflict(stream, expected_position, position)
    recorded: list[LogEntry] = []
    recorded_at, installation = store_now, queries.installation().id
    for nth, (kind, body) in enumerate(facts):
        position += 1
        before = (position, stream_kind, kind, at, recorded_at, actor, assertion)
        link = chain.link(chain.ALG, prev, (stream.hex, *before, command_id.hex, nth, installation), body)
        recorded.append(LogEntry(stream, *before, command_id, nth, installation, body, chain.ALG, prev, link))
        prev = link
    _insert(recorded)
    return recorded


TOLD = (
    f"SELECT 0 AS what, {read.COLUMNS} FROM log WHERE stream = %s AND command_id = %s "
    f"UNION ALL SELECT 1, newest.* FROM (SELECT {read.COLUMNS} FROM log WHERE stream = %s "
    "ORDER BY position DESC LIMIT 1) AS newest"
)


def _told(stream: UUID, command_id: UUID) -> tuple[list[LogEntry], LogEntry | None]:
    """What this command recorded here before, in its order, and the newest fact of the stream; one statement."""
    own, command = read.parameter(stream), read.parameter(command_id)
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [own, command, own])
        rows = cursor.fetchall()
    known = sorted((read.entry(row) for what, *row in rows if not what), key=lambda each: each.nth)
    return known, next((read.entry(row) for what, *row in rows if what), None)


def _insert(recorded: Sequence[LogEntry]) -> None:
    """One statement on PostgreSQL, one prepared statement on SQLite: a tenth of what the ORM would take."""
    columns = ", ".join(LogEntry._fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(recorded) > 1:
            arrays = ", ".join(f"%s::{TYPES.get(name, 'text')}[]" for name in LogEntry._fields)
            by_column = [list(values) for values in zip(*recorded, strict=True)]
            cursor.execute(f"INSERT INTO log ({columns}) SELECT * FROM unnest({arrays})", by_column)
        else:
            row = ", ".join(["%s"] * len(LogEntry._fields))
            rows = [[read.parameter(value) for value in each] for each in recorded]
            cursor.executemany(f"INSERT INTO log ({columns}) VALUES ({row})", rows)


QUEUE = (
    "WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))) "
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM alone"
)
"""Waits, and only then looks at the clock: one round trip for both."""


def _queue(stream: UUID) -> int:
    """Wait until nobody else writes to this stream; what the store's clock says then. On SQLite the transaction has the
    whole database to itself."""
    if connection.vendor != "postgresql":
        return clock.hosts()
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [stream.hex])
        return clock.looked(int(cursor.fetchone()[0]))
