"""Reads of the inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from banjie.cases.scope import Scope
from banjie.duties.notices.models import Message
from banjie.engine import events as e
from banjie.engine.codec import instant
from banjie.store.log import read


@dataclass(frozen=True, slots=True)
class Told:
    """A fact somebody was told of."""

    stream: UUID
    position: int
    event: e.Event


def inbox(scope: Scope, most: int = 50) -> list[Told]:
    """The newest messages to the people of this scope, the newest first; what several of them were told, once."""
    messages = (
        Message.objects.within(scope).filter(who__in=scope.who, position__gt=0).order_by("-at", "-position", "stream")
    )
    found = list(messages.values_list("at", "position", "stream").distinct()[:most])
    first: dict[UUID, int] = {}
    for _, position, stream in found:
        first[stream] = min(position, first.get(stream, position))
    facts = {
        (stream, entry.position): entry
        for stream, position in first.items()
        for entry in read.entries(stream, after=position - 1)
    }
    return [Told(stream, position, _event(facts[stream, position])) for _, position, stream in found]


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a licence runs out: the case it came from, the place of the fact in the licence's history, and when."""

    case: UUID
    position: int
    at: datetime


def reminders(scope: Scope, most: int = 50) -> list[Reminder]:
    """What the people of this scope were reminded of, the newest first."""
    messages = Message.objects.within(scope).filter(who__in=scope.who, position__lt=0).order_by("-at", "stream")
    found = messages.values_list("stream", "position", "at").distinct()[:most]
    return [Reminder(case, -position, instant(at)) for case, position, at in found]


def _event(entry: read.LogEntry) -> e.Event:
    return e.decode(entry.kind, read.plain(entry))
