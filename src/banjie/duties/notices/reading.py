"""What of an inbox its reader has read: a row an account and message, theirs alone."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from banjie.cases.scope import Scope
from banjie.duties.notices.models import Message, Reading
from banjie.engine.commands import Actor

MOST = 100
"""More than this many are not counted: 99+ says enough."""


def unread(actor: Actor) -> int:
    """How many messages this person has not read yet, at most `MOST`. One statement."""
    return len(_unread(actor)[:MOST])


def unread_of(actor: Actor) -> set[tuple[UUID, int]]:
    """Which messages this person has not read yet, by stream and position."""
    return set(_unread(actor))


def mark(actor: Actor, stream: UUID | None = None) -> int:
    """Everything of this case, or of all of them, is read by this person; how many messages that were."""
    found = _unread(actor)
    rows = list(found.filter(stream=stream, position__gt=0) if stream else found)
    if rows:
        _write(actor, rows)
    return len(rows)


def mark_reminders(actor: Actor, cases: Collection[UUID]) -> int:
    """That the licence which these cases led to runs out is read by this person; how many messages that were."""
    rows = list(_unread(actor).filter(stream__in=list(cases), position__lt=0))
    if rows:
        _write(actor, rows)
    return len(rows)


def _write(actor: Actor, rows: Iterable[tuple[UUID, int]]) -> None:
    # Two pages opened at once mark the same: the second changes nothing.
    Reading.objects.kept().bulk_create(
        [Reading(stream=stream, position=position, reader=actor.id) for stream, position in rows],
        ignore_conflicts=True,
    )


def _unread(actor: Actor) -> "QuerySet[Any, tuple[UUID, int]]":
    scope = Scope.of(actor)
    read = Reading.objects.kept().filter(stream=OuterRef("stream"), position=OuterRef("position"), reader=actor.id)
    mine = Message.objects.within(scope).filter(who__in=scope.who).exclude(Exists(read))
    return mine.values_list("stream", "position").distinct()
