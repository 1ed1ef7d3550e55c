"""What speaks against an organisation's file: everything at once, each fault with the entry it is about.

No fault repeats a number of a person: what stands where a name or a user name should is shown without its digits.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stdnum.cn import uscc

from banjie.records.accounts import names
from banjie.records.organisation import access
from banjie.records.organisation.models import Agency, Region, Unit, Window, WindowType
from banjie.records.organisation.rulebook import Organisation, StaffEntry
from banjie.web.roles import POSTS

CATEGORIES = ("commerce", "social", "investment")
"""The business categories of items (商事、社会事务、投资)."""
REGION = re.compile(r"\d{6}(\d{3}(\d{3})?)?", re.ASCII)
SLUG = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
NUMBER = re.compile(r"\d{6,}[0-9Xx]*", re.ASCII)
LONGEST_NAME = 60
TEXTS = ("name", "english", "government", "reconsideration", "court", "paper_prefix")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one entry of a section, counted from 0; -1 for the section as a whole."""

    section: str
    entry: int
    text: str

    def __str__(self) -> str:
        return f"{self.section}: {self.text}"


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may refer to though it does not say it itself: it stands already, or could not be read."""

    regions: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    """Agency by unit."""
    agencies: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Region and credit code by agency."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """What the numbers of its papers begin with, by agency that has one."""
    staff: Mapping[str, str] = field(default_factory=dict)
    """Unit by user name."""
    types: frozenset[str] = frozenset()
    not_staff: frozenset[str] = frozenset()
    """User names of applicants and administrators."""


def without_numbers(text: str) -> str:
    """A text in which no number of a person can be read."""
    return NUMBER.sub("…", text)


def faults(given: Organisation, known: Known | None = None, on: date | None = None) -> list[Fault]:
    """Everything that cannot be right; in order of the sections. `on`: the day by which posts are kept apart."""
    known = known or Known()
    units = dict(known.units) | {unit.id: agency.id for agency in given.agencies for unit in agency.units}
    regions = known.regions | {each.code for each in given.regions}
    of_agency = {id: region for id, (region, _) in known.agencies.items()} | {
        each.id: each.region for each in given.agencies
    }
    found = [
        *_regions(given, known, regions),
        *_agencies(given, known, regions),
        *_staff(given, known, units, of_agency, on),
        *_windows(given, known, units, regions),
        *_delegations(given, known, units),
        *_twice(given),
    ]
    return sorted(found, key=lambda each: (list(Organisation.__dataclass_fields__).index(each.section), each.entry))


def _regions(given: Organisation, known: Known, regions: Collection[str]) -> Iterator[Fault]:
    above = {each.code: each.parent for each in given.regions}
    for number, region in enumerate(given.regions):

        def fault(text: str, number: int = number, code: str = region.code) -> Fault:
            return Fault("regions", number, f"{code}: {text}")

        if not REGION.fullmatch(region.code):
            yield fault("a code has 6, 9 or 12 digits (GB/T 2260, GB/T 10114)")
        if region.parent and region.parent not in regions:
            yield fault(f"no region {region.parent}")
        elif region.parent and _leads_back(region.code, above):
            yield fault("lies within itself")
        elif region.parent and not region.code.startswith(region.parent.rstrip("0")):
            yield fault(f"its code does not lie within {region.parent}")
        yield from _named(fault, region, Region, ("name", "english"))


def _leads_back(code: str, above: Mapping[str, str]) -> bool:
    at, seen = code, set()
    while at in above and at not in seen:
        seen.add(at)
        at = above[at]
    return at in seen


def _agencies(given: Organisation, known: Known, regions: Collection[str]) -> Iterator[Fault]:
    taken = {code: id for id, (_, code) in known.agencies.items()}
    named = {each.id for each in given.agencies}
    prefixes = {prefix: id for id, prefix in known.prefixes.items() if id not in named}
    in_region = Counter((each.region, each.name) for each in given.agencies)
    for number, agency in enumerate(given.agencies):

        def fault(text: str, number: int = number, id: str = agency.id) -> Fault:
            return Fault("agencies", number, f"{id}: {text}")

        if not SLUG.fullmatch(agency.id):
            yield fault("an id has letters, digits, - and _, 40 at most")
        if agency.region not in regions:
            yield fault(f"no region {agency.region}")
        if not uscc.is_valid(agency.credit_code):
            yield fault(f"credit_code {agency.credit_code} has a wrong check digit")
        elif taken.get(agency.credit_code, agency.id) != agency.id:
            yield fault(f"credit_code {agency.credit_code} is that of {taken[agency.credit_code]}")
        if in_region[agency.region, agency.name] > 1:
            yield fault(f"the name {agency.name} stands twice in one region")
        if agency.paper_prefix and prefixes.setdefault(agency.paper_prefix, agency.id) != agency.id:
            yield fault(f"paper_prefix {agency.paper_prefix} is that of {prefixes[agency.paper_prefix]}")
        yield from _named(fault, agency, Agency, TEXTS)
        within = Counter(each.name for each in agency.units)
        for unit in agency.units:
            if not SLUG.fullmatch(unit.id):
                yield fault(f"unit {unit.id}: an id has letters, digits, - and _, 40 at most")
            if within[unit.name] > 1:
                yield fault(f"unit {unit.id}: the name {unit.name} stands twice in one agency")
            for each in _named(fault, unit, Unit, ("name", "english")):
                yield fault(f"unit {unit.id}: {each.text.removeprefix(f'{agency.id}: ')}")


def _staff(
    given: Organisation, known: Known, units: Mapping[str, str], of_agency: Mapping[str, str], on: date | None
) -> Iterator[Fault]:
    for number, each in enumerate(given.staff):

        def fault(text: str, number: int = number, username: str = each.username) -> Fault:
            return Fault("staff", number, f"{without_numbers(username)}: {text}")

        if names.problem(each.username) or each.username != each.username.strip().lower():
            yield fault("a user name is 4 to 30 of a-z, 0-9 and . _ -, begins with a letter and has no long number")
        if each.username.lower() in known.not_staff:
            yield fault("is the account of somebody who is not staff: administrators and applicants hold no post")
        if not each.name.strip() or len(each.name) > LONGEST_NAME or NUMBER.search(each.name):
            yield fault("a name is needed, 60 characters at most, without a number")
        if len(each.english) > LONGEST_NAME or NUMBER.search(each.english):
            yield fault("english: 60 characters at most, without a number")
        if each.unit not in units:
            yield fault(f"no unit {each.unit}")
        if unknown := set(each.posts) - set(POSTS):
            yield fault(f"no such post {sorted(unknown)}")
        if each.until and each.until < each.since:
            yield fault("until lies before since")
        for both in _apart(each, of_agency.get(units.get(each.unit, ""), ""), on):
            yield fault(f"{both.posts[0]} and {both.posts[1]} exclude one another ({both.basis})")


def _apart(entry: StaffEntry, region: str, on: date | None) -> list[access.Apart]:
    return list(access.choice(region, on).broken_by(entry.posts)) if on else []


def _windows(given: Organisation, known: Known, units: Mapping[str, str], regions: frozenset[str]) -> Iterator[Fault]:
    types = known.types | {each.id for each in given.window_types}
    for number, kind in enumerate(given.window_types):

        def fault(text: str, number: int = number, id: str = kind.id) -> Fault:
            return Fault("window_types", number, f"{id}: {text}")

        if unknown := set(kind.categories) - set(CATEGORIES):
            yield fault(f"no such category {sorted(unknown)}")
        if not SLUG.fullmatch(kind.id):
            yield fault("an id has letters, digits, - and _, 40 at most")
        yield from _named(fault, kind, WindowType, ("name", "english"))
    for number, window in enumerate(given.windows):

        def wrong(text: str, number: int = number, id: str = window.id) -> Fault:
            return Fault("windows", number, f"{id}: {text}")

        if window.unit not in units:
            yield wrong(f"no unit {window.unit}")
        if window.type not in types:
            yield wrong(f"no type {window.type}")
        if unknown := set(window.regions) - regions:
            yield wrong(f"no region {sorted(unknown)}")
        if not SLUG.fullmatch(window.id):
            yield wrong("an id has letters, digits, - and _, 40 at most")
        yield from _named(wrong, window, Window, ("name", "english"))


def _delegations(given: Organisation, known: Known, units: Mapping[str, str]) -> Iterator[Fault]:
    unit_of = dict(known.staff) | {each.username: each.unit for each in given.staff}
    for number, each in enumerate(given.delegations):

        def fault(text: str, number: int = number) -> Fault:
            return Fault("delegations", number, without_numbers(text))

        unknown = [name for name in (each.leaver, each.joiner) if name not in unit_of]
        for name in unknown:
            yield fault(f"nobody is called {name}")
        if each.leaver == each.joiner:
            yield fault(f"{each.leaver} cannot stand in for themselves")
        elif not unknown and len({units.get(unit_of[name]) for name in (each.leaver, each.joiner)}) > 1:
            yield fault(f"{each.joiner} works for another agency than {each.leaver}: no law lets them act in its name")
        if each.until < each.since:
            yield fault(f"{each.leaver}: until lies before since")


def _twice(given: Organisation) -> Iterator[Fault]:
    units = [(number, unit.id) for number, agency in enumerate(given.agencies) for unit in agency.units]
    for section, what, entries in (
        ("regions", "", [(number, each.code) for number, each in enumerate(given.regions)]),
        ("agencies", "", [(number, each.id) for number, each in enumerate(given.agencies)]),
        ("agencies", "credit_code ", [(number, each.credit_code) for number, each in enumerate(given.agencies)]),
        ("agencies", "unit ", units),
        ("staff", "", [(number, each.username.strip().lower()) for number, each in enumerate(given.staff)]),
        ("delegations", "", [(n, f"{d.leaver}, {d.joiner}, {d.since}") for n, d in enumerate(given.delegations)]),
        ("window_types", "", [(number, each.id) for number, each in enumerate(given.window_types)]),
        ("windows", "", [(number, each.id) for number, each in enumerate(given.windows)]),
    ):
        yield from _repeated(section, what, entries)


def _repeated(section: str, what: str, entries: Sequence[tuple[int, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, name in entries:
        if name in seen:
            shown = name if section == "agencies" else without_numbers(name) if section == "staff" else name
            yield Fault(section, number, f"{what}{shown}: twice in the file")
        seen.add(name)


def _named(fault: Any, entry: Any, model: Any, fields: Iterable[str]) -> Iterator[Fault]:
    """What a table would not take: no text where one is needed, or one that is too long."""
    for name in fields:
        text, column = getattr(entry, name), model._meta.get_field(name)
        if not column.blank and not text.strip():
            yield fault(f"{name} is needed")
        if len(text) > column.max_length:
            yield fault(f"{name} is longer than {column.max_length} characters")
