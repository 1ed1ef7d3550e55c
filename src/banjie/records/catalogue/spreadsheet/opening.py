"""What somebody uploads is opened within bounds: a small file may not become a large one.

An .xlsx file is a zip of XML. Its declared sizes are added up before anything is unpacked, each part is unpacked to
its declared size at most and packed anew, and the cells are counted before a table is made of them: two cells in far
corners, or one long text that a hundred thousand cells point to, are refused.
"""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from banjie.engine.not_possible import NotPossible

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 200
MOST_ROWS = 5000
"""Rows of one sheet below its headings."""
MOST_COLUMNS = 200
LONGEST_CELL = 32_000
"""Characters; Excel itself keeps 32,767."""
MOST_TEXT = 60 * 1024 * 1024
"""Characters of all cells together."""

UNREADABLE = (zipfile.BadZipFile, zlib.error, CalamineError, NotImplementedError, EOFError, RuntimeError, OSError)

Rows = list[list[Any]]

_ROW = re.compile(rb"<(?:\w+:)?row[^<>]*?\sr\s*=\s*[\"'](\d{1,9})")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Z]{1,9})(\d{1,9})")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHARED = re.compile(rb"<(?:\w+:)?v>\s*(\d{1,9})\s*</(?:\w+:)?v>")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")


def opened(content: bytes) -> dict[str, Rows]:
    """The sheets of a workbook by name: rows of cells, each a text, number, truth or day.

    NotPossible: workbook_file_too_large, not_a_workbook, workbook_too_large.
    """
    if len(content) > LARGEST_FILE:
        raise NotPossible("workbook_file_too_large", most=LARGEST_FILE // 1024 // 1024)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(_repacked(content)))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except UNREADABLE as problem:
        raise NotPossible("not_a_workbook") from problem


def _repacked(content: bytes) -> bytes:
    """The same parts, each no larger than it said, and none of them beyond the bounds."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as anew:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > LARGEST_UNPACKED:
            raise NotPossible("workbook_too_large", most=MOST_ROWS, sheet="")
        if len({each.filename for each in parts}) < len(parts):
            raise NotPossible("not_a_workbook")
        lengths: list[int] = []
        pages: list[bytes] = []
        for each in parts:
            if each.is_dir() or each.filename.startswith("xl/media/"):
                continue
            part = packed.read(each)
            if len(part) > each.file_size:
                raise NotPossible("not_a_workbook")
            if each.filename.lower().endswith("sharedstrings.xml"):
                lengths = [len(string) for string in _STRING.split(part)[1:]]
            elif "worksheets/" in each.filename.lower() and each.filename.lower().endswith(".xml"):
                pages.append(part)
            anew.writestr(each.filename, part)
    for page in pages:
        _require_small(page, lengths)
    return out.getvalue()


def _require_small(page: bytes, lengths: list[int]) -> None:
    rows = max((int(row) for row in _ROW.findall(page)), default=0)
    columns = 0
    for letters, row in _CELL.findall(page):
        rows, columns = max(rows, int(row)), max(columns, _column(letters))
    count = len(_ANY_CELL.findall(page))
    text = sum(lengths[index] for each in _SHARED.findall(page) if (index := int(each)) < len(lengths))
    bounds = (
        rows > MOST_ROWS + 100,  # the exact number is counted when the rows are read
        columns > MOST_COLUMNS,
        count > (MOST_ROWS + 100) * MOST_COLUMNS,
        rows == 0 and count > MOST_COLUMNS,
        text > MOST_TEXT,
    )
    if any(bounds):
        raise NotPossible("workbook_too_large", most=MOST_ROWS, sheet="")


def _column(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - 64
    return number
