"""Which items hold which piece of text: for every piece and rank one row with the places of all its documents.

A place is a number between 1 and 2³²; places ascend as codes do, with gaps, so that a new document gets one between its
neighbours and a row, four bytes a place, is in the order of the answer. Where a gap is used up, all get new ones.
"""

import json
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from itertools import groupby
from typing import Any, TypeAlias

from django.db import connection, transaction

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.records.catalogue.models import Edition, ProcedureVersion, SearchDocument, SearchGram
from banjie.records.catalogue.search.text import Document, Rank, document, grams

TOP = 2**32
STEP = 2**15
"""Between two neighbours, where there is room: fifteen documents in a row fit between any two."""
CHUNK = 4_000_000
"""Bytes that one statement writes, about."""

Key = tuple[str, int]
"""A piece and a rank."""
Places: TypeAlias = "array[int]"
"""Places of documents, ascending."""
COLUMNS = [field.name for field in fields(Document)]


# What a publication changes


def index(code: str) -> None:
    """Bring the index up to what is published of this item; inside the transaction that published or withdrew.

    A version that had ended when the item last changed is left out: whoever asks about a day before that may miss it.
    Safe to repeat.
    """
    with transaction.atomic():
        put(code, _documents(ProcedureVersion.objects.filter(code=code)))


def rebuild() -> int:
    """Make the whole index again from the published versions; how many documents it has."""
    with transaction.atomic():
        _alone()
        return fill(_documents(ProcedureVersion.objects.all()))


def _documents(versions: Any) -> Iterator[Document]:
    """The documents of these versions: those that are in force from some day on after the item's last change."""
    columns = versions.order_by("code", "version").values_list(
        "code", "version", "effective_from", "withdrawn_on", "published_at"
    )
    for code, group in groupby(columns.iterator(), key=lambda row: row[0]):
        rows = list(group)
        changed = max(at.astimezone(codec.OFFICE_ZONE).date() for *_, at in rows)
        changed = max([changed, *(withdrawn for *_, withdrawn, _ in rows if withdrawn)])
        ends: list[date] = []
        for _, version, start, withdrawn, _ in reversed(rows):
            until = min([*ends, *([withdrawn] if withdrawn else [])], default=None)
            ends.append(start)
            if until is None or until > max(start, changed):
                row = ProcedureVersion.objects.only("content").get(code=code, version=version)
                yield document(codec.from_plain(Procedure, json.loads(bytes(row.content))), until)


# Documents and their places


def put(code: str, documents: Iterable[Document]) -> None:
    """Let these be the documents of this code, in place of those that are there; in a transaction."""
    _alone()
    stored = {each.place: _stored(each) for each in SearchDocument.objects.filter(code=code).order_by("place")}
    wanted = sorted(documents, key=lambda each: each.version)
    if list(stored.values()) == wanted:
        return
    places = list(stored) if len(stored) == len(wanted) else _places(code, len(wanted))
    if places is None:
        others = SearchDocument.objects.exclude(code=code).iterator()
        fill([*map(_stored, others), *wanted])
        return
    new = dict(zip(places, wanted, strict=True))
    gone, come = _keys(stored), _keys(new)
    touched = [key for key in gone.keys() | come.keys() if gone.get(key) != come.get(key)]
    SearchDocument.objects.filter(code=code).delete()
    SearchDocument.objects.bulk_create([_row(place, each) for place, each in new.items()])
    _change(touched, gone, come)


def fill(documents: Iterable[Document]) -> int:
    """Let these be all the documents there are; how many; in a transaction."""
    ordered = sorted(documents, key=lambda each: (each.code, each.version))
    step = min(STEP, (TOP - 1) // (len(ordered) + 1))
    first = max(step, TOP // 2 - step * len(ordered) // 2)  # room at both ends
    rows: dict[Rank, defaultdict[str, Places]] = {rank: defaultdict(lambda: array("I")) for rank in Rank}
    placed = []
    for number, each in enumerate(ordered):
        place = first + step * number
        placed.append(_row(place, each))
        for rank, pieces in grams(each):
            of_rank = rows[rank]
            for piece in pieces:
                of_rank[piece].append(place)
    for model in (SearchDocument, SearchGram):
        model.objects.all().delete()
    SearchDocument.objects.bulk_create(placed, batch_size=500)
    _write(((piece, int(rank)), of_rank[piece]) for rank, of_rank in rows.items() for piece in sorted(of_rank))
    return len(ordered)


def _alone() -> None:
    """Whoever else publishes or writes here waits from now on until this transaction ends."""
    Edition.objects.bulk_create([Edition(pk=1, number=0)], ignore_conflicts=True)
    list(Edition.objects.select_for_update().filter(pk=1))


def _places(code: str, count: int) -> list[int] | None:
    """Places for so many documents of this code, between those of its neighbours; None where there is no room."""
    collation = '"C"' if connection.vendor == "postgresql" else "BINARY"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(CASE WHEN code COLLATE {collation} < %s THEN place END),"
            f" min(CASE WHEN code COLLATE {collation} > %s THEN place END) FROM catalogue_search_document",
            [code, code],
        )
        before, after = cursor.fetchone()
    room = STEP * (count + 1)
    if before is None:
        before = max(0, (after or TOP // 2) - room)
    if after is None:
        after = min(TOP, before + room)
    step = (after - before) // (count + 1)
    return [before + step * (number + 1) for number in range(count)] if step else None


def _row(place: int, each: Document) -> SearchDocument:
    return SearchDocument(place=place, **{name: getattr(each, name) for name in COLUMNS})


def _stored(row: SearchDocument) -> Document:
    return Document(**{name: getattr(row, name) for name in COLUMNS})


# The rows of pieces


def _keys(placed: dict[int, Document]) -> dict[Key, set[int]]:
    """Under which pieces these documents stand."""
    found: dict[Key, set[int]] = {}
    for place, each in placed.items():
        for rank, pieces in grams(each):
            for piece in pieces:
                found.setdefault((piece, int(rank)), set()).add(place)
    return found


def _change(touched: Sequence[Key], gone: dict[Key, set[int]], come: dict[Key, set[int]]) -> None:
    """Take places out of the rows of these pieces, and put others in."""
    present = read({piece for piece, _ in touched})
    rows, empty = [], []
    for key in sorted(touched):
        places = present.get(key) or array("I")
        for place in gone.get(key, ()):
            del places[bisect_left(places, place)]
        for place in come.get(key, ()):
            places.insert(bisect_left(places, place), place)
        if places:
            rows.append((key, places))
        else:
            empty.append(key)
    _write(rows)
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM catalogue_search_gram WHERE gram = %s AND rank = %s", empty)


def read(pieces: Iterable[str]) -> dict[Key, Places]:
    """The rows of these pieces, in one statement."""
    one_of, given = among(sorted(pieces))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg.pq import Format

            cursor.cursor.format = Format.BINARY  # half of what goes over the wire in hexadecimal
        cursor.execute(f"SELECT gram, rank, places FROM catalogue_search_gram WHERE gram {one_of}", [given])
        return {(gram, rank): _unpacked(packed) for gram, rank, packed in cursor.fetchall()}


def among(values: Sequence[Any], kind: str = "text") -> tuple[str, Any]:
    """The condition that a column is one of these values, as SQL with one parameter, and the parameter."""
    if connection.vendor == "postgresql":
        return f"= ANY(%s::{kind}[])", list(values)
    return "IN (SELECT value FROM json_each(%s))", json.dumps(values)


def _write(rows: Iterable[tuple[Key, Places]]) -> None:
    """Write rows, over those of the same piece and rank."""
    chunk: list[tuple[str, int, bytes]] = []
    size = 0
    for (gram, rank), places in rows:
        packed = _packed(places)
        chunk.append((gram, rank, packed))
        size += len(packed) + 60
        if size > CHUNK:
            _upsert(chunk)
            chunk, size = [], 0
    if chunk:
        _upsert(chunk)


def _upsert(rows: list[tuple[str, int, bytes]]) -> None:
    into = "INSERT INTO catalogue_search_gram (gram, rank, places)"
    over = "ON CONFLICT (gram, rank) DO UPDATE SET places = excluded.places"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            by_column = [list(values) for values in zip(*rows, strict=True)]
            cursor.execute(
                f"{into} SELECT * FROM unnest(%s::text[], %s::smallint[], %s::bytea[]) {over}",
                by_column,
            )
        else:
            cursor.executemany(f"{into} VALUES (%s, %s, %s) {over}", rows)


def _packed(places: Places) -> bytes:
    if sys.byteorder == "big":
        places = places[:]
        places.byteswap()
    return places.tobytes()


def _unpacked(packed: bytes | memoryview) -> Places:
    places = array("I")
    places.frombytes(packed)
    if sys.byteorder == "big":
        places.byteswap()
    return places
