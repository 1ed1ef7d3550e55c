"""SQLite: what it acknowledges is on the disk, and writers wait in line instead of failing."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from banjie.store.sqlite.base import DatabaseWrapper
from banjie.store.sqlite.lock import WriteLock
from tests import databases

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def on_sqlite(database):
    """These are about SQLite's own connection."""
    if database.is_postgresql:
        pytest.skip("about SQLite")


def test_a_connection_says_that_it_keeps_what_it_acknowledges():
    settings = ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys", "journal_size_limit")

    assert [pragma(name) for name in settings] == ["wal", 2, 1, 1, 67108864]
    assert pragma("mmap_size") > 0
    assert pragma("cache_size") < -2000


@pytest.mark.parametrize(
    ("sabotage", "named"),
    [
        ("PRAGMA synchronous=NORMAL", "synchronous=1"),
        ("PRAGMA synchronous=OFF", "synchronous=0"),
        ("PRAGMA journal_mode=DELETE", "journal_mode=delete"),
        ("PRAGMA recursive_triggers=OFF", "recursive_triggers=0"),
        ("PRAGMA foreign_keys=OFF", "foreign_keys=0"),
    ],
)
def test_a_connection_that_could_lose_a_receipt_is_refused_in_plain_words(database, sabotage, named):
    class Weakened(DatabaseWrapper):
        def _set(self, driver):
            super()._set(driver)
            driver.execute(sabotage)

    weakened = Weakened(dict(connection.settings_dict, NAME=database.folder / "other.sqlite3"))

    with pytest.raises(ImproperlyConfigured, match=named) as told:
        weakened.connect()

    assert "Banjie needs" in str(told.value)


def test_options_cannot_weaken_it(database):
    options = {"timeout": 1, "init_command": "PRAGMA synchronous=OFF;", "transaction_mode": "DEFERRED"}
    wrapper = DatabaseWrapper(dict(connection.settings_dict, NAME=database.folder / "o.sqlite3", OPTIONS=options))

    wrapper.connect()

    assert wrapper.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert wrapper.transaction_mode == "IMMEDIATE"
    wrapper.close()


def test_a_database_in_memory_has_no_log_and_no_queue():
    wrapper = DatabaseWrapper(dict(connection.settings_dict, NAME=":memory:"))

    with wrapper.write_lock(), wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a)")

    assert not wrapper.write_lock().held


def test_many_processes_may_open_a_new_database_at_once(database):
    path = database.folder / "new.sqlite3"
    code = (
        "import django; django.setup(); from django.db import connection\n"
        "connection.cursor().execute('CREATE TABLE IF NOT EXISTS t (a)')"
    )
    environment = os.environ | {"BANJIE_DATABASE_URL": f"sqlite://{path}"}

    starting = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment) for _ in range(4)]

    assert [each.wait() for each in starting] == [0] * 4


def test_writers_of_many_connections_all_get_their_turn():
    execute("CREATE TABLE counted (n integer)")
    execute("INSERT INTO counted VALUES (0)")

    def through_django() -> None:
        for _ in range(25):
            with transaction.atomic():
                count_up()

    def through_the_driver() -> None:
        connection.ensure_connection()
        driver = connection.connection
        for _ in range(25):
            with connection.write_lock():
                driver.execute("BEGIN IMMEDIATE")
                (n,) = driver.execute("SELECT n FROM counted").fetchone()
                driver.execute("UPDATE counted SET n = ?", [n + 1])
                driver.execute("COMMIT")

    databases.in_threads(*[through_django] * 6, *[through_the_driver] * 6)

    assert fetch("SELECT n FROM counted") == 300


def test_who_waits_too_long_is_told_who_is_in_the_way(database):
    holding, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            holding.set()
            may_go.wait(10)

    def wait() -> float:
        assert holding.wait(10)
        connection.write_lock().timeout = 0.2
        started = time.monotonic()
        try:
            with pytest.raises(OperationalError, match=r"the database is busy.*more than 0\.2 s"):
                transaction.atomic().__enter__()
        finally:
            may_go.set()
        assert not connection.write_lock().held
        return time.monotonic() - started

    _, waited = databases.in_threads(hold, wait)

    assert 0.2 <= waited < 2
    with transaction.atomic():
        pass


def test_the_lock_is_held_exactly_as_long_as_a_transaction():
    lock = connection.write_lock()
    assert not lock.held

    with transaction.atomic():
        assert lock.held
        with transaction.atomic():
            assert lock.held
        assert lock.held
    assert not lock.held

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert not lock.held

    transaction.atomic().__enter__()
    connection.close()
    assert not lock.held
    connection.connect()


def test_a_commit_that_fails_lets_the_next_writer_in():
    execute("CREATE TABLE a (id integer PRIMARY KEY)")
    execute("CREATE TABLE b (a integer REFERENCES a DEFERRABLE INITIALLY DEFERRED)")

    with pytest.raises(IntegrityError), transaction.atomic():
        execute("INSERT INTO b VALUES (7)")

    assert not connection.write_lock().held
    assert fetch("SELECT count(*) FROM b") == 0
    with transaction.atomic():
        execute("INSERT INTO a VALUES (7)")
        execute("INSERT INTO b VALUES (7)")
    assert fetch("SELECT count(*) FROM b") == 1


def test_the_lock_may_be_nested_and_the_outermost_end_lets_go():
    lock = connection.write_lock()

    with connection.write_lock():
        with connection.write_lock(), transaction.atomic():
            assert lock.held
        assert lock.held
        assert not can_be_taken(lock.path)

    assert not lock.held
    assert can_be_taken(lock.path)


def test_reading_waits_for_nobody(database):
    execute("CREATE TABLE t (a)")

    def read() -> int:
        return fetch("SELECT count(*) FROM t")

    with transaction.atomic():
        execute("INSERT INTO t VALUES (1)")
        assert databases.in_threads(read) == [0]
    assert databases.in_threads(read) == [1]


def test_a_forked_child_neither_has_nor_frees_its_parents_lock():
    lock = connection.write_lock()
    with lock:
        child = os.fork()
        if child == 0:
            own = WriteLock(lock.path, timeout=0.1)
            inherited_is_held = lock.held
            lock.close()
            os._exit(1 if inherited_is_held or taken(own) else 0)
        assert os.waitpid(child, 0)[1] == 0
        assert lock.held
        assert not can_be_taken(lock.path)

    child = os.fork()
    if child == 0:
        os._exit(0 if taken(lock) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_killed_writer_holds_nobody_up():
    lock = connection.write_lock()
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        lock.acquire()
        os.write(tell, b"!")
        signal.pause()
    os.read(ready, 1)
    assert not can_be_taken(lock.path)

    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert taken(WriteLock(lock.path, timeout=2))


def test_foreign_keys_are_checked():
    execute("CREATE TABLE a (id integer PRIMARY KEY)")
    execute("CREATE TABLE b (a integer REFERENCES a)")

    with pytest.raises(DatabaseError):
        execute("INSERT INTO b VALUES (7)")


def pragma(name: str) -> object:
    return fetch(f"PRAGMA {name}")


def fetch(query: str) -> object:
    with connection.cursor() as cursor:
        return cursor.execute(query).fetchone()[0]


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def count_up() -> None:
    execute(f"UPDATE counted SET n = {int(fetch('SELECT n FROM counted')) + 1}")


def taken(lock: WriteLock) -> bool:
    """Whether this lock can be had now; it is given back at once."""
    try:
        with lock:
            return True
    except OperationalError:
        return False


def can_be_taken(path: str) -> bool:
    """Whether somebody in another process could write now."""
    code = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+') as file:\n"
        "    try: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "    except BlockingIOError: sys.exit(1)\n"
    )
    return subprocess.run([sys.executable, "-S", "-c", code, path]).returncode == 0
