"""Where the keys of seals lie: BANJIE_SEAL_KEYS, read into a place and its options; files written once and whole."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from banjie.store.keys.keyring import keyring

PKCS12, PKCS11 = "pkcs12", "pkcs11"


@dataclass(frozen=True)
class Place:
    """`kind` pkcs12 or pkcs11; `folder` for journals and files; `module` the driver of the device, and its options."""

    kind: str
    folder: Path
    module: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def place() -> Place:
    """What BANJIE_SEAL_KEYS says. ImproperlyConfigured names what is wrong with it.

    pkcs12:/folder                                             one file a seal
    pkcs11:/module.so;token=NAME;pin-file=/path;folder=/path   a device; the PIN from the file, or BANJIE_SEAL_PIN
    """
    said = str(settings.SEAL_KEYS)
    kind, _, rest = said.partition(":")
    where, *parts = rest.split(";")
    options = dict(part.partition("=")[::2] for part in parts if part)
    if kind == PKCS12 and where and not options:
        return Place(kind, Path(where))
    if kind == PKCS11 and where and options.get("token") and not set(options) - {"token", "pin-file", "folder"}:
        own = options.get("folder") or str(Path(settings.DATA_DIR) / "seals")
        return Place(kind, Path(own), where, options)
    raise ImproperlyConfigured(
        "BANJIE_SEAL_KEYS: say pkcs12:/folder, or pkcs11:/module.so;token=NAME;pin-file=/path;folder=/path"
    )


def folder() -> Path:
    """The folder of keys and journals, made where it is missing; readable by its owner alone."""
    found = place().folder
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def write_once(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole and onto the disk; whoever is first wins."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        _write(temporary, content)
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)


def rewrap(path: Path, label: str) -> None:
    """A file that the keyring has sealed, sealed under its newest key; nothing where there is no such file."""
    if not path.exists():
        return
    ring = keyring()
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    _write(temporary, ring.wrap(label, ring.unwrap(label, path.read_bytes())))
    temporary.replace(path)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
