"""From an upload to a file on the disk, encrypted before a byte of it is written."""

import os
import secrets
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from banjie.store.files.media import media_type
from banjie.store.files.models import File
from banjie.store.files.refused import Refused
from banjie.store.files.seal import ALG, KEY_BYTES, FileKey, keyring_label, stream_label
from banjie.store.keys.datakey import DataKey
from banjie.store.keys.keyring import keyring
from banjie.store.log.ids import uuid7

KEYRING = "keyring"
STREAM = "stream"


class FileRef(NamedTuple):
    """What a fact says of a file: its id (32 hexadecimal digits) and the commitment to its content."""

    id: str
    commitment: str


def receive(data: bytes, name: str, owner: str, now: int, *, media: str = "") -> FileRef:
    """Keep an uploaded file for its owner until it joins a stream (`bind`) or is swept away.

    `media`: the type of a file that this house has made itself, which may be larger than an upload and of any kind.

    Refused: upload_empty, too_large (settings.LARGEST_UPLOAD), unsupported_type. The encrypted bytes are on the disk
    before the row is written, so a row never stands without its file. `now`: UTC microseconds.
    """
    return _received(data, name, owner, now, media, None)


def keep(data: bytes, name: str, owner: str, now: int, data_key: DataKey, *, media: str = "") -> FileRef:
    """Keep a file that this house has made, as one of the stream of this key from the beginning: `receive` and `bind`
    at once.

    Part of the caller's transaction, with the fact that names the file: RuntimeError outside one. Refused as `receive`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a file is kept with its fact inside the caller's transaction, and there is none")
    return _received(data, name, owner, now, media, data_key)


def _received(data: bytes, name: str, owner: str, now: int, media: str, data_key: DataKey | None) -> FileRef:
    """Under the key of its stream, or under the keyring until it has one."""
    if not data:
        raise Refused("upload_empty")
    if not media and len(data) > settings.LARGEST_UPLOAD:
        raise Refused("too_large")
    kind = media or media_type(data)
    if kind is None:
        raise Refused("unsupported_type")
    id = uuid7()
    secret = secrets.token_bytes(KEY_BYTES)
    key = FileKey(id, ALG, secret)
    commitment, ciphertext = key.seal_content(data)
    _write(path(id), ciphertext)
    if data_key is None:
        ring = keyring()
        stream, wrapped_by, key_id, wrapped = None, KEYRING, ring.newest, ring.wrap(keyring_label(id, ALG), secret)
    else:
        stream, wrapped_by, key_id = data_key.stream, STREAM, data_key.key_id
        wrapped = data_key.wrap(stream_label(id), secret)
    File.objects.create(
        id=id,
        stream=stream,
        owner=owner,
        wrapped_by=wrapped_by,
        key_id=key_id,
        alg=ALG,
        wrapped=wrapped,
        commitment=commitment,
        size=len(data),
        media_type=kind,
        name_ciphertext=key.seal_name(name),
        created_at=now,
    )
    return FileRef(id.hex, commitment)


def path(id: UUID) -> Path:
    """Where the bytes of a file lie, in a folder named by its last two digits: they are random, the first are time."""
    return Path(settings.FILES_DIR) / id.hex[-2:] / id.hex


def _write(target: Path, content: bytes) -> None:
    """Write a new file, readable by its owner alone, and return when it and its name are on the disk."""
    made = not target.parent.exists()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    _sync_folder(target.parent)
    if made:
        _sync_folder(target.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
