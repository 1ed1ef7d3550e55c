"""The log: appended in order, chained, and changed by nobody."""

import hashlib
import json
import threading
import time
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.codec import canonical
from banjie.store.log import chain, clock, queries, read
from banjie.store.log.append import Conflict, append
from banjie.store.log.ids import uuid7
from banjie.store.log.install import DemoMarkIsFixed, create_installation
from banjie.store.log.models import Entry, Feed, Unfed
from banjie.store.log.sequence import sequence
from banjie.store.log.verify import verify
from tests import databases

BODY = b'{"note":"x"}'
COLUMNS = ", ".join(read.LogEntry._fields)
A_COPY = f"SELECT {COLUMNS} FROM log WHERE stream = '{{stream}}' AND position = 1"
AN_EDIT = A_COPY.replace(" body,", " x'00',")
CHANGES = {
    "sqlite": [
        "UPDATE log SET body = x'00' WHERE position = 2",
        "UPDATE OR REPLACE log SET position = 2 WHERE position = 1",
        "DELETE FROM log WHERE position = 2",
        "DELETE FROM log",
        f"INSERT OR REPLACE INTO log ({COLUMNS}) {AN_EDIT}",
        f"REPLACE INTO log ({COLUMNS}) {AN_EDIT}",
        # The same command at another position; the same row by its hidden number.
        f"REPLACE INTO log ({COLUMNS}) {A_COPY.replace(' position,', ' 99,')}",
        f"REPLACE INTO log (rowid, {COLUMNS}) "
        + A_COPY.replace("SELECT", "SELECT rowid,").replace(" position,", " 99,").replace(" nth,", " 99,"),
        f"INSERT INTO log ({COLUMNS}) {A_COPY} ON CONFLICT DO UPDATE SET body = x'00'",
    ],
    "postgresql": [
        "UPDATE log SET body = '' WHERE position = 2",
        "DELETE FROM log WHERE position = 2",
        "DELETE FROM log",
        "TRUNCATE log",
        "TRUNCATE log CASCADE",
        f"INSERT INTO log ({COLUMNS}) {A_COPY} ON CONFLICT (stream, position) DO UPDATE SET body = ''",
        f"INSERT INTO log ({COLUMNS}) {A_COPY} ON CONFLICT (stream, command_id, nth) DO UPDATE SET body = ''",
        "MERGE INTO log USING (SELECT 1) AS one ON log.position = 2 WHEN MATCHED THEN UPDATE SET body = ''",
        "MERGE INTO log USING (SELECT 1) AS one ON log.position = 2 WHEN MATCHED THEN DELETE",
    ],
}


@pytest.mark.database
@pytest.mark.parametrize("number", range(9))
def test_the_database_itself_refuses_to_change_a_fact(installed, number):
    stream = uuid7()
    record(stream, 3)
    before = read.entries(stream)

    with pytest.raises(DatabaseError, match="append-only"):
        execute(CHANGES[connection.vendor][number].format(stream=read.parameter(stream)))

    assert read.entries(stream) == before


@pytest.mark.database
@pytest.mark.parametrize("number", range(9))
def test_it_is_the_guards_that_refuse(installed, number):
    """Saboteur: without the triggers each of these statements does change a fact."""
    stream = uuid7()
    record(stream, 3)
    before = read.entries(stream)

    with transaction.atomic():
        drop_guards()
        execute(CHANGES[connection.vendor][number].format(stream=read.parameter(stream)))
        after = read.entries(stream)
        transaction.set_rollback(True)

    assert after != before


def test_replace_is_refused_on_a_connection_without_our_settings(installed):
    """Whoever opens the file with other tools has no recursive triggers: the guard stands in the file itself."""
    stream = uuid7()
    record(stream, 3)
    before = read.entries(stream)
    execute("PRAGMA recursive_triggers=OFF")

    for change in CHANGES["sqlite"]:
        with pytest.raises(DatabaseError, match="append-only"):
            execute(change.format(stream=stream.hex))

    assert read.entries(stream) == before


@pytest.mark.database
def test_facts_stand_in_order_and_each_links_to_the_one_before(installed):
    stream, command = uuid7(), uuid7()
    started = clock.now()

    with transaction.atomic():
        first = append(stream, "seal", [("made", b"1"), ("used", b"2")], command_id=command, at=17, actor="p-1")
    second = record(stream, 1)

    stored = read.entries(stream)
    assert stored == first + second
    assert [(each.position, each.kind, each.nth, each.body) for each in first] == [
        (1, "made", 0, b"1"),
        (2, "used", 1, b"2"),
    ]
    assert [each.prev for each in stored] == [bytes(32), stored[0].hash, stored[1].hash]
    assert {(each.at, each.actor, each.assertion, each.command_id) for each in first} == {(17, "p-1", "", command)}
    assert {each.installation for each in stored} == {queries.installation().id}
    assert started <= stored[0].recorded_at <= stored[2].recorded_at <= clock.now()
    assert read.entries(stream, after=1) == stored[1:]
    assert read.entries(uuid7()) == []


@pytest.mark.database
def test_a_repeated_command_records_nothing_and_returns_the_first_facts(installed):
    stream, command = uuid7(), uuid7()

    with transaction.atomic():
        first = append(stream, "seal", [("made", b"1"), ("used", b"2")], command_id=command, at=1, actor="p-1")
    record(stream, 1)
    with transaction.atomic():
        again = append(stream, "seal", [("made", b"9")], command_id=command, at=9, actor="p-9", expected_position=0)

    assert again == first
    assert len(read.entries(stream)) == 3


@pytest.mark.database
def test_somebody_who_saw_an_older_end_of_the_stream_is_told(installed):
    stream = uuid7()
    record(stream, 2)

    with pytest.raises(Conflict) as told, transaction.atomic():
        append(stream, "seal", [("made", b"1")], command_id=uuid7(), at=1, actor="p-1", expected_position=1)

    assert (told.value.expected, told.value.found) == (1, 2)
    assert len(read.entries(stream)) == 2


@pytest.mark.database
def test_a_stream_keeps_its_kind(installed):
    stream = uuid7()
    record(stream, 1)

    with pytest.raises(ValueError, match="is a seal, not a ticket"), transaction.atomic():
        append(stream, "ticket", [("made", b"1")], command_id=uuid7(), at=1, actor="p-1")


@pytest.mark.database
def test_facts_are_not_recorded_outside_the_callers_transaction(installed):
    with pytest.raises(RuntimeError):
        append(uuid7(), "seal", [("made", b"1")], command_id=uuid7(), at=1, actor="p-1")


@pytest.mark.database
def test_writers_of_one_stream_wait_for_one_another(installed):
    stream = uuid7()
    commands = [[uuid7() for _ in range(10)] for _ in range(6)]

    def write(own: list[UUID]) -> None:
        for command in own:
            record(stream, 2, command)

    databases.in_threads(*(lambda own=own: write(own) for own in commands))

    stored = read.entries(stream)
    assert [each.position for each in stored] == list(range(1, 121))
    assert {each.command_id for each in stored} == {command for own in commands for command in own}
    assert list(verify([stream])) == []


@pytest.mark.database
def test_the_same_command_at_the_same_time_is_recorded_once(installed):
    stream, command = uuid7(), uuid7()
    together = threading.Barrier(6)

    def send() -> list[read.LogEntry]:
        together.wait(10)
        return record(stream, 2, command)

    answers = databases.in_threads(*[send] * 6)

    assert answers == [read.entries(stream)] * 6


@pytest.mark.database
def test_facts_enter_the_feed_in_the_order_of_their_arrival(installed):
    streams = [uuid7() for _ in range(3)]
    for stream in (streams[2], streams[0], streams[1]):
        record(stream, 2)

    assert sequence() == 6

    expected = [(stream, position) for stream in (streams[2], streams[0], streams[1]) for position in (1, 2)]
    assert list(Feed.objects.order_by("no").values_list("stream", "position")) == expected
    assert not Unfed.objects.exists()


@pytest.mark.database
def test_streams_are_read_by_kind_oldest_first(installed, monkeypatch):
    monkeypatch.setattr(read, "PAGE", 3)
    streams = [uuid7() for _ in range(10)]
    for stream in reversed(streams):
        record(stream, 2)

    assert list(read.streams("seal")) == sorted(streams)
    assert list(read.streams("ticket")) == []


@pytest.mark.database
def test_an_installation_is_made_once_and_keeps_its_mark(database):
    with pytest.raises(queries.NoInstallation):
        queries.installation()

    made = create_installation(demo=True)

    assert queries.installation() == made == create_installation(demo=True)
    assert made.demo
    assert UUID(made.id).version == 7
    with pytest.raises(DemoMarkIsFixed):
        create_installation(demo=False)
    assert queries.find_installation() == made


@pytest.mark.database
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE installation SET demo = (1 = 0)",
        "DELETE FROM installation",
        "INSERT INTO installation (id, demo, created_at) VALUES ('another', (1 = 0), 1)",
    ],
)
def test_the_database_itself_keeps_the_one_installation(database, change):
    made = create_installation(demo=True)

    with pytest.raises(DatabaseError):
        execute(change)

    assert queries.find_installation() == made


# The chain and the identifiers need no database.

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBERS = st.integers(0, 2**62)


@pytest.mark.property
@given(
    st.tuples(
        st.uuids().map(lambda each: each.hex),
        NUMBERS,
        *(TEXT, TEXT),
        *(NUMBERS, NUMBERS),
        *(TEXT, TEXT),
        st.uuids().map(lambda each: each.hex),
        NUMBERS,
        TEXT,
    ),
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=300),
)
def test_the_hash_is_what_its_description_says(header, prev, body):
    plain = json.loads(canonical(list(header)))
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()

    described = hashlib.sha256(b"\x00sha256" + prev + len(text).to_bytes(4, "big") + text + body).digest()

    assert chain.link("sha256", prev, tuple(plain), body) == described


def test_text_that_is_not_in_its_one_form_and_unknown_hashes_are_refused():
    header = ("0" * 32, 1, "case", "noted", 1, 1, "e\u0301", "", "0" * 32, 0, "i")

    with pytest.raises(ValueError, match="NFC"):
        chain.link(chain.ALG, chain.GENESIS, header, b"")
    with pytest.raises(ValueError, match="md5"):
        chain.link("md5", chain.GENESIS, header, b"")


def test_identifiers_sort_by_the_time_they_were_made():
    made = []
    for _ in range(200):
        made.append(uuid7())
        time.sleep(0.00001)

    assert made == sorted(made)
    assert len(set(made)) == 200
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}
    assert abs((made[0].int >> 80) / 1000 - time.time()) < 60


def record(stream: UUID, facts: int, command: UUID | None = None) -> list[read.LogEntry]:
    with transaction.atomic():
        return append(stream, "seal", [("used", BODY)] * facts, command_id=command or uuid7(), at=1, actor="p-1")


def drop_guards() -> None:
    if connection.vendor == "postgresql":
        execute("ALTER TABLE log DISABLE TRIGGER log_append_only")
    else:
        for name in ("log_no_update", "log_no_delete", "log_no_replace"):
            execute(f"DROP TRIGGER {name}")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_columns_here_are_those_of_the_table():
    assert [field.column for field in Entry._meta.concrete_fields] == list(read.LogEntry._fields)
