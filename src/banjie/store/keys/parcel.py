"""Something personal that lies outside every stream for a while, sealed under a key of its own beside it.

The key is wrapped under the keyring. Whoever deletes the row that holds both has erased what was in it.
"""

import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjie.store.keys.keyring import KEY_BYTES, NONCE_BYTES, SealBroken, keyring


def close(label: str, value: bytes) -> tuple[bytes, bytes]:
    """The wrapped key and the ciphertext of a value, both bound to a label; a fresh key each time."""
    secret, nonce = secrets.token_bytes(KEY_BYTES), os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(secret).encrypt(nonce, value, label.encode())
    return keyring().wrap(label, secret), sealed


def unclose(label: str, wrapped: bytes, sealed: bytes) -> bytes:
    """The value again; SealBroken for another label, another keyring, or a single changed bit."""
    secret = keyring().unwrap(label, wrapped)
    try:
        return AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label.encode())
    except (InvalidTag, ValueError):
        raise SealBroken(f"{label}: what is sealed was changed or belongs elsewhere") from None


def rewrapped(label: str, wrapped: bytes) -> bytes:
    """The same key under the newest key of the keyring, after a rotation."""
    ring = keyring()
    return ring.wrap(label, ring.unwrap(label, wrapped))
