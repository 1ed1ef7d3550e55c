"""All shares and totals of a period at once: two statements, whatever the number of cases, items and figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear

from banjie.cases.models import Case
from banjie.duties.statistics.asked import Asked, Version, Versions, rows
from banjie.duties.statistics.figures import ADVERSE, COUNTS, ENDED, RECEIVED, dated, in_period, part_of

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Number:
    """A figure: how many were counted, among how many (None: it is a total), and how many were left out."""

    code: str
    counted: int = 0
    among: int | None = None
    excluded: int = 0

    @property
    def share(self) -> float | None:
        """Per cent with one decimal; None without cases. Never rounded in the office's favour: what should be many is
        rounded down and what should be few is rounded up, so that a single late case is never hidden."""
        if not self.among:
            return None
        tenths, rest = divmod(1000 * self.counted, self.among)
        return (tenths + (rest > 0 and self.code in ADVERSE)) / 10

    def __add__(self, other: "Number") -> "Number":
        among = None if self.among is None or other.among is None else self.among + other.among
        return Number(self.code, self.counted + other.counted, among, self.excluded + other.excluded)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, by version of an item and month; every sum of it is a figure of some items or months."""

    rows: Mapping[tuple[Version, Month], Mapping[str, Number]]

    def number(self, code: str) -> Number:
        """A figure of everything that was asked for."""
        return _sum(code, (each[code] for each in self.rows.values() if code in each))

    def by_month(self, code: str) -> dict[Month, Number]:
        """A figure month by month, in order."""
        found: dict[Month, Number] = {}
        for (_version, month), numbers in self.rows.items():
            if code in numbers:
                found[month] = found[month] + numbers[code] if month in found else numbers[code]
        return dict(sorted(found.items()))


def _sum(code: str, numbers: Iterable[Number]) -> Number:
    total = Number(code, among=None if COUNTS[code].among is None else 0)
    for each in numbers:
        total += each
    return total


def counted(asked: Asked, versions: Versions) -> Counted:
    """Every figure of cases in the period: one statement for what ended in it, one for what was received in it."""
    found: dict[tuple[Version, Month], dict[str, Number]] = {}
    for by in (ENDED, RECEIVED):
        codes = [code for code, each in COUNTS.items() if each.by == by]
        for row in _grouped(asked, versions, by, codes):
            key = (row["procedure"], row["procedure_version"]), (row["year"], row["month"])
            numbers = {code: _number(code, row) for code in codes}
            found.setdefault(key, {}).update(numbers)
    return Counted(found)


def _grouped(asked: Asked, versions: Versions, by: str, codes: Iterable[str]) -> list[dict[str, Any]]:
    told: dict[str, Any] = {"excluded": Count("stream", filter=part_of(next(iter(codes)), "excluded"))}
    for code in codes:
        told[f"{code}_counted"] = Count("stream", filter=part_of(code, "counted"))
        if COUNTS[code].among is not None:
            told[f"{code}_among"] = Count("stream", filter=part_of(code, "among"))
    day = "ended_on" if by == ENDED else "received_on"
    with rows(Case, asked) as cases:
        found = dated(cases).filter(in_period(by, asked.since, asked.until), versions.meant(asked))
        grouped = found.annotate(year=ExtractYear(day), month=ExtractMonth(day)).order_by()
        return list(grouped.values("procedure", "procedure_version", "year", "month").annotate(**told))


def _number(code: str, row: Mapping[str, Any]) -> Number:
    among = None if COUNTS[code].among is None else row[f"{code}_among"]
    return Number(code, row[f"{code}_counted"], among, row["excluded"])


def months(since: date, until: date) -> list[Month]:
    """Every month of a period, in order."""
    found, year, month = [], since.year, since.month
    while (year, month) <= (until.year, until.month):
        found.append((year, month))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
