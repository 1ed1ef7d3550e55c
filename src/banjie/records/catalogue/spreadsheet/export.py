"""Procedures written into a workbook: everything they hold, so that reading it gives the same procedures again."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from banjie import words
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.naming import element_name
from banjie.records.catalogue.spreadsheet import cells
from banjie.records.catalogue.spreadsheet.opening import LONGEST_CELL, MOST_ROWS
from banjie.records.catalogue.spreadsheet.shape import Sheet, sheets
from banjie.words.catalogue import DEFAULT, catalogue

HEADER_ROWS = 2
"""The heading people read, and the name of the field that the reader goes by."""
WIDEST = 48
_NO_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 -- a workbook says no zone, and when it was made is in nobody's way


def export(procedures: Sequence[Procedure], language: str = DEFAULT) -> bytes:
    """An .xlsx workbook of these procedures, one version of an item; the same bytes for the same procedures.

    NotPossible: workbook_too_large, text_too_long_for_cell; ValueError where two procedures have one code.
    """
    if len({each.code for each in procedures}) < len(procedures):
        raise ValueError("an item stands in a workbook once")
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": words.label("workbook", "title", language), "created": _NO_DATE})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF7", "border": 1})
    field = book.add_format({"font_color": "#666666", "italic": True, "border": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    _explain(book, language, heading, text)
    for sheet in sheets():
        page = book.add_worksheet(sheet.title(language))
        for number, (name, told) in enumerate(zip(sheet.names, headings(sheet, language), strict=True)):
            page.write_string(0, number, told, heading)
            page.write_string(1, number, name, field)
            page.set_column(number, number, min(max(12, 2 * len(told) + 2), WIDEST), text)
        page.freeze_panes(HEADER_ROWS, len(sheet.key) or 1)
        _validate(page, sheet, language)
        rows = [line for procedure in procedures for line in rows_of(sheet, procedure, language)]
        if len(rows) > MOST_ROWS:
            raise NotPossible("workbook_too_large", most=MOST_ROWS, sheet=sheet.title(language))
        for row, line in enumerate(rows, HEADER_ROWS):
            for number, cell in enumerate(line):
                _write(page, row, number, cell, text, day, sheet.title(language))
    book.close()
    return out.getvalue()


def headings(sheet: Sheet, language: str) -> list[str]:
    """What people read above each column."""
    keys = [element_name("", each.split(".")[0] if "." in each else each, language) for each in sheet.key]
    return [*keys, *(each.heading(language) for each in sheet.columns)]


def rows_of(sheet: Sheet, procedure: Procedure, language: str = DEFAULT) -> Iterator[list[str | int | date]]:
    """The rows of a procedure on a sheet, its keys first."""
    for keys, element in elements(sheet, procedure):
        values = (_held(element, each.path) for each in sheet.columns)
        told = [cells.written(value, column, language) for value, column in zip(values, sheet.columns, strict=True)]
        yield [*keys, *told]


def elements(sheet: Sheet, procedure: Procedure) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The elements that are the rows of a sheet, each with what its key columns say."""
    if sheet.code == "items":
        yield (), procedure
    elif sheet.code == "guide":
        yield (procedure.code,), procedure.guide
    else:
        above = next(each for each in sheets() if each.code == sheet.parent)
        for keys, owner in elements(above, procedure):
            if sheet.parent == "items":
                keys = (procedure.code,)
            elif sheet.parent != "guide":
                keys = (*keys, str(getattr(owner, above.columns[0].name)))
            for each in getattr(owner, sheet.code):
                yield keys, each


def _held(element: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        element = None if element is None else getattr(element, name)
    return element


def _validate(page: Any, sheet: Sheet, language: str) -> None:
    """Lists to choose from, for every column that holds one code."""
    for number, column in enumerate(sheet.columns, len(sheet.key)):
        if column.shape == "yes_no":
            source = [words.label("misc", answer, language) for answer in ("yes", "no")]
        elif column.shape == "code":
            source = [cells.coded(each, column, language) for each in column.choices]
        else:
            continue
        if sum(len(each) + 1 for each in source) > 255:  # what a list in a cell's own rule can hold
            source = list(column.choices)
        page.data_validation(
            HEADER_ROWS, number, MOST_ROWS + HEADER_ROWS - 1, number, {"validate": "list", "source": source}
        )


def _write(page: Any, row: int, number: int, cell: Any, text: Any, day: Any, sheet: str) -> None:
    if isinstance(cell, date):
        page.write_datetime(row, number, cell, day)
    elif isinstance(cell, int):
        page.write_number(row, number, cell)
    elif cell:
        if len(cell) > LONGEST_CELL:
            raise NotPossible("text_too_long_for_cell", sheet=sheet, row=row + 1, most=LONGEST_CELL)
        page.write_string(row, number, cell, text)


def _explain(book: Any, language: str, heading: Any, text: Any) -> None:
    page = book.add_worksheet(words.label("workbook", "notes", language))
    page.set_column(0, 0, 100, text)
    page.write_string(0, 0, words.label("workbook", "title", language), heading)
    for row, line in enumerate(str(catalogue(language)["workbook"]["explanation"]).splitlines(), 1):
        page.write_string(row, 0, line, text)
