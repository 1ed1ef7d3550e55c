"""Items, calendars and lists as the rulebook's files give them.

An item's file is a Procedure written by hand: limits as "10 working_day", units by their id, the contact by user name,
and of a ground to stop the clock only its id and cap. Units and agencies get their names from the organisation's file,
grounds theirs from grounds.yaml, as they stand on the day of publishing.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from banjie.engine.calendar import Calendar
from banjie.engine.law import Procedure
from banjie.records.catalogue import written
from banjie.records.catalogue.notices import calendar_of, content_of
from banjie.records.catalogue.register import Entry, ListKind
from banjie.records.organisation.rulebook import BadRulebook, Organisation, folder, read, shaped

LIMITS = frozenset(
    {
        "assign_within",
        "cap",
        "certificate_limit",
        "committed_limit",
        "correction_period",
        "length",
        "limit",
        "longest",
        "may_be_late",
        "notice_limit",
        "publish_within",
        "rectification",
        "state_within",
        "statutory_limit",
        "total_promise",
        "verify_within",
    }
)
LIMIT = re.compile(r"(\d+) (working_day|calendar_day|month|hour|minute)( stays)?")
UNITS = ("receives", "decides", "seals", "supervises", "serves")


def items() -> list[Path]:
    """The files of all items, by name."""
    return folder("items")


def proceedings() -> list[Path]:
    """The files of the procedures an agency opens itself (依职权), by name: `item` reads them."""
    return folder("proceedings")


def examples() -> list[Path]:
    """The files of the items that are 示例 in part, by name: drafts, which the gate does not let bind anybody."""
    return folder("examples")


def item(path: Path, organisation: Organisation, pseudonym_of: Callable[[str], str]) -> Procedure:
    """The Procedure of an item's file; BadRulebook names file and key.

    `pseudonym_of`: from the contact's user name to the pseudonym facts use; LookupError for nobody.
    """
    plain = read(path)
    if not isinstance(plain, dict):
        raise BadRulebook(f"{path.parent.name}/{path.name}: an item is a mapping")
    plain = limited(plain, f"{path.parent.name}/{path.name}")
    try:
        plain["contact"] = pseudonym_of(str(plain.get("contact", "")))
    except LookupError as problem:
        raise BadRulebook(f"{path.parent.name}/{path.name}: contact: {problem}") from problem
    plain.update(_units(plain, organisation, path))
    plain["pause_grounds"] = [_ground(each, path) for each in plain.get("pause_grounds", ())]
    if plain.get("ex_officio"):
        grounds = [_end_ground(each, path) for each in plain["ex_officio"].get("grounds", ())]
        plain["ex_officio"] = {**plain["ex_officio"], "grounds": grounds}
    return shaped(Procedure, plain, path)


def dump(procedure: Procedure, organisation: Organisation, username_of: Callable[[str], str]) -> str:
    """The file of a procedure: `item` of it gives the procedure again. BadRulebook, LookupError as `written.dump`."""
    return written.dump(procedure, organisation, LIMITS, username_of)


def limited(plain: Any, where: str, keys: Collection[str] = LIMITS) -> Any:
    """Plain content with each text under one of these keys ("10 working_day") as a limit; BadRulebook for any other."""
    if isinstance(plain, list):
        return [limited(each, f"{where}: {number}", keys) for number, each in enumerate(plain)]
    if not isinstance(plain, dict):
        return plain
    changed = {}
    for key, value in plain.items():
        if key in keys and isinstance(value, str):
            match = LIMIT.fullmatch(value)
            if match is None:
                raise BadRulebook(f"{where}: {key}: {value!r} is no limit; write for example 10 working_day")
            limit = {"number": int(match[1]), "unit": match[2]}
            changed[key] = {**limit, "stays": True} if match[3] else limit
        else:
            changed[key] = limited(value, f"{where}: {key}", keys)
    return changed


def _units(plain: Mapping[str, Any], organisation: Organisation, path: Path) -> dict[str, Any]:
    """The units an item names and their agencies, with the names of the organisation."""
    named = [plain[key] for key in UNITS if key in plain]
    named += [each.get("unit", "") for each in plain.get("steps", ())]
    forwarding = plain.get("forwarding") or {}
    named += [forwarding[key] for key in ("preliminary_unit", "to_unit") if key in forwarding]
    known = {unit.id: (unit, agency) for agency in organisation.agencies for unit in agency.units}
    units, agencies = {}, {}
    for name in named:
        if name not in known:
            raise BadRulebook(f"{path.parent.name}/{path.name}: the organisation has no unit {name!r}")
        unit, agency = known[name]
        units[name] = {"id": unit.id, "name": unit.name, "agency": agency.id, "english": unit.english}
        agencies[agency.id] = agency
    home = plain.get("home", "")
    agencies.update({each.id: each for each in organisation.agencies if each.id == home})
    return {
        "units": list(units.values()),
        "agencies": [
            {
                "id": each.id,
                "name": each.name,
                "english": each.english,
                "reconsideration": each.reconsideration,
                "court": each.court,
            }
            for each in agencies.values()
        ],
    }


def _ground(given: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """A ground as the rulebook has it today, with what the item adds."""
    known = {each["id"]: each for each in read(Path(settings.RULEBOOK) / "grounds.yaml")}
    if given.get("id") not in known:
        raise BadRulebook(
            f"{path.parent.name}/{path.name}: pause_grounds: the rulebook has no ground {given.get('id')!r}"
        )
    return {**known[given["id"]], **given}


def _end_ground(name: str, path: Path) -> dict[str, Any]:
    """A ground on which a licence may be ended, as the rulebook has it today."""
    known = {each["id"]: each for each in read(Path(settings.RULEBOOK) / "ending-grounds.yaml")}
    if name not in known:
        raise BadRulebook(f"{path.parent.name}/{path.name}: ex_officio: the rulebook has no ground {name!r}")
    return dict(known[name])


# The higher catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base item as rulebook/base-items.yaml gives it; `fields` as in `levels.declare`."""

    code: str
    version: int
    source: str
    fields: Mapping[str, Any]


def base_items() -> list[Base]:
    """The base items (基本目录) of the higher catalogue, by code; BadRulebook."""
    path = Path(settings.RULEBOOK) / "base-items.yaml"
    return [shaped(Base, plain, path) for plain in read(path)]


# Calendars


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """A calendar's file, shaped; the holidays are looked at one by one when the calendar is loaded."""

    year: int
    status: str
    document: str
    holidays: tuple[Any, ...]
    workdays: tuple[date, ...]
    published_on: date | None = None


def years(first: int = 0, last: int = 9999) -> list[dict[str, Any]]:
    """The years of rulebook/calendars from `first` to `last`, as `load_calendar` takes them; BadRulebook."""
    found = []
    for path in folder("calendars"):
        plain = read(path)
        year = shaped(_Year, plain, path).year
        if first <= year <= last:
            found.append(plain)
    return found


def calendar(region: str = "CN") -> Calendar:
    """The working days of every year the rulebook has, for who asks without a database; BadRulebook."""
    try:
        return calendar_of(content_of(f"{region}-rulebook", region, years()))
    except ValueError as problem:
        raise BadRulebook(f"calendars: {problem}") from problem


# Lists


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLists:
    """The lists a region must keep (A15), and what stands on each when they are founded; a list may be empty."""

    mandatory: tuple[ListKind, ...] = ()
    lists: Mapping[ListKind, tuple[Entry, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of a list in its file: an Entry whose kind is the list it stands on."""

    id: str
    name: str
    holder: str = ""
    basis: str = ""
    duty: str = ""
    item_class: str = ""
    amount: int = 0
    per: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """The file of a region's lists, shaped."""

    mandatory: tuple[ListKind, ...] = ()
    lists: Mapping[str, tuple[_Line, ...]] = field(default_factory=dict)


def lists(region: str) -> RegionLists:
    """The lists of rulebook/lists/<region>.yaml; none, and none mandatory, without such a file. BadRulebook."""
    path = Path(settings.RULEBOOK) / "lists" / f"{region}.yaml"
    if not path.exists():
        return RegionLists()
    told = shaped(_Lists, read(path), path)
    found: dict[ListKind, tuple[Entry, ...]] = {}
    for name, lines in told.lists.items():
        try:
            kind = ListKind(name)
        except ValueError as problem:
            raise BadRulebook(f"lists/{path.name}: lists: {problem}") from problem
        found[kind] = tuple(
            Entry(
                kind=kind,
                id=each.id,
                name=each.name,
                holder=each.holder,
                basis=each.basis,
                duty=each.duty,
                item_class=each.item_class,
                amount=each.amount,
                per=each.per,
            )
            for each in lines
        )
    return RegionLists(mandatory=told.mandatory, lists={kind: found[kind] for kind in ListKind if kind in found})
