"""Signed checkpoints: what the whole log said at a moment, in a few lines that others can keep.

    banjie/<installation>            which log
    1234                             how many facts
    <root of the tree, base64>
    previous <SHA-256 of the text of the checkpoint before, base64; "none" before the first>
    time 2026-03-02T09:00:00.000000Z
    code <SHA-256 of the running program>
    standing witnessed               or: demo, no-witness

signed with Ed25519 as a C2SP note. The key is derived from the key file; a new one is made known by a note that the
one before it has signed. Checkpoints are kept for ever.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

import banjie
from banjie.engine.codec import instant
from banjie.store.evidence import models, note, tree
from banjie.store.evidence.standing import standing
from banjie.store.keys.keyring import SealBroken, keyring
from banjie.store.log import clock, queries

EVERY = 60_000_000
"""Microseconds between checkpoints while anything is new."""
NONE = "none"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint with what witnesses have put under it. `at` in UTC microseconds."""

    no: int
    size: int
    root: bytes
    at: int
    generation: int
    text: str
    signature: note.Signature
    cosignatures: tuple[note.Signature, ...] = ()

    @property
    def signed(self) -> note.Note:
        """Everything that was signed, as others read it."""
        return note.Note(self.text, (self.signature, *self.cosignatures))

    @property
    def head(self) -> note.Head:
        """What it says."""
        return note.head(self.text)

    @property
    def made_at(self) -> datetime:
        """When it was signed."""
        return instant(self.at)

    @property
    def standing(self) -> str:
        """What the log says of itself in it: witnessed, no-witness or demo."""
        return self.head.said("standing")

    @property
    def is_final(self) -> bool:
        """Whether two witnesses or more have cosigned it."""
        return len(self.cosignatures) >= FINAL

    @property
    def short(self) -> str:
        """What fits on the foot of a paper: size, the first 16 letters of the root in hexadecimal, and the minute."""
        digits = self.root.hex()[:16].upper()
        grouped = " ".join(digits[at : at + 4] for at in range(0, 16, 4))
        return f"{self.size} · {grouped} · {self.made_at:%Y-%m-%d %H:%M}"


FINAL = 2
"""Cosignatures that make a checkpoint final."""


def origin() -> str:
    """The name of this log, for ever."""
    return f"banjie/{queries.installation().id}"


def newest() -> Checkpoint | None:
    """The newest checkpoint; None before the first."""
    row = models.Checkpoint.objects.order_by("-no").first()
    return None if row is None else _told(row)


def covering(size: int) -> Checkpoint | None:
    """The best checkpoint over at least so many facts: the newest that is final, else cosigned, else the newest."""
    rows = list(models.Checkpoint.objects.filter(size__gte=size).order_by("-no")[:CONSIDERED])
    under = _cosignatures([row.no for row in rows])
    best = max(rows, key=lambda row: (min(len(under.get(row.no, ())), FINAL), row.no), default=None)
    return None if best is None else _told(best)


CONSIDERED = 200
"""Checkpoints looked through for a final one: more than three hours of them."""


def of_size(size: int) -> Checkpoint | None:
    """The checkpoint over exactly so many facts."""
    row = models.Checkpoint.objects.filter(size=size).first()
    return None if row is None else _told(row)


def last(count: int) -> list[Checkpoint]:
    """The newest checkpoints, newest first."""
    rows = list(models.Checkpoint.objects.order_by("-no")[:count])
    under = _cosignatures([row.no for row in rows])
    return [_told(row, under.get(row.no, ())) for row in rows]


def work() -> int:
    """Let the tree grow and sign a checkpoint where one is due; how much there was to do. One bite a call."""
    fresh = tree.newest_fact()
    row = models.Checkpoint.objects.order_by("-no").values_list("size", "at").first()
    signed, signed_at = row or (0, 0)
    now = clock.now()
    if fresh <= signed or 0 <= now - signed_at < EVERY:
        return 0
    if tree.size() < fresh and (grown := tree.grow()) == tree.BITE:
        return grown
    return 1 if make() else 0  # also where the feed never rests: what came meanwhile is for the next


def make() -> Checkpoint | None:
    """A checkpoint over the whole feed, now; the newest one where nothing is new. None while there is no fact at all.

    Any process may ask at any time; one signs, the others get what it signed.
    """
    while tree.grow():
        pass
    with tree.alone() as is_mine:
        before = newest()
        size = tree.size()
        if not is_mine or size == 0 or (before is not None and before.size >= size):
            return before
        root = tree.stored().root(size)
        now = clock.now()
        key = current_key()
        told = (
            f"previous {NONE if before is None else digest(before.text)}",
            f"time {utc(now)}",
            f"code {code()}",
            f"standing {standing().word}",
        )
        text = note.Head(origin(), size, root, told).text
        signature = note.sign(text, origin(), private(key.generation))
        models.Checkpoint.objects.create(
            no=1 if before is None else before.no + 1,
            size=size,
            root=root,
            at=now,
            generation=key.generation,
            note=str(note.Note(text, (signature,))),
        )
    return newest()


def current_key() -> models.CheckpointKey:
    """The key that signs now; the first is made when it is first asked for. Part of the caller's transaction."""
    known = models.CheckpointKey.objects.order_by("-generation").first()
    return known or _new_key(1, None)


def ensure_key() -> None:
    """Make the first key where nothing has been signed yet: a witness is told it before the first checkpoint."""
    with tree.alone() as is_mine:
        if is_mine:
            current_key()


def rotate() -> note.Key:
    """Sign with a new key from the next checkpoint on; its note is signed by the key before it, and kept for ever."""
    with transaction.atomic(), tree.alone():
        before = current_key()
        return public(_new_key(before.generation + 1, before))


def every_key() -> list[tuple[note.Key, str]]:
    """Every key that ever signed here, oldest first, each with the note that made it known."""
    rows = models.CheckpointKey.objects.order_by("generation")
    return [(public(row), row.note) for row in rows]


def public(row: models.CheckpointKey) -> note.Key:
    """A key as others know it."""
    return note.Key(origin(), note.LOG, bytes(row.public))


def introduction(generation: int, key: note.Key, at: int) -> str:
    """The text with which a key is made known."""
    return f"banjie checkpoint key\n{key.name}\n{generation}\n{key}\n{utc(at)}\n"


def private(generation: int) -> Ed25519PrivateKey:
    """The private half of a key of ours. SealBroken where the key file is not the one it was derived from."""
    made = derived(generation)
    row = models.CheckpointKey.objects.filter(generation=generation).values_list("public", flat=True).first()
    if row is not None and bytes(row) != made.public_key().public_bytes_raw():
        raise SealBroken(f"checkpoint key {generation}: the key file is not the one with which this log was signed")
    return made


def derived(generation: int) -> Ed25519PrivateKey:
    """The key of a generation, from the key file."""
    return Ed25519PrivateKey.from_private_bytes(keyring().derived(f"checkpoint/{generation}"))


def digest(text: str) -> str:
    """SHA-256 of a checkpoint's text, as the next one names it."""
    return base64.b64encode(sha256(text.encode()).digest()).decode()


@cache
def code() -> str:
    """SHA-256 over the program that runs: every file of the package, with its path and length, in order."""
    root = Path(banjie.__file__).parent
    whole = sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in CODE and path.is_file():
            content = path.read_bytes()
            whole.update(f"{path.relative_to(root).as_posix()}\n{len(content)}\n".encode() + content)
    return whole.hexdigest()


CODE = frozenset({".py", ".html", ".js", ".sql", ".typ", ".yaml"})


def _new_key(generation: int, before: models.CheckpointKey | None) -> models.CheckpointKey:
    own, now = derived(generation), clock.now()
    key = note.public(origin(), note.LOG, own)
    text = introduction(generation, key, now)
    signers = [own] if before is None else [private(before.generation), own]
    signed = note.Note(text, tuple(note.sign(text, origin(), each) for each in signers))
    return models.CheckpointKey.objects.create(generation=generation, public=key.public, note=str(signed), at=now)


def _told(row: models.Checkpoint, under: tuple[note.Signature, ...] | None = None) -> Checkpoint:
    read = note.parse(row.note)
    if under is None:
        under = _cosignatures([row.no]).get(row.no, ())
    return Checkpoint(row.no, row.size, bytes(row.root), row.at, row.generation, read.text, read.signatures[0], under)


def _cosignatures(numbers: list[int]) -> dict[int, tuple[note.Signature, ...]]:
    found: dict[int, tuple[note.Signature, ...]] = {}
    rows = models.Cosignature.objects.filter(checkpoint__in=numbers).order_by("checkpoint", "witness")
    for number, line in rows.values_list("checkpoint", "line"):
        found[number] = (*found.get(number, ()), *note.signatures(line))
    return found


def utc(microseconds: int) -> str:
    """An instant as it stands in a checkpoint."""
    return f"{instant(microseconds).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
