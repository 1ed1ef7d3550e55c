"""Finding what is sealed: a keyed digest says whether two values are equal, and nothing else."""

import hmac
import unicodedata
from hashlib import sha256

from banjie.store.keys.keyring import keyring

INDEX_BYTES = 16


def blind_index(field: str, text: str) -> bytes:
    """What a value is found by (16 bytes): equal for equal values of one field, whatever their width, case and spaces.

    HMAC-SHA256 under a key of the field's own, so that two fields cannot be compared with one another.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return hmac.digest(keyring().derived(f"blind|{field}"), plain.encode(), sha256)[:INDEX_BYTES]


def keyed_digest(purpose: str, data: bytes) -> str:
    """64 hexadecimal digits that tell one value from another, and tell nothing to whoever lacks the key file."""
    return hmac.digest(keyring().derived(f"digest|{purpose}"), data, sha256).hex()
