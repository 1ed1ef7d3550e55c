"""Who somebody is, today: the engine's Actor of an account, the people of a unit, the name of a pseudonym."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind, Person
from banjie.records.accounts.models import Kind
from banjie.records.organisation.models import Agency, Delegation, Region, Staff, Unit
from banjie.records.organisation.rulebook import region_profile
from banjie.web import clock

HELD = """
SELECT s.id, s.posts, s.unit_id, u.agency_id AS agency
FROM organisation_staff s
JOIN accounts_user a ON a.id = s.user_id AND a.is_active
JOIN organisation_unit u ON u.id = s.unit_id
WHERE s.user_id = %s AND s.since <= %s AND (s.until IS NULL OR s.until >= %s)
ORDER BY s.id LIMIT 1
"""

__all__ = [
    "actor_of",
    "at_their_posts",
    "delegations_to",
    "display_name",
    "display_names",
    "forget_names",
    "in_office",
    "person",
    "place",
    "pseudonym_of",
    "region_profile",
    "staff_of_unit",
    "unit_names",
]


def actor_of(user: Any, on: date | None = None, on_behalf_of: str = "") -> Actor | None:
    """The Actor of a signed-in account on a day (today by default), or None where it may act in nobody's name.

    An applicant acts by pseudonym alone, staff in their unit and posts as long as they hold them; the operator never.
    `on_behalf_of`: the pseudonym of whoever they stand in for (AB 岗); then unit and posts are that person's. None
    where nobody has named them for it.
    """
    if not user.is_active:
        return None
    if user.kind == Kind.APPLICANT:
        return None if on_behalf_of else Actor(user.pseudonym, ActorKind.APPLICANT)
    if user.kind != Kind.STAFF:
        return None
    day = on or clock.today()
    held = _held(user.pk, day)
    if held is not None and on_behalf_of:
        delegation = delegations_to(user.pseudonym, day).filter(leaver__user__pseudonym=on_behalf_of).first()
        leaver = delegation.leaver if delegation else None
        held = (leaver.posts, leaver.unit_id, leaver.unit.agency_id) if leaver else None
    if held is None:
        return None
    posts, unit, agency = held
    return Actor(user.pseudonym, ActorKind.STAFF, frozenset(map(str, posts)), unit, agency, on_behalf_of)


def _held(user: int, on: date) -> tuple[list[str], str, str] | None:
    """Posts, unit and agency of an account on a day, as `in_office` has them; by hand, for every request asks."""
    place: Any
    for place in Staff.objects.raw(HELD, [user, on, on]):
        return place.posts, place.unit_id, place.agency
    return None


def in_office(on: date) -> QuerySet[Staff]:
    """Everybody who holds a post on this day, with unit and account."""
    holds = Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))
    return Staff.objects.filter(holds, user__is_active=True).select_related("unit", "user")


def delegations_to(pseudonym: str, on: date) -> QuerySet[Delegation]:
    """For whom this person stands in on this day."""
    running = Delegation.objects.filter(joiner__user__pseudonym=pseudonym, since__lte=on, until__gte=on)
    return running.select_related("leaver__unit", "leaver__user").order_by("pk")


def staff_of_unit(unit: str, post: str | None = None, on: date | None = None) -> list[Staff]:
    """Who works in a unit on a day (today by default), by user name; only those who hold this post."""
    people = in_office(on or clock.today()).filter(unit_id=unit).order_by("user__username")
    return [each for each in people if post is None or post in each.posts]


def person(pseudonym: str) -> Person:
    """A member of staff as facts name them; LookupError for anybody else."""
    unit = Staff.objects.filter(user__pseudonym=pseudonym).values_list("unit_id", flat=True).first()
    if unit is None:
        raise LookupError("no member of staff has this pseudonym")
    return Person(pseudonym, unit)


def pseudonym_of(username: str) -> str:
    """The pseudonym of a member of staff by user name; LookupError."""
    found = Staff.objects.filter(user__username=username).values_list("user__pseudonym", flat=True).first()
    if found is None:
        raise LookupError(f"no member of staff is called {username}")
    return found


def display_name(pseudonym: str, language: str = "zh-hans") -> str | None:
    """The name of a member of staff, whom an applicant may know; None for everybody else."""
    try:
        name, english = _names(pseudonym)
    except LookupError:
        return None
    return english or name if language.lower().startswith("en") else name


@lru_cache(maxsize=2048)
def _names(pseudonym: str) -> tuple[str, str]:
    # Only names that were found are kept: somebody new is known at once. Another process may show an old one a while.
    found = Staff.objects.filter(user__pseudonym=pseudonym).values_list("user__display_name", "english").first()
    if found is None:
        raise LookupError
    return found


def display_names(pseudonyms: Iterable[str], language: str = "zh-hans") -> dict[str, str]:
    """The names of those of these people who are staff, by pseudonym. One statement."""
    english = language.lower().startswith("en")
    rows = Staff.objects.filter(user__pseudonym__in=set(pseudonyms))
    return {
        who: (english and other) or name
        for who, name, other in rows.values_list("user__pseudonym", "user__display_name", "english")
    }


@dataclass(frozen=True, slots=True)
class AtTheirPost:
    """A member of staff as somebody outside may know them."""

    number: str
    posts: tuple[str, ...]
    unit: str
    region: str
    names: tuple[str, str]

    def name(self, language: str) -> str:
        """Their name."""
        name, english = self.names
        return english or name if language.lower().startswith("en") else name


def at_their_posts(pseudonyms: Iterable[str]) -> dict[str, AtTheirPost]:
    """Staff number, posts and region of these people, by pseudonym; of those of them who are staff. One statement."""
    rows = Staff.objects.filter(user__pseudonym__in=set(pseudonyms)).values_list(
        "user__pseudonym", "pk", "posts", "unit_id", "unit__agency__region_id", "user__display_name", "english"
    )
    return {
        who: AtTheirPost(f"{pk:06d}", tuple(posts), unit, region, (name, english))
        for who, pk, posts, unit, region, name, english in rows
    }


def unit_names(language: str = "zh-hans") -> dict[str, str]:
    """The names of all units, by id. One statement."""
    english = language.lower().startswith("en")
    return {id: (english and other) or name for id, name, other in Unit.objects.values_list("id", "name", "english")}


def unit_places(language: str = "zh-hans") -> dict[str, tuple[str, str]]:
    """The agency and the region of every unit, by id: what tells two of one name apart. One statement."""
    found = Unit.objects.values_list(
        "id", "agency__name", "agency__english", "agency__region__name", "agency__region__english"
    )
    english = language.lower().startswith("en")
    return {
        id: ((english and agency_english) or agency, (english and region_english) or region)
        for id, agency, agency_english, region, region_english in found
    }


def credit_code_places(language: str = "zh-hans") -> dict[str, str]:
    """The region of every agency, by the credit code that its item codes begin with. One statement."""
    english = language.lower().startswith("en")
    found = Agency.objects.values_list("credit_code", "region__name", "region__english")
    return {code: (english and other) or name for code, name, other in found}


def place(language: str = "zh-hans") -> str:
    """What the whole installation serves: the name of its one uppermost region, "" where there is none yet."""
    try:
        name, english = _place()
    except LookupError:
        return ""
    return english or name if language.lower().startswith("en") else name


@cache
def _place() -> tuple[str, str]:
    # Only a name that was found is kept, as above.
    uppermost = list(Region.objects.filter(parent=None).values_list("name", "english")[:2])
    if len(uppermost) != 1:
        raise LookupError
    return uppermost[0]


def forget_names() -> None:
    """Names may have changed."""
    _names.cache_clear()
    _place.cache_clear()
