"""The key of one stream's personal data: what it seals can be read as long as it exists, and never after.

Sealed: nonce (12 bytes) ‖ AES-256-GCM of salt (16 random bytes) ‖ value. The fact in the log carries the commitment
SHA-256(salt ‖ value): it proves the value to whoever can open it, and without the salt it gives nothing away. Each
ciphertext is bound to its place ("personal|stream|ref|key_id|alg") and opens nowhere else.
"""

import os
import secrets
from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjie.store.keys.blind import keyed_digest as keyed_digest
from banjie.store.keys.keyring import KEY_BYTES, NONCE_BYTES, SealBroken, keyring

ALG = "aes-256-gcm"
SALT_BYTES = 16
RANDOM_BYTES = NONCE_BYTES + SALT_BYTES


class KeyDestroyed(Exception):
    """The data key was destroyed: what it sealed can never be read again."""


class DataKey:
    """A data key, ready to seal and to open. At most 2³² values are sealed under one key; a stream has a few dozen."""

    __slots__ = ("_aead", "_after", "_before", "alg", "key_id", "stream")

    def __init__(self, stream: UUID, key_id: str, alg: str, key: bytes) -> None:
        if alg != ALG:
            raise ValueError(f"no cipher is called {alg!r} here")
        self.stream = stream
        self.key_id = key_id
        self.alg = alg
        self._aead = AESGCM(key)
        self._before = f"personal|{stream.hex}|"
        self._after = f"|{key_id}|{alg}"

    def seal(self, ref: str, value: bytes) -> tuple[str, bytes]:
        """The commitment (64 hexadecimal digits) and the ciphertext of a value at its place."""
        random = os.urandom(RANDOM_BYTES)
        nonce, salted = random[:NONCE_BYTES], random[NONCE_BYTES:] + value
        place = (self._before + ref + self._after).encode()
        return sha256(salted).hexdigest(), nonce + self._aead.encrypt(nonce, salted, place)

    def open(self, ref: str, ciphertext: bytes) -> bytes:
        """The value; SealBroken where it was changed or stood at another place."""
        return self._salted(ref, ciphertext)[SALT_BYTES:]

    def verify(self, ref: str, ciphertext: bytes, commitment: str) -> bool:
        """Whether this ciphertext opens here, and to the very value of the commitment."""
        try:
            salted = self._salted(ref, ciphertext)
        except SealBroken:
            return False
        return compare_digest(sha256(salted).hexdigest(), commitment)

    def opening(self, ref: str, ciphertext: bytes) -> tuple[bytes, bytes]:
        """The salt and the value: who holds both can show what the commitment was made of. SealBroken as `open`."""
        salted = self._salted(ref, ciphertext)
        return salted[:SALT_BYTES], salted[SALT_BYTES:]

    def wrap(self, label: str, secret: bytes) -> bytes:
        """Another key (of a file, say) under this one, bound to its label: nonce ‖ ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, secret, self._label(label))

    def unwrap(self, label: str, wrapped: bytes) -> bytes:
        """That key again; SealBroken for another label or a changed bit."""
        try:
            return self._aead.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], self._label(label))
        except (InvalidTag, ValueError):
            raise SealBroken(f"{label}: what is wrapped was changed or belongs elsewhere") from None

    def _salted(self, ref: str, ciphertext: bytes) -> bytes:
        place = (self._before + ref + self._after).encode()
        try:
            salted = self._aead.decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            raise SealBroken(f"{ref}: what is sealed was changed or belongs elsewhere") from None
        if len(salted) < SALT_BYTES:
            raise SealBroken(f"{ref}: what is sealed is too short to hold its salt")
        return salted

    def _label(self, label: str) -> bytes:
        return f"{label}|{self.stream.hex}{self._after}".encode()


def new_data_key(stream: UUID) -> tuple[DataKey, tuple[str, str, bytes]]:
    """A new key for a stream, and what belongs into its row of `data_key`: (key_id, alg, wrapped)."""
    key_id, key = secrets.token_hex(8), secrets.token_bytes(KEY_BYTES)
    wrapped = keyring().wrap(label(stream, key_id, ALG), key)
    return DataKey(stream, key_id, ALG, key), (key_id, ALG, wrapped)


def unwrap(stream: UUID, key_id: str, alg: str, wrapped: bytes | None) -> DataKey:
    """The key of a row of `data_key`. KeyDestroyed where `wrapped` is None; SealBroken where the row was changed.

    The last 1024 are kept in memory, by everything the row says: read the row each time, for a destroyed key has none.
    """
    if wrapped is None:
        raise KeyDestroyed(f"the key {key_id} of stream {stream} was destroyed")
    return _unwrapped(stream, key_id, alg, bytes(wrapped))


def label(stream: UUID, key_id: str, alg: str) -> str:
    """What a wrapped data key is bound to."""
    return f"data-key|{stream.hex}|{key_id}|{alg}"


def forget() -> None:
    """Drop every unwrapped key of this process from memory; they are unwrapped again when they are needed."""
    _unwrapped.cache_clear()


@lru_cache(maxsize=1024)
def _unwrapped(stream: UUID, key_id: str, alg: str, wrapped: bytes) -> DataKey:
    return DataKey(stream, key_id, alg, keyring().unwrap(label(stream, key_id, alg), wrapped))
