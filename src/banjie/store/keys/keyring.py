"""The keys above all others: they wrap every data key, and blind indexes are derived from one of them.

Where they are kept is a choice (settings.KEY_BACKEND), and what they wrap looks the same from each:

`file`         a JSON file (settings.KEY_FILE), readable by its owner alone, and made at the first start.
`pkcs11`       in a cryptographic device: the file names them, and holds the index key wrapped under the newest.
`environment`  the same JSON in base64 in BANJIE_KEYS, for orchestrators; whoever sets it changes it.

There are several wrapping keys: the newest wraps, older ones still unwrap. Who has the database and not these keys can
read no personal datum; who loses them cannot either. They belong into a backup of their own, never beside the
database's. A file may name keys of both kinds: that is how one moves from a file into a device, and back.
"""

import base64
import binascii
import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from banjie.store.keys import device
from banjie.store.keys.device import KeysAway as KeysAway

ID_BYTES = 8
NONCE_BYTES = 12
KEY_BYTES = 32
INDEX_LABEL = "index-key"
BACKENDS = ("file", "pkcs11", "environment")

Content = dict[str, Any]


class SealBroken(Exception):
    """What should open does not: it was changed, moved to another place, or sealed by a key that is not here."""


class KeysElsewhere(Exception):
    """The keys are set by somebody else (an orchestrator): `content` is what they must be set to from now on."""

    def __init__(self, content: str) -> None:
        super().__init__("the keys come from BANJIE_KEYS and are changed where that is set")
        self.content = content


class Wrapping(Protocol):
    """A wrapping key, wherever it lies: AES-256-GCM."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext ‖ tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The secret; InvalidTag."""


@dataclass(frozen=True)
class Keyring:
    """The keys as they are now. `newest` is the id of the one that wraps; `made_at`: when, in UTC microseconds."""

    newest: str
    keys: Mapping[str, Wrapping]
    index_key: bytes
    made_at: Mapping[str, int] = field(default_factory=dict)
    in_device: frozenset[str] = frozenset()

    @property
    def older(self) -> list[str]:
        """The ids of the keys that only unwrap any more."""
        return [each for each in self.keys if each != self.newest]

    def wrap(self, label: str, secret: bytes) -> bytes:
        """The secret under the newest key, bound to its label: key id ‖ nonce ‖ ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes.fromhex(self.newest) + nonce + self.keys[self.newest].encrypt(nonce, secret, label.encode())

    def unwrap(self, label: str, wrapped: bytes) -> bytes:
        """The secret again; SealBroken for another label, another keyring, or a single changed bit."""
        key = self.keys.get(wrapper(wrapped))
        if key is None:
            raise SealBroken(f"{label}: wrapped under key {wrapper(wrapped)}, which is not among the keys here")
        nonce, ciphertext = wrapped[ID_BYTES : ID_BYTES + NONCE_BYTES], wrapped[ID_BYTES + NONCE_BYTES :]
        try:
            return key.decrypt(nonce, ciphertext, label.encode())
        except InvalidTag:
            raise SealBroken(f"{label}: what is wrapped was changed or belongs elsewhere") from None

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose. Rotation does not touch it, or nothing indexed could be found again."""
        return _derived(self.index_key, purpose)


class Backend(Protocol):
    """Where the keys are kept."""

    def read(self) -> Keyring:
        """The keys as they are now, made if there are none yet. ImproperlyConfigured, KeysAway."""

    def change(self, how: Callable[[Content], Content]) -> None:
        """Let a content become another. KeysElsewhere where that is not for this program to do."""


def keyring() -> Keyring:
    """The keys as they stand now; made at the first start.

    ImproperlyConfigured where others than the owner may read them, or they cannot be understood. KeysAway.
    """
    return _backend().read()


def rotate() -> str:
    """Add a new wrapping key, which is used from now on in every process, and return its id; older ones stay.

    It is made where settings.KEY_BACKEND says. KeysElsewhere where the environment holds them.
    """
    backend, in_device = _backend(), settings.KEY_BACKEND == "pkcs11"
    backend.read()
    made: list[str] = []

    def added(content: Content) -> Content:
        key = _new_key(in_device)
        made.append(key["id"])
        content = {**content, "keys": [*content["keys"], key]}
        return _with_index_key(content, _index_key(content))

    backend.change(added)
    backend.read()
    return made[-1]


def throw_away(key_id: str) -> None:
    """Destroy an older wrapping key for ever: in the file, or in the device. Nothing may be wrapped under it any more.

    LookupError for a key that is not here, ValueError for the newest. Ask `rewrap.retire`, which counts first.
    """
    ring = keyring()
    if key_id not in ring.keys:
        raise LookupError(f"there is no key {key_id} here")
    if key_id == ring.newest:
        raise ValueError(f"{key_id} is the newest key, under which everything new is wrapped: rotate first")
    _backend().change(lambda content: {**content, "keys": [each for each in content["keys"] if each["id"] != key_id]})
    if key_id in ring.in_device:
        device.device().destroy(key_id)


def wrapper(wrapped: bytes) -> str:
    """The id of the wrapping key under which something is wrapped."""
    return wrapped[:ID_BYTES].hex()


def fresh_content() -> str:
    """The keys of a new installation, as BANJIE_KEYS takes them."""
    return _as_text(_first(in_device=False))


def _backend() -> Backend:
    chosen = settings.KEY_BACKEND
    if chosen == "environment":
        return Environment(settings.KEYS_GIVEN)
    if chosen not in BACKENDS:
        raise ImproperlyConfigured(f"BANJIE_KEY_BACKEND={chosen!r}: say one of {', '.join(BACKENDS)}")
    return KeyFile(Path(settings.KEY_FILE), in_device=chosen == "pkcs11")


# In a file, and in a device that the file names


@dataclass(frozen=True)
class KeyFile:
    """The key file. `in_device`: new keys are made in the device, and the file only names them."""

    path: Path
    in_device: bool = False

    def read(self) -> Keyring:
        """The keys as the file holds or names them now."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            _make(self.path, self.in_device)
            found = os.stat(self.path)
        return _read(str(self.path), found.st_mtime_ns, found.st_ino)

    def change(self, how: Callable[[Content], Content]) -> None:
        """Put another content in its place, on the disk at once and whole."""
        with _one_at_a_time(self.path):
            temporary = _written(self.path, how(json.loads(self.path.read_text())))
            temporary.replace(self.path)
            _sync_folder(self.path)


def _make(path: Path, in_device: bool) -> None:
    """Write a first key file; whoever is first wins, and the others read that one."""
    with _one_at_a_time(path):
        if path.exists():
            return
        temporary = _written(path, _first(in_device))
        try:
            os.link(temporary, path)
            _sync_folder(path)
        finally:
            temporary.unlink()


def _written(path: Path, content: Content) -> Path:
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
    """Two changes at once must not lose the key of one. The folder itself is locked: no file is left behind."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@lru_cache(maxsize=4)
def _read(path: str, changed_at: int, inode: int) -> Keyring:
    with open(path) as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise ImproperlyConfigured(
                f"{path} holds the keys to all personal data, and others than its owner may open it (mode {mode:04o}). "
                f"Type chmod 600 {path}, and consider whether somebody has read it."
            )
        return _understood(file.read(), f"{path} is not a key file", "restore it from its backup")


# In the environment


@dataclass(frozen=True)
class Environment:
    """The keys in BANJIE_KEYS: base64 of what a key file holds."""

    given: str

    def read(self) -> Keyring:
        """The keys as the process was started with; ImproperlyConfigured where there are none."""
        if not self.given:
            raise ImproperlyConfigured(
                "BANJIE_KEY_BACKEND is environment, and BANJIE_KEYS is empty. Type `banjie keys new` once for a new "
                "installation, or take the base64 of the key file of one that stands: new keys could not read what the "
                "old ones sealed."
            )
        return _given(self.given)

    def change(self, how: Callable[[Content], Content]) -> None:
        """Say what it would have to be: setting it is for whoever starts this program."""
        self.read()
        raise KeysElsewhere(_as_text(how(json.loads(base64.b64decode(self.given)))))


@lru_cache(maxsize=4)
def _given(text: str) -> Keyring:
    try:
        plain = base64.b64decode(text, validate=True)
    except binascii.Error:
        plain = b""
    return _understood(plain, "BANJIE_KEYS is not base64 of a key file", "set it to what it was")


def _as_text(content: Content) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


# What stands in it


def _first(in_device: bool) -> Content:
    return _with_index_key({"keys": [_new_key(in_device)]}, secrets.token_bytes(KEY_BYTES))


def _new_key(in_device: bool) -> Content:
    key: Content = {"id": secrets.token_hex(ID_BYTES), "made_at": time.time_ns() // 1000}
    if in_device:
        device.device().make(key["id"])
        return {**key, "device": True}
    return {**key, "key": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}


def _with_index_key(content: Content, index_key: bytes) -> Content:
    """The content with its index key: wrapped under the newest key where that lies in a device."""
    newest = content["keys"][-1]
    if not newest.get("device"):
        return {**content, "index_key": base64.b64encode(index_key).decode()}
    nonce = os.urandom(NONCE_BYTES)
    wrapped = nonce + device.DeviceKey(newest["id"]).encrypt(nonce, index_key, INDEX_LABEL.encode())
    return {**content, "index_key": {"under": newest["id"], "wrapped": base64.b64encode(wrapped).decode()}}


def _index_key(content: Content) -> bytes:
    told = content["index_key"]
    if isinstance(told, str):
        return base64.b64decode(told, validate=True)
    wrapped = base64.b64decode(told["wrapped"], validate=True)
    key = device.DeviceKey(told["under"])
    return key.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], INDEX_LABEL.encode())


def _key(told: Content) -> Wrapping:
    if told.get("device"):
        return device.DeviceKey(told["id"])
    return AESGCM(base64.b64decode(told["key"], validate=True))


def _understood(plain: str | bytes, otherwise: str, remedy: str) -> Keyring:
    try:
        content = json.loads(plain)
        keys = {each["id"]: _key(each) for each in content["keys"]}
        made_at = {each["id"]: int(each.get("made_at", 0)) for each in content["keys"]}
        in_device = frozenset(each["id"] for each in content["keys"] if each.get("device"))
        return Keyring(content["keys"][-1]["id"], keys, _index_key(content), made_at, in_device)
    except (ValueError, KeyError, IndexError, TypeError, InvalidTag) as problem:
        raise ImproperlyConfigured(
            f"{otherwise} ({type(problem).__name__}): {remedy}. A new one could not read what the old one sealed."
        ) from None


@lru_cache(maxsize=256)
def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(root)
