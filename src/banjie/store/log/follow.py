"""Followers: rooms that read the feed from their own bookmark and do what they owe, each stream in order.

What a handler writes to the database and the move of the bookmark are one transaction, so a local effect happens
exactly once. A handler that fails is tried again after 25 s, 100 s, 400 s and 1600 s; then its stream is parked until
a person unparks it. Meanwhile later facts of that stream wait behind it, and all other streams go on.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from banjie.store.log import read
from banjie.store.log.models import Bookmark, Feed, Parked
from banjie.store.log.read import LogEntry

WINDOW = 500
"""Facts of the feed read at once."""
MOST_ATTEMPTS = 5
FIRST_RETRY = 25_000_000
LONGEST_RETRY = 3_600_000_000
SLICE = 0.05
"""Seconds after which a transaction is committed and a new one begun, so that other writers get their turn."""


class Follower(Protocol):
    """A room that follows the feed."""

    @property
    def name(self) -> str:
        """Its name in bookmarks: never changed, never used again for another."""

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds of streams it wants; None for all."""

    def handle(self, entry: LogEntry) -> None:
        """Do what is owed for one fact, inside the transaction that also moves the bookmark.

        Only effects on this database: nothing outside is called from here. Raising anything undoes this fact alone.
        """


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stream that waits for a follower since its handler failed at feed number `no`. Instants in UTC microseconds."""

    follower: str
    stream: UUID
    no: int
    attempts: int
    retry_at: int
    parked: bool
    error: str
    since: int


def run(followers: Sequence[Follower], *, now: int, batch: int = 200) -> int:
    """Let each follower handle up to `batch` facts and return how many were handled; 0: nothing to do now.

    Any process may call it at any time: a follower works in one at a time. `now`: UTC microseconds; decides which
    retries are due and dates failures. Where nothing is to do, three statements find that out for all of them.
    """
    standing = _Standing(followers, now)
    return sum(_Run(follower, now, batch, standing).through() for follower in followers)


def parked(follower: str | None = None) -> list[Waiting]:
    """The streams that a person must look at, oldest first."""
    rows = Parked.objects.filter(parked=True).order_by("since", "follower", "stream")
    return [_waiting(row) for row in (rows if follower is None else rows.filter(follower=follower))]


def unread(follower: str, kinds: Collection[str]) -> list[LogEntry]:
    """The facts of these kinds that a follower has still to read, in the order in which they were recorded: what is not
    in the feed yet, what lies behind its bookmark, and what waits with a parked stream. One statement."""
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(kinds))
        cursor.execute(UNREAD.format(kinds=marks), [follower, follower, *kinds])
        return [read.entry(row) for row in cursor.fetchall()]


COLUMNS = ", ".join(f"log.{each}" for each in LogEntry._fields)
UNREAD = f"""SELECT {COLUMNS} FROM (
    SELECT stream, position FROM unfed
    UNION SELECT stream, position FROM feed
    WHERE no > COALESCE((SELECT no FROM bookmark WHERE follower = %s), 0)
    UNION SELECT feed.stream, feed.position FROM parked JOIN feed ON feed.stream = parked.stream
    WHERE parked.follower = %s AND feed.no >= parked.no
) AS ahead JOIN log ON log.stream = ahead.stream AND log.position = ahead.position
WHERE log.kind IN ({{kinds}}) ORDER BY log.recorded_at, log.stream, log.position"""


def unpark(follower: str, stream: UUID) -> bool:
    """Let a parked stream be tried again at the next run, from where it stopped; False where it is not parked."""
    waits = Parked.objects.filter(follower=follower, stream=stream, parked=True)
    return bool(waits.update(parked=False, attempts=0, retry_at=0))


def backoff(attempts: int) -> int:
    """Microseconds until the next try after so many failed ones (1 or more)."""
    return min(FIRST_RETRY << 2 * (attempts - 1), LONGEST_RETRY)


class _HandlerFailed(Exception):
    """A handler failed in a quick slice."""


class _Fact:
    """A fact of the feed with its number, as the driver gave it until somebody wants it."""

    __slots__ = ("_columns", "_entry", "no", "stream_kind")

    def __init__(self, no: int, columns: tuple[Any, ...]) -> None:
        self.no = no
        self.stream_kind: str = columns[STREAM_KIND]
        self._columns = columns
        self._entry: LogEntry | None = None

    @property
    def entry(self) -> LogEntry:
        """The fact."""
        if self._entry is None:
            self._entry = read.entry(self._columns)
        return self._entry


class _Standing:
    """How far the feed and its followers are when a run begins, and what the run has read of the feed.

    Read once for all followers, outside a transaction: idle followers disturb nobody. What comes after is the next
    run's. A fact once in the feed never changes, so that what one follower read serves the others.
    """

    def __init__(self, followers: Sequence[Follower], now: int) -> None:
        self.newest = Feed.objects.order_by("-no").values_list("no", flat=True).first() or 0
        due = Parked.objects.filter(parked=False, retry_at__lte=now)
        self.with_retries = set(due.values_list("follower", flat=True))
        names = [follower.name for follower in followers]
        known = Bookmark.objects.filter(follower__in=names).values_list("follower", "no")
        self.bookmarks: dict[str, int] = dict.fromkeys(names, 0) | dict(known)
        if len(known) < len(names):
            Bookmark.objects.bulk_create([Bookmark(follower=each, no=0) for each in names], ignore_conflicts=True)
        self._after = 0
        self._facts: list[_Fact] = []

    def facts(self, bookmark: int) -> list[_Fact]:
        """The next facts after this number, at most WINDOW; fewer where the last reading ended sooner."""
        if not self._facts or not self._after <= bookmark < self._facts[-1].no:
            self._after, self._facts = bookmark, _after(bookmark, WINDOW)
        return self._facts[bisect_right(self._facts, bookmark, key=lambda fact: fact.no) :]


class _Run:
    """One follower's turn."""

    def __init__(self, follower: Follower, now: int, batch: int, standing: _Standing) -> None:
        self._follower = follower
        self._now = now
        self._left = batch
        self._handled = 0
        self._carefully = True
        self._standing = standing
        self._seen = standing.bookmarks[follower.name]

    def through(self) -> int:
        """Catch up streams whose retry is due, then go on from the bookmark, slice by slice."""
        if self._follower.name in self._standing.with_retries:
            while self._left > 0 and self._due().exists() and self._in_turn(self._retry):
                pass
        while self._left > 0 and self._seen < self._standing.newest and self._in_turn(self._go_on, quickly=True):
            pass
        return self._handled

    def _in_turn(self, slice_of_work: Callable[[int], bool], quickly: bool = False) -> bool:
        """One slice in a transaction of its own; whether it got anywhere. False where another process is at it.

        `quickly`: without a savepoint a fact. Where a handler fails, all of it is undone and done again with them.
        """
        before = self._left, self._handled
        self._carefully = not quickly
        try:
            with transaction.atomic():
                bookmark = self._bookmark()
                return bookmark is not None and slice_of_work(bookmark)
        except _HandlerFailed:
            self._left, self._handled = before
        return self._in_turn(slice_of_work)

    def _bookmark(self) -> int | None:
        """Where this follower stands, locked to the end of the transaction; None where another process is at it."""
        rows = Bookmark.objects.filter(follower=self._follower.name)
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        return rows.values_list("no", flat=True).first()

    def _go_on(self, bookmark: int) -> bool:
        """Handle what comes after the bookmark for one slice of time; whether the bookmark moved."""
        waiting = Parked.objects.filter(follower=self._follower.name)
        blocked = set(waiting.values_list("stream", flat=True))
        window = self._standing.facts(bookmark)
        ends = time.monotonic() + SLICE
        seen = bookmark
        for fact in window:
            if self._wants(fact) and fact.entry.stream not in blocked:
                if self._left <= 0:
                    break
                if not self._handles(fact.no, fact.entry, None):
                    blocked.add(fact.entry.stream)
            seen = fact.no
            if time.monotonic() > ends:
                break
        if seen > bookmark:
            Bookmark.objects.filter(follower=self._follower.name).update(no=seen)
        self._seen = seen
        return seen > bookmark

    def _due(self) -> QuerySet[Parked]:
        own = Parked.objects.filter(follower=self._follower.name, parked=False, retry_at__lte=self._now)
        return own.order_by("retry_at", "stream")

    def _retry(self, bookmark: int) -> bool:
        """Catch up one waiting stream, from where it stopped to the bookmark; whether there was one."""
        waits = self._due().first()
        if waits is None:
            return False
        window = _of_stream(waits.stream, waits.no, bookmark)
        ends = time.monotonic() + SLICE
        for fact in window:
            if fact.no > waits.no and (self._left <= 0 or time.monotonic() > ends):
                # It goes on from here; the tries at an earlier fact no longer count.
                Parked.objects.filter(pk=waits.pk).update(no=fact.no, attempts=0)
                return True
            if not self._handles(fact.no, fact.entry, waits):
                return True
        Parked.objects.filter(pk=waits.pk).delete()
        return True

    def _wants(self, fact: _Fact) -> bool:
        return self._follower.kinds is None or fact.stream_kind in self._follower.kinds

    def _handles(self, no: int, entry: LogEntry, waits: Parked | None) -> bool:
        """Handle one fact; where that fails, its stream waits at it and everything the handler did is undone."""
        self._left -= 1
        try:
            with transaction.atomic() if self._carefully else nullcontext():
                self._follower.handle(entry)
        except Exception as problem:
            if not self._carefully:
                raise _HandlerFailed from problem
            if connection.connection is None or connection.needs_rollback:
                raise  # the transaction itself is lost, and the bookmark with it: nothing has happened
            self._let_wait(no, entry.stream, waits, problem)
            return False
        self._handled += 1
        return True

    def _let_wait(self, no: int, stream: UUID, waits: Parked | None, problem: Exception) -> None:
        attempts = waits.attempts + 1 if waits is not None and waits.no == no else 1
        Parked.objects.update_or_create(
            follower=self._follower.name,
            stream=stream,
            defaults={
                "no": no,
                "attempts": attempts,
                "retry_at": self._now + backoff(attempts),
                "parked": attempts >= MOST_ATTEMPTS,
                "error": _named(problem),
                "since": waits.since if waits is not None and waits.no == no else self._now,
            },
        )


FEED = "SELECT feed.no, {columns} FROM feed JOIN log ON log.stream = feed.stream AND log.position = feed.position"
SELECT = FEED.format(columns=", ".join(f"log.{each}" for each in LogEntry._fields))


STREAM_KIND = LogEntry._fields.index("stream_kind")


def _after(no: int, most: int) -> list[_Fact]:
    """The next facts of the feed."""
    return _facts(f"{SELECT} WHERE feed.no > %s ORDER BY feed.no LIMIT %s", [no, most])


def _of_stream(stream: UUID, first: int, last: int) -> list[_Fact]:
    """The facts of one stream with these numbers of the feed, both included."""
    where = "WHERE feed.stream = %s AND feed.no BETWEEN %s AND %s ORDER BY feed.no"
    return _facts(f"{SELECT} {where}", [read.parameter(stream), first, last])


def _facts(statement: str, parameters: list[int | UUID | str]) -> list[_Fact]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_Fact(no, tuple(columns)) for no, *columns in cursor.fetchall()]


def _named(problem: Exception) -> str:
    """The class and code of what was raised. Never its text: that may hold personal data."""
    code = getattr(problem, "code", None)
    name = type(problem).__name__
    return f"{name}: {code}" if isinstance(code, str | int) else name


def _waiting(row: Parked) -> Waiting:
    return Waiting(row.follower, row.stream, row.no, row.attempts, row.retry_at, row.parked, row.error, row.since)
