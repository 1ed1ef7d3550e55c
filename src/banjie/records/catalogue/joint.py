"""The joint matters of the rulebook (联合办理事项): which items several agencies decide on under one limit.

`rulebook/joint/`, one file a matter. What a bundle rests on is carried over into its own first fact.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings

from banjie.engine.law import Extension
from banjie.engine.timelimits import Limit
from banjie.records.catalogue.rulebook import limited
from banjie.records.organisation.rulebook import BadRulebook, folder, read, shaped


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterPart:
    """One item of a matter. `share`: its own share of the limit, where it is not the item's statutory limit."""

    role: str
    code: str
    share: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A joint matter. `lead`: the agency in charge; `government`: the agency whose head may extend the limit."""

    id: str
    region: str
    name: str
    basis: str
    since: date
    lead: str
    government: str
    limit: Limit
    extension: Extension
    parts: tuple[MatterPart, ...]
    english: str = ""


def matters(on: date) -> tuple[Matter, ...]:
    """The matters that hold on a day, by id. BadRulebook."""
    return tuple(each for each in _read(str(settings.RULEBOOK)) if each.since <= on)


def matter(id: str, on: date) -> Matter | None:
    """The matter of this id, or None where none holds on that day."""
    return next((each for each in matters(on) if each.id == id), None)


def matter_of(codes: Collection[str], on: date) -> Matter | None:
    """The matter that has exactly these items, or None: then each is applied for by itself."""
    return next((each for each in matters(on) if {part.code for part in each.parts} == set(codes)), None)


@lru_cache(maxsize=4)
def _read(root: str) -> tuple[Matter, ...]:
    found = []
    for path in folder("joint"):
        each = shaped(Matter, limited(read(path), f"joint/{path.name}", LIMITS), path)
        roles = [part.role for part in each.parts]
        if len(set(roles)) < len(roles):
            raise BadRulebook(f"joint/{path.name}: two parts play the same role")
        found.append(each)
    return tuple(found)


LIMITS = frozenset({"limit", "length", "share"})
