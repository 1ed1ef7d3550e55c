"""Whether the log still says what was recorded: every chain recomputed from its exact bytes.

Finds, in every stream, the first fact that does not fit: changed in any column, swapped, put in, taken out of the
middle, recorded twice. It cannot see a tail that was cut off, a stream that is gone altogether, or an insider who
recomputed a whole chain: those show only against something held elsewhere (a receipt, a signed checkpoint).

Everything is first read quickly: the database writes each header as JSON (PostgreSQL hands over a whole stream at
once, so that its client has hardly more to do than to hash), and many facts are hashed and compared together. What that
proves is the same, for the hash is over the very bytes. Only if one does not fit, or holds text beyond ASCII, is every
column read and the first break of each stream named.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from itertools import repeat
from operator import ne
from struct import Struct
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

    Reads one snapshot on a connection of its own, in order, holding no more than a few pages of rows. How many facts a
    second where nothing is broken: `make bench`, docs/performance.md.
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
    """Whether every chain holds, at full speed; False also where it takes a closer look to know."""
    try:
        if own.vendor == "postgresql":
            return _all_hold_on_postgresql(own.connection)
        with plain(own) as driver:
            return all(_holds(page, before) for before, page in pages(driver))
    except (DatabaseError, sqlite3.Error, psycopg.Error):
        return False  # a column holds what no fact ever held: the database cannot write it as JSON


FAST_PAGE = 128
_LENGTHS = [number.to_bytes(4, "big") for number in range(4096)]
_BEGINS = b"\0sha256"
_digest = type(sha256()).digest
_join = b"".join
Quick = tuple[Any, int, bytes, bytes, bytes, bytes]
"""(stream, position, header, body, prev, hash)."""


def pages(driver: sqlite3.Connection) -> Iterator[tuple[Quick | None, Sequence[Quick]]]:
    """Every fact on SQLite in order, page by page, each with the fact before it."""
    last: Quick | None = None
    names = "stream, position, stream_kind, kind, at, recorded_at, actor, assertion, command_id, nth, installation"
    statement = (
        f"SELECT stream, position, iif(alg = '{chain.ALG}', json_array({names}), 0), body, prev, hash "
        "FROM log ORDER BY stream, position"
    )
    with closing(driver.cursor()) as cursor:
        cursor.execute(statement)
        while page := cursor.fetchmany(FAST_PAGE):
            yield last, page
            last = page[-1]


@contextmanager
def plain(own: BaseDatabaseWrapper) -> Iterator[sqlite3.Connection]:
    """A connection to the same SQLite that converts nothing: text comes as its bytes, and a row is read sooner."""
    with closing(sqlite3.connect(**own.get_connection_params() | {"detect_types": 0})) as driver:
        driver.text_factory = bytes
        for name in ("mmap_size", "cache_size"):
            (value,) = own.connection.execute(f"PRAGMA {name}").fetchone()
            driver.execute(f"PRAGMA {name}={value}")
        driver.execute("PRAGMA query_only=ON")
        yield driver


def _holds(page: Sequence[Quick], before: Quick | None) -> bool:
    """Whether each fact of a page hashes to what stands beside it, and follows the one before it in its stream."""
    streams, positions, heads, bodies, linked, hashes = zip(*page, strict=True)
    try:
        if not _join(heads).isascii():
            return False
        lengths = map(_LENGTHS.__getitem__, map(len, heads))
        whole = zip(repeat(_BEGINS), linked, lengths, heads, bodies, strict=False)
        if tuple(map(_digest, map(sha256, map(_join, whole)))) != hashes:
            return False
    except (TypeError, IndexError):
        return False
    stream, position, *_, link = before or (None, 0, b"")
    links, places = [link, *hashes[:-1]], [position, *positions[:-1]]
    for number, differs in enumerate(map(ne, streams, (stream, *streams[:-1]))):
        if differs:
            links[number], places[number] = chain.GENESIS, 0
    return tuple(links) == linked and [place + 1 for place in places] == list(positions)


SHORT, PIECE = 128, 512
"""Of each stream its first facts come together; what a longer one has beyond them comes in pieces."""
AT_ONCE = 100
"""How many streams, of at most so many facts, are fetched in one go."""
_PLACES = _join(position.to_bytes(4, "big") for position in range(SHORT + 1))
_HEADER = (
    "concat('[\"', encode(uuid_send(stream), 'hex'), '\",', position, ',', to_json(stream_kind), ',', to_json(kind), "
    "',', at, ',', recorded_at, ',', to_json(actor), ',', to_json(assertion), "
    "',\"', encode(uuid_send(command_id), 'hex'), '\",', nth, ',', to_json(installation), ']')"
)
_STREAMS = (
    r"SELECT count(*), string_agg(int4send(position), ''), convert_to(string_agg(" + _HEADER + r", E'\n'), 'UTF8'), "
    r"string_agg(body, '\x0a'), string_agg(prev, ''), string_agg(hash, ''), "
    f"count(*) FILTER (WHERE alg = '{chain.ALG}' AND octet_length(prev) = 32 AND octet_length(hash) = 32) "
    "FROM (SELECT * FROM log WHERE {which} ORDER BY stream, position OFFSET 0) AS fact GROUP BY stream"
)
Whole = tuple[int, bytes, bytes, bytes, bytes, bytes, int]
"""Facts of a stream: how many, their positions, headers and bodies (one a line), prevs, hashes, how many are sound."""


def whole_streams(driver: psycopg.Connection[Any]) -> Iterator[Whole]:
    """The first facts of every stream on PostgreSQL, a stream at a time; inside a transaction."""
    with psycopg.ServerCursor(driver, "streams") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(_STREAMS.format(which=f"position <= {SHORT}").encode(), binary=True)
        yield from cursor


def _all_hold_on_postgresql(driver: psycopg.Connection[Any]) -> bool:
    with driver.transaction(), psycopg.Cursor(driver) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        count = 0
        for each in whole_streams(driver):
            if _follow(each, 0, chain.GENESIS) is None:
                return False
            count += each[0]
        cursor.execute(f"SELECT stream, count(*) FROM log WHERE position > {SHORT} GROUP BY stream".encode())
        for stream, more in cursor.fetchall():
            if not _goes_on(cursor, stream, more):
                return False
            count += more
        cursor.execute("SELECT count(*) FROM log")  # what stands at no position at all was in neither
        return cursor.fetchone() == (count,)


def _goes_on(cursor: psycopg.Cursor[Any], stream: UUID, more: int) -> bool:
    """Whether a long stream holds beyond its first facts, which do."""
    cursor.execute("SELECT hash FROM log WHERE stream = %s AND position = %s", (stream, SHORT), binary=True)
    found, after = cursor.fetchone(), SHORT
    link: bytes | None = found[0] if found else None
    statement = _STREAMS.format(which="stream = %s AND position > %s AND position <= %s").encode()
    while link is not None and after < SHORT + more:
        cursor.execute(statement, (stream, after, after + PIECE), binary=True)
        each: Whole | None = cursor.fetchone()
        link = _follow(each, after, link) if each else None
        after += each[0] if each else 0
    return link is not None and after == SHORT + more


def _follow(facts: Whole, after: int, link: bytes) -> bytes | None:
    """The hash of the last of these facts if they hold, and follow the one at `after` that hashes to `link`."""
    count, positions, headers, bodies, prevs, hashes, sound = facts
    if sound != count or headers is None or bodies is None or not headers.isascii():
        return None
    wanted = (
        _PLACES[4 : 4 * count + 4]
        if after == 0
        else _join((after + at).to_bytes(4, "big") for at in range(1, count + 1))
    )
    heads, texts = headers.split(b"\n"), bodies.split(b"\n")
    if positions != wanted or not len(heads) == len(texts) == count or prevs != link + hashes[:-32]:
        return None
    links = _slices(count)(hashes)
    try:
        lengths = map(_LENGTHS.__getitem__, map(len, heads))
        whole = zip(repeat(_BEGINS), (link, *links), lengths, heads, texts, strict=False)
        made = tuple(map(_digest, map(sha256, map(_join, whole))))
    except IndexError:
        return None
    return links[-1] if made == links else None


@cache
def _slices(count: int) -> Callable[[bytes], tuple[bytes, ...]]:
    """What takes so many hashes, one behind the other, apart."""
    return Struct("32s" * count).unpack


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
