"""A file in the clear, for whoever may see it: the caller has asked for permission and left a trace."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from banjie.store.files.models import File
from banjie.store.files.receive import STREAM, path
from banjie.store.files.refused import Refused
from banjie.store.files.seal import FileKey, keyring_label, stream_label
from banjie.store.keys.keyring import SealBroken, keyring
from banjie.store.keys.read import data_key


class FileDamaged(SealBroken):
    """The bytes of a file cannot be had as they were received. `file`: its id; `how`: gone, unreadable, changed."""

    def __init__(self, file: UUID, how: str, why: str = "") -> None:
        super().__init__(f"file {file.hex}: its bytes are {how}{f' ({why})' if why else ''}")
        self.file, self.how = file.hex, how


class Opened(NamedTuple):
    """A file in the clear."""

    name: str
    media_type: str
    content: bytes


class Described(NamedTuple):
    """What is known of a file without reading it. `size` in bytes."""

    name: str
    media_type: str
    size: int


def open_file(id: str) -> Opened | None:
    """The file as it was received; None where the key it lies under was destroyed.

    Refused("unknown_file") where there is none; FileDamaged (a SealBroken) where its bytes are gone from the disk,
    cannot be read there, or are not what was received.
    """
    row = find_file(id)
    if row is None:
        raise Refused("unknown_file")
    key = _key(row)
    if key is None:
        return None
    try:
        ciphertext = path(row.id).read_bytes()
    except FileNotFoundError:
        raise FileDamaged(row.id, "gone") from None
    except OSError as problem:
        raise FileDamaged(row.id, "unreadable", type(problem).__name__) from None
    try:
        content = key.open_content(ciphertext, row.commitment)
    except SealBroken:
        raise FileDamaged(row.id, "changed") from None
    return Opened(key.open_name(bytes(row.name_ciphertext)), row.media_type, content)


def describe(ids: Iterable[str]) -> dict[str, Described]:
    """What each file is called and how large it is, by id, without reading its bytes.

    A file that is unknown, or whose key was destroyed, is left out.
    """
    wanted = {each: row for each in ids if (row := find_file(each))}
    keys = {each: key for each, row in wanted.items() if (key := _key(row))}
    return {
        each: Described(key.open_name(bytes(wanted[each].name_ciphertext)), wanted[each].media_type, wanted[each].size)
        for each, key in keys.items()
    }


def find_file(id: str) -> File | None:
    """The row of a file: its size, type, owner and stream; None where there is none."""
    try:
        return File.objects.filter(id=UUID(id)).first()
    except ValueError:
        return None


def _key(row: File) -> FileKey | None:
    if row.wrapped_by == STREAM:
        assert row.stream is not None
        over = data_key(row.stream, row.key_id)
        if over is None:
            return None
        return FileKey(row.id, row.alg, over.unwrap(stream_label(row.id), bytes(row.wrapped)))
    return FileKey(row.id, row.alg, keyring().unwrap(keyring_label(row.id, row.alg), bytes(row.wrapped)))
