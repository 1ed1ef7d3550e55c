"""The keys above all others: a file that wraps every data key, and from which blind indexes are derived.

The file (settings.KEY_FILE) is JSON, readable by its owner alone, and made at the first start. It holds several
wrapping keys: the newest wraps, older ones still unwrap. Who has the database and not this file can read no personal
datum; who loses this file cannot either. It belongs into a backup of its own, never beside the database's.
"""

import base64
import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ID_BYTES = 8
NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """What should open does not: it was changed, moved to another place, or sealed by a key that is not here."""


@dataclass(frozen=True)
class Keyring:
    """The keys of the file. `newest` is the id of the one that wraps."""

    newest: str
    keys: dict[str, AESGCM]
    index_key: bytes

    def wrap(self, label: str, secret: bytes) -> bytes:
        """The secret under the newest key, bound to its label: key id ‖ nonce ‖ ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes.fromhex(self.newest) + nonce + self.keys[self.newest].encrypt(nonce, secret, label.encode())

    def unwrap(self, label: str, wrapped: bytes) -> bytes:
        """The secret again; SealBroken for another label, another keyring, or a single changed bit."""
        key = self.keys.get(wrapper(wrapped))
        if key is None:
            raise SealBroken(f"{label}: wrapped under key {wrapper(wrapped)}, which is not in the key file")
        nonce, ciphertext = wrapped[ID_BYTES : ID_BYTES + NONCE_BYTES], wrapped[ID_BYTES + NONCE_BYTES :]
        try:
            return key.decrypt(nonce, ciphertext, label.encode())
        except InvalidTag:
            raise SealBroken(f"{label}: what is wrapped was changed or belongs elsewhere") from None

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose. Rotation does not touch it, or nothing indexed could be found again."""
        return _derived(self.index_key, purpose)


def keyring() -> Keyring:
    """The keys as the file holds them now; made if there is no file yet.

    ImproperlyConfigured where others than the owner may read it, or it cannot be understood.
    """
    path = settings.KEY_FILE
    try:
        found = os.stat(path)
    except FileNotFoundError:
        _make(Path(path))
        found = os.stat(path)
    return _read(path, found.st_mtime_ns, found.st_ino)


def rotate() -> str:
    """Add a new wrapping key, which is used from now on in every process, and return its id; older ones stay."""
    path = Path(settings.KEY_FILE)
    keyring()
    with _one_at_a_time(path):
        content = json.loads(path.read_text())
        content["keys"].append(_new_key())
        temporary = _written(path, content)
        temporary.replace(path)
        _sync_folder(path)
    return keyring().newest


def wrapper(wrapped: bytes) -> str:
    """The id of the wrapping key under which something is wrapped."""
    return wrapped[:ID_BYTES].hex()


def _make(path: Path) -> None:
    """Write a first key file; whoever is first wins, and the others read that one."""
    index_key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    temporary = _written(path, {"keys": [_new_key()], "index_key": index_key})
    try:
        os.link(temporary, path)
        _sync_folder(path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _new_key() -> dict[str, Any]:
    return {
        "id": secrets.token_hex(ID_BYTES),
        "made_at": time.time_ns() // 1000,
        "key": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
    }


def _written(path: Path, content: dict[str, Any]) -> Path:
    """A new file beside the path with this content, on the disk; readable by the owner alone from the start."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(descriptor)
    return temporary


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Two rotations at once must not lose the key of one."""
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@lru_cache(maxsize=4)
def _read(path: Path, changed_at: int, inode: int) -> Keyring:
    with open(path) as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise ImproperlyConfigured(
                f"{path} holds the keys to all personal data, and others than its owner may open it (mode {mode:04o}). "
                f"Type chmod 600 {path}, and consider whether somebody has read it."
            )
        try:
            content = json.load(file)
            keys = {each["id"]: AESGCM(base64.b64decode(each["key"], validate=True)) for each in content["keys"]}
            return Keyring(content["keys"][-1]["id"], keys, base64.b64decode(content["index_key"], validate=True))
        except (ValueError, KeyError, IndexError, TypeError) as problem:
            raise ImproperlyConfigured(
                f"{path} is not a key file ({type(problem).__name__}): restore it from its backup. "
                "A new one could not read what the old one sealed."
            ) from None


@lru_cache(maxsize=256)
def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(root)
