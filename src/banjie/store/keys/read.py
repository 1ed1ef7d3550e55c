"""Personal data in the clear, for whoever may see them: the caller has asked for permission and left a trace."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from banjie.store.keys.blind import blind_index
from banjie.store.keys.datakey import DataKey, unwrap
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.keys.models import Personal


def open_personal(stream: UUID, refs: Iterable[str]) -> dict[str, bytes | None]:
    """Each reference's value; None where its key was destroyed or it never was. SealBroken where it was changed."""
    opened: dict[str, bytes | None] = dict.fromkeys(refs)
    if not opened:
        return opened
    own = stream if connection.vendor == "postgresql" else stream.hex
    with connection.cursor() as cursor:
        cursor.execute(SEALED.format(refs=", ".join(["%s"] * len(opened))), [own, *opened])
        for ref, ciphertext, key_id, alg, wrapped in cursor.fetchall():
            opened[ref] = unwrap(stream, key_id, alg, bytes(wrapped)).open(ref, bytes(ciphertext))
    return opened


SEALED = """SELECT personal.ref, personal.ciphertext, data_key.key_id, data_key.alg, data_key.wrapped
FROM personal JOIN data_key ON data_key.stream = personal.stream AND data_key.key_id = personal.key_id
WHERE personal.stream = %s AND personal.ref IN ({refs}) AND data_key.wrapped IS NOT NULL"""
"""Written out: whoever opens a case asks, and composing two statements took longer than reading a few values."""


def openings(stream: UUID, refs: Iterable[str]) -> dict[str, tuple[bytes, bytes]]:
    """The salt and the value behind each reference that can still be read: for their owner, to prove them elsewhere."""
    rows = Personal.objects.filter(stream=stream, ref__in=list(refs)).values_list("ref", "key_id", "ciphertext")
    found = {}
    for ref, key_id, ciphertext in rows:
        if key := data_key(stream, key_id):
            found[ref] = key.opening(ref, bytes(ciphertext))
    return found


def open_many(places: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], bytes | None]:
    """The value at each (stream, reference), as `open_personal` gives it, in two statements for any number."""
    opened: dict[tuple[UUID, str], bytes | None] = dict.fromkeys(places)
    streams, refs = {stream for stream, _ in opened}, {ref for _, ref in opened}
    rows = Personal.objects.filter(stream__in=streams, ref__in=refs)
    living = DataKeyRow.objects.filter(stream__in=streams, wrapped__isnull=False)
    keys = {
        (stream, key_id): unwrap(stream, key_id, alg, bytes(wrapped))
        for stream, key_id, alg, wrapped in living.values_list("stream", "key_id", "alg", "wrapped")
        if wrapped is not None
    }
    for stream, ref, key_id, ciphertext in rows.values_list("stream", "ref", "key_id", "ciphertext"):
        if (stream, ref) in opened and (stream, key_id) in keys:
            opened[stream, ref] = keys[stream, key_id].open(ref, bytes(ciphertext))
    return opened


def data_key(stream: UUID, key_id: str) -> DataKey | None:
    """A data key, read from its row; None where it was destroyed or never was."""
    row = DataKeyRow.objects.filter(stream=stream, key_id=key_id).values_list("alg", "wrapped").first()
    if row is None or row[1] is None:
        return None
    return unwrap(stream, key_id, row[0], bytes(row[1]))


def find(field: str, text: str) -> list[UUID]:
    """The streams in which this field has exactly this value (see `blind_index`), oldest first."""
    rows = Personal.objects.filter(blind=blind_index(field, text))
    return list(rows.order_by("stream").values_list("stream", flat=True).distinct())
