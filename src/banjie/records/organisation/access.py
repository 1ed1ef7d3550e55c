"""Who may see people's data in clear, what for and how often: the rulebook's `access.yaml`, dated, by region."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banjie.records.organisation.models import Unit
from banjie.records.organisation.rulebook import BadRulebook, read, shaped
from banjie.web.roles import POSTS

TELLS = ("number", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What somebody may look for, and the article that lets them. `chosen`: whether people name it themselves."""

    id: str
    name: str
    english: str
    basis: str
    chosen: bool = True

    def said(self, language: str) -> str:
        """In words."""
        return self.english if language.lower().startswith("en") else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Two posts that one person does not hold together (不相容岗位), and why."""

    posts: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a region has it from a day on. `quota`: looks a person and day; `tells`: what the looked-at is told."""

    region: str
    valid_from: date
    source: str
    quota: int
    quota_lifted_by_most: int
    tells: str
    slow_posts: tuple[str, ...]
    slow_hours: int
    purposes: tuple[Purpose, ...]
    apart: tuple[Apart, ...] = ()

    def broken_by(self, posts: Collection[str]) -> tuple[Apart, ...]:
        """The pairs of posts that exclude one another and are held here by one person."""
        return tuple(each for each in self.apart if set(each.posts) <= set(posts))

    def purpose(self, id: str) -> Purpose | None:
        """The purpose of this name."""
        return next((each for each in self.purposes if each.id == id), None)


@dataclass(frozen=True, slots=True)
class _File:
    choices: tuple[Choice, ...]


def choice(region: str, on: date) -> Choice:
    """The region's own choice of this day, or that of every region; LookupError where the rulebook has none."""
    every = _choices(str(settings.RULEBOOK))
    for name in (region, ""):
        come = [each for each in every if each.region == name and each.valid_from <= on]
        if come:
            return max(come, key=lambda each: each.valid_from)
    raise LookupError(f"rulebook/access.yaml has nothing for {on}")


def region_of(unit: str) -> str:
    """The region a unit belongs to; "" for one nobody knows."""
    return Unit.objects.filter(id=unit).values_list("agency__region_id", flat=True).first() or ""


def purposes(region: str, on: date) -> tuple[Purpose, ...]:
    """What somebody of this region may say they look for."""
    return tuple(each for each in choice(region, on).purposes if each.chosen)


def purpose_named(id: str) -> Purpose | None:
    """The purpose of this name, of whatever region and day: a fact may be older than the choice of today."""
    named = [each.purpose(id) for each in _choices(str(settings.RULEBOOK))]
    return next((each for each in reversed(named) if each), None)


@lru_cache(maxsize=4)
def _choices(root: str) -> tuple[Choice, ...]:
    path = Path(root) / "access.yaml"
    found = shaped(_File, {"choices": read(path)}, path).choices
    for each in found:
        if each.tells not in TELLS or each.quota < 1 or each.slow_hours < 0 or not each.purposes:
            raise BadRulebook(f"access.yaml: {each.region or 'every region'}: tells, quota, slow_hours or purposes")
        if any(len(both.posts) != 2 or set(both.posts) - set(POSTS) for both in each.apart):
            raise BadRulebook(f"access.yaml: {each.region or 'every region'}: apart: two posts that there are")
    return found
