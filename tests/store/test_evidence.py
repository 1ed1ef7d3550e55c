"""The tree, its checkpoints and proofs: what stands in them, and that nobody can make them say something else."""

import base64
import json
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from banjie.engine.codec import instant
from banjie.engine.not_possible import NotPossible
from banjie.store.evidence import checkpoints, merkle, models, note, proofs, standing, tree
from banjie.store.keys import keyring
from banjie.store.log import clock, queries, read
from banjie.store.log.append import append
from banjie.store.log.ids import uuid7
from banjie.store.log.install import create_installation
from banjie.store.log.sequence import sequence

# The tree by the letter of RFC 6962, sharing no code with the product.


def described_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + described_root(leaves[:split]) + described_root(leaves[split:])).digest()


def described_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*described_path(index, leaves[:split]), described_root(leaves[split:])]
    return [*described_path(index - split, leaves[split:]), described_root(leaves[:split])]


def in_memory(leaves: list[bytes]) -> merkle.Tree:
    """The same tree from tiles made here."""
    tiles: dict[tuple[int, int], bytes] = {}
    level, row = 0, [merkle.leaf(each) for each in leaves]
    while row:
        for at in range(0, len(row), merkle.WIDTH):
            tiles[level, at // merkle.WIDTH] = b"".join(row[at : at + merkle.WIDTH])
        full = range(0, len(row) - merkle.WIDTH + 1, merkle.WIDTH)
        row = [merkle.root_of(row[at : at + merkle.WIDTH]) for at in full]
        level += 1
    return merkle.Tree(lambda level, no: tiles[level, no])


SIZES = (1, 2, 3, 5, 8, 13, 255, 256, 257, 513)
LEAVES = [str(number).encode() for number in range(max(SIZES))]


def test_roots_and_paths_are_those_of_the_rfc():
    whole = in_memory(LEAVES)

    for size in SIZES:
        root = described_root(LEAVES[:size])
        assert whole.root(size) == root == merkle.root_of(map(merkle.leaf, LEAVES[:size]))
        for index in {0, 1, size // 2, size - 1} & set(range(size)):
            path = whole.inclusion(index, size)
            assert path == described_path(index, LEAVES[:size])
            assert merkle.verify_inclusion(merkle.leaf(LEAVES[index]), index, size, path, root)
    assert whole.root(0) == described_root([])
    with pytest.raises(IndexError):
        whole.inclusion(5, 5)


def test_a_proof_with_one_thing_wrong_proves_nothing():
    whole, size, index = in_memory(LEAVES), 257, 100
    path, root, leaf = whole.inclusion(index, size), whole.root(size), merkle.leaf(LEAVES[index])

    for place in range(len(path)):
        wrong = [*path[:place], merkle.leaf(path[place]), *path[place + 1 :]]
        assert not merkle.verify_inclusion(leaf, index, size, wrong, root)
    assert not merkle.verify_inclusion(leaf, index + 1, size, path, root)
    assert not merkle.verify_inclusion(leaf, index, 2 * size, path, root)
    assert not merkle.verify_inclusion(leaf, index, size, path[:-1], root)
    assert not merkle.verify_inclusion(leaf, index, size, [*path, root], root)
    assert not merkle.verify_inclusion(leaf, index, size, path, whole.root(size - 1))
    assert not merkle.verify_inclusion(leaf, -1, size, path, root)
    # A node is no leaf: without the prefixes the hash over two leaves could be passed off as a fact of its own.
    pair = merkle.leaf(LEAVES[0]) + merkle.leaf(LEAVES[1])
    assert not merkle.verify_inclusion(merkle.leaf(pair), 0, 1, [], whole.root(2))


def test_a_tree_that_grew_is_told_from_one_that_was_rewritten():
    whole = in_memory(LEAVES)
    other = in_memory([*LEAVES[:100], b"rewritten", *LEAVES[101:]])

    for old, new in ((1, 2), (3, 5), (5, 8), (8, 8), (13, 256), (255, 256), (256, 513), (257, 513), (0, 5)):
        path = whole.consistency(old, new)
        assert merkle.verify_consistency(old, new, whole.root(old), whole.root(new), path)
        assert not merkle.verify_consistency(old, new, merkle.leaf(b"x"), whole.root(new), path)
        if old:
            assert not merkle.verify_consistency(old, new, whole.root(old), merkle.leaf(b"x"), path)
            assert not merkle.verify_consistency(
                old, new, whole.root(old), whole.root(new), [*path, path[0]] if path else [merkle.EMPTY]
            )
    forged = other.consistency(257, 513)
    assert not merkle.verify_consistency(257, 513, whole.root(257), other.root(513), forged)
    with pytest.raises(IndexError):
        whole.consistency(6, 5)


def record(facts: int, stream=None, note_text: str = "n"):
    stream = stream or uuid7()
    body = json.dumps({"note": note_text}).encode()
    with transaction.atomic():
        append(stream, "seal", [("used", body)] * facts, command_id=uuid7(), at=1, actor="p-1")
    return stream


def sequenced(facts: int = 3, stream=None):
    stream = record(facts, stream)
    while sequence():
        pass
    return stream


@pytest.mark.database
def test_a_leaf_stands_for_each_fact_of_the_feed_in_its_order_and_never_before_it(installed):
    stream = record(300)

    assert tree.grow() == 0, "what is not in the feed is not in the tree"
    sequence()
    assert [tree.grow(100), tree.grow(), tree.grow()] == [100, 200, 0]
    sequenced(5)
    assert tree.waiting() == 5
    assert tree.grow() == 5

    hashes = [each.hash for each in read.entries(stream)]
    assert tree.size() == 305
    assert tree.stored().root(300) == described_root(hashes)
    before = sorted(models.Tile.objects.values_list("level", "no", "hashes"))
    assert tree.rebuild() == 305
    assert [
        tuple(map(bytes_of, each)) for each in sorted(models.Tile.objects.values_list("level", "no", "hashes"))
    ] == [tuple(map(bytes_of, each)) for each in before]


def bytes_of(value):
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.database
def test_a_checkpoint_says_what_the_log_said_and_is_signed(installed):
    stream = sequenced(3)

    first = checkpoints.make()

    assert first is not None
    root = described_root([each.hash for each in read.entries(stream)])
    lines = first.text.splitlines()
    assert lines[:4] == [
        f"banjie/{queries.installation().id}",
        "3",
        base64.b64encode(root).decode(),
        "previous none",
    ]
    assert [line.split()[0] for line in lines[4:]] == ["time", "code", "standing"]
    assert lines[-1] == "standing witnessed"
    ((key, introduction),) = checkpoints.every_key()
    assert note.parse(str(first.signed)).signed_by(key)
    assert note.parse(introduction).signed_by(key)
    assert not note.Note(first.text.replace("\n3\n", "\n2\n"), first.signed.signatures).signed_by(key)
    assert note.key(str(key)) == key
    assert checkpoints.make() == first, "nothing is new"
    assert first.short.startswith(f"3 · {root.hex()[:4].upper()} ")


@pytest.mark.database
def test_checkpoints_follow_one_another_at_most_once_a_minute(installed, monkeypatch):
    sequenced(2)
    while checkpoints.work():
        pass
    sequenced(2)
    assert checkpoints.work() == 0, "the last is not a minute old"

    later = clock.now() + checkpoints.EVERY
    monkeypatch.setattr(clock, "now", lambda: later)
    while checkpoints.work():
        pass

    second, first = checkpoints.last(10)
    assert (first.no, first.size, second.no, second.size) == (1, 2, 2, 4)
    assert second.head.said("previous") == checkpoints.digest(first.text)
    stored = tree.stored()
    assert merkle.verify_consistency(2, 4, first.root, second.root, stored.consistency(2, 4))


@pytest.mark.database
def test_a_log_that_never_rests_gets_its_checkpoints_too(installed):
    sequenced(2)
    checkpoints.work()
    sequenced(1)
    checkpoints.work()

    assert checkpoints.newest() is not None, "each round found something new, and signed all the same"


@pytest.mark.database
def test_a_new_key_is_made_known_by_the_one_before_it(installed):
    sequenced(1)
    checkpoints.make()

    new = checkpoints.rotate()
    sequenced(1)
    signed = checkpoints.make()

    (old, _), (known, introduction) = checkpoints.every_key()
    assert known == new != old
    assert note.parse(introduction).signed_by(old)
    assert note.parse(introduction).signed_by(new)
    assert signed is not None
    assert signed.signed.signed_by(new)
    assert not signed.signed.signed_by(old)


@pytest.mark.database
def test_another_key_file_signs_nothing_in_the_name_of_this_log(installed, settings_key_elsewhere):
    sequenced(1)
    checkpoints.make()
    sequenced(1)

    settings_key_elsewhere()

    with pytest.raises(keyring.SealBroken):
        checkpoints.make()


@pytest.fixture
def settings_key_elsewhere(tmp_path):
    from django.conf import settings

    before = settings.KEY_FILE

    def change() -> None:
        settings.KEY_FILE = tmp_path / "another.json"

    yield change
    settings.KEY_FILE = before


CHANGES = [
    "UPDATE checkpoint SET size = 99",
    "DELETE FROM checkpoint",
    "UPDATE checkpoint_key SET note = 'x'",
    "DELETE FROM checkpoint_key",
    "UPDATE cosignature SET line = 'x'",
    "DELETE FROM cosignature",
    "DELETE FROM evidence_declaration",
]


@pytest.mark.database
def test_the_databases_themselves_keep_checkpoints_for_ever(installed):
    sequenced(1)
    made = checkpoints.make()
    models.Cosignature.objects.create(checkpoint=1, witness="w", line="", at=1)
    standing.declare(True, "p-operator", uuid4())

    replacing = "INSERT OR REPLACE INTO checkpoint SELECT no, 7, root, at, generation, note FROM checkpoint"
    for each in [*CHANGES, *([replacing] if connection.vendor == "sqlite" else ["TRUNCATE checkpoint"])]:
        with pytest.raises(DatabaseError, match="for ever"), connection.cursor() as cursor:
            cursor.execute(each)

    models.Exchange.objects.all().delete()
    assert checkpoints.of_size(made.size).text == made.text


@pytest.mark.database
def test_a_proof_leads_from_the_facts_own_bytes_to_a_signed_root(installed):
    stream = sequenced(3)
    with pytest.raises(proofs.NotYet):
        proofs.proof_of(stream, 2)
    checkpoints.make()
    sequenced(300)
    checkpoints.make()

    found = proofs.proof_of(stream, 2)

    assert found.holds()
    assert (found.index, found.checkpoint.no) == (1, 2)
    assert len(found.path) == 9
    assert proofs.newest() == found.checkpoint
    told = json.loads(json.dumps(proofs.document([found], number="12")))
    (fact,) = told["facts"]
    head = json.dumps(fact["header"], ensure_ascii=False, separators=(",", ":")).encode()
    chained = sha256(
        b"\x00"
        + fact["alg"].encode()
        + bytes.fromhex(fact["prev"])
        + len(head).to_bytes(4, "big")
        + head
        + fact["body"].encode()
    ).digest()
    assert chained == read.entries(stream)[1].hash
    assert len(json.dumps(told)) < 3000
    with pytest.raises(LookupError):
        proofs.proof_of(stream, 4)
    unfed = record(1)
    with pytest.raises(proofs.NotYet):
        proofs.proof_of(unfed, 1)


# May we go on sealing?


def at(hours: float):
    return instant(queries.installation().created_at) + timedelta(hours=hours)


@pytest.mark.database
def test_sealing_stops_a_day_after_the_last_witness_and_goes_on_with_the_next(installed):
    standing.may_seal(at(23.9))
    assert standing.standing(at(0.1)).alarm == 0
    assert standing.standing(at(0.2)).alarm == 1
    assert [standing.standing(at(hours)).alarm for hours in (2, 7, 13, 19, 22.5, 23.5, 25)] == [2, 3, 4, 5, 6, 7, 8]
    with pytest.raises(NotPossible) as told:
        standing.may_seal(at(25))
    assert (told.value.code, told.value.facts) == ("no_witness", {"hours": 25})

    models.Cosignature.objects.create(checkpoint=1, witness="w", line="", at=queries.installation().created_at + 10**9)

    standing.may_seal(at(24.1))
    with pytest.raises(NotPossible):
        standing.may_seal(at(24.3))

    models.Cosignature.objects.create(checkpoint=2, witness="w", line="", at=queries.installation().created_at + 10**15)

    with pytest.raises(NotPossible):  # what is said to have come later than now keeps nobody sealing
        standing.may_seal(at(24.3))


@pytest.mark.database
def test_an_installation_that_says_it_has_no_witness_goes_on_and_says_so_in_every_checkpoint(installed):
    command = uuid4()
    standing.declare(True, "p-operator", command)
    standing.declare(True, "p-operator", uuid4())

    standing.may_seal(at(10_000))
    (stream,) = read.streams(standing.STREAM_KIND)
    (fact,) = read.entries(stream)
    assert (fact.kind, fact.actor, fact.command_id) == ("declared_no_witness", "p-operator", command)
    while sequence():
        pass
    assert checkpoints.make().head.said("standing") == "no-witness"

    standing.declare(False, "p-operator", uuid4())

    assert not standing.has_declared()
    standing.may_seal(at(1))
    with pytest.raises(NotPossible):
        standing.may_seal(at(48))


@pytest.mark.database
def test_a_demo_goes_on_sealing(database):
    create_installation(demo=True)

    standing.may_seal(at(10_000))
    assert standing.standing(at(10_000)).word == "demo"
