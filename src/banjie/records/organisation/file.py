"""An organisation as officials keep it: one YAML file or a folder of them, each entry known by its file and line.

The sections may stand in one file or be spread over several (agencies.yaml, staff.yaml …); what several files say of
one section is read one after the other, by the names of the files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from banjie.engine import codec
from banjie.records.organisation import checking, rulebook
from banjie.records.organisation.checking import Fault, Known
from banjie.records.organisation.rulebook import BadRulebook, Organisation

SECTIONS: Mapping[str, type[Any]] = {
    "regions": rulebook.RegionEntry,
    "agencies": rulebook.AgencyEntry,
    "staff": rulebook.StaffEntry,
    "delegations": rulebook.DelegationEntry,
    "window_types": rulebook.WindowTypeEntry,
    "windows": rulebook.WindowEntry,
}


class BadOrganisation(BadRulebook):
    """A file that cannot be loaded: every fault of it, with file and line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class File:
    """What could be read, where each entry stands, and what could not be read."""

    organisation: Organisation
    places: Mapping[tuple[str, int], str]
    unreadable: tuple[str, ...]
    half_known: Known

    def faults(self, known: Known, on: date) -> list[str]:
        """Everything that is wrong, each with its place; `known`: what stands in the installation."""
        half = self.half_known
        both = Known(
            regions=known.regions | half.regions,
            units={**known.units, **half.units},
            agencies=known.agencies,
            prefixes=known.prefixes,
            staff={**known.staff, **half.staff},
            types=known.types | half.types,
            not_staff=known.not_staff,
        )
        found = checking.faults(self.organisation, both, on)
        return [*self.unreadable, *(f"{self._place(each)}: {each}" for each in found)]

    def _place(self, fault: Fault) -> str:
        return self.places.get((fault.section, fault.entry), "")


def opened(path: Path) -> File:
    """The organisation of a file or folder; BadOrganisation where there is none, or one that is no YAML."""
    paths = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    if not paths:
        raise BadOrganisation([f"{path.name}: no .yaml file in this folder"])
    entries: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    places: dict[tuple[str, int], str] = {}
    wrong: list[str] = []
    half: list[tuple[str, Mapping[str, Any]]] = []
    for each in paths:
        try:
            plain, lines = rulebook.read_lines(each)
        except BadRulebook as problem:
            wrong.append(checking.without_numbers(str(problem)))
            continue
        if not isinstance(plain, dict) or not plain.keys() <= SECTIONS.keys():
            known = ", ".join(SECTIONS)
            stray = ", ".join(sorted(map(str, plain.keys() - SECTIONS.keys()))) if isinstance(plain, dict) else "a list"
            wrong.append(f"{each.name}: {checking.without_numbers(stray)} is no section; there are {known}")
            plain = plain if isinstance(plain, dict) else {}
        for section in SECTIONS.keys() & plain.keys():
            listed = plain[section] or []
            if not isinstance(listed, list):
                wrong.append(f"{each.name}: {section}: a list is expected")
                continue
            for number, one in enumerate(listed):
                place = f"{each.name}:{lines.get((section, number), 0)}"
                try:
                    made = codec.from_plain(SECTIONS[section], one, where=section)
                except ValueError as problem:
                    wrong.append(f"{place}: {checking.without_numbers(str(problem))}")
                    half += [(section, one)] if isinstance(one, dict) else []
                    continue
                places[section, len(entries[section])] = place
                entries[section].append(made)
    if not any(entries.values()) and not wrong:
        wrong.append(f"{path.name}: nothing stands in it")
    given = Organisation(**{section: tuple(found) for section, found in entries.items()})
    return File(given, places, tuple(wrong), _half_known(half))


def _half_known(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> Known:
    """What entries that cannot be read are called, so that nobody who refers to them is called wrong for it."""
    found: dict[str, dict[str, str]] = {section: {} for section in (*SECTIONS, "units")}
    for section, plain in entries:
        name = plain.get("code") or plain.get("username") or plain.get("id") or ""
        found[section][str(name)] = str(plain.get("unit", ""))
        units = plain.get("units")
        for unit in units if isinstance(units, list) else ():
            if isinstance(unit, dict):
                found["units"][str(unit.get("id", ""))] = str(name)
    return Known(
        regions=frozenset(found["regions"]),
        units=found["units"],
        staff=found["staff"],
        types=frozenset(found["window_types"]),
    )
