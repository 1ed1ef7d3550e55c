"""Signed texts as C2SP has them (signed-note, tlog-checkpoint, tlog-cosignature): anybody's tools can read them.

A note is a text that ends in a newline, an empty line, and one line a signature:

    — <name> <base64 of 4 bytes key id ‖ signature>

A key is told in one line, `<name>+<key id in hex>+<base64 of type ‖ public key>`: type 1 signs the text itself, type 4
(a witness) signs `cosignature/v1`, the time and the text, and puts the time (8 bytes, seconds) before the signature.
"""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 1, 4
"""The type of a key: it signs checkpoints, or it cosigns those of others."""
LARGEST = 16 * 1024
"""Bytes of a note; ours have about one thousand."""
DASH = "— "


class Malformed(ValueError):
    """It is no note, no key, or no checkpoint."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with its name and what it is for."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name ‖ newline ‖ type ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.type]) + self.public)}"

    def verifies(self, text: str, signature: "Signature") -> bool:
        """Whether this key made this signature over this text."""
        if signature.key_id != self.id or signature.name != self.name:
            return False
        signed, said = signature.bytes, text.encode()
        if self.type == WITNESS:
            if len(signed) != 72:
                return False
            said, signed = cosigned(int.from_bytes(signed[:8], "big"), text), signed[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signed, said)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note."""

    name: str
    key_id: bytes
    bytes: bytes

    @property
    def seconds(self) -> int:
        """When a witness says it cosigned: seconds of Unix time."""
        return int.from_bytes(self.bytes[:8], "big")

    def __str__(self) -> str:
        return f"{DASH}{self.name} {_base64(self.key_id + self.bytes)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signed_by(self, key: Key) -> bool:
        """Whether one of its signatures is this key's."""
        return any(key.verifies(self.text, each) for each in self.signatures)


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: which log, how many leaves, the root over them, and lines that are the log's own."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), _base64(self.root), *self.more))

    def said(self, word: str) -> str:
        """What the line of its own that begins with this word goes on to say; "" where there is none."""
        return next((line.removeprefix(f"{word} ") for line in self.more if line.startswith(f"{word} ")), "")


def parse(told: str) -> Note:
    """A note as it was written; Malformed for anything else."""
    text, blank, under = told.rpartition("\n\n")
    if not blank or len(told.encode()) > LARGEST or not under.endswith("\n"):
        raise Malformed("a note is a text, an empty line and signatures")
    return Note(f"{text}\n", tuple(signatures(under)))


def signatures(lines: str) -> list[Signature]:
    """The signature lines of a note, or what a witness answers."""
    found = []
    for line in lines.splitlines():
        name, _, coded = line.removeprefix(DASH).rpartition(" ")
        raw = _bytes(coded)
        if not line.startswith(DASH) or not name or len(raw) < 5:
            raise Malformed("a signature is a dash, a name and base64")
        found.append(Signature(name, raw[:4], raw[4:]))
    return found


def head(text: str) -> Head:
    """What the text of a checkpoint says; Malformed for anything else."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines):
        raise Malformed("a checkpoint has an origin, a size and a root, each on a line")
    origin, size, root, *more = lines
    if not (size.isascii() and size.isdecimal()) or (size != "0" and size.startswith("0")) or len(size) > 18:
        raise Malformed("the size of a tree is a whole number")
    hashed = _bytes(root)
    if len(hashed) != 32:
        raise Malformed("the root of a tree has 32 bytes")
    return Head(origin, int(size), hashed, tuple(more))


def key(told: str) -> Key:
    """A public key from its one line; Malformed where it is none, or its id is not its own."""
    name, _, rest = told.strip().partition("+")
    hexed, _, coded = rest.partition("+")
    raw = _bytes(coded)
    if not name or " " in name or len(raw) != 33 or raw[0] not in (LOG, WITNESS):
        raise Malformed(f"{told[:80]!r} is no key: <name>+<id>+<base64>")
    made = Key(name, raw[0], raw[1:])
    if made.id.hex() != hexed:
        raise Malformed(f"{told[:80]!r}: the id is not this key's")
    return made


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Signature:
    """The log's own signature."""
    own = public(name, LOG, private)
    return Signature(name, own.id, private.sign(text.encode()))


def cosign(text: str, name: str, private: Ed25519PrivateKey, seconds: int) -> Signature:
    """A witness' signature: at this second it had seen this checkpoint, and nothing that contradicts it."""
    own = public(name, WITNESS, private)
    return Signature(name, own.id, seconds.to_bytes(8, "big") + private.sign(cosigned(seconds, text)))


def cosigned(seconds: int, text: str) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def public(name: str, type: int, private: Ed25519PrivateKey) -> Key:
    """The public half, with its name and what it is for."""
    return Key(name, type, private.public_key().public_bytes_raw())


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(coded: str) -> bytes:
    try:
        return base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{coded[:40]!r} is no base64") from None
