"""Everything that was signed, held against everything that is stored: what `banjie verify --all` runs below the law.

Each part says how much it looked at and in what time, and names the first fault it found: the fact, the number of the
feed, the checkpoint. Nothing is changed. What a whole database put back to an earlier day hides, only something kept
elsewhere shows: a witness, or a checkpoint or proof that somebody has (`against`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from banjie.store.evidence import checkpoints, merkle, models, note, standing, tree, witnesses
from banjie.store.evidence.merkle import HASH, WIDTH
from banjie.store.log import queries, read, verify
from banjie.store.log.models import Entry

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not agree. `where`: a fact ("stream …, position …"), a number of the feed, a checkpoint, a row."""

    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the audit: how many things it looked at, in how many seconds, and the first fault, if any.

    `unchecked`: how many there are beside that nobody could check here, and why they cannot be.
    """

    name: str
    count: int
    seconds: float
    fault: Fault | None
    unchecked: int = 0
    why: str = ""

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds if self.seconds else 0.0


class Looking:
    """How far a part has looked, and what it could not look at."""

    def __init__(self) -> None:
        self.count = self.unchecked = 0
        self.why = ""


Look = Callable[[Looking], Iterator[Fault]]


def parts() -> Iterator[Part]:
    """The chains, the feed with the tree and its checkpoints, signatures, declarations; one after the other."""
    for name, look in (
        ("chains", chains),
        ("feed", feed),
        ("tree", leaves),
        ("checkpoints", signed),
        ("cosignatures", cosigned),
        ("declarations", declared),
    ):
        yield part(name, look)


def part(name: str, look: Look) -> Part:
    """Look until the first fault, or to the end."""
    began, looking = time.perf_counter(), Looking()
    fault = next(look(looking), None)
    return Part(name, looking.count, time.perf_counter() - began, fault, looking.unchecked, looking.why)


def chains(looking: Looking) -> Iterator[Fault]:
    """Every chain of the log, recomputed from its bytes."""
    looking.count = Entry.objects.count()
    for each in verify.verify():
        yield Fault(each.what, f"stream {each.stream}, position {each.position}")


ORDER = (
    "SELECT early.no, early.stream, early.position FROM feed AS later JOIN feed AS early "
    "ON early.stream = later.stream AND early.position = later.position + 1 WHERE early.no < later.no LIMIT 1"
)
LOST = (
    "SELECT log.stream, log.position FROM log "
    "LEFT JOIN feed ON feed.stream = log.stream AND feed.position = log.position WHERE feed.no IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM unfed WHERE unfed.stream = log.stream AND unfed.position = log.position) LIMIT 1"
)


def feed(looking: Looking) -> Iterator[Fault]:
    """The order of the feed: each fact once, none before its predecessor, none forgotten."""
    looking.count = tree.newest_fact()
    with connection.cursor() as cursor:
        cursor.execute(ORDER)
        for no, stream, position in cursor.fetchall():
            yield Fault("stands in the feed before the fact that precedes it", f"no. {no} ({_place(stream, position)})")
        cursor.execute(LOST)
        for stream, position in cursor.fetchall():
            yield Fault("is recorded, and neither in the feed nor waiting for it", _place(stream, position))


def leaves(looking: Looking) -> Iterator[Fault]:
    """The tree, grown anew from the facts in the order of the feed, beside the tiles and every checkpoint's root."""
    edge, at = merkle.Frontier(), _Checkpoints()
    tile = bytearray()
    reached, last_sound = 0, 0
    with verify.own_connection() as own:
        for no, stream, position, recorded in _facts(own):
            if no != reached + 1:
                yield Fault("is missing from the feed", f"no. {reached + 1}")
            if recorded is None:
                yield Fault("stands in the feed and not in the log", f"no. {no} ({_place(stream, position)})")
                return
            reached = no
            hashed = sha256(b"\x00" + recorded).digest()
            edge.add(hashed)
            tile += hashed
            looking.count += 1
            if len(tile) == WIDTH * HASH:
                yield from _tile(no, bytes(tile))
                tile.clear()
            if no == at.size:
                if edge.root() != at.root:
                    yield Fault(
                        "the facts are not those over which it was signed: something was rewritten",
                        f"checkpoint {at.no}, facts no. {last_sound + 1} to {no}",
                    )
                last_sound = no
                at.next()
    if tile:
        yield from _tile(reached, bytes(tile), is_last=True)
    if tree.size() > reached:
        yield Fault("the tree has a leaf for it, the feed no fact: the end was cut off", f"no. {reached + 1}")
    if at.size:
        yield Fault(
            f"was signed over {at.size} facts, and there are {reached}: the end was cut off", f"checkpoint {at.no}"
        )
    yield from _upper_tiles(reached)


def _tile(no: int, hashes: bytes, is_last: bool = False) -> Iterator[Fault]:
    number = (no - 1) // WIDTH
    stored = models.Tile.objects.filter(level=0, no=number).values_list("hashes", flat=True).first()
    held = bytes(stored or b"")
    # What was recorded since the tree last grew has no leaf yet.
    if held != hashes and not (len(held) < len(hashes) and hashes.startswith(held) and tree.size() < no):
        differ = (at for at in range(0, len(hashes), HASH) if held[at : at + HASH] != hashes[at : at + HASH])
        wrong = next(differ, None)  # None: the tree goes on where the feed ends, which is told of the tree
        if wrong is not None and (wrong < len(held) or not is_last):
            yield Fault(
                "its leaf is not that of the fact (banjie rebuild)", f"no. {number * WIDTH + wrong // HASH + 1}"
            )


def _upper_tiles(size: int) -> Iterator[Fault]:
    for level, no, hashes in (
        models.Tile.objects.filter(level__gt=0).order_by("level", "no").values_list("level", "no", "hashes")
    ):
        below = models.Tile.objects.filter(level=level - 1, no__gte=no * WIDTH, no__lt=(no + 1) * WIDTH).order_by("no")
        full = (bytes(each) for each in below.values_list("hashes", flat=True))
        wanted = b"".join(merkle.pyramid(each)[-1][0] for each in full if len(each) == WIDTH * HASH)
        if bytes(hashes) != wanted:
            yield Fault("is not made of the tiles below it (banjie rebuild)", f"tile {no} of level {level}")


class _Checkpoints:
    """The checkpoints by size, one at a time."""

    def __init__(self) -> None:
        self._page: list[tuple[int, int, bytes]] = []
        self.no = self.size = 0
        self.root = b""
        self.next()

    def next(self) -> None:
        if not self._page:
            rows = models.Checkpoint.objects.filter(size__gt=self.size).order_by("size")
            page = rows.values_list("no", "size", "root")[:PAGE]
            self._page = [(no, size, bytes(root)) for no, size, root in page][::-1]
        self.no, self.size, self.root = self._page.pop() if self._page else (0, 0, b"")


def signed(looking: Looking) -> Iterator[Fault]:
    """Every checkpoint: numbered without a gap, signed by a key that the one before it made known, naming the last."""
    known: dict[int, note.Key] = {}
    for generation, (key, introduction) in enumerate(checkpoints.every_key(), 1):
        made = models.CheckpointKey.objects.filter(generation=generation).first()
        told = _note(introduction)
        signers = [key] if generation == 1 else [known[generation - 1], key]
        if made is None or told is None or told.text != checkpoints.introduction(generation, key, made.at):
            yield Fault("was not made known as it stands", f"checkpoint key {generation}")
            return
        if not all(told.signed_by(each) for each in signers):
            yield Fault("is not signed by itself and the key before it", f"checkpoint key {generation}")
        known[generation] = key
    before: models.Checkpoint | None = None
    installed = queries.find_installation()
    is_demo = installed is not None and installed.demo
    for row in models.Checkpoint.objects.order_by("no").iterator(PAGE):
        looking.count += 1
        if what := _wrong_with(row, before, known, is_demo):
            yield Fault(what, f"checkpoint {row.no}")
        before = row


def _wrong_with(
    row: models.Checkpoint, before: models.Checkpoint | None, known: dict[int, note.Key], is_demo: bool
) -> str:
    told = _note(row.note)
    key = known.get(row.generation)
    if row.no != (before.no + 1 if before else 1):
        return "is not the next after the one before it"
    if told is None or key is None or not told.signed_by(key):
        return "is not signed by its key"
    head = note.head(told.text)
    if (head.origin, head.size, head.root) != (checkpoints.origin(), row.size, bytes(row.root)):
        return "its row does not say what was signed"
    if head.said("time") != checkpoints.utc(row.at):
        return "its row does not say when it was signed"
    if (head.said("standing") == standing.DEMO) != is_demo:
        return "the installation was a demo when it was signed, or is one now, and the mark is set only once"
    previous = checkpoints.digest(note.parse(before.note).text) if before else checkpoints.NONE
    if head.said("previous") != previous:
        return "does not name the one before it"
    if before and (row.size <= before.size or row.at < before.at):
        return "is smaller or older than the one before it"
    return ""


def _note(told: str) -> note.Note | None:
    try:
        read_ = note.parse(told)
        return read_ if read_.signatures else None
    except note.Malformed:
        return None


def cosigned(looking: Looking) -> Iterator[Fault]:
    """Every cosignature of a witness whose key the settings hold; others cannot be checked here."""
    keys = {each.name: each.key for each in witnesses.configured()}
    for row in models.Cosignature.objects.order_by("checkpoint", "witness").iterator(PAGE):
        key = keys.get(row.witness)
        if key is None:
            looking.unchecked += 1
            looking.why = "BANJIE_WITNESSES names no key of who signed them"
            continue
        looking.count += 1
        under = models.Checkpoint.objects.filter(no=row.checkpoint).first()
        told = _note(under.note) if under else None
        try:
            lines = note.signatures(row.line)
        except note.Malformed:
            lines = []
        if told is None or not any(key.verifies(told.text, each) for each in lines):
            yield Fault(f"the cosignature of {row.witness} is not genuine", f"checkpoint {row.checkpoint}")


def declared(looking: Looking) -> Iterator[Fault]:
    """Each declaration about witnesses is a fact in the log, and each such fact a declaration."""
    rows = {row.stream: row for row in models.Declaration.objects.order_by("no")}
    for stream in read.streams(standing.STREAM_KIND):
        looking.count += 1
        row = rows.pop(stream, None)
        (fact, *_more) = read.entries(stream)
        told = (fact.kind == "declared_no_witness", fact.actor, fact.at)
        if row is None or (row.has_no_witness, row.by, row.at) != told:
            yield Fault("the declaration is not what was recorded", f"stream {stream.hex}")
    for stream in rows:
        yield Fault("was declared beside the log", f"stream {stream.hex}")


def against(held: str) -> Part:
    """Hold this log against a checkpoint that somebody has kept, with the signatures that stand under it."""

    def look(looking: Looking) -> Iterator[Fault]:
        looking.count = 1
        kept = note.parse(held)
        head = note.head(kept.text)
        where = f"the checkpoint over {head.size} facts that was handed in"
        if head.origin != checkpoints.origin():
            yield Fault(f"is of another log ({head.origin})", where)
        elif not any(kept.signed_by(key) for key, _ in checkpoints.every_key()):
            yield Fault("is not signed by any key of this log", where)
        elif tree.size() < head.size:
            yield Fault(f"there are only {tree.size()} facts now: the end was cut off", where)
        elif tree.stored().root(head.size) != head.root:
            yield Fault("this log signed another history: something was rewritten", where)

    return part("kept elsewhere", look)


FACTS = (
    "SELECT feed.no, {stream}, feed.position, log.hash FROM feed "
    "LEFT JOIN log ON log.stream = feed.stream AND log.position = feed.position ORDER BY feed.no"
)


def _facts(own: BaseDatabaseWrapper) -> Iterator[tuple[int, Any, int, bytes | None]]:
    if own.vendor == "postgresql":
        driver: psycopg.Connection[Any] = own.connection
        with driver.transaction(), psycopg.ServerCursor(driver, "leaves") as cursor:
            cursor.itersize = PAGE
            cursor.execute(FACTS.format(stream="feed.stream").encode(), binary=True)
            yield from cursor
        return
    with closing(own.connection.cursor()) as rows:
        rows.arraysize = PAGE
        yield from rows.execute(FACTS.format(stream="feed.stream"))


def _place(stream: Any, position: int) -> str:
    shown = stream.hex if isinstance(stream, UUID) else stream.decode() if isinstance(stream, bytes) else str(stream)
    return f"stream {shown}, position {position}"
