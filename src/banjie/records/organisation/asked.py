"""What a region asks of itself in one matter: dated entries of one file of the rulebook, of which one holds on a day.

Of the entries that have begun, that of the nearest region holds, and of its entries the newest.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.conf import settings

from banjie.engine.timelimits import Limit, Unit
from banjie.records.organisation import rulebook


class Dated(Protocol):
    """An entry: from `since` on, in the regions whose code begins with `region`."""

    @property
    def region(self) -> str: ...

    @property
    def since(self) -> date: ...


Entry = TypeVar("Entry", bound=Dated)


def asked_of(file: str, made: Callable[[dict[str, Any]], Entry], region: str, on: date) -> Entry:
    """What holds in this region on this day, by this file; LookupError where nobody has said."""
    entries: tuple[Entry, ...] = _entries(Path(settings.RULEBOOK) / file, made)
    found = [each for each in entries if region.startswith(each.region) and each.since <= on]
    if not found:
        raise LookupError(f"rulebook/{file} says nothing for {region} on {on}")
    return max(found, key=lambda each: (len(each.region), each.since))


@cache
def _entries(path: Path, made: Callable[[dict[str, Any]], Any]) -> tuple[Any, ...]:
    return tuple(made(each) for each in rulebook.read(path))


def limit(text: str) -> Limit:
    """A limit as such a file writes it: "10 working_day"."""
    number, unit = text.split()
    return Limit(int(number), Unit(unit))
