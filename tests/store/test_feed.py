"""The feed holds every fact once, in order, whatever writers do and wherever the database is restored."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from banjie.store.log import clock
from banjie.store.log.append import append
from banjie.store.log.follow import run
from banjie.store.log.ids import uuid7
from banjie.store.log.models import Entry, Feed, Unfed
from banjie.store.log.read import LogEntry
from banjie.store.log.sequence import sequence
from tests import databases, postgres

pytestmark = pytest.mark.database

ROOT = Path(__file__).resolve().parents[2]
SOAK = 10 if os.environ.get("BANJIE_SOAK") == "1" else 1
PROCESSES, THREADS = 2, 6
FACTS = 30_000 * SOAK
STREAMS = 400


class Reader:
    """A follower that remembers what it was given."""

    kinds = None

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen: list[tuple[UUID, int]] = []

    def handle(self, entry: LogEntry) -> None:
        self.seen.append((entry.stream, entry.position))


class NaiveReader:
    """What people write first: everything recorded after the last thing seen."""

    def __init__(self) -> None:
        self.last = 0
        self.seen: set[tuple[UUID, int]] = set()

    def look(self) -> None:
        rows = Entry.objects.filter(recorded_at__gt=self.last).order_by("recorded_at")
        for stream, position, recorded_at in rows.values_list("stream", "position", "recorded_at"):
            self.seen.add((stream, position))
            self.last = recorded_at


@pytest.fixture
def writers():
    made = Writers()
    yield made
    made.close()


@pytest.mark.slow
def test_two_followers_get_every_fact_once_and_in_order_across_a_restore(installed, writers):
    streams = [uuid7() for _ in range(STREAMS)]
    readers = [Reader("one"), Reader("two")]
    naive = NaiveReader()

    with reading(readers, naive):
        writers.write(streams, FACTS // 2, seed=1)
    missed_by_the_naive = Entry.objects.count() - len(naive.seen)

    with restored(installed):
        with reading(readers):
            writers.write(streams, FACTS // 2, seed=2)
        catch_up(readers)

        recorded = set(Entry.objects.values_list("stream", "position"))
        assert len(recorded) == FACTS
        for reader in readers:
            assert Counter(reader.seen).most_common(1)[0][1] == 1, "delivered twice"
            assert set(reader.seen) == recorded, "missed or invented"
            assert out_of_order(reader.seen) == []
        assert list(Feed.objects.order_by("no").values_list("no", flat=True)) == list(range(1, FACTS + 1))
        assert Unfed.objects.count() == 0
    if installed.is_postgresql:
        assert missed_by_the_naive > 0, "the naive reader missed nothing: the writers are not rough enough"


def test_a_transaction_that_began_before_is_delivered_after_what_it_follows(installed):
    """X/2 takes its transaction id and its sequence number first, and still comes after X/1."""
    if not installed.is_postgresql:
        pytest.skip("on SQLite one transaction writes at a time")
    stream, began, may_go_on = uuid7(), threading.Event(), threading.Event()

    def early() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id(), nextval('unfed_seq_seq')")
            began.set()
            assert may_go_on.wait(10)
            record(stream)

    def late() -> None:
        assert began.wait(10)
        with transaction.atomic():
            record(stream)
        assert sequence() == 1
        may_go_on.set()

    databases.in_threads(early, late)
    assert sequence() == 1

    assert fed() == [(1, stream, 1), (2, stream, 2)]


def test_an_open_transaction_holds_nobody_else_up_and_is_not_lost(installed):
    if not installed.is_postgresql:
        pytest.skip("on SQLite one transaction writes at a time")
    slow, quick = uuid7(), uuid7()
    written, may_commit = threading.Event(), threading.Event()

    def held_open() -> None:
        with transaction.atomic():
            record(slow)
            written.set()
            assert may_commit.wait(10)

    def others() -> None:
        assert written.wait(10)
        with transaction.atomic():
            record(quick)
        assert sequence() == 1
        may_commit.set()

    databases.in_threads(held_open, others)
    assert sequence() == 1

    assert fed() == [(1, quick, 1), (2, slow, 1)]


def test_a_fact_never_stands_before_its_predecessor(installed):
    first, second = uuid7(), uuid7()
    with transaction.atomic():
        record(first, facts=3)
        record(second, facts=1)
    Unfed.objects.filter(stream=first, position=1).delete()

    assert sequence() == 1
    assert fed() == [(1, second, 1)]

    Unfed.objects.create(stream=first, position=1)
    assert sequence() == 3
    assert fed() == [(1, second, 1), (2, first, 1), (3, first, 2), (4, first, 3)]


def test_facts_that_cannot_be_moved_do_not_hold_up_others_behind_them(installed):
    stuck, free = uuid7(), uuid7()
    with transaction.atomic():
        record(stuck, facts=30)
        record(free, facts=5)
    Unfed.objects.filter(stream=stuck, position=1).delete()

    moved = [sequence(limit=4), sequence(limit=4), sequence(limit=4)]

    assert moved == [4, 1, 0]
    assert [(stream, position) for _, stream, position in fed()] == [(free, each) for each in range(1, 6)]


def test_numbers_are_dense_from_one_when_several_processes_number(installed):
    streams = [uuid7() for _ in range(20)]
    for stream in streams:
        with transaction.atomic():
            record(stream, facts=20)

    def number() -> None:
        while Unfed.objects.exists():
            sequence(limit=7)

    databases.in_threads(number, number, number)

    assert [no for no, _, _ in fed()] == list(range(1, 401))
    assert out_of_order([(stream, position) for _, stream, position in fed()]) == []


def test_nothing_of_a_transaction_rolled_back_reaches_the_feed(installed):
    stream = uuid7()

    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        record(stream)
        raise ZeroDivisionError

    assert Unfed.objects.count() == 0
    assert sequence() == 0


def record(stream: UUID, facts: int = 1) -> list[LogEntry]:
    body = b'{"note":"x"}'
    return append(stream, "test", [("noted", body)] * facts, command_id=uuid7(), at=0, actor="clerk")


def fed() -> list[tuple[int, UUID, int]]:
    return list(Feed.objects.order_by("no").values_list("no", "stream", "position"))


def out_of_order(seen: list[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
    """Every fact that did not come right after its predecessor in its stream."""
    last: dict[UUID, int] = {}
    wrong = []
    for stream, position in seen:
        if position != last.get(stream, 0) + 1:
            wrong.append((stream, position))
        last[stream] = position
    return wrong


class Writers:
    """Twelve writers in two processes. A failure of one is ours."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.store.writers"]
        self.processes = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]

    def write(self, streams: list[UUID], facts: int, seed: int) -> None:
        """Let them record this many facts in the database in use, and wait until they have."""
        orders = {
            "url": os.environ["BANJIE_DATABASE_URL"],
            "streams": [each.hex for each in streams],
            "threads": THREADS,
            "facts": facts // PROCESSES // THREADS,
            # SQLite's one writer would only wait in line during a long pause.
            "delay": 0.02 if connection.vendor == "postgresql" else 0.001,
        }
        for number, process in enumerate(self.processes):
            assert process.stdin
            process.stdin.write(json.dumps(orders | {"seed": seed * 1000 + number * THREADS}) + "\n")
            process.stdin.flush()
        assert [process.stdout.readline() for process in self.processes] == ["done\n"] * PROCESSES

    def close(self) -> None:
        for process in self.processes:
            process.stdin.close()
            process.wait()
            process.stdout.close()


@contextmanager
def reading(readers: list[Reader], naive: NaiveReader | None = None) -> Iterator[None]:
    """Number and follow in threads of our own while the block runs; what is left over stays for later."""
    over = threading.Event()
    errors: list[BaseException] = []

    def again_and_again(work: Callable[[], int], pause: float) -> None:
        try:
            while not over.is_set():
                if not work():
                    time.sleep(pause)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    works = [lambda: sequence(500), *(lambda reader=reader: run([reader], now=clock.now()) for reader in readers)]
    if naive:
        works.append(lambda: naive.look() or 0)
    threads = [threading.Thread(target=again_and_again, args=(work, 0.02)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def catch_up(readers: list[Reader]) -> None:
    while sequence() or run(readers, now=clock.now()):
        pass


@pytest.mark.skipif(os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="SQLite's table alone")
def test_what_waits_keeps_its_order_when_its_table_is_remade(installed):
    first, second = sorted((uuid7(), uuid7()), reverse=True)
    with transaction.atomic():
        for stream in (first, second):
            append(stream, "test", [("fact", b"{}")] * 2, command_id=uuid7(), at=1, actor="p-1")
    waiting = [(first, 1), (first, 2), (second, 1), (second, 2)]

    for version in ("0002", "0003"):
        call_command("migrate", "log", version, verbosity=0)
        assert sorted(Unfed.objects.values_list("stream", "position")) == sorted(waiting)

    assert sequence() == 4
    assert list(Feed.objects.order_by("no").values_list("stream", "position")) == waiting
    assert not Unfed.objects.exists()


@contextmanager
def restored(database: databases.Database) -> Iterator[None]:
    """Go on in a copy of the database: dumped and restored into a new cluster, on SQLite with VACUUM INTO."""
    if not database.is_postgresql:
        copy = database.folder / "restored.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        yield from in_place_of(f"sqlite://{copy}")
        return
    with postgres.running(durable=False) as server:
        url = urlunsplit(urlsplit(server)._replace(path="/restored"))
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute("CREATE DATABASE restored")
        dump = database.folder / "dump"
        programs = postgres._binaries()
        subprocess.run([programs / "pg_dump", "-Fc", "-n", "public", "-f", dump, database.whole_url], check=True)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("DROP SCHEMA public")
        subprocess.run([programs / "pg_restore", "--exit-on-error", "--no-owner", "-d", url, dump], check=True)
        yield from in_place_of(url)


def in_place_of(url: str) -> Iterator[None]:
    before = os.environ["BANJIE_DATABASE_URL"]
    databases.use(url)
    try:
        with databases.variables({"BANJIE_DATABASE_URL": url}):
            yield
    finally:
        databases.use(before)
