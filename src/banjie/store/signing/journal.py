"""What a key has signed: a journal beside the keys, one line a signature, written before the signature is made.

A line is `number digest link`, all of one length: the number counts up from 1, the digest is SHA-256 of the very bytes
that were signed, the link is SHA-256 of the link before and of both. So a file shows how often its key was used, for
what, and whether a line was taken out.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

DIGITS = 12
LINE = DIGITS + 1 + 64 + 1 + 64 + 1
FIRST_LINK = "0" * 64


class JournalBroken(Exception):
    """A journal that is no journal any more: a line is missing, cut off or changed."""


class Use(NamedTuple):
    """One signature: its number, and the SHA-256 of what was signed, in hexadecimal digits."""

    number: int
    digest: str


class Journal:
    """The journal of one key, in a file of its own. Any number of processes may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, signed: bytes) -> Use:
        """Write down that these bytes are about to be signed; it stands on the disk when this returns."""
        digest = hashlib.sha256(signed).hexdigest()
        with self._open() as descriptor:
            size = os.fstat(descriptor).st_size
            number, before = self._last(descriptor, size)
            line = f"{number + 1:0{DIGITS}d} {digest} {_link(before, number + 1, digest)}\n"
            os.pwrite(descriptor, line.encode(), size)
            os.fsync(descriptor)
        return Use(number + 1, digest)

    def count(self) -> int:
        """How many signatures the key has made; 0 where it has none. JournalBroken."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return 0
        if size % LINE:
            raise JournalBroken(f"{self.path.name}: the last line is cut off")
        return size // LINE

    def uses(self, after: int = 0) -> list[Use]:
        """The signatures numbered above `after`; every link is checked from the beginning. JournalBroken."""
        self.count()
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            return []
        found, link = [], FIRST_LINK
        for expected, line in enumerate(text.splitlines(), 1):
            number, digest, told = line.split(" ")
            link = _link(link, expected, digest)
            if int(number) != expected or told != link:
                raise JournalBroken(f"{self.path.name}: line {expected} was changed")
            if expected > after:
                found.append(Use(expected, digest))
        return found

    @contextmanager
    def _open(self) -> Iterator[int]:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _last(self, descriptor: int, size: int) -> tuple[int, str]:
        if size == 0:
            return 0, FIRST_LINK
        if size % LINE:
            raise JournalBroken(f"{self.path.name}: the last line is cut off")
        number, _, link = os.pread(descriptor, LINE, size - LINE).decode().strip().split(" ")
        return int(number), link


def _link(before: str, number: int, digest: str) -> str:
    return hashlib.sha256(f"{before} {number} {digest}".encode()).hexdigest()
