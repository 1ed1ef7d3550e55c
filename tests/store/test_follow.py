"""Followers get every fact in order; one stream that fails waits for a person, and everybody else goes on."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from banjie.store.log import follow
from banjie.store.log.append import append
from banjie.store.log.follow import backoff, parked, run, unpark
from banjie.store.log.ids import uuid7
from banjie.store.log.models import Bookmark, Parked
from banjie.store.log.read import LogEntry
from banjie.store.log.sequence import sequence
from tests import databases

pytestmark = pytest.mark.database

SECOND = 1_000_000
NOW = 1_800_000_000 * SECOND


class Broken(Exception):
    """What the tests' handlers raise; its text holds a name nobody may keep."""

    def __init__(self) -> None:
        super().__init__("张三 could not be told")
        self.code = "no_phone"


class Clerk:
    """Writes what it was given into a table of its own, in the transaction it is called in."""

    def __init__(self, name: str = "clerk", kinds: frozenset[str] | None = None) -> None:
        self.name = name
        self.kinds = kinds
        self.broken: Callable[[LogEntry], bool] = lambda entry: False

    def handle(self, entry: LogEntry) -> None:
        execute("INSERT INTO told (who, stream, position) VALUES (%s, %s, %s)", self.name, entry.stream, entry.position)
        if self.broken(entry):
            raise Broken

    @property
    def told(self) -> list[tuple[UUID, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT stream, position FROM told WHERE who = %s ORDER BY n", [self.name])
            return [(UUID(stream), position) for stream, position in cursor.fetchall()]

    @property
    def bookmark(self) -> int | None:
        return Bookmark.objects.filter(follower=self.name).values_list("no", flat=True).first()


@pytest.fixture(autouse=True)
def told(installed):
    serial = "bigserial PRIMARY KEY" if installed.is_postgresql else "integer PRIMARY KEY"
    execute(f"CREATE TABLE told (n {serial}, who text, stream text, position integer)")
    yield
    execute("DROP TABLE told")


@pytest.fixture
def streams() -> list[UUID]:
    return sorted(uuid7() for _ in range(3))


def test_a_follower_gets_each_fact_once_and_in_order(streams):
    clerk = Clerk()
    record(streams, 3)

    assert run([clerk], now=NOW) == 9
    assert run([clerk], now=NOW) == 0
    record(streams, 1)
    assert run([clerk], now=NOW) == 3

    assert clerk.told == [(stream, position) for stream in streams for position in (1, 2, 3)] + [
        (stream, 4) for stream in streams
    ]
    assert clerk.bookmark == 12


def test_followers_have_bookmarks_of_their_own(streams):
    early, late = Clerk("early"), Clerk("late")
    record(streams, 2)
    run([early], now=NOW)

    assert run([early, late], now=NOW) == 6

    assert early.told == late.told


def test_that_there_is_nothing_to_do_costs_three_statements_however_many_follow(streams):
    clerks = [Clerk(f"clerk {number}") for number in range(20)]
    record(streams, 2)
    run(clerks, now=NOW)

    with CaptureQueriesContext(connection) as asked:
        assert run(clerks, now=NOW) == 0

    assert len(asked) == 3


def test_what_one_follower_read_serves_the_next_and_a_failure_is_its_own(streams):
    early, broken, late = Clerk("early"), Clerk("broken"), Clerk("late")
    broken.broken = lambda entry: entry.stream == streams[1]
    record(streams, 2)

    with CaptureQueriesContext(connection) as asked:
        run([early, broken, late], now=NOW)

    assert sum("FROM feed JOIN log" in each["sql"] for each in asked) == 1
    assert early.told == late.told == [(stream, position) for stream in streams for position in (1, 2)]
    assert broken.told == [(stream, position) for stream in (streams[0], streams[2]) for position in (1, 2)]


def test_a_follower_gets_only_the_kinds_it_wants_and_passes_the_others(streams):
    clerk = Clerk(kinds=frozenset({"seal"}))
    record(streams, 2, kind="ticket")
    seal = uuid7()
    record([seal], 2, kind="seal")

    assert run([clerk], now=NOW, batch=1) == 1
    assert run([clerk], now=NOW, batch=1) == 1
    assert run([clerk], now=NOW, batch=1) == 0

    assert clerk.told == [(seal, 1), (seal, 2)]
    assert clerk.bookmark == 8


def test_a_batch_bounds_what_is_handled_at_once(streams):
    clerk = Clerk()
    record(streams, 10)

    assert [run([clerk], now=NOW, batch=12) for _ in range(4)] == [12, 12, 6, 0]


def test_long_work_is_committed_in_slices(streams, monkeypatch):
    monkeypatch.setattr(follow, "SLICE", 0)
    commits = []
    clerk = Clerk()
    clerk.broken = lambda entry: transaction.on_commit(lambda: commits.append(clerk.bookmark))
    record(streams, 2)

    run([clerk], now=NOW)

    assert len(clerk.told) == 6
    assert len(set(commits)) > 1


def test_a_failing_fact_leaves_nothing_behind_and_holds_up_its_own_stream_alone(streams):
    clerk = Clerk()
    clerk.broken = lambda entry: entry.stream == streams[1] and entry.position == 2
    record(streams, 3)

    assert run([clerk], now=NOW) == 7

    assert clerk.told == [
        *((streams[0], position) for position in (1, 2, 3)),
        (streams[1], 1),
        *((streams[2], position) for position in (1, 2, 3)),
    ]
    (waits,) = Parked.objects.all()
    assert (waits.stream, waits.no, waits.attempts, waits.parked) == (streams[1], 5, 1, False)
    assert waits.error == "Broken: no_phone"
    assert waits.retry_at == NOW + 25 * SECOND
    assert clerk.bookmark == 9


def test_a_failed_fact_is_tried_again_later_and_later_and_then_left_to_a_person(streams):
    clerk = Clerk()
    clerk.broken = lambda entry: entry.stream == streams[0]
    record(streams, 1)
    now, tries = NOW, []

    for _ in range(5):
        run([clerk], now=now)
        waits = Parked.objects.get()
        run([clerk], now=waits.retry_at - 1)
        tries.append((waits.attempts, (waits.retry_at - now) // SECOND, waits.parked))
        now = waits.retry_at
    run([clerk], now=now + 10**12)

    assert tries == [(1, 25, False), (2, 100, False), (3, 400, False), (4, 1600, False), (5, 3600, True)]
    (left,) = parked()
    assert (left.follower, left.stream, left.attempts, left.since) == ("clerk", streams[0], 5, NOW)
    assert parked("somebody else") == []
    assert [stream for stream, _ in clerk.told] == streams[1:]


def test_later_facts_wait_behind_a_failed_one_and_follow_it_in_order(streams):
    clerk = Clerk()
    clerk.broken = lambda entry: entry.stream == streams[0]
    record(streams, 2)
    run([clerk], now=NOW)
    record(streams, 2)
    run([clerk], now=NOW)
    assert [stream for stream, _ in clerk.told if stream == streams[0]] == []

    clerk.broken = lambda entry: False
    assert run([clerk], now=NOW + 25 * SECOND) == 4

    assert [position for stream, position in clerk.told if stream == streams[0]] == [1, 2, 3, 4]
    assert not Parked.objects.exists()
    record(streams, 1)
    assert run([clerk], now=NOW) == 3


def test_a_person_lets_a_parked_stream_go_on_and_it_catches_up_in_order(streams):
    clerk = Clerk()
    clerk.broken = lambda entry: entry.stream == streams[0] and entry.position == 2
    record(streams, 3)
    until_parked(clerk)
    record(streams, 2)
    run([clerk], now=NOW)

    assert not unpark("clerk", streams[1])
    assert unpark("clerk", streams[0])
    run([clerk], now=NOW)
    assert parked() == []
    assert Parked.objects.get().attempts == 1, "it failed again: the tries begin anew"

    clerk.broken = lambda entry: False
    unpark("clerk", streams[0])
    assert run([clerk], now=NOW + 25 * SECOND) == 4
    for stream in streams:
        assert [position for each, position in clerk.told if each == stream] == [1, 2, 3, 4, 5]


def test_a_stream_that_stumbles_again_further_on_begins_its_tries_anew(streams):
    clerk = Clerk()
    clerk.broken = lambda entry: entry.stream == streams[0] and entry.position == 1
    record(streams, 3)
    run([clerk], now=NOW)
    run([clerk], now=NOW + 25 * SECOND)
    assert Parked.objects.get().attempts == 2

    clerk.broken = lambda entry: entry.stream == streams[0] and entry.position == 3
    run([clerk], now=NOW + 10**10)

    waits = Parked.objects.get()
    assert (waits.attempts, waits.no, waits.since) == (1, 3, NOW + 10**10)
    assert [position for stream, position in clerk.told if stream == streams[0]] == [1, 2]


def test_a_batch_may_end_in_the_middle_of_catching_up(streams):
    clerk = Clerk()
    clerk.broken = lambda entry: entry.stream == streams[0]
    record(streams[:1], 6)
    run([clerk], now=NOW)
    clerk.broken = lambda entry: False

    handled = [run([clerk], now=NOW + 25 * SECOND, batch=4) for _ in range(3)]

    assert handled == [4, 2, 0]
    assert [position for _, position in clerk.told] == [1, 2, 3, 4, 5, 6]


def test_one_follower_that_fails_at_everything_does_not_touch_another(streams):
    broken, sound = Clerk("broken"), Clerk("sound")
    broken.broken = lambda entry: True
    record(streams, 2)

    assert run([broken, sound], now=NOW) == 6

    assert broken.told == []
    assert len(sound.told) == 6


def test_what_a_handler_did_and_its_bookmark_are_one(streams):
    """A commit that fails, as at a crash between the two, undoes both; the next run does both."""
    execute("CREATE TABLE promise (id integer PRIMARY KEY)")
    execute("CREATE TABLE debt (promise integer REFERENCES promise DEFERRABLE INITIALLY DEFERRED)")
    clerk = Clerk()
    clerk.broken = lambda entry: execute("INSERT INTO debt VALUES (7)")
    record(streams, 2)

    try:
        with pytest.raises(IntegrityError):
            run([clerk], now=NOW)
        assert clerk.told == []
        assert clerk.bookmark == 0
        assert not Parked.objects.exists()

        clerk.broken = lambda entry: False
        assert run([clerk], now=NOW) == 6
        assert len(clerk.told) == 6
        assert clerk.bookmark == 6
    finally:
        execute("DROP TABLE debt")
        execute("DROP TABLE promise")


def test_a_run_that_is_killed_in_the_middle_has_done_nothing(streams):
    class Killed(BaseException):
        pass

    def die(entry: LogEntry) -> bool:
        if entry.stream == streams[2]:
            raise Killed
        return False

    clerk = Clerk()
    clerk.broken = die
    record(streams, 1)

    with pytest.raises(Killed):
        run([clerk], now=NOW)

    assert clerk.told == []
    assert clerk.bookmark == 0
    clerk.broken = lambda entry: False
    assert run([clerk], now=NOW) == 3


def test_many_processes_may_run_the_same_follower(streams):
    record(streams, 60)
    clerks = [Clerk() for _ in range(4)]
    together = threading.Barrier(4)

    def work(clerk: Clerk) -> int:
        together.wait(10)
        handled = 0
        while clerk.bookmark != 180:
            handled += run([clerk], now=NOW, batch=20)
        return handled

    handled = databases.in_threads(*(lambda clerk=clerk: work(clerk) for clerk in clerks))

    assert sum(handled) == 180
    assert clerks[0].told == [(stream, position) for stream in streams for position in range(1, 61)]


def test_what_a_follower_records_reaches_the_feed(streams):
    class Scribe:
        name, kinds = "scribe", frozenset({"test"})

        def handle(self, entry: LogEntry) -> None:
            append(
                *(uuid7(), "notice", [("told", b"{}")]),
                command_id=entry.command_id,
                at=NOW,
                actor="scribe",
            )

    clerk = Clerk(kinds=frozenset({"notice"}))
    with transaction.atomic():
        append(streams[0], "test", [("noted", b"{}")], command_id=uuid7(), at=0, actor="p")
    sequence()

    run([Scribe()], now=NOW)
    sequence()

    assert run([clerk], now=NOW) == 1


def test_the_pause_grows_fourfold_up_to_an_hour():
    assert [backoff(attempts) // SECOND for attempts in (1, 2, 3, 4, 5, 6)] == [25, 100, 400, 1600, 3600, 3600]


def record(streams: list[UUID], facts: int, kind: str = "test") -> None:
    for stream in streams:
        with transaction.atomic():
            append(stream, kind, [("noted", b"{}")] * facts, command_id=uuid7(), at=0, actor="p")
    while sequence():
        pass


def until_parked(clerk: Clerk) -> None:
    now = NOW
    while not parked():
        run([clerk], now=now)
        now += 3600 * SECOND


def execute(statement: str, *values: object) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value.hex if isinstance(value, UUID) else value for value in values] or None)
    return False
