"""T12: one bit flipped anywhere, a row taken out, put in, swapped, the end cut off, yesterday's table put back.

Everything is found by `banjie verify --all` and named: the fact, the number of the feed, the checkpoint. An insider who
recomputes a whole chain, and the tree with it, is found by the signed checkpoint alone. In tests/store/test_verify.py
one audit names 2,100 flipped bits at once; here each is looked for in a whole log with its feed and tree.
"""

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from banjie.store.evidence import audit, checkpoints, models, tree
from banjie.store.log import chain, read, verify
from banjie.store.log.append import append
from banjie.store.log.ids import uuid7
from banjie.store.log.install import create_installation
from banjie.store.log.models import Entry
from banjie.store.log.sequence import sequence
from tests.cases.tampering import key, run, without_guards

pytestmark = [pytest.mark.database, pytest.mark.tampers]

FLIPS = 2_000 if os.environ.get("BANJIE_SOAK") else 120
STREAMS, LENGTH = 60, 5
COLUMNS = {
    "integers": ("at", "recorded_at", "nth"),
    "texts": ("stream_kind", "kind", "actor", "installation"),
    "bytes": ("body", "prev", "hash"),
}


TABLES = ("log", "feed", "unfed", "tile", "checkpoint", "checkpoint_key")


@pytest.fixture
def log(database) -> Iterator[list[UUID]]:
    """The streams of a log with its tree and two checkpoints, with every guard of the database off."""
    database.filled("bit-flips", told)
    with guards_off():
        yield list(Entry.objects.filter(position=1).order_by("stream").values_list("stream", flat=True))


def told() -> None:
    create_installation(demo=False)
    for half in (STREAMS // 2, STREAMS - STREAMS // 2):
        with transaction.atomic():
            for number in range(half):
                body = json.dumps({"note": f"第{number}件"}, ensure_ascii=False).encode()
                append(uuid7(), "seal", [("used", body)] * LENGTH, command_id=uuid7(), at=10**15, actor="p-1")
        while sequence():
            pass
        checkpoints.make()
    assert [each.fault for each in audit.parts()] == [None] * 6


@contextmanager
def guards_off() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with without_guards():
            yield
        return
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
    yield  # the file is thrown away after this test


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is undone again: an audit reads on a connection of its own, so it has to be there."""
    kept = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            kept[table] = cursor.fetchall()
        yield
        with transaction.atomic():
            for table, rows in kept.items():
                cursor.execute(f"DELETE FROM {table}")
                if rows:
                    places = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def faults() -> dict[str, str]:
    """The first fault of each part that has one."""
    return {each.name: str(each.fault) for each in audit.parts() if each.fault}


def where(stream: UUID, position: int) -> str:
    return f"stream {stream.hex}, position {position}"


def test_each_flipped_bit_is_found_and_the_fact_named(log):
    chance = random.Random(12)
    columns = [each for some in COLUMNS.values() for each in some]
    unfound = []
    with undone():
        for number in range(FLIPS):
            stream, position = chance.choice(log), chance.randint(1, LENGTH)
            column = columns[number % len(columns)]
            place = "WHERE stream = %s AND position = %s"
            own = Entry.objects.filter(stream=stream, position=position)
            old = own.values_list(column, flat=True).get()
            run(f"UPDATE log SET {column} = %s {place}", flipped(old, chance), key(stream), position)

            found = list(verify.verify())

            # A changed hash may also show at the fact that links to it.
            if (stream.hex, position) not in {(each.stream, each.position) for each in found}:
                unfound.append((stream, position, column))
            run(f"UPDATE log SET {column} = %s {place}", old, key(stream), position)
    assert unfound == []
    assert faults() == {}


def flipped(old, chance: random.Random):
    if isinstance(old, int):
        return old ^ (1 << chance.randrange(4, 30))
    if isinstance(old, str):
        at = chance.randrange(len(old))
        return old[:at] + chr(ord(old[at]) ^ 1) + old[at + 1 :]
    changed = bytearray(bytes(old))
    at = chance.randrange(len(changed) * 8)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def test_a_fact_taken_out_put_in_or_swapped_is_found(log):
    stream, other = log[3], log[7]
    with undone():
        run("DELETE FROM log WHERE stream = %s AND position = 3", key(stream))
        found = faults()
        assert found["chains"] == f"{where(stream, 3)}: missing"
        assert found["tree"].endswith(f"({where(stream, 3)}): stands in the feed and not in the log")
    with undone():
        last = Entry.objects.get(stream=stream, position=LENGTH)
        values = {name: getattr(last, name) for name in read.LogEntry._fields}
        Entry.objects.create(**values | {"position": LENGTH + 1, "command_id": uuid4()})
        found = faults()
        assert found["chains"].startswith(where(stream, LENGTH + 1))
    with undone():
        for position, at in ((1, 99), (2, 1), (99, 2)):
            run("UPDATE log SET position = %s WHERE stream = %s AND position = %s", at, key(stream), position)
        assert faults()["chains"] == f"{where(stream, 1)}: not_linked"
    with undone():
        one, two = (Entry.objects.get(stream=each, position=2).body for each in (stream, other))
        run("UPDATE log SET body = %s WHERE stream = %s AND position = 2", bytes(two), key(stream))
        run("UPDATE log SET body = %s WHERE stream = %s AND position = 2", bytes(one), key(other))
        found = {(each.stream, each.position) for each in verify.verify()}
        assert found == {(stream.hex, 2), (other.hex, 2)}
    assert faults() == {}


def test_a_changed_order_of_the_feed_is_found(log):
    with undone():
        run("UPDATE feed SET no = -1 WHERE no = 7")
        run("UPDATE feed SET no = 7 WHERE no = 8")
        run("UPDATE feed SET no = 8 WHERE no = -1")
        found = faults()
        assert found["feed"].startswith("no. 7 (")
        assert found["tree"].startswith("checkpoint 1, facts no. 1 to ")
    with undone():
        run("DELETE FROM feed WHERE no = 9")
        found = faults()
        assert found["tree"].startswith("no. 9: is missing")
        assert "neither in the feed nor waiting" in found["feed"]


def test_a_changed_leaf_of_the_tree_is_found_and_mended(log):
    for level in (0, 1):
        with undone():
            row = models.Tile.objects.get(level=level, no=0)
            changed = bytearray(row.hashes)
            changed[5 if level else 32 * 17] ^= 4
            models.Tile.objects.filter(level=level, no=0).update(hashes=bytes(changed))
            told = "tile 0 of level 1" if level else "no. 18"
            assert faults()["tree"].startswith(told)
            tree.rebuild()
            assert faults() == {}


def test_a_tail_cut_off_is_found_however_thoroughly(log):
    """Facts, feed and tree cut to the same length: the checkpoints still say how long the log was."""
    total = STREAMS * LENGTH
    with undone():
        last = [(row[0], row[1]) for row in feed_after(total - 4)]
        for stream, position in last:
            run("DELETE FROM log WHERE stream = %s AND position = %s", key(stream), position)
        assert "stands in the feed and not in the log" in faults()["tree"]
        run("DELETE FROM feed WHERE no > %s", total - 4)
        assert "the feed no fact: the end was cut off" in faults()["tree"]
        tree.rebuild()
        assert faults() == {
            "tree": f"checkpoint 2: was signed over {total} facts, and there are {total - 4}: the end was cut off"
        }


def feed_after(no: int) -> list[tuple[UUID, int]]:
    from banjie.store.log.models import Feed

    return list(Feed.objects.filter(no__gt=no).order_by("-no").values_list("stream", "position"))


def test_a_whole_database_put_back_to_yesterday_is_found_by_what_somebody_has_kept(log):
    kept = checkpoints.newest()
    total, half = STREAMS * LENGTH, checkpoints.last(2)[1].size
    assert audit.against(str(kept.signed)).fault is None
    with undone():
        for stream, position in feed_after(half):
            run("DELETE FROM log WHERE stream = %s AND position = %s", key(stream), position)
        run("DELETE FROM feed WHERE no > %s", half)
        run("DELETE FROM checkpoint WHERE no = 2")
        tree.rebuild()
        assert faults() == {}, "from the inside nothing is wrong"

        found = audit.against(str(kept.signed)).fault

        assert str(found) == (
            f"the checkpoint over {total} facts that was handed in: "
            f"there are only {half} facts now: the end was cut off"
        )


def test_an_insider_who_recomputes_the_chain_and_the_tree_is_caught_by_the_checkpoint_alone(log):
    stream = log[40]
    with undone():
        prev = bytes(32)
        for entry in read.entries(stream):
            body = b'{"note":"forged"}' if entry.position == 2 else entry.body
            header = (
                *(entry.stream.hex, entry.position, entry.stream_kind, entry.kind, entry.at, entry.recorded_at),
                *(entry.actor, entry.assertion, entry.command_id.hex, entry.nth, entry.installation),
            )
            link = chain.link(entry.alg, prev, header, body)
            run(
                "UPDATE log SET body = %s, prev = %s, hash = %s WHERE stream = %s AND position = %s",
                *(body, prev, link, key(stream), entry.position),
            )
            prev = link
        assert list(verify.verify()) == [], "the chain itself says that all is well"
        assert "its leaf is not that of the fact" in faults()["tree"]
        tree.rebuild()

        first, second = checkpoints.last(2)[::-1]
        assert faults() == {
            "tree": f"checkpoint 2, facts no. {first.size + 1} to {second.size}: "
            "the facts are not those over which it was signed: something was rewritten"
        }


def test_a_forged_checkpoint_is_found(log):
    for statement, what in (
        ("UPDATE checkpoint SET size = size + 1 WHERE no = 2", "its row does not say what was signed"),
        ("UPDATE checkpoint SET at = at + 1 WHERE no = 2", "its row does not say when it was signed"),
        ("UPDATE checkpoint SET note = replace(note, 'witnessed', 'demo') WHERE no = 2", "is not signed by its key"),
        ("DELETE FROM checkpoint WHERE no = 1", "is not the next after the one before it"),
    ):
        with undone():
            run(statement)
            assert faults()["checkpoints"] == f"checkpoint 2: {what}"
    with undone():
        run("UPDATE checkpoint_key SET note = replace(note, 'Z', 'Y')")
        assert faults()["checkpoints"].startswith("checkpoint key 1: ")
    with undone():
        run("UPDATE log SET kind = 'granted' WHERE position = 1")
        assert set(faults()) == {"chains"}
