"""Who may see which cases: every read of case data names its scope, or is refused before it reaches the database."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, Manager, Model, OuterRef, Q, QuerySet

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.records.parties import queries as parties
from banjie.store.postgresql import reading
from banjie.store.postgresql.guarding import Lock
from banjie.web import clock

M = TypeVar("M", bound=Model)
_reason: ContextVar[str] = ContextVar("reason", default="")


class ScopeMissing(Exception):
    """Somebody asked for case data without saying for whom: a fault of ours, never shown to a person."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The units and people (pseudonyms) on whose behalf something is read: a case is visible to its participants.

    To have been an agent in a case opens it to nobody: an agent sees what the applicant sees, as long as the mandate
    stands and as far as it reaches. `items`: the items (31 digits) it is limited to; None where it is not.
    """

    who: tuple[str, ...]
    items: frozenset[str] | None = None

    @classmethod
    def of(cls, actor: Actor) -> "Scope":
        """What this actor may see: staff their unit's cases and their own, heads their agency's."""
        if actor.kind is ActorKind.STAFF:
            heads = (actor.agency,) if "head_of_agency" in actor.posts else ()
            governs = ("head_of_government",) if "head_of_government" in actor.posts else ()
            return cls(tuple(each for each in (actor.unit, actor.id, *heads, *governs) if each))
        if actor.kind is ActorKind.AGENT and actor.on_behalf_of:
            reach = parties.reach(actor.id, actor.on_behalf_of, clock.today())
            return cls((actor.on_behalf_of,) if reach else (), None if reach.everything else reach.items)
        return cls((actor.id,) if actor.id else ())


@contextmanager
def whole_house(reason: str) -> Iterator[None]:
    """Reads across all cases by the house itself (rebuild, verify, the worker): says why."""
    token = _reason.set(reason)
    try:
        with reading.as_the_house():
            yield
    finally:
        _reason.reset(token)


def is_whole_house() -> bool:
    """Whether the house itself is reading."""
    return bool(_reason.get())


class RoomRows(QuerySet[M]):
    """Rows as the room that keeps them reads and writes them: each statement of it passes the second lock.

    There is no `iterator()`: the server's cursors do not carry the scope with them. Take pages.
    """

    def iterator(self, chunk_size: int | None = None) -> Any:
        """Refused."""
        raise ScopeMissing(f"{self.model.__name__}: take pages, a cursor of the server does not say for whom")

    def _fetch_all(self) -> None:
        with reading.as_the_house():
            super()._fetch_all()


def _as_the_house(name: str) -> Any:
    """This method of a set of rows, with each statement it makes passing the second lock."""

    def method(self: Any, *given: Any, **named: Any) -> Any:
        with reading.as_the_house():
            return getattr(QuerySet, name)(self, *given, **named)

    method.__name__, method.__doc__ = name, getattr(QuerySet, name).__doc__
    return method


for _each in (
    *("aggregate", "bulk_create", "bulk_update", "count", "create", "delete", "exists", "explain"),
    *("get_or_create", "update", "update_or_create"),
):
    setattr(RoomRows, _each, _as_the_house(_each))


class RoomRow(models.Model):
    """A row that its own room alone writes, whoever it serves meanwhile: past the second lock."""

    class Meta:
        abstract = True

    def save(self, *given: Any, **named: Any) -> None:
        """Write the row."""
        with reading.as_the_house():
            super().save(*given, **named)

    def delete(self, *given: Any, **named: Any) -> tuple[int, dict[str, int]]:
        """Delete the row."""
        with reading.as_the_house():
            return super().delete(*given, **named)

    def refresh_from_db(self, *given: Any, **named: Any) -> None:
        """Read the row again."""
        with reading.as_the_house():
            super().refresh_from_db(*given, **named)


class KeptManager(Manager[M]):
    """The manager of rows about cases that their own room alone reads: it says to whom it shows what.

    No face asks it for the rows of another room (tests/architecture/test_scoped_models.py). `lock`: to whom PostgreSQL
    shows a row whoever asks, and past whatever filter (store/postgresql); without more, to the house alone.
    """

    lock = Lock()

    def __init__(self, lock: Lock | None = None) -> None:
        super().__init__()
        if lock is not None:
            self.lock = lock

    def get_queryset(self) -> QuerySet[M]:
        """Refused: there is no reading of case data without a scope."""
        raise ScopeMissing(f"{self.model.__name__}: say for whom, or kept() in the room whose rows these are")

    def kept(self) -> QuerySet[M]:
        """The rows as the room that keeps them writes and reads them: what it shows to whom, it says itself."""
        return RoomRows(self.model, using=self._db)

    def opened(self, **columns: Iterable[str]) -> QuerySet[M]:
        """The rows for a page whose reader is shown these values of these columns: the database holds it to them."""
        for column, values in columns.items():
            if column not in self.lock.opened:
                raise ScopeMissing(f"{self.model.__name__}: nobody is opened its rows by {column}")
            reading.opened(column, values)
        return self._rows()

    def _rows(self) -> QuerySet[M]:
        return super().get_queryset()


class ScopedManager(KeptManager[M]):
    """The manager of every model of case data: `within(scope)` for people, `everything()` for the house itself."""

    def within(self, scope: Scope) -> QuerySet[M]:
        """The rows whose case has a participant of this scope. The same answer for "none" and "not yours"."""
        reading.named(scope.who)
        return self._rows().filter(self._seen(scope))

    def everything(self) -> QuerySet[M]:
        """All rows; only inside `whole_house(reason)`."""
        if not is_whole_house():
            raise ScopeMissing(f"{self.model.__name__}: everything() stands inside whole_house(reason)")
        return self.kept()

    def _seen(self, scope: Scope) -> Q:
        """The condition on a row: by its case's stream, where a manager says nothing else."""
        return Q(Exists(self._participants(scope).filter(stream=OuterRef("stream"), who__in=scope.who)))

    def _participants(self, scope: Scope) -> Any:
        participant = self.model._meta.apps.get_model("cases", "Participant")
        found: Any = QuerySet(participant, using=self._db).exclude(capacity="agent")
        if scope.items is None:
            return found
        reached = Q(stream__in=())
        for item in scope.items:
            reached |= Q(procedure__startswith=item)
        case: Any = QuerySet(self.model._meta.apps.get_model("cases", "Case"), using=self._db)
        return found.filter(Exists(case.filter(reached, stream=OuterRef("stream_id"))))


class GuardedManager(ScopedManager[M]):
    """The manager of rows that hang on a case by their `stream`: nobody goes past the second lock, the room neither."""

    lock = Lock(case="stream")

    def kept(self) -> QuerySet[M]:
        """The rows as the room reads them for whoever was named, or as the house where it reads as the house."""
        return self._rows()


class BundleManager(ScopedManager[M]):
    """A bundle is seen by whoever filed it, and by whoever sees one of the cases that its parts have become."""

    def _seen(self, scope: Scope) -> Q:
        part: Any = QuerySet(self.model._meta.apps.get_model("cases", "BundlePart"), using=self._db)
        cases = self._participants(scope).filter(stream=OuterRef("case"), who__in=scope.who)
        mine = Exists(part.filter(Exists(cases), bundle=OuterRef("stream")))
        return Q(mine) if scope.items is not None else Q(party__in=[each for each in scope.who if each]) | Q(mine)


class BundlePartManager(ScopedManager[M]):
    """A part of a bundle is seen by whoever sees the case it has become."""

    def _seen(self, scope: Scope) -> Q:
        return Q(Exists(self._participants(scope).filter(stream=OuterRef("case"), who__in=scope.who)))
