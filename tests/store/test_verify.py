"""The audit finds and names every change that an insider can make inside a stream, in any column."""

import hashlib
import itertools
import json
import random
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction

from banjie.store.log import read
from banjie.store.log.ids import uuid7
from banjie.store.log.models import Entry
from banjie.store.log.verify import CHANGED, MISSING, NOT_LINKED, TWICE, Break, all_hold, own_connection, verify

pytestmark = [pytest.mark.database, pytest.mark.tampers]

COLUMNS = read.LogEntry._fields
LENGTH = 5
STREAMS = 2100


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20260101)


def test_a_log_that_nobody_touched_holds_and_can_be_checked_by_anybody(installed):
    record(100)

    assert list(verify()) == []
    assert checked_independently() == 100 * LENGTH


def test_one_flipped_bit_in_any_column_of_any_fact_is_found_and_located(installed, chance):
    """T12: 2,100 facts, one in each stream, every column in turn; one audit names them all and nothing else."""
    streams = record(STREAMS)
    drop_guards()
    flipped: dict[str, tuple[str, set[tuple[str, int]]]] = {}

    with transaction.atomic():
        for stream, column in zip(streams, itertools.cycle(COLUMNS), strict=False):
            position = chance.randint(1, LENGTH)
            old, new = flip(stream, position, column, chance)
            flipped[stream] = column, where_it_may_show(stream, position, column, old, new)
    found = list(verify())

    told = {(each.stream, each.position) for each in found}
    unfound = {stream: column for stream, (column, places) in flipped.items() if not places & told}
    assert unfound == {}
    assert told <= set().union(*(places for _, places in flipped.values())), "a sound stream is called broken"
    assert len({column for column, _ in flipped.values()}) == len(COLUMNS)


def test_an_edited_fact_is_found(installed, chance):
    def edit(stream: str, position: int) -> None:
        column, value = chance.choice([("body", b'{"note":"another"}'), ("actor", "p-other"), ("kind", "granted")])
        change(stream, position, column, value)

    assert located(edit, CHANGED, range(1, LENGTH + 1), chance) == 200


def test_a_fact_edited_with_its_hash_made_to_fit_is_found_at_the_next(installed, chance):
    """The insider knows the formula; the next fact still links to what was recorded."""

    def edit(stream: str, position: int) -> None:
        change(stream, position, "body", b'{"note":"another"}')
        entry = Entry.objects.get(stream=stream, position=position)
        change(stream, position, "hash", described(read.entry(tuple(getattr(entry, each) for each in COLUMNS))))

    assert located(edit, NOT_LINKED, range(1, LENGTH), chance, found_at=lambda position: position + 1) == 200


def test_two_facts_that_changed_places_are_found(installed, chance):
    def swap(stream: str, position: int) -> None:
        change(stream, position, "position", 1000)
        change(stream, position + 1, "position", position)
        change(stream, 1000, "position", position + 1)

    assert located(swap, NOT_LINKED, range(1, LENGTH), chance) == 200


def test_two_contents_that_changed_places_are_found(installed, chance):
    def swap(stream: str, position: int) -> None:
        one, other = (Entry.objects.get(stream=stream, position=each) for each in (position, position + 1))
        change(stream, position, "body", bytes(other.body))
        change(stream, position + 1, "body", bytes(one.body))

    assert located(swap, CHANGED, range(1, LENGTH), chance) == 200


def test_a_fact_put_in_is_found(installed, chance):
    def put_in(stream: str, position: int) -> None:
        for later in range(LENGTH, position - 1, -1):
            change(stream, later, "position", later + 1)
        last = Entry.objects.get(stream=stream, position=position + 1)
        Entry.objects.create(
            **{name: getattr(last, name) for name in COLUMNS if name not in ("position", "command_id")},
            position=position,
            command_id=uuid7(),
        )

    assert located(put_in, CHANGED, range(1, LENGTH + 1), chance) == 200


def test_a_fact_taken_out_of_the_middle_is_found(installed, chance):
    def take_out(stream: str, position: int) -> None:
        execute("DELETE FROM log WHERE stream = %s AND position = %s", stream, position)

    assert located(take_out, MISSING, range(1, LENGTH), chance) == 200


def test_a_fact_taken_out_with_the_gap_closed_is_found(installed, chance):
    def take_out(stream: str, position: int) -> None:
        execute("DELETE FROM log WHERE stream = %s AND position = %s", stream, position)
        for later in range(position + 1, LENGTH + 1):
            change(stream, later, "position", later - 1)

    assert located(take_out, NOT_LINKED, range(1, LENGTH), chance) == 200


def test_a_fact_recorded_twice_is_found(installed, chance):
    def repeat(stream: str, position: int) -> None:
        copied = Entry.objects.get(stream=stream, position=position)
        values = {name: getattr(copied, name) for name in COLUMNS}
        Entry.objects.create(**values | {"position": LENGTH + 1, "nth": 99})

    assert located(repeat, NOT_LINKED, range(1, LENGTH), chance, found_at=lambda position: LENGTH + 1) == 200


def test_a_position_before_the_first_is_found(installed):
    (stream,) = record(1)
    drop_guards()
    change(stream, 3, "position", 0)

    assert list(verify()) == [Break(stream, 0, TWICE)]


def test_only_the_streams_asked_for_are_read(installed):
    one, other = record(2)
    drop_guards()
    change(one, 2, "actor", "p-other")

    assert list(verify([UUID(other)])) == []
    assert list(verify([UUID(other), UUID(one)])) == [Break(one, 2, CHANGED)]


def test_what_it_cannot_see_is_what_its_description_says(installed):
    """A tail cut off shows only against something held elsewhere."""
    (stream,) = record(1)
    drop_guards()
    execute("DELETE FROM log WHERE stream = %s AND position > 3", stream)

    assert list(verify()) == []


def test_the_quick_look_alone_sees_one_flipped_bit_in_any_column(installed, chance):
    stream, _ = record(2)
    kept = list(Entry.objects.all())
    drop_guards()

    for column in COLUMNS:
        assert holds()
        flip(stream, 3, column, chance)
        assert not holds(), column
        execute("DELETE FROM log")
        Entry.objects.bulk_create(kept)


def test_the_quick_look_sees_bytes_that_only_moved_to_the_next_fact(installed):
    """Side by side the columns of two facts read as before, whatever they are joined with."""
    (stream,) = record(1)
    drop_guards()
    for column, mark in (("hash", b""), ("prev", b""), ("body", b""), ("body", b"\n")):
        own = Entry.objects.filter(stream=stream, position__in=(2, 3)).order_by("position")
        one, two = (bytes(each) for each in own.values_list(column, flat=True))
        change(stream, 2, column, one + mark + two[:1])
        change(stream, 3, column, two[1:])
        assert not holds(), column
        change(stream, 2, column, one)
        change(stream, 3, column, two)
    change(stream, 2, "kind", 'noted","noted')
    assert not holds()
    change(stream, 2, "kind", "noted")
    assert holds()


def test_the_quick_look_sees_a_fact_moved_with_its_hash_made_to_fit(installed):
    """Whoever knows the formula can make any one fact fit itself: its place and its stream are looked at besides."""
    one, other = record(2)
    drop_guards()
    for column, value in (("position", LENGTH + 3), ("position", 1000), ("stream", UUID(int=UUID(other).int ^ 1))):
        with transaction.atomic():
            change(one, LENGTH, column, key(value) if column == "stream" else value)
            stream, position = (value, LENGTH) if column == "stream" else (UUID(one), value)
            fit(stream, position)
        assert not holds(), column
        with transaction.atomic():
            place = (key(stream), position)
            execute(
                "UPDATE log SET stream = %s, position = %s WHERE stream = %s AND position = %s",
                key(UUID(one)),
                LENGTH,
                *place,
            )
            fit(UUID(one), LENGTH)
        assert holds()


def test_a_long_stream_is_looked_at_to_its_end(installed):
    length = 1300
    (stream,) = record(1, length)
    assert holds()
    drop_guards()
    for position in (128, 129, 130, 640, 641, length):
        change(stream, position, "actor", "p-other")
        assert list(verify()) == [Break(stream, position, CHANGED)]
        change(stream, position, "actor", "p-0")
    assert holds()
    execute("DELETE FROM log WHERE stream = %s AND position = 128", stream)
    assert list(verify()) == [Break(stream, 128, MISSING)]


def holds() -> bool:
    with own_connection() as own:
        return all_hold(own)


def fit(stream: UUID, position: int) -> None:
    entry = Entry.objects.get(stream=stream, position=position)
    change(stream.hex, position, "hash", described(read.entry(tuple(getattr(entry, each) for each in COLUMNS))))


def key(stream: UUID) -> object:
    return stream if connection.vendor == "postgresql" else stream.hex


def record(streams: int, length: int = LENGTH) -> list[str]:
    """Streams of a few facts each, written as the description of the chain says: their 32 digits."""
    made = [uuid7() for _ in range(streams)]
    entries = []
    for number, stream in enumerate(made):
        command, prev = uuid7(), bytes(32)
        for nth in range(length):
            body = json.dumps({"note": f"第{number}件", "nr": nth}).encode()
            at = 1_750_000_000_000_000 + number
            entry = read.LogEntry(
                *(stream, nth + 1, "test", "noted", at, at + 1, f"p-{number}", "by hand", command, nth),
                *("0" * 32, body, "sha256", prev, b""),
            )
            prev = described(entry)
            entries.append(Entry(**entry._replace(hash=prev)._asdict()))
    Entry.objects.bulk_create(entries, batch_size=500)
    return [stream.hex for stream in made]


def located(tamper, what, positions, chance, found_at=lambda position: position) -> int:
    """Tamper with each of 200 streams at a position; how many were found, each where it should be, and no others."""
    streams = record(205)
    drop_guards()
    expected = set()
    with transaction.atomic():
        for stream in streams[:200]:
            position = chance.choice(positions)
            tamper(stream, position)
            expected.add(Break(stream, found_at(position), what))
    found = list(verify())
    assert set(found) == expected
    return len(found)


def flip(stream: str, position: int, column: str, chance: random.Random) -> tuple[object, object]:
    """Flip one random bit of a column that the database lets stand there; the old value and the new."""
    old = getattr(Entry.objects.get(stream=stream, position=position), column)
    for new in flips(old, column, chance):
        try:
            change(stream, position, column, new)
        except (DataError, UnicodeDecodeError):
            continue  # PostgreSQL takes no such text; the driver says so before the database is asked
        return old, new
    raise AssertionError(f"no bit of {column} can be flipped")


def flips(old: object, column: str, chance: random.Random) -> Iterator[object]:
    if isinstance(old, int):
        while True:  # a place always becomes one where no other fact stands
            yield old ^ (1 << chance.randrange(3 if column in ("position", "nth") else 0, 31 if old < 2**31 else 62))
    if isinstance(old, UUID):
        if connection.vendor == "postgresql":
            while True:
                yield UUID(int=old.int ^ (1 << chance.randrange(128)))
        old = old.hex  # SQLite keeps 32 digits: a bit of one of them
    is_text = isinstance(old, str)
    plain = old.encode() if isinstance(old, str) else bytes(old)
    while True:
        bit = chance.randrange(len(plain) * 8)
        changed = bytearray(plain)
        changed[bit // 8] ^= 1 << bit % 8
        yield Unreadable(bytes(changed)) if is_text else bytes(changed)


class Unreadable(bytes):
    """The bytes of a text, which need not be text any more."""


def where_it_may_show(stream: str, position: int, column: str, old: object, new: object) -> set[tuple[str, int]]:
    """The places that name the changed fact: where it stood, and where it stands now if that is what was changed."""
    places = {(stream, position)}
    if column == "position":
        places.add((stream, new))
    if column == "stream":
        now = new.decode(errors="replace") if isinstance(new, bytes) else new.hex
        # Alone in its new stream: the facts before it are missing there, from the first.
        places |= {(now, 1), (now, position)}
    return places


def change(stream: str, position: int, column: str, value: object) -> None:
    place = "%s"
    if isinstance(value, Unreadable):
        if connection.vendor == "postgresql":
            value = value.decode()
        else:
            place, value = "CAST(%s AS TEXT)", bytes(value)
    execute(f"UPDATE log SET {column} = {place} WHERE stream = %s AND position = %s", value, stream, position)


def execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def drop_guards() -> None:
    """As an insider with all rights would."""
    if connection.vendor == "postgresql":
        execute("ALTER TABLE log DISABLE TRIGGER USER")
    else:
        for name in ("log_no_update", "log_no_delete", "log_no_replace", "log_unfed"):
            execute(f"DROP TRIGGER {name}")


@pytest.fixture(autouse=True)
def guards_put_back(database):
    yield
    if database.is_postgresql:
        execute("ALTER TABLE log ENABLE TRIGGER USER")


def described(entry: read.LogEntry) -> bytes:
    """The hash as the description gives it, sharing no code with the product."""
    header = json.dumps(
        [
            *(entry.stream.hex, entry.position, entry.stream_kind, entry.kind, entry.at, entry.recorded_at),
            *(entry.actor, entry.assertion, entry.command_id.hex, entry.nth, entry.installation),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    leaf = b"\x00" + entry.alg.encode() + entry.prev + len(header).to_bytes(4, "big") + header + entry.body
    return hashlib.sha256(leaf).digest()


def checked_independently() -> int:
    """How many facts hold when the chain is computed from its description alone."""
    count, last = 0, {}
    for row in Entry.objects.order_by("stream", "position").values_list(*COLUMNS):
        entry = read.entry(row)
        assert entry.prev == last.get(entry.stream, bytes(32))
        assert entry.hash == described(entry)
        last[entry.stream] = entry.hash
        count += 1
    return count
