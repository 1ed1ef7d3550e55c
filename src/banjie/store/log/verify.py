"""Whether the log still says what was recorded: every chain recomputed from its exact bytes.

Finds, in every stream, the first fact that does not fit: changed in any column, swapped, put in, taken out of the
middle, recorded twice. It cannot see a tail that was cut off, a stream that is gone altogether, or an insider who
recomputed a whole chain: those show only against something held elsewhere (a receipt, a signed checkpoint).

On SQLite everything is first read quickly: the database writes each header as JSON, and a page of facts is hashed and
compared at once. What such a page proves is the same, for the hash is over the very bytes. Only if one does not fit, or
holds text beyond ASCII, is every column read and the first break of each stream named.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import repeat
from operator import methodcaller, ne
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from banjie.store.log import chain

PAGE = 500
COLUMNS = (
    "position, stream_kind, kind, at, recorded_at, actor, assertion, {command_id}, nth, installation, "
    "body, alg, prev, hash"
)


class Break(NamedTuple):
    """The first fact of a stream that does not fit. `what` is one of the claims of this module's constants.

    `stream` is 32 hexadecimal digits, or whatever stands in its place; `position` is where the fact is missing or
    wrong.
    """

    stream: str
    position: int
    what: str


MISSING = "missing"
"""No fact stands at this position, and later ones do."""
TWICE = "twice"
"""A fact stands at this position more than once, or at a position before the first."""
NOT_LINKED = "not_linked"
"""It does not link to the fact before it: one of the two is not what was recorded."""
CHANGED = "changed"
"""A column of it is not what was recorded."""


def verify(streams: Iterable[UUID] | None = None) -> Iterator[Break]:
    """The first break of each stream (or of these streams); nothing where every chain holds.

    Reads one snapshot on a connection of its own, in order, holding no more than a page of rows. On SQLite some 300,000
    facts a second on one core where nothing is broken, of 350,000 that reading and hashing alone leave (`make bench`).
    """
    with own_connection() as own:
        if streams is None and all_hold(own):
            return
        wanted = [None] if streams is None else streams
        for stream in wanted:
            yield from column_by_column(own, stream)


def column_by_column(own: BaseDatabaseWrapper, stream: UUID | None = None) -> Iterator[Break]:
    """The first break of each stream, or of this one, by looking at every column: a third as fast."""
    yield from _breaks(rows(own, stream))


def all_hold(own: BaseDatabaseWrapper) -> bool:
    """Whether every chain holds, at full speed; False also where it takes a closer look to know.

    PostgreSQL takes longer to write a header as JSON than this language does: there it is always the closer look.
    """
    if own.vendor == "postgresql":
        return False
    try:
        return all(_holds(page, before) for before, page in pages(own))
    except (DatabaseError, sqlite3.Error):
        return False  # a column holds what no fact ever held: the database cannot write it as JSON


FAST_PAGE = 256
_LENGTHS = [number.to_bytes(4, "big") for number in range(4096)]
_BEGINS = b"\0sha256"
_digest = methodcaller("digest")
Quick = tuple[Any, int, bytes, bytes, bytes, bytes]
"""(stream, position, header, body, prev, hash)."""


def pages(own: BaseDatabaseWrapper) -> Iterator[tuple[Quick | None, Sequence[Quick]]]:
    """Every fact in order, page by page, each with the fact before it."""
    last: Quick | None = None
    for page in _quick_of_sqlite(own):
        yield last, page
        last = page[-1]


def _holds(page: Sequence[Quick], before: Quick | None) -> bool:
    """Whether each fact of a page hashes to what stands beside it, and follows the one before it in its stream."""
    streams, positions, heads, bodies, linked, hashes = zip(*page, strict=True)
    if not (all(map(isinstance, heads, repeat(bytes))) and all(map(bytes.isascii, heads))):
        return False
    lengths = map(_LENGTHS.__getitem__, map(len, heads))
    try:
        whole = zip(repeat(_BEGINS), linked, lengths, heads, bodies, strict=False)
        if tuple(map(_digest, map(sha256, map(b"".join, whole)))) != hashes:
            return False
    except (TypeError, IndexError):
        return False
    stream, position, *_, link = before or (None, 0, b"")
    links, places = [link, *hashes[:-1]], [position, *positions[:-1]]
    for number, differs in enumerate(map(ne, streams, (stream, *streams[:-1]))):
        if differs:
            links[number], places[number] = chain.GENESIS, 0
    return tuple(links) == linked and [place + 1 for place in places] == list(positions)


def _quick_of_sqlite(own: BaseDatabaseWrapper) -> Iterator[Sequence[Quick]]:
    driver = own.connection
    driver.text_factory = bytes
    names = "stream, position, stream_kind, kind, at, recorded_at, actor, assertion, command_id, nth, installation"
    statement = (
        f"SELECT stream, position, iif(alg = '{chain.ALG}', json_array({names}), 0), body, prev, hash "
        "FROM log ORDER BY stream, position"
    )
    with closing(driver.cursor()) as cursor:
        cursor.execute(statement)
        while page := cursor.fetchmany(FAST_PAGE):
            yield page


def _breaks(rows: Iterable[tuple[Any, ...]]) -> Iterator[Break]:
    current: Any = None
    expected, prev, broken = 1, chain.GENESIS, False
    for row in rows:
        if row[0] != current:
            current, expected, prev, broken = row[0], 1, chain.GENESIS, False
        elif broken:
            continue
        if what := _fault(row, expected, prev):
            broken = True
            yield Break(_shown(row[0]), expected if what == MISSING else row[1], what)
        expected, prev = expected + 1, row[-1]


def _fault(row: tuple[Any, ...], expected: int, prev: bytes) -> str:
    """What is wrong with a fact, or ""."""
    stream, position, stream_kind, kind, at, recorded_at, actor, assertion, command_id, nth, installation, *rest = row
    body, alg, linked, recorded = rest
    if position != expected:
        return MISSING if isinstance(position, int) and position > expected else TWICE
    if linked != prev:
        return NOT_LINKED
    try:
        header = (
            *(_text(stream), position, _text(stream_kind), _text(kind), at, recorded_at, _text(actor)),
            *(_text(assertion), _text(command_id), nth, _text(installation)),
        )
        sound = chain.link(_text(alg), prev, header, body) == recorded
    except (TypeError, ValueError, AttributeError):
        sound = False  # a column holds what no fact ever held: bytes that are no text, or another type
    return "" if sound else CHANGED


def _text(value: Any) -> str:
    return value if type(value) is str else value.decode()


def _shown(stream: Any) -> str:
    return stream.decode(errors="replace") if isinstance(stream, bytes) else str(stream)


@contextmanager
def own_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, closed afterwards: a long read disturbs nobody."""
    own = connection.copy()
    try:
        own.ensure_connection()
        yield own
    finally:
        own.close()


def rows(own: BaseDatabaseWrapper, stream: UUID | None = None) -> Iterator[tuple[Any, ...]]:
    return _rows_of_postgresql(own, stream) if own.vendor == "postgresql" else _rows_of_sqlite(own, stream)


def _rows_of_sqlite(own: BaseDatabaseWrapper, stream: UUID | None) -> Iterator[tuple[Any, ...]]:
    driver = own.connection
    # As bytes: text that an insider has made unreadable must be found, not stop the search.
    driver.text_factory = bytes
    where = "" if stream is None else "WHERE stream = ?"
    columns = COLUMNS.format(command_id="command_id")
    with closing(driver.cursor()) as cursor:
        cursor.arraysize = PAGE
        yield from cursor.execute(
            f"SELECT stream, {columns} FROM log {where} ORDER BY stream, position",
            () if stream is None else (stream.hex,),
        )


def _rows_of_postgresql(own: BaseDatabaseWrapper, stream: UUID | None) -> Iterator[tuple[Any, ...]]:
    driver: psycopg.Connection[Any] = own.connection
    where = "" if stream is None else "WHERE stream = %s"
    columns = COLUMNS.format(command_id="encode(uuid_send(command_id), 'hex')")
    with driver.transaction(), psycopg.ServerCursor(driver, "verify") as cursor:
        cursor.itersize = PAGE
        cursor.execute(
            f"SELECT encode(uuid_send(stream), 'hex'), {columns} FROM log {where} ORDER BY log.stream, position",
            () if stream is None else (stream,),
            binary=True,
        )
        yield from cursor
