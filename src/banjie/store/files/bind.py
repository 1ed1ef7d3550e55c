"""A file joins a stream: from then on its key lies under the stream's data key, and dies with it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from banjie.store.files.models import File
from banjie.store.files.receive import KEYRING, STREAM
from banjie.store.files.refused import Refused
from banjie.store.files.seal import keyring_label, stream_label
from banjie.store.keys.datakey import DataKey
from banjie.store.keys.keyring import keyring


def bind(stream: UUID, ids: Iterable[str], data_key: DataKey, *, owner: str, is_staff: bool = False) -> None:
    """Give files to a stream, in the order of their ids; a file it has already stays as it is.

    Part of the caller's transaction: RuntimeError outside one. Refused: unknown_file, not_your_file (it is another
    owner's, and the asker is not staff), file_of_another_case; then the caller's transaction must not be committed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("files join a stream inside the caller's transaction, and there is none")
    for id in sorted(_known(each) for each in set(ids)):
        row = File.objects.select_for_update().filter(id=id).first()
        if row is None:
            raise Refused("unknown_file")
        if row.owner != owner and not is_staff:
            raise Refused("not_your_file")
        if row.wrapped_by == STREAM:
            if row.stream != stream:
                raise Refused("file_of_another_case")
            continue
        assert row.wrapped_by == KEYRING
        secret = keyring().unwrap(keyring_label(id, row.alg), bytes(row.wrapped))
        row.stream = stream
        row.wrapped_by = STREAM
        row.key_id = data_key.key_id
        row.wrapped = data_key.wrap(stream_label(id), secret)
        row.save(update_fields=["stream", "wrapped_by", "key_id", "wrapped"])


def _known(id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError:
        raise Refused("unknown_file") from None
