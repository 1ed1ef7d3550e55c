"""Items and calendars as the rulebook's files give them.

An item's file is a Procedure written by hand: limits as "10 working_day", units by their id, the contact by user name,
and of a ground to stop the clock only its id and cap. Units and agencies get their names from the organisation's file,
grounds theirs from grounds.yaml, as they stand on the day of publishing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from banjie.engine.calendar import Calendar
from banjie.engine.law import Procedure
from banjie.records.catalogue.notices import calendar_of, content_of
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
        "notice_limit",
        "rectification",
        "statutory_limit",
        "total_promise",
    }
)
LIMIT = re.compile(r"(\d+) (working_day|calendar_day|month|hour|minute)( stays)?")
UNITS = ("receives", "decides", "seals", "supervises", "serves")


def items() -> list[Path]:
    """The files of all items, by name."""
    return folder("items")


def item(path: Path, organisation: Organisation, pseudonym_of: Callable[[str], str]) -> Procedure:
    """The Procedure of an item's file; BadRulebook names file and key.

    `pseudonym_of`: from the contact's user name to the pseudonym facts use; LookupError for nobody.
    """
    plain = read(path)
    if not isinstance(plain, dict):
        raise BadRulebook(f"items/{path.name}: an item is a mapping")
    plain = _with_limits(plain, f"items/{path.name}")
    try:
        plain["contact"] = pseudonym_of(str(plain.get("contact", "")))
    except LookupError as problem:
        raise BadRulebook(f"items/{path.name}: contact: {problem}") from problem
    plain.update(_units(plain, organisation, path))
    plain["pause_grounds"] = [_ground(each, path) for each in plain.get("pause_grounds", ())]
    return shaped(Procedure, plain, path)


def _with_limits(plain: Any, where: str) -> Any:
    if isinstance(plain, list):
        return [_with_limits(each, f"{where}: {number}") for number, each in enumerate(plain)]
    if not isinstance(plain, dict):
        return plain
    changed = {}
    for key, value in plain.items():
        if key in LIMITS and isinstance(value, str):
            match = LIMIT.fullmatch(value)
            if match is None:
                raise BadRulebook(f"{where}: {key}: {value!r} is no limit; write for example 10 working_day")
            limit = {"number": int(match[1]), "unit": match[2]}
            changed[key] = {**limit, "stays": True} if match[3] else limit
        else:
            changed[key] = _with_limits(value, f"{where}: {key}")
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
            raise BadRulebook(f"items/{path.name}: the organisation has no unit {name!r}")
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
        raise BadRulebook(f"items/{path.name}: pause_grounds: the rulebook has no ground {given.get('id')!r}")
    return {**known[given["id"]], **given}


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
