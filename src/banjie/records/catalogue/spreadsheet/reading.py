"""A workbook read into procedures: every bad cell of every sheet is reported at once, and then nothing is taken.

The reader goes by the names of the fields in the second row, so columns may stand in any order and sheets too; an empty
cell means the default of its field. Whether a procedure may bind anybody is not asked here but at the gate.
"""

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from banjie import words
from banjie.engine.law import Procedure
from banjie.records.catalogue.spreadsheet import cells
from banjie.records.catalogue.spreadsheet.opening import LONGEST_CELL, MOST_ROWS, Rows, opened
from banjie.records.catalogue.spreadsheet.shape import ITEM, Column, Sheet, default_of, sheets, without_none
from banjie.words.catalogue import DEFAULT, LANGUAGES

HEADERS = 2
MOST_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: the sheet as it is called, the row and column as Excel counts them (0 and "": all).

    `value`: what stands there, shortened. `code` has words in the catalogue's `problems`.
    """

    sheet: str
    row: int
    column: str
    value: str
    code: str

    def said(self, language: str = DEFAULT) -> str:
        """What to say about it."""
        return words.problem(self.code, language)


@dataclass(frozen=True, slots=True)
class Import:
    """What a workbook gives: procedures, or problems; never both."""

    procedures: tuple[Procedure, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(content: bytes) -> Import:
    """The procedures of an .xlsx workbook. NotPossible as `opening.opened`; anything else is a Problem."""
    return _Reader(opened(content)).read()


@dataclass(slots=True)
class _Row:
    """A row as read: where it stands, whose it is, and its values by path."""

    sheet: Sheet
    number: int
    keys: tuple[str, ...]
    values: dict[tuple[str, ...], Any]


_Below = dict[tuple[str, tuple[str, ...]], list[_Row]]
"""Rows by their sheet and by whose they are."""


class _Reader:
    """Reads sheet by sheet, then puts the elements together from the innermost outwards."""

    def __init__(self, found: dict[str, Rows]) -> None:
        self._found = found
        self._titles = {each.title(language): each for language in LANGUAGES for each in sheets()}
        self._names = {each.code: name for name in found if (each := self._titles.get(name)) is not None}
        self._problems: list[Problem] = []
        self._unread: set[str] = set()

    def read(self) -> Import:
        notes = {words.label("workbook", "notes", language) for language in LANGUAGES}
        for name in self._found:
            if name not in self._titles and name not in notes:
                self._problem(name, 0, "", name, "unknown_sheet")
        if "items" not in self._names:
            self._problem(sheets()[0].title(), 0, "", "", "sheet_missing")
            self._unread.add("items")
        rows = {each.code: list(self._rows(each)) for each in sheets()}
        self._check_owners(rows)
        procedures: tuple[Procedure, ...] = ()
        if not self._problems:
            below: _Below = {}
            for row in (each for of_sheet in rows.values() for each in of_sheet):
                below.setdefault((row.sheet.code, row.keys), []).append(row)
            procedures = tuple(self._built(row, below, (str(row.values[("code",)]),)) for row in rows["items"])
        if self._problems:
            return Import(problems=tuple(self._problems[:MOST_PROBLEMS]))
        return Import(procedures=procedures)

    # Rows

    def _rows(self, sheet: Sheet) -> Iterator[_Row]:
        name = self._names.get(sheet.code)
        if name is None:
            return
        table = self._found[name]
        if len(table) < HEADERS:
            self._problem(name, HEADERS, "", "", "headings_missing")
            self._unread.add(sheet.code)
            return
        if sum(1 for line in table[HEADERS:] if not all(cells.is_empty(cell) for cell in line)) > MOST_ROWS:
            self._problem(name, 0, "", str(len(table) - HEADERS), "too_many")
            self._unread.add(sheet.code)
            return
        places = self._places(sheet, name, table[HEADERS - 1])
        if not places.keys() >= {*sheet.key, sheet.columns[0].name}:  # nobody can tell whose a row is
            self._unread.add(sheet.code)
            return
        for number, line in enumerate(table[HEADERS:], HEADERS + 1):
            if not all(cells.is_empty(cell) for cell in line):
                yield self._row(sheet, name, number, line, places)

    def _places(self, sheet: Sheet, name: str, heading: list[Any]) -> dict[str, int]:
        """In which column each field stands; problems for columns that are strange, twice there or missing."""
        places: dict[str, int] = {}
        for number, cell in enumerate(heading):
            field = "" if cells.is_empty(cell) else str(cell).strip()
            if not field:
                if any(number < len(line) and not cells.is_empty(line[number]) for line in self._found[name]):
                    self._problem(name, HEADERS, letters(number), "", "unknown_column")
            elif field not in sheet.names:
                self._problem(name, HEADERS, letters(number), field, "unknown_column")
            elif field in places:
                self._problem(name, HEADERS, letters(number), field, "twice")
            else:
                places[field] = number
        needed = [*sheet.key, *(each.name for each in sheet.columns if _is_needed(each))]
        for field in needed:
            if field not in places:
                self._problem(name, HEADERS, "", field, "column_missing")
        return places

    def _row(self, sheet: Sheet, name: str, number: int, line: list[Any], places: dict[str, int]) -> _Row:
        def cell(field: str) -> Any:
            place = places.get(field)
            return None if place is None or place >= len(line) else line[place]

        keys = []
        for field in sheet.key:
            try:
                keys.append("" if cells.is_empty(cell(field)) else str(cells.value_of(cell(field), _KEY, tuple)))
            except cells.BadCell as bad:
                self._problem(name, number, letters(places[field]), cell(field), str(bad))
                keys.append("")
        values: dict[tuple[str, ...], Any] = {}
        for column in sheet.columns:
            given, place = cell(column.name), letters(places[column.name]) if column.name in places else ""
            if cells.is_empty(given):
                if _is_needed(column) and place:
                    self._problem(name, number, place, "", "needed")
                values[column.path] = column.default
                continue
            if isinstance(given, str) and len(given) > LONGEST_CELL:
                self._problem(name, number, place, given, "too_long")
                continue
            try:
                values[column.path] = cells.value_of(given, column, _many(sheet, column))
            except cells.BadCell as bad:
                self._problem(name, number, place, given, str(bad))
        return _Row(sheet, number, tuple(keys), values)

    # Whose a row is

    def _check_owners(self, rows: dict[str, list[_Row]]) -> None:
        """Every row belongs to something that stands once on the sheet above it."""
        known: dict[str, set[tuple[str, ...]]] = {}
        for sheet in sheets():
            seen: set[tuple[str, ...]] = set()
            above = "items" if sheet.key == (ITEM,) else sheet.parent
            for row in rows[sheet.code]:
                if sheet.key and above not in self._unread and row.keys not in known[above]:
                    self._problem(self._names[sheet.code], row.number, "", " ".join(row.keys), "unknown_owner")
                own = self._own(row)
                if own is not None:
                    if own in seen:
                        self._problem(self._names[sheet.code], row.number, "", " ".join(own), "twice")
                    seen.add(own)
            known[sheet.code] = seen

    def _own(self, row: _Row) -> tuple[str, ...] | None:
        """By what a row is known to the rows that belong to it; None where nothing can and it may stand twice."""
        if row.sheet.code == "guide":
            return row.keys
        first = row.sheet.columns[0]
        if row.sheet.code == "items" or first.name in ("id", "slug", "value"):
            return (*row.keys, str(row.values.get(first.path, "")))
        return None

    # Putting together

    def _built(self, row: _Row, below: "_Below", keys: tuple[str, ...]) -> Any:
        """The element of a row with everything below it."""
        arguments = _nested(row.values)
        hints = typing.get_type_hints(row.sheet.type)
        for field in dataclasses.fields(row.sheet.type):
            held = arguments.get(field.name)
            hint, optional = without_none(hints[field.name])
            if isinstance(held, dict):
                arguments[field.name] = self._whole(row, hint, held, optional, field.name)
        for sheet in sheets():
            if sheet.parent == row.sheet.code:
                arguments[sheet.code] = tuple(
                    self._built(each, below, self._own(each) or keys) for each in below.get((sheet.code, keys), ())
                )
        if row.sheet.code == "items":
            guide = below.get(("guide", keys), [])
            if not guide:
                self._problem(self._names["items"], row.number, "", keys[0], "guide_missing")
                return None
            arguments["guide"] = self._built(guide[0], below, keys)
            if self._problems:
                return None
        return row.sheet.type(**arguments)

    def _whole(self, row: _Row, hint: Any, held: dict[str, Any], optional: bool, name: str) -> Any:
        """What stands in several columns together (an extension, a forwarding): all of it, or nothing."""
        missing = [key for key, value in held.items() if value is None or value is dataclasses.MISSING]
        usual = {each.name: default_of(each) for each in dataclasses.fields(hint)}
        if missing and optional and all(value in (None, usual[key], "") for key, value in held.items()):
            return None
        if missing:
            for key in missing:
                self._problem(self._names[row.sheet.code], row.number, "", f"{name}.{key}", "needed")
            return None
        return hint(**held)

    def _problem(self, sheet: str, row: int, column: str, value: Any, code: str) -> None:
        told = "" if value is None else str(value)
        self._problems.append(Problem(sheet, row, column, told[:80], code))


_KEY = Column(ITEM, "", (ITEM,), "text", dataclasses.MISSING)


def _is_needed(column: Column) -> bool:
    """Whether a cell of it may not be empty. Of a field inside an optional one, `_whole` decides."""
    return column.default is dataclasses.MISSING and len(column.path) == 1 and column.shape not in ("texts", "codes")


def _many(sheet: Sheet, column: Column) -> type:
    hint = typing.get_type_hints(sheet.type)[column.path[0]]
    return frozenset if typing.get_origin(hint) is frozenset else tuple


def _nested(values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in values.items():
        if len(path) == 1:
            found[path[0]] = () if value is dataclasses.MISSING else value
        else:
            found.setdefault(path[0], {})[path[1]] = value
    return found


def letters(number: int) -> str:
    """The name of the n-th column, from 0: A, …, Z, AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
