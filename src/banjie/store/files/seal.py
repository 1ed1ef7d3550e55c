"""A file's own key: its content and its name are sealed under it, each bound to its place.

Sealed: nonce (12 bytes) ‖ AES-256-GCM. The content carries a salt of 16 random bytes before it; the commitment is
SHA-256(salt ‖ content), as for personal data.
"""

import os
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjie.store.keys.keyring import KEY_BYTES as KEY_BYTES
from banjie.store.keys.keyring import NONCE_BYTES, SealBroken

ALG = "aes-256-gcm"
SALT_BYTES = 16


class FileKey:
    """The key of one file."""

    def __init__(self, id: UUID, alg: str, secret: bytes) -> None:
        if alg != ALG:
            raise ValueError(f"no cipher is called {alg!r} here")
        self._place = f"{id.hex}|{alg}"
        self._aead = AESGCM(secret)

    def seal_content(self, data: bytes) -> tuple[str, bytes]:
        """The commitment (64 hexadecimal digits) and the ciphertext of the content."""
        salted = os.urandom(SALT_BYTES) + data
        return sha256(salted).hexdigest(), self._seal("file", salted)

    def open_content(self, ciphertext: bytes, commitment: str) -> bytes:
        """The content; SealBroken where it is not what the commitment says."""
        salted = self._open("file", ciphertext)
        if not compare_digest(sha256(salted).hexdigest(), commitment):
            raise SealBroken(f"file {self._place}: its content is not what was received")
        return salted[SALT_BYTES:]

    def seal_name(self, name: str) -> bytes:
        """The ciphertext of the file's name."""
        return self._seal("file-name", name.encode())

    def open_name(self, ciphertext: bytes) -> str:
        """The file's name."""
        return self._open("file-name", ciphertext).decode()

    def _seal(self, what: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, f"{what}|{self._place}".encode())

    def _open(self, what: str, ciphertext: bytes) -> bytes:
        try:
            return self._aead.decrypt(
                ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], f"{what}|{self._place}".encode()
            )
        except (InvalidTag, ValueError):
            raise SealBroken(f"{what} {self._place}: it was changed or belongs elsewhere") from None


def keyring_label(id: UUID, alg: str) -> str:
    """What the key of a file that belongs to nobody yet is bound to, under the keyring."""
    return f"file-key|{id.hex}|{alg}"


def stream_label(id: UUID) -> str:
    """What the key of a stream's file is bound to, under the stream's data key."""
    return f"file-key|{id.hex}"
