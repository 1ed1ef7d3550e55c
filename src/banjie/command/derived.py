"""Every row of the rooms, held against the log that it was made from: made anew, compared, and undone.

A row is found that somebody has changed, put in or taken out by hand: a licence revived, a fee of another amount, a
seal in use again. On SQLite the rows are made anew in a copy of the file, on PostgreSQL in a transaction that is rolled
back. Rows that differ and name a stream whose newest facts the worker has not followed yet are counted, and left for
the next time.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import Error, connection, transaction
from django.db.models import AutoField, Model

from banjie.cases import bundles, plans
from banjie.cases.models import Bundle, BundlePart, Plan
from banjie.cases.scope import whole_house
from banjie.duties.archive import rebuild as archive
from banjie.duties.archive.follow import Archive
from banjie.duties.archive.models import ArchiveNumber, ArchiveRecord
from banjie.duties.delivery import rebuild as delivery
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.duties.fees import rebuild as fees
from banjie.duties.fees.models import Charge, Day, Difference, Order
from banjie.duties.inspections import rebuild as inspections
from banjie.duties.inspections.models import Circular, Draw, Problem, Sampled, Standing, Visit
from banjie.duties.licences import rebuild as licences
from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.duties.papers import rebuild as papers
from banjie.duties.papers.models import Paper, PaperNumber, SealBatch
from banjie.duties.publicity import rebuild as publicity
from banjie.duties.publicity.follow import Publicity
from banjie.duties.publicity.models import Disclosure
from banjie.duties.queue import rebuild as queue
from banjie.duties.queue.follow import Slips
from banjie.duties.queue.models import Inquiry, Slip, WrongDoor
from banjie.duties.seals import rebuild as seals
from banjie.duties.statistics import rebuild as statistics
from banjie.duties.statistics.follow import Figures
from banjie.duties.statistics.models import Handled, Surveyed
from banjie.duties.supervision import rebuild as supervision
from banjie.duties.supervision.models import Card, Outage
from banjie.duties.supervision.models import Order as SupervisionOrder
from banjie.records.accounts import follow as accounts
from banjie.records.accounts.follow import Trail
from banjie.records.accounts.models import TrailLine
from banjie.records.catalogue import models as of_catalogue
from banjie.records.catalogue import rebuild as catalogue
from banjie.records.organisation import grants
from banjie.records.organisation.models import Grant
from banjie.records.parties import models as of_parties
from banjie.records.parties import rebuild as parties
from banjie.store.evidence.audit import Fault, Looking, Part, part
from banjie.store.log import verify
from banjie.store.log.models import Bookmark, Feed, Parked, Unfed

WHY = "the worker has not followed the newest facts of what they name yet: ask again when it has"
BUSY = "somebody wrote to them meanwhile: ask again"
TRIES = 3


@dataclass(frozen=True, slots=True)
class Room:
    """Which rows a room derives, and what makes them anew. `notes`: fields that are the worker's notes and no facts.

    `follower`: who makes the rows some time after the fact; "" where fact and row stand in one transaction.
    """

    name: str
    rebuild: Callable[[], int]
    models: tuple[type[Model], ...]
    notes: frozenset[str] = field(default=frozenset())
    follower: str = ""


ROOMS = (
    Room(
        "the catalogue",
        catalogue.rebuild,
        (
            of_catalogue.ProcedureVersion,
            of_catalogue.ProceedingVersion,
            of_catalogue.CalendarVersion,
            of_catalogue.ListVersion,
            of_catalogue.ListEntry,
            of_catalogue.BaseItem,
            of_catalogue.Item,
            of_catalogue.UpstreamChange,
            of_catalogue.Round,
            of_catalogue.RoundItem,
            of_catalogue.GuideBatch,
        ),
    ),
    Room(
        "parties and mandates",
        parties.rebuild,
        (of_parties.Party, of_parties.Mandate, of_parties.Bar, of_parties.Look, of_parties.QuotaLift),
    ),
    Room("posts given", grants.rebuild, (Grant,)),
    Room("the audit trail", accounts.rebuild, (TrailLine,), follower=Trail.name),
    Room("plans", plans.rebuild, (Plan,), frozenset({"cursor", "seen", "moved", "blocked"})),
    Room("joint handlings", bundles.rebuild, (Bundle, BundlePart), frozenset({"stirred", "settled", "retry_at"})),
    Room("licences", licences.rebuild, (Licence, Version, PurposeCopy)),
    Room("papers", papers.rebuild, (Paper, PaperNumber, SealBatch)),
    Room("the archive", archive.rebuild, (ArchiveRecord, ArchiveNumber), follower=Archive.name),
    Room("what is public", publicity.rebuild, (Disclosure,), follower=Publicity.name),
    Room("the queue", queue.rebuild, (Slip, Inquiry, WrongDoor), follower=Slips.name),
    Room("the delivery", delivery.rebuild, (Delivery, Parcel), frozenset({"next_at", "tries", "trouble"})),
    Room("the fees", fees.rebuild, (Charge, Order, Day, Difference), frozenset({"next_at", "tries", "trouble"})),
    Room("inspections", inspections.rebuild, (Sampled, Draw, Problem, Visit, Circular, Standing)),
    Room("seals", seals.rebuild, seals.MODELS),
    Room("supervision", supervision.rebuild, (Card, SupervisionOrder, Outage)),
    Room("the figures", statistics.rebuild, (Handled, Surveyed), follower=Figures.name),
)
"""Each beside what `banjie rebuild` makes of it."""


def parts() -> Iterator[Part]:
    """Each room, one after the other."""
    with _aside():
        for room in ROOMS:
            yield part(f"rows of {room.name}", partial(_look, room))


def _look(room: Room, looking: Looking) -> Iterator[Fault]:
    for left in reversed(range(TRIES)):
        try:
            stand, should, unfollowed = _compared(room)
            break
        except Error:
            if not left:
                looking.unchecked, looking.why = 1, BUSY
                return
        except (ValueError, KeyError, TypeError, LookupError, AssertionError) as problem:
            yield Fault(f"a history cannot be read ({type(problem).__name__})", f"rows of {room.name}")
            return
    looking.count = len(stand)
    for row in sorted(stand.keys() ^ should.keys()):
        where, names = (stand if row in stand else should)[row]
        if names & unfollowed:
            looking.unchecked += 1
            looking.why = WHY
            continue
        yield Fault("the row is not what its history gives (banjie rebuild)", where)


Rows = dict[bytes, tuple[str, frozenset[UUID]]]
"""Of each row a digest, where it stands, and which streams it names."""


class _Undone(Exception):
    """Everything is put back."""


def _compared(room: Room) -> tuple[Rows, Rows, frozenset[UUID]]:
    """The rows as they stand and as they are made anew, of one moment; and the streams nobody has followed yet."""
    stand, should, unfollowed = Rows(), Rows(), frozenset[UUID]()
    try:
        with _one_moment(), transaction.atomic(), whole_house("rows are compared with their histories"):
            unfollowed = _unfollowed(room.follower)
            stand = _rows(room)
            room.rebuild()
            should = _rows(room)
            raise _Undone
    except _Undone:
        return stand, should, unfollowed


def _unfollowed(follower: str) -> frozenset[UUID]:
    """The streams that have facts which this follower has not read."""
    if not follower:
        return frozenset()
    read = Bookmark.objects.filter(follower=follower).values_list("no", flat=True).first() or 0
    fed = Feed.objects.filter(no__gt=read).values_list("stream", flat=True).distinct()
    waiting = Unfed.objects.values_list("stream", flat=True).distinct()
    parked = Parked.objects.filter(follower=follower).values_list("stream", flat=True)
    return frozenset(fed) | frozenset(waiting) | frozenset(parked)


def _rows(room: Room) -> Rows:
    found = Rows()
    for model in room.models:
        names = [
            each.attname
            for each in model._meta.concrete_fields
            if not isinstance(each, AutoField) and each.attname not in room.notes
        ]
        label = "stream" if "stream" in names else names[0]
        for values in model._base_manager.values_list(*names):
            plain = tuple(map(_plain, values))
            told = values[names.index(label)]
            where = f"{model._meta.db_table}, {label} {told.hex if isinstance(told, UUID) else str(told)}"
            digest = blake2b(f"{model._meta.db_table}{plain!r}".encode(), digest_size=16).digest()
            found[digest] = (where, frozenset(each for each in plain if isinstance(each, UUID)))
    return found


def _plain(value: Any) -> Any:
    """A value of a column in the one form in which it can be compared: JSON has no order of names."""
    if isinstance(value, memoryview):
        return bytes(value)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


@contextmanager
def _aside() -> Iterator[None]:
    """On SQLite a copy of the file, thrown away afterwards, so that nobody waits to write meanwhile."""
    if connection.vendor != "sqlite":
        yield
        return
    kept = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="verify-", dir=Path(kept).parent) as folder:
        place = Path(folder) / "copy.sqlite3"
        with verify.own_connection() as own, closing(sqlite3.connect(place)) as copy:
            own.connection.backup(copy)
        _move(str(place))
        try:
            yield
        finally:
            _move(kept)


def _move(name: str) -> None:
    """Work in another file from here on."""
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def _one_moment() -> Iterator[None]:
    """On PostgreSQL everything read in the next transactions is of one moment, whoever writes meanwhile."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver: psycopg.Connection[Any] = connection.connection
    before = driver.isolation_level
    driver.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        driver.isolation_level = before
