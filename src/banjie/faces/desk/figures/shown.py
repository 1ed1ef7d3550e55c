"""Figures in words: a number with its unit, its definition, and the address of the cases that make it up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from banjie.duties.statistics import listing
from banjie.duties.statistics.asked import agency_of
from banjie.duties.statistics.compression import Line
from banjie.duties.statistics.figures import COUNTS
from banjie.duties.statistics.handling import Times
from banjie.duties.statistics.values import DAILY, OF_ITEMS, Table, Value
from banjie.engine import promises
from banjie.engine.ceilings import TOTAL
from banjie.engine.law import Procedure, Region
from banjie.faces.desk.figures.asking import Page, category_name
from banjie.records.organisation.queries import region_profile
from banjie.words import limit_in_words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a figure: what it is, how many, and where its cases are ("": they are no cases)."""

    part: str
    name: str
    said: str
    number: str
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a page shows it. `text`: the number with its unit; `note`: numerator and denominator; `parts`."""

    code: str
    name: str
    text: str
    note: str
    address: str
    parts: tuple[Part, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of one item, unit, agency or category: each number with the address of its cases."""

    name: str
    text: str
    counted: str
    among: str
    query: str


def figure(value: Value, page: Page, language: str, table: Table) -> Shown:
    """A figure with everything that is said of it."""
    code, told = value.definition.code, value.definition
    ceiling = table.ceiling(code)
    name = told.said("name", language)
    if ceiling:
        name = f"{name} ({limit_in_words(ceiling.limit, language)})"
    if told.unit == "days":
        name = _("%(name)s (working days)") % {"name": name}
    return Shown(
        code=code,
        name=name,
        text=number(value, language),
        note=_note(value),
        address=f"{reverse('desk:figure', args=[code])}?{page.query}",
        parts=tuple(_parts(value, page, language)),
        source=told.source,
    )


def number(value: Value, language: str) -> str:
    """The number with its unit; a dash where there is nothing to count."""
    if value.number is None:
        return "–"
    unit = value.definition.unit
    if unit == "per_cent":
        return f"{value.number:.1f}\u00a0%"
    if unit == "minutes":
        if value.number >= 120:
            return _("%(number)s hours") % {"number": plain(round(value.number / 60, 1))}
        return _("%(number)s minutes") % {"number": plain(value.number)}
    return plain(value.number)


def plain(value: float) -> str:
    """A number without needless zeros, at most two of them after the point."""
    return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"


def _note(value: Value) -> str:
    if value.among is None:
        return ""
    told = f"{plain(value.counted)} / {plain(value.among)}"
    if value.median is not None:
        return f"{told}; " + _("median %(number)s") % {"number": plain(value.median)}
    return told


def _parts(value: Value, page: Page, language: str) -> list[Part]:
    code, told = value.definition.code, value.definition
    cases = listing.parts(code)
    found = [_part("counted", _("Numerator"), told.said("counted", language), value.counted, code, page, cases)]
    if value.among is not None:
        found.append(_part("among", _("Denominator"), told.said("among", language), value.among, code, page, cases))
    said = told.said("left_out", language)
    if code not in OF_ITEMS and code in (*COUNTS, *DAILY):
        found.append(_part("excluded", _("Left out"), said, value.excluded, code, page, cases))
    else:
        found.append(Part("excluded", _("Left out"), said, plain(value.excluded) if code == "compression" else "", ""))
    return found


def _part(part: str, name: str, said: str, held: float, code: str, page: Page, cases: tuple[str, ...]) -> Part:
    address = ""
    if part in cases:
        address = f"{reverse('desk:figure_cases', args=[code, part])}?{page.query}"
    elif code in OF_ITEMS:
        address = f"{reverse('desk:ceilings')}?{page.query}"
    return Part(part, name, said, plain(held), address)


def grouped(table: Table, code: str, by: str, page: Page, names: Mapping[str, str], language: str) -> list[Row]:
    """A figure by "item", "unit" or "category", largest first; nothing for a figure that is not counted so."""
    if code in OF_ITEMS or code == "surveys":
        return []
    key: Mapping[str, Callable[[Procedure], str]] = {
        "item": lambda procedure: procedure.code,
        "unit": lambda procedure: procedure.decides,
        "category": lambda procedure: procedure.guide.category,
    }
    groups: dict[str, list[Any]] = {}
    for version in table.versions.known:
        groups.setdefault(key[by](table.versions[version]), []).append(version)
    found = []
    for name, versions in groups.items():
        value = _only(table, frozenset(versions)).value(code)
        if not (value.among or value.counted):
            continue
        called = category_name(name, language) if by == "category" else names.get(name, name)
        among = "" if value.among is None else plain(value.among)
        query = page.narrowed(**{by: name})
        found.append(
            (value.among or value.counted, Row(called, number(value, language), plain(value.counted), among, query))
        )
    return [row for _size, row in sorted(found, key=lambda each: (-each[0], each[1].name))]


def _only(table: Table, versions: frozenset[Any]) -> Table:
    """The table of some versions."""
    counted = replace(
        table.counted, rows={key: value for key, value in table.counted.rows.items() if key[0] in versions}
    )
    taken = table.taken
    kept = replace(
        taken,
        days=_of(taken.days, versions),
        counted_days=_of(taken.counted_days, versions),
        minutes=_of(taken.minutes, versions),
    )
    return replace(table, counted=counted, taken=kept)


def _of(found: Mapping[Any, Times], versions: frozenset[Any]) -> dict[Any, Times]:
    return {each: times for each, times in found.items() if each in versions}


# Limits and baselines


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with what it promises, the ceiling over it, and how much shorter it is than before the reform.

    `verdict`: within, above, exempt, or none (no ceiling is for it).
    """

    code: str
    name: str
    agency: str
    category: str
    promised: str
    ceiling: str
    is_soft: bool
    verdict: str
    exemption: str
    before: str
    rate: str
    took: str
    total: str


def item_lines(table: Table, language: str) -> list[ItemLine]:
    """The items in force that are asked for, with their limits."""
    lines = {each.procedure.code: each for each in table.compression.lines if each.procedure}
    took = table.taken.by_item("handling_days")
    return [_item_line(each, table, lines.get(each.code), took.get(each.code), language) for each in table.items]


def _item_line(procedure: Procedure, table: Table, line: Line | None, took: Times | None, language: str) -> ItemLine:
    promised = procedure.committed_limit or procedure.statutory_limit
    english = language == "en"
    try:
        region = region_profile(procedure.region)
    except LookupError:
        region = table.profile or Region(code="", name="")
    found = promises.applicable(procedure, region, table.on)
    total = promises.applicable(procedure, region, table.on, TOTAL)
    over = promises.above(procedure, region, table.on)
    tightest = over or (found[0] if found else None)
    agency = procedure.agency(agency_of(procedure))
    return ItemLine(
        code=procedure.code,
        name=(english and procedure.english) or procedure.name,
        agency=(english and agency.english) or agency.name,
        category=category_name(procedure.guide.category, language),
        promised=limit_in_words(promised, language),
        ceiling=limit_in_words(tightest.limit, language) if tightest else "",
        is_soft=bool(tightest and tightest.is_soft),
        verdict="exempt" if procedure.guide.exemption else "above" if over else "within" if found else "none",
        exemption=procedure.guide.exemption,
        before=limit_in_words(line.baseline.before, language) if line else "",
        rate=f"{line.rate:.1f}\u00a0%" if line and line.rate is not None else "",
        took=plain(took.mean) if took and took.mean is not None else "",
        total=limit_in_words((procedure.total_promise or total[0].limit), language)
        if procedure.total_promise or total
        else "",
    )
