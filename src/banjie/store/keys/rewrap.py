"""Moving keys under the newest wrapping key, so that an older one, and old backups with it, can be thrown away.

Whatever lies wrapped under the keyring is a `Place`: the data keys here, others in the rooms that keep them; which
there are, `config.rewrapping` knows. People write on meanwhile: what they write is under the newest key already.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction
from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr

from banjie.store.keys import datakey, keyring
from banjie.store.keys.models import DataKey
from banjie.store.log import clock

LONGEST_WRITE = timedelta(minutes=5)
"""Whoever took the older key before the rotation has written what they wrapped under it by then, or never will."""

WRAPPER = Substr("wrapped", 1, keyring.ID_BYTES, output_field=BinaryField())


class Place(Protocol):
    """Something that lies wrapped under the keyring."""

    @property
    def name(self) -> str:
        """What lies there, in a word."""

    def rewrap(self, limit: int = 1000) -> int:
        """Wrap up to so many anew and return how many; 0 when all are under the newest key. Safe to repeat."""

    def left(self, key_id: str) -> int:
        """How many are wrapped under this key."""


class StillInUse(Exception):
    """A wrapping key cannot be thrown away: `left` by place, or `wait` seconds for whoever may still write under it."""

    def __init__(self, key_id: str, left: dict[str, int], wait: int = 0) -> None:
        super().__init__(f"the key {key_id} is still in use: {left or f'wait {wait} seconds'}")
        self.left = left
        self.wait = wait


class DataKeys:
    """The living data keys: one a stream."""

    name = "data keys"

    def rewrap(self, limit: int = 1000) -> int:
        """Wrap up to `limit` of them anew. What they seal is not touched."""
        return rewrap(limit)

    def left(self, key_id: str) -> int:
        """How many living data keys are wrapped under this key."""
        return _under([key_id]).count()


class SealedFiles:
    """Files that the keyring has sealed whole: a few keys of other kinds. `files`: where each lies, and its label."""

    def __init__(self, name: str, files: Callable[[], Mapping[Path, str]], again: Callable[[Path, str], None]) -> None:
        self.name = name
        self._files = files
        self._again = again

    def rewrap(self, limit: int = 1000) -> int:
        """Seal each anew that lies under an older key."""
        older = keyring.keyring().older
        found = [(path, label) for path, label in self._files().items() if _wrapper_of(path) in older]
        for path, label in found:
            self._again(path, label)
        return len(found)

    def left(self, key_id: str) -> int:
        """How many lie under this key."""
        return sum(_wrapper_of(path) == key_id for path in self._files())


def _wrapper_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return keyring.wrapper(file.read(keyring.ID_BYTES))
    except FileNotFoundError:
        return ""


def rewrap(limit: int = 1000) -> int:
    """Wrap up to `limit` living data keys anew and return how many; 0 when all are under the newest key."""
    ring = keyring.keyring()
    if not ring.older:
        return 0
    with transaction.atomic():
        rows = _under(ring.older)
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        anew = []
        for stream, key_id, alg, wrapped in rows.values_list("stream", "key_id", "alg", "wrapped")[:limit]:
            label = datakey.label(stream, key_id, alg)
            anew.append((ring.wrap(label, ring.unwrap(label, bytes(wrapped or b""))), stream, key_id))
        _keep(anew)
    datakey.forget()
    return len(anew)


def work(places: Sequence[Place], limit: int = 1000) -> int:
    """One bite of the work after a rotation, in any process, at any time; how many were wrapped anew.

    Where there is one wrapping key only, there is nothing to ask the database.
    """
    if not keyring.keyring().older:
        return 0
    return sum(each.rewrap(limit) for each in places)


def left(places: Sequence[Place], key_id: str) -> dict[str, int]:
    """How many lie under a wrapping key, by place; places with none are left out."""
    return {each.name: count for each in places if (count := each.left(key_id))}


def retire(places: Sequence[Place], key_id: str, *, nobody_writes: bool = False) -> None:
    """Destroy an older wrapping key for ever, once nothing lies under it.

    StillInUse where something does, or where it was replaced so lately that a write begun before may still come
    (LONGEST_WRITE; `nobody_writes`: every process was stopped meanwhile). LookupError, ValueError, KeysElsewhere as
    `keyring.throw_away` says.
    """
    ring = keyring.keyring()
    order = list(ring.keys)
    if key_id in order and key_id != ring.newest:
        replaced_at = ring.made_at[order[order.index(key_id) + 1]]
        wait = replaced_at + LONGEST_WRITE // timedelta(microseconds=1) - clock.now()
        if wait > 0 and not nobody_writes:
            raise StillInUse(key_id, left(places, key_id), wait // 1_000_000 + 1)
        if found := left(places, key_id):
            raise StillInUse(key_id, found)
    keyring.throw_away(key_id)
    datakey.forget()


def _under(key_ids: Sequence[str]) -> QuerySet[DataKey]:
    wrappers = [bytes.fromhex(each) for each in key_ids]
    return DataKey.objects.filter(wrapped__isnull=False).alias(wrapper=WRAPPER).filter(wrapper__in=wrappers)


def _keep(anew: Sequence[tuple[bytes, object, str]]) -> None:
    """One statement on PostgreSQL, one prepared statement on SQLite: a tenth of what the ORM would take."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wrapped, streams, key_ids = (list(each) for each in zip(*anew, strict=True)) if anew else ([], [], [])
            cursor.execute(
                "UPDATE data_key SET wrapped = new.wrapped "
                "FROM unnest(%s::bytea[], %s::uuid[], %s::text[]) AS new (wrapped, stream, key_id) "
                "WHERE data_key.stream = new.stream AND data_key.key_id = new.key_id",
                [wrapped, streams, key_ids],
            )
        else:
            rows = [(wrapped, stream.hex, key_id) for wrapped, stream, key_id in anew]  # type: ignore[attr-defined]
            cursor.executemany("UPDATE data_key SET wrapped = %s WHERE stream = %s AND key_id = %s", rows)
