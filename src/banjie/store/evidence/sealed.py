"""What is sealed, held against what facts say of it: every personal datum and every file opens to its commitment.

A key that was destroyed takes what it sealed with it: that is counted as erased, never as a fault. A file that belongs
to no stream yet, or to one whose facts name it nowhere, is held against its own row.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from banjie.store.evidence.audit import Fault, Looking
from banjie.store.files.models import File
from banjie.store.files.read import FileDamaged, open_file
from banjie.store.files.receive import path
from banjie.store.files.refused import Refused
from banjie.store.keys.keyring import SealBroken
from banjie.store.keys.models import DataKey, Personal
from banjie.store.keys.read import data_key
from banjie.store.log import read, verify

PAGE = 1000


def personal(looking: Looking) -> Iterator[Fault]:
    """Each commitment in the log beside its ciphertext."""
    with verify.own_connection() as own:
        for stream, told in _commitments(own):
            places = {place: _Sealed(place) for place in {elsewhere or stream for *_, elsewhere in told}}
            for ref, commitment, position, elsewhere in told:
                looking.count += 1
                where = f"stream {stream.hex}, position {position}"
                beside = places[elsewhere or stream]
                if ref not in beside.rows:
                    yield Fault(f"what it refers to is gone ({ref})", where)
                    continue
                key_id, ciphertext = beside.rows[ref]
                key = beside.keys[key_id]
                if key is None and key_id not in beside.known:
                    yield Fault(f"the key of what it refers to is gone, and nobody destroyed it ({ref})", where)
                if key is not None and not key.verify(ref, ciphertext, commitment):
                    yield Fault(f"what is sealed beside it is not what was recorded ({ref})", where)


def destroyed(looking: Looking, silent: Collection[str] = ()) -> Iterator[Fault]:
    """Each data key that was destroyed: a fact of its stream says so.

    `silent`: kinds of streams that go with those they belong to, and leave no fact of their own.
    """
    rows = DataKey.objects.filter(destroyed_at__isnull=False).order_by("stream", "key_id")
    for stream, key_id in rows.values_list("stream", "key_id").iterator(PAGE):
        looking.count += 1
        history = read.entries(stream)
        if history and history[0].stream_kind in silent:
            continue
        if not any(each.kind == "erased" and read.plain(each).get("key_id") == key_id for each in history):
            yield Fault(f"its key was destroyed, and no fact says so ({key_id})", f"stream {stream.hex}")


def files(looking: Looking) -> Iterator[Fault]:
    """Each file: its bytes on the disk open to the commitment of its row."""
    for id in File.objects.order_by("id").values_list("id", flat=True).iterator(PAGE):
        looking.count += 1
        try:
            open_file(id.hex)
        except Refused:
            continue  # swept away meanwhile
        except FileDamaged as damaged:
            place = path(id).relative_to(settings.FILES_DIR)
            yield Fault(f"its bytes on the disk are {damaged.how} ({place})", f"file {id.hex}")
        except (SealBroken, OSError, ValueError) as problem:
            yield Fault(f"cannot be opened to what was received ({type(problem).__name__})", f"file {id.hex}")


def files_named(looking: Looking) -> Iterator[Fault]:
    """Each file that a fact names has a row with the commitment of that fact."""
    with verify.own_connection() as own:
        for stream, told in _commitments(own, "id"):
            wanted = {id: (commitment, position) for id, commitment, position, _ in told if _is_id(id)}
            rows = dict(File.objects.filter(id__in=[UUID(id) for id in wanted]).values_list("id", "commitment"))
            for id, (commitment, position) in wanted.items():
                looking.count += 1
                if rows.get(UUID(id)) != commitment:
                    yield Fault(f"file {id} is not the one it names", f"stream {stream.hex}, position {position}")


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(each in "0123456789abcdef" for each in text)


class _Sealed:
    """What lies sealed under the keys of a stream."""

    def __init__(self, stream: UUID) -> None:
        found = Personal.objects.filter(stream=stream).values_list("ref", "key_id", "ciphertext")
        self.rows = {ref: (key_id, bytes(sealed)) for ref, key_id, sealed in found}
        self.keys = {key_id: data_key(stream, key_id) for key_id, _ in self.rows.values()}
        self.known = set(DataKey.objects.filter(stream=stream).values_list("key_id", flat=True))


Told = list[tuple[str, str, int, UUID | None]]


def _commitments(own: BaseDatabaseWrapper, name: str = "ref") -> Iterator[tuple[UUID, Told]]:
    """The commitments of each stream that has any: (reference or id, commitment, position, where else it lies).

    A fact may say that something is sealed `in` another stream: a paper's particulars lie under the key of its case.
    So does the reason of a look at a case.
    """
    current: UUID | None = None
    told: Told = []
    for stream, position, body in _bodies(own):
        if stream != current:
            if current is not None and told:
                yield current, told
            current, told = stream, []
        told += [(ref, said, position, elsewhere) for ref, said, elsewhere in _within(json.loads(body), name)]
    if current is not None and told:
        yield current, told


def _within(plain: Any, name: str) -> Iterator[tuple[str, str, UUID | None]]:
    if isinstance(plain, dict):
        ref, commitment = plain.get(name), plain.get("commitment")
        if isinstance(ref, str) and isinstance(commitment, str):
            elsewhere = plain.get("in")
            yield ref, commitment, UUID(elsewhere) if isinstance(elsewhere, str) else None
        for each in plain.values():
            yield from _within(each, name)
    elif isinstance(plain, list):
        for each in plain:
            yield from _within(each, name)


def _bodies(own: BaseDatabaseWrapper) -> Iterator[tuple[UUID, int, bytes]]:
    """The bodies that hold a commitment, in the order of their streams."""
    if own.vendor == "postgresql":
        driver: psycopg.Connection[Any] = own.connection
        with driver.transaction(), psycopg.ServerCursor(driver, "bodies") as cursor:
            cursor.itersize = PAGE
            cursor.execute(
                "SELECT stream, position, body FROM log WHERE position('\"commitment\"'::bytea in body) > 0 "
                "ORDER BY stream, position"
            )
            yield from cursor
        return
    with closing(own.connection.cursor()) as rows:
        rows.arraysize = PAGE
        for stream, position, body in rows.execute(
            "SELECT stream, position, body FROM log WHERE instr(body, CAST('\"commitment\"' AS BLOB)) > 0 "
            "ORDER BY stream, position"
        ):
            yield UUID(stream), position, body
