"""The tree beside the feed: leaf number n - 1 is the fact with number n of the feed, and it says that fact's hash.

Grown by the worker from what is committed and sequenced, so a leaf never stands before its fact; in its own
transaction, so nobody who records a fact waits for it. A leaf's data is the hash of the chain (`log/chain`), which
says everything about the fact, its stream and its position included. Kept as tiles (`models.Tile`): adding a leaf
writes at most one row a level, a proof reads at most two.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Max

from banjie.store.evidence import merkle
from banjie.store.evidence.merkle import HASH, WIDTH
from banjie.store.evidence.models import Tile
from banjie.store.log.models import Feed

LOCK = 0x65766964656E63
"""PostgreSQL's advisory lock of whoever writes evidence ("evidenc" in ASCII)."""
BITE = 2048
"""Leaves added in one transaction: some ten milliseconds."""

LEAVES = (
    "SELECT feed.no, log.hash FROM feed JOIN log ON log.stream = feed.stream AND log.position = feed.position "
    "WHERE feed.no > %s ORDER BY feed.no LIMIT %s"
)


@contextmanager
def alone() -> Iterator[bool]:
    """A transaction in which nobody else writes evidence; False where somebody is at it."""
    with transaction.atomic():
        yield _is_mine()


def _is_mine() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def size() -> int:
    """How many leaves the tree has."""
    last = Tile.objects.filter(level=0).order_by("-no").values_list("no", "hashes").first()
    return 0 if last is None else last[0] * WIDTH + len(last[1]) // HASH


def waiting() -> int:
    """How many facts of the feed are not in the tree yet."""
    return newest_fact() - size()


def newest_fact() -> int:
    """The number of the newest fact of the feed; 0 before the first."""
    return Feed.objects.aggregate(last=Max("no"))["last"] or 0


def grow(bite: int = BITE) -> int:
    """Add up to so many leaves, in one transaction, and return how many there were to add. Safe to kill anywhere."""
    with alone() as is_mine:
        return _grow(bite) if is_mine else 0


def _grow(bite: int) -> int:
    before = size()
    with connection.cursor() as cursor:
        cursor.execute(LEAVES, [before, bite])
        rows = cursor.fetchall()
    if not rows:
        return 0
    assert [rows[0][0], rows[-1][0]] == [before + 1, before + len(rows)], "the feed has a gap: banjie verify --all"
    changed: dict[tuple[int, int], bytearray] = {}
    stood: dict[tuple[int, int], int] = defaultdict(int)

    def tile(level: int, no: int) -> bytearray:
        if (level, no) not in changed:
            row = Tile.objects.filter(level=level, no=no).values_list("hashes", flat=True).first()
            changed[level, no] = bytearray(row or b"")
            stood[level, no] = len(row or b"")
        return changed[level, no]

    for no, recorded in rows:
        place, level, hashed = no - 1, 0, merkle.leaf(bytes(recorded))
        while True:
            number, within = divmod(place, WIDTH)
            own = tile(level, number)
            own[within * HASH :] = hashed
            if within + 1 < WIDTH:
                break
            place, level, hashed = number, level + 1, merkle.pyramid(bytes(own))[-1][0]
    fresh = [Tile(level=key[0], no=key[1], hashes=bytes(own)) for key, own in changed.items() if not stood[key]]
    Tile.objects.bulk_create(fresh)
    for (level, number), own in changed.items():
        if stood[level, number]:
            Tile.objects.filter(level=level, no=number).update(hashes=bytes(own))
    return len(rows)


def stored() -> merkle.Tree:
    """The tree as it is kept, to ask for roots and proofs."""
    return merkle.Tree(read)


def read(level: int, no: int) -> bytes:
    """The hashes of a tile; IndexError where there is none."""
    found = Tile.objects.filter(level=level, no=no).values_list("hashes", flat=True).first()
    if found is None:
        raise IndexError(f"there is no tile {no} on level {level}")
    return bytes(found)


def rebuild() -> int:
    """Make every tile again from the feed; the number of leaves. Safe to repeat."""
    with alone() as is_mine:
        if not is_mine:
            return size()
        Tile.objects.all().delete()
        while _grow(BITE):
            pass
        return size()
