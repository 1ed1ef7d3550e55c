"""The hot path, by hand: how a case is read and written in as few statements as its truth allows.

SQLite: BEGIN IMMEDIATE behind the cross-process lock, one guarded UPDATE, one INSERT a table, COMMIT. PostgreSQL:
everything in one statement, which is its own transaction: the guarded UPDATE comes first and every INSERT hangs on it,
so that a write whose case has moved on writes nothing at all. A case that is not kept in the process, or whose kept
copy turned out to be old, is read first with one SELECT. Both talk to the
driver's connection inside Django's (same settings, same transactions). Everything else in the house is the ORM.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections, transaction

from banjie.cases.rows import CASE_COLUMNS, PARTICIPANT_COLUMNS, TASK_COLUMNS
from banjie.records.catalogue import edition
from banjie.store.log import clock
from banjie.store.postgresql import guarding, reading

LOG_COLUMNS = (
    "stream",
    "position",
    "stream_kind",
    "kind",
    "at",
    "recorded_at",
    "actor",
    "assertion",
    "command_id",
    "nth",
    "installation",
    "body",
    "alg",
    "prev",
    "hash",
)
PERSONAL_COLUMNS = ("stream", "ref", "key_id", "alg", "ciphertext", "blind")
TAIL_COLUMNS = ("position", "kind", "command_id", "body", "hash")

# How PostgreSQL reads the parameters of an INSERT … SELECT.
CASTS = {
    "stream": "uuid",
    "command_id": "uuid",
    "position": "int",
    "nth": "int",
    "at": "bigint",
    "recorded_at": "bigint",
    "body": "bytea",
    "prev": "bytea",
    "hash": "bytea",
    "ciphertext": "bytea",
    "blind": "bytea",
    "opened_on": "date",
    "due_on": "date",
    "yellow_on": "date",
    "orange_on": "date",
    "red_on": "date",
}


@dataclass(slots=True)
class Write:
    """What one command changes in one case. Rows are in the order of their column tuples.

    `old_case`: the row as it stood, so that only what differs is written; nothing of a new case.
    """

    stream: UUID
    old_version: int
    old_head: bytes
    case: tuple[Any, ...]
    entries: list[tuple[Any, ...]]
    old_case: tuple[Any, ...] = ()
    personal: list[tuple[Any, ...]] = field(default_factory=list)
    tasks: list[tuple[Any, ...]] = field(default_factory=list)
    tasks_done: list[str] = field(default_factory=list)
    participants: list[tuple[Any, ...]] = field(default_factory=list)
    participants_gone: list[tuple[str, str]] = field(default_factory=list)


PREPARED_AFTER = 5
"""Uses on one connection after which PostgreSQL keeps a statement's plan: psycopg's default, which Django turns off."""


class Wire:
    """This thread's connection, looked up once per command: the driver inside Django's connection, and which it is."""

    __slots__ = ("connection", "driver", "is_postgresql")

    def __init__(self) -> None:
        self.connection: Any = connections["default"]
        self.connection.close_if_health_check_failed()
        self.connection.ensure_connection()
        self.driver: Any = self.connection.connection
        self.is_postgresql: bool = self.connection.vendor == "postgresql"
        if self.is_postgresql and self.driver.prepare_threshold is None:
            self.driver.prepare_threshold = PREPARED_AFTER

    def run(self, statement: str, parameters: Sequence[Any]) -> Any:
        """Run one statement; its cursor, or Django's own errors. The only place where the hot path meets a database."""
        with self.connection.wrap_database_errors:
            if self.is_postgresql:
                # A raw cursor sends the statement as it stands; the ordinary one takes a long one apart every time.
                cursor = psycopg.RawCursor(self.driver)
                if not guarding.touches(statement):
                    return cursor.execute(_numbered(statement), parameters)
                run = partial(cursor.execute, _numbered(statement), parameters)
                return guarding.told(self.driver, reading.HOUSE, run)
            return self.driver.execute(statement, parameters)  # store/sqlite says how a UUID and a date are kept


@lru_cache(maxsize=1024)
def _numbered(statement: str) -> bytes:
    """The statement with PostgreSQL's own parameters: $1, $2, … in the place of each question mark."""
    first, *rest = statement.split("?")
    return (first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))).encode()


@contextmanager
def reading_and_writing(plainly: bool) -> Iterator[Wire]:
    """The transaction of one command: durable, and never inside another.

    `plainly`: the hot path alone writes. On SQLite that is BEGIN IMMEDIATE … COMMIT on the driver; on PostgreSQL
    nothing, for `write` is a transaction of one statement. Otherwise Django's own transaction, so that other rooms
    can take part.
    """
    wire = Wire()
    if wire.connection.in_atomic_block:
        raise RuntimeError("the door is never opened inside another transaction")
    if not plainly:
        with transaction.atomic(durable=True):
            yield wire
    elif wire.is_postgresql:
        yield wire
    else:
        with wire.connection.write_lock():
            try:
                wire.run("BEGIN IMMEDIATE", ())
                yield wire
                wire.run("COMMIT", ())
            except BaseException:
                if wire.driver.in_transaction:  # SQLite itself rolls back when the disk is full
                    wire.driver.execute("ROLLBACK")
                raise


STORE_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

STREAM_KIND = "case"
OF_CASE = f"stream = ? AND position >= ? AND stream_kind = '{STREAM_KIND}'"
TAIL_SQLITE = f"SELECT {', '.join(TAIL_COLUMNS)} FROM log WHERE {OF_CASE} ORDER BY position"
TAIL_POSTGRESQL = (
    "SELECT t.now, " + ", ".join(f"l.{each}" for each in TAIL_COLUMNS) + f" FROM (SELECT {STORE_CLOCK} AS now) t "
    f"LEFT JOIN log l ON {OF_CASE} ORDER BY l.position"
)


def tail(wire: Wire, stream: UUID, since: int) -> tuple[int, list[tuple[Any, ...]]]:
    """The store's clock (UTC microseconds) and a case's facts from a position on, as TAIL_COLUMNS: one round trip."""
    if wire.is_postgresql:
        rows = wire.run(TAIL_POSTGRESQL, (stream, since)).fetchall()
        facts = [(row[1], row[2], row[3], bytes(row[4]), bytes(row[5])) for row in rows if row[1] is not None]
        clock.hear(rows[0][0])
        return rows[0][0], facts
    rows = wire.run(TAIL_SQLITE, (stream, since)).fetchall()
    return clock.now(), [(row[0], row[1], UUID(row[2]), row[3], row[4]) for row in rows]


def data_key_row(wire: Wire, stream: UUID) -> tuple[str, str, bytes] | None:
    """(key_id, alg, wrapped) of the case's living data key, or None when it was destroyed."""
    row = wire.run(
        "SELECT key_id, alg, wrapped FROM data_key WHERE stream = ? AND wrapped IS NOT NULL", (stream,)
    ).fetchone()
    return None if row is None else (row[0], row[1], bytes(row[2]))


@cache
def _guard(columns: tuple[str, ...], by_estimate: bool) -> str:
    """The guarded UPDATE of these columns: no row where the case has moved on meanwhile.

    Only what differs is set: an index on a column that is set is written again, whether or not the value is another.
    `by_estimate`: nor where `recorded_at`, which was not read from the store, is off by more than the tolerance.
    """
    told = ", ".join(f"{each} = ?" for each in columns)
    right = f" AND abs(?::bigint - {STORE_CLOCK}) < {clock.TOLERANCE}" if by_estimate else ""
    return f'UPDATE "case" SET {told} WHERE stream = ? AND version = ? AND head = ?{right}'


def _differing(change: Write) -> tuple[tuple[str, ...], list[Any]]:
    """The columns of `case` that this change sets, and their values: version and head always."""
    pairs = zip(CASE_COLUMNS, change.case, change.old_case, strict=True)
    told = [(name, new) for name, new, old in pairs if new != old]
    return tuple(name for name, _ in told), [new for _, new in told]


def write(wire: Wire, change: Write, estimated_now: int | None = None) -> bool:
    """Write one command's facts and rows; False (and nothing written) where the case has moved on meanwhile.

    `estimated_now`: the clock the facts carry where it was not read from the store; False too where it is wrong.
    """
    columns, values = _differing(change)
    guard = [*values, change.stream, change.old_version, change.old_head]
    if estimated_now is not None:
        guard.append(estimated_now)
    guarding = _guard(columns, estimated_now is not None)
    parts = list(_parts(change, at_once=not wire.is_postgresql))
    if wire.is_postgresql and not wire.connection.in_atomic_block:
        return _write_at_once(wire, guarding, guard, parts)
    if wire.run(guarding, guard).rowcount != 1:
        return False
    for statement, parameters in parts:
        wire.run(statement.standing_alone(), parameters)
    return True


def first_write(
    wire: Wire, change: Write, others: Sequence[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]
) -> None:
    """Write a new case: its row, its first facts and rows, and the rows of `others` (table, columns, rows).

    On PostgreSQL one statement; IntegrityError where a number or key is taken.
    """
    parts: list[tuple[Insert | Delete, list[Any]]] = [(Insert('"case"', CASE_COLUMNS, 1), list(change.case))]
    parts += [(Insert(table, columns, len(rows)), _flat(rows)) for table, columns, rows in others]
    parts += _parts(change, at_once=not wire.is_postgresql)
    if wire.is_postgresql:
        named = [f"p{number} AS ({statement.standing_alone()})" for number, (statement, _) in enumerate(parts)]
        wire.run(f"WITH {', '.join(named)} SELECT 1", _flat([each for _, each in parts]))
        return
    for statement, parameters in parts:
        wire.run(statement.standing_alone(), parameters)


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT of some rows, alone or hanging on the guard."""

    table: str
    columns: tuple[str, ...]
    rows: int
    replacing: tuple[str, ...] = ()

    @cache  # noqa: B019 -- a few dozen shapes, kept for ever on purpose
    def standing_alone(self) -> str:
        """As a statement of its own."""
        row = "(" + ", ".join("?" for _ in self.columns) + ")"
        values = ", ".join([row] * self.rows)
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES {values}{self._conflict()}"

    def hanging(self) -> str:
        """As part of one statement that writes nothing where the guard failed."""
        row = "(" + ", ".join(f"?::{CASTS.get(each, 'text')}" for each in self.columns) + ")"
        values = ", ".join([row] * self.rows)
        names = ", ".join(self.columns)
        source = f"SELECT v.* FROM (VALUES {values}) AS v({names}) WHERE EXISTS (SELECT 1 FROM moved)"
        return f"INSERT INTO {self.table} ({names}) {source}{self._conflict()}"

    def _conflict(self) -> str:
        if not self.replacing:
            return ""
        kept = ", ".join(f"{each} = excluded.{each}" for each in self.columns if each not in self.replacing)
        return f" ON CONFLICT ({', '.join(self.replacing)}) DO UPDATE SET {kept}"


@dataclass(frozen=True, slots=True)
class Delete:
    """A DELETE of some rows of one case, alone or hanging on the guard."""

    table: str
    columns: tuple[str, ...]
    rows: int

    @cache  # noqa: B019
    def standing_alone(self) -> str:
        """As a statement of its own."""
        one = "(" + " AND ".join(f"{each} = ?" for each in self.columns) + ")"
        return f"DELETE FROM {self.table} WHERE {' OR '.join([one] * self.rows)}"

    def hanging(self) -> str:
        """As part of one statement."""
        return self.standing_alone().replace(" WHERE ", " WHERE (", 1) + ") AND EXISTS (SELECT 1 FROM moved)"


def _parts(change: Write, at_once: bool) -> Iterator[tuple[Insert | Delete, list[Any]]]:
    """The statements of a change. `at_once` (SQLite): tasks done and tasks opened in one, see migration 0002."""
    stream = change.stream
    yield Insert("log", LOG_COLUMNS, len(change.entries)), _flat(change.entries)
    if change.personal:
        yield Insert("personal", PERSONAL_COLUMNS, len(change.personal)), _flat(change.personal)
    if at_once and change.tasks and change.tasks_done:
        rows = [*change.tasks, *(_gone(stream, slug) for slug in change.tasks_done)]
        yield Insert("task", TASK_COLUMNS, len(rows), ("stream", "slug")), _flat(rows)
    elif change.tasks_done:
        rows = [(stream, slug) for slug in change.tasks_done]
        yield Delete("task", ("stream", "slug"), len(rows)), _flat(rows)
    if change.tasks and not (at_once and change.tasks_done):
        yield Insert("task", TASK_COLUMNS, len(change.tasks), ("stream", "slug")), _flat(change.tasks)
    if change.participants_gone:
        gone = [(stream, *each) for each in change.participants_gone]
        yield Delete("participant", PARTICIPANT_COLUMNS, len(gone)), _flat(gone)
    if change.participants:
        yield Insert("participant", PARTICIPANT_COLUMNS, len(change.participants)), _flat(change.participants)


def _gone(stream: UUID, slug: str) -> tuple[Any, ...]:
    """A row that says only that this task is done."""
    return (stream, slug, "", "", "", "", date.min, None, None, None, None)


def _flat(rows: Sequence[Sequence[Any]]) -> list[Any]:
    return [value for row in rows for value in row]


def _write_at_once(wire: Wire, guard: str, guarded: list[Any], parts: list[tuple[Insert | Delete, list[Any]]]) -> bool:
    whole = _whole(guard, tuple(statement for statement, _ in parts))
    parameters = [*guarded, *(value for _, each in parts for value in each)]
    return bool(wire.run(whole, parameters).fetchone()[0])


@lru_cache(maxsize=1024)
def _whole(guard: str, parts: tuple["Insert | Delete", ...]) -> str:
    """One statement of the guard and everything that hangs on it."""
    named = [f"p{number} AS ({statement.hanging()})" for number, statement in enumerate(parts)]
    return f"WITH moved AS ({guard} RETURNING 1), {', '.join(named)} SELECT count(*) FROM moved"


COUNT = (
    "INSERT INTO counter (code, day, last) VALUES (?, ?, 1) "
    "ON CONFLICT (code, day) DO UPDATE SET last = counter.last + 1 RETURNING last, " + edition.SQL
)


def next_serial(wire: Wire, code: str, day: date) -> tuple[int, int, int]:
    """The next serial of this code and day (its row stays locked), the catalogue's edition, the store's clock."""
    if wire.is_postgresql:
        row = wire.run(f"{COUNT}, {STORE_CLOCK}", (code, day)).fetchone()
        clock.hear(row[2])
        return row[0], row[1], row[2]
    serial, newest = wire.run(COUNT, (code, day)).fetchone()
    return serial, newest, clock.now()
