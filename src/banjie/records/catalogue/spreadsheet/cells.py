"""One value in one cell, and back: codes with their words, limits as people write them, lists line by line."""

import re
from datetime import date, datetime
from functools import cache
from typing import Any

from banjie import words
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue.naming import value_name
from banjie.records.catalogue.spreadsheet.shape import Column
from banjie.words.catalogue import DEFAULT, LANGUAGES, catalogue

LARGEST_NUMBER = 10**9
EXACT = 2**53
"""Up to here a number in a workbook is exact; what is longer must stand there as text."""
STAYS = "（不顺延）"
_LIMIT = re.compile(r"(\d{1,9})\s*(.*?)\s*((?:（不顺延）|\(不顺延\)|stays)?)")


class BadCell(ValueError):
    """A cell that cannot be read: the code of the problem."""


def written(value: Any, column: Column, language: str = DEFAULT) -> str | int | date:
    """A value as it stands in its cell; "" for nothing."""
    if value is None:
        return ""
    match column.shape:
        case "number":
            return int(value)
        case "yes_no":
            return words.label("misc", "yes" if value else "no", language)
        case "limit":
            return words.limit_in_words(value, language) + (STAYS if value.stays else "")
        case "code":
            return coded(str(value), column, language)
        case "codes":
            values = sorted(value) if isinstance(value, frozenset) else value
            return "\n".join(coded(str(each), column, language) for each in values)
        case "texts":
            values = sorted(value) if isinstance(value, frozenset) else value
            return "\n".join(each.replace("\\", "\\\\").replace("\n", "\\n") for each in values)
    return value if isinstance(value, date) else str(value)


def coded(code: str, column: Column, language: str = DEFAULT) -> str:
    """A code with its words: "survey 现场核查"."""
    return f"{code} {value_name(column.part, column.name, code, language)}".strip()


def value_of(cell: Any, column: Column, many: type) -> Any:
    """The value in a cell that is not empty; BadCell. `many`: tuple or frozenset, for lists."""
    if column.shape in ("codes", "texts"):
        lines = [line.strip() for line in _text(cell).split("\n") if line.strip()]
        if column.shape == "codes":
            return many(_code(line, column) for line in lines)
        return many(_unescaped(line) for line in lines)
    match column.shape:
        case "number":
            return _number(cell)
        case "yes_no":
            return _yes_no(cell)
        case "limit":
            return _limit(_text(cell))
        case "code":
            return _code(_text(cell), column)
        case "date":
            return _date(cell)
    return _text(cell)


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) >= EXACT:
            raise BadCell("number_in_text")
        return str(int(cell))
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").strip()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _number(cell: Any) -> int:
    if isinstance(cell, str) and re.fullmatch(r"\d{1,9}", cell.strip()):
        return int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or cell != int(cell):
        raise BadCell("not_a_number")
    if not 0 <= cell <= LARGEST_NUMBER:
        raise BadCell("not_a_number")
    return int(cell)


def _yes_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    known = _answers()
    told = str(cell).strip().lower()
    if told not in known:
        raise BadCell("not_yes_or_no")
    return known[told]


@cache
def _answers() -> dict[str, bool]:
    known = {"true": True, "false": False, "yes": True, "no": False}
    for language in LANGUAGES:
        known[words.label("misc", "yes", language).lower()] = True
        known[words.label("misc", "no", language).lower()] = False
    return known


def _date(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(str(cell).strip())
    except ValueError as problem:
        raise BadCell("no_such_date") from problem


def _limit(text: str) -> Limit:
    match = _LIMIT.fullmatch(text)
    unit = _units().get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise BadCell("not_a_limit")
    return Limit(int(match[1]), unit, bool(match[3]))


@cache
def _units() -> dict[str, Unit]:
    """How a unit of time can be written after its number."""
    known = {"天": Unit.CALENDAR_DAY, "日": Unit.CALENDAR_DAY, "月": Unit.MONTH, "工作日": Unit.WORKING_DAY}
    for unit in Unit:
        known[unit.value] = unit
        for language in LANGUAGES:
            told = catalogue(language)["units"][unit.value]
            for form in ("one", "other"):
                known[told[form].replace("{number}", "").strip().lower()] = unit
    return known


def _code(text: str, column: Column) -> Any:
    code = text.split(maxsplit=1)[0]
    if code not in column.choices:
        raise BadCell("unknown_choice")
    return column.enum(code) if column.enum else code


def _unescaped(line: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], line)
