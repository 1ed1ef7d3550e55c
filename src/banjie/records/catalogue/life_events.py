"""Life events (人生事件): what people say has happened to them, and the items in force that go with it.

Which words belong to an event is data with a day (`rulebook/search/life-events.yaml`); which items have the words is
the search's answer, so an item that is published today stands under its events today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banjie.records.catalogue import edition
from banjie.records.catalogue.search import Hit, search
from banjie.records.organisation.rulebook import BadRulebook, read, shaped

FILE = "search/life-events.yaml"
MOST = 200
"""Items of an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeEvent:
    """An event of the rulebook. `words`: what it is about, in a few words; the rest as its file says."""

    id: str
    name: str
    english: str
    since: date
    topics: tuple[str, ...]
    names: tuple[str, ...] = ()
    words: str = ""
    words_english: str = ""


def life_events(on: date) -> tuple[LifeEvent, ...]:
    """The events that count on a day, in the order of the rulebook."""
    return tuple(each for each in _read(str(settings.RULEBOOK)) if each.since <= on)


def with_items(on: date) -> list[tuple[LifeEvent, int]]:
    """The events that have items in force on a day, with how many."""
    return [(each, len(codes)) for each in life_events(on) if (codes := codes_of(each, on))]


def codes_of(event: LifeEvent, on: date) -> tuple[tuple[str, int], ...]:
    """The items of an event as code and version: those whose guide names a topic first, then those by their name."""
    return _codes(event, on, edition.current())


@lru_cache(maxsize=256)
def _codes(event: LifeEvent, on: date, number: int) -> tuple[tuple[str, int], ...]:
    found: dict[tuple[str, int], None] = {}
    for words, field in ((event.topics, "topic"), (event.names, "name")):
        for word in words:
            for hit in _all(word, on):
                if any(each.field == field for each in hit.found):
                    found[hit.code, hit.version] = None
    return tuple(found)[:MOST]


def _all(word: str, on: date) -> Iterator[Hit]:
    after = ""
    for _ in range(MOST // 50):
        results = search(word, on, 50, after)
        yield from results.items
        after = results.after
        if not after:
            return


@lru_cache(maxsize=4)
def _read(root: str) -> tuple[LifeEvent, ...]:
    path = Path(root) / FILE
    if not path.exists():
        return ()
    plain = read(path)
    if not isinstance(plain, list):
        raise BadRulebook(f"{FILE}: a list of events")
    events = tuple(shaped(LifeEvent, each, path) for each in plain)
    ids = [each.id for each in events]
    if len(set(ids)) < len(ids):
        raise BadRulebook(f"{FILE}: two events have the same id")
    return events
