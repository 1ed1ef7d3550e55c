"""The workbook out and in: exact there and back, every bad cell reported at once, nothing half-imported."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from banjie.engine.guide import Faq
from banjie.engine.law import Choice, Extension, Material, Question
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import spreadsheet
from banjie.records.catalogue.spreadsheet import Problem, opening
from banjie.records.catalogue.spreadsheet.shape import ITEM, sheets
from banjie.words import LANGUAGES
from banjie.words.catalogue import catalogue
from banjie.words.refusals import refusal
from tests.records.catalogue.rulebook_items import EVERY_ITEM, FOOD, item

Table = list[list[Any]]
Book = dict[str, Table]


# There and back


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_every_item_of_the_rulebook_comes_back_as_it_was(name: str, language: str) -> None:
    procedure = item(name)
    found = spreadsheet.read(spreadsheet.export([procedure], language))

    assert found.problems == ()
    assert found.procedures == (procedure,)


def test_many_items_come_back_in_their_order() -> None:
    procedures = [item(FOOD), item("labour-dispatch"), item("private-school"), item("sole-trader-deregistration")]
    content = spreadsheet.export(procedures)

    assert list(spreadsheet.read(content).procedures) == procedures
    assert spreadsheet.export(procedures) == content


def test_what_is_unusual_comes_back_too() -> None:
    odd = '=HYPERLINK("http://x")'
    procedure = replace(
        item(FOOD),
        summary=odd,
        fee="@+-=",
        extension=Extension(length=Limit(1, Unit.MONTH), authority="head_of_government"),
        total_promise=Limit(30, Unit.CALENDAR_DAY, stays=True),
        notice_limit=Limit(2, Unit.HOUR),
        basis=("第一行\n第二行", "反斜杠 \\n \\", "=1+1"),
        materials=(Material(id="m", name="0012", may_be_late=Limit(5, Unit.WORKING_DAY), standard="2025-01-01"),),
        questions=(
            Question(id="q1", label="一", type="choice", choices=(Choice(value="a", label="甲"),)),
            Question(id="q2", label="二", type="choice", choices=(Choice(value="a", label="乙"),)),
        ),
        contact="",
        supervises="",
    )

    assert spreadsheet.read(spreadsheet.export([procedure])).procedures == (procedure,)


def test_no_cell_is_a_formula_or_a_link() -> None:
    procedure = replace(item(FOOD), summary="=1+1", fee="http://example.test")
    with zipfile.ZipFile(BytesIO(spreadsheet.export([procedure]))) as parts:
        pages = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]

    assert not [page for page in pages if b"<f>" in page or b"<hyperlink" in page]


def test_the_sheets_say_what_they_want() -> None:
    content = spreadsheet.export([item(FOOD)])
    book = read_book(content)

    assert next(iter(book)) == "说明"
    assert book["申请材料"][0][:3] == ["所属事项编码", "编号", "名称"]
    assert book["申请材料"][1][:3] == [ITEM, "id", "name"]
    with zipfile.ZipFile(BytesIO(content)) as parts:
        pages = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/" in name).decode()
    assert "survey 现场核查" in pages
    assert pages.count("<dataValidation ") > 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_has_a_name_excel_takes(language: str) -> None:
    titles = [each.title(language) for each in sheets()]

    assert len(set(titles)) == len(titles)
    assert all(0 < len(each) <= 31 and not set(each) & set("[]:*?/\\") for each in titles)


# As people fill it in


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("statutory_limit", "20个工作日", Limit(20, Unit.WORKING_DAY)),
        ("statutory_limit", "20 working_day", Limit(20, Unit.WORKING_DAY)),
        ("statutory_limit", " 3个月 ", Limit(3, Unit.MONTH)),
        ("statutory_limit", "15天", Limit(15, Unit.CALENDAR_DAY)),
        ("statutory_limit", "1 hour", Limit(1, Unit.HOUR)),
        ("statutory_limit", "15 个自然日（不顺延）", Limit(15, Unit.CALENDAR_DAY, stays=True)),
        ("committed_limit", "", None),
        ("instant", "是", True),
        ("instant", "No", False),
        ("instant", True, True),
        ("visits", 2, 2),
        ("visits", "2", 2),
        ("licence_years", "", 0),
        ("effective_from", "2026-05-01", date(2026, 5, 1)),
        ("region", 330000, "330000"),
        ("correction_period", "", Limit(10, Unit.WORKING_DAY)),
    ],
)
def test_a_cell_is_read_as_people_write_it(field: str, cell: Any, value: Any) -> None:
    found = spreadsheet.read(with_cells({("事项", field): cell}))

    assert found.problems == ()
    assert getattr(found.procedures[0], field) == value


def test_columns_and_sheets_may_stand_in_any_order() -> None:
    book = read_book(spreadsheet.export([item(FOOD)]))
    turned = {name: [line[::-1] for line in table] for name, table in reversed(book.items())}

    assert spreadsheet.read(write_book(turned)).procedures == (item(FOOD),)


# What is wrong


def test_every_bad_cell_of_every_sheet_is_reported_at_once_and_nothing_is_imported() -> None:
    procedures = [item(FOOD), item("labour-dispatch")]
    book = read_book(spreadsheet.export(procedures))
    put(book, "事项", "statutory_limit", "很快")
    put(book, "事项", "effective_from", "2025-02-30", row=4)
    put(book, "申请材料", "copies", -1)
    put(book, "申请材料", "necessary", "也许", row=4)
    put(book, "办理环节", "kind", "magic")
    put(book, "指南要素", "served", "person 自然人\nghosts")
    put(book, "许可条件", "text", "")
    put(book, "常见问题", ITEM, "别的事项")
    for line, cell in zip(book["申请材料"], ("多余", "extra", ""), strict=False):
        line.append(cell)

    found = spreadsheet.read(write_book(book))

    assert found.procedures == ()
    assert {(each.sheet, each.row, each.code) for each in found.problems} == {
        ("事项", 3, "not_a_limit"),
        ("事项", 4, "no_such_date"),
        ("申请材料", 3, "not_a_number"),
        ("申请材料", 4, "not_yes_or_no"),
        ("办理环节", 3, "unknown_choice"),
        ("指南要素", 3, "unknown_choice"),
        ("许可条件", 3, "needed"),
        ("常见问题", 3, "unknown_owner"),
        ("申请材料", 2, "unknown_column"),
    }
    by_code = {each.code: each for each in found.problems}
    assert by_code["not_a_limit"].value == "很快"
    assert by_code["not_a_limit"].column == column_of(book, "事项", "statutory_limit")


Spoil = Callable[[Book], None]


def lengthen(book: Book) -> None:
    for line, cell in zip(book["事项"], ("多余", "extra", "x"), strict=False):
        line.append(cell)


def unnamed(book: Book) -> None:
    for line, cell in zip(book["事项"], ("多余", "", "x"), strict=False):
        line.append(cell)


def repeat_column(book: Book) -> None:
    for line in book["事项"]:
        line.append(line[1])


def repeat_row(book: Book) -> None:
    book["申请材料"].append(book["申请材料"][2])


def drop_column(book: Book) -> None:
    place = book["申请材料"][1].index("name")
    for line in book["申请材料"]:
        del line[place]


def strange_sheet(book: Book) -> None:
    book["随手记"] = [["a"]]


def no_items(book: Book) -> None:
    del book["事项"]


def no_guide(book: Book) -> None:
    del book["指南要素"][2:]


def no_headings(book: Book) -> None:
    book["常见问题"] = [["问题"]]


def numbers_for_text(book: Book) -> None:
    put(book, "事项", "region", 1.5)


def half_an_extension(book: Book) -> None:
    put(book, "事项", "extension.length", "")
    put(book, "事项", "extension.authority", "head_of_government")


def owner_of_choice(book: Book) -> None:
    put(book, "选项", "questions.id", "no_such_question")


def much_text(book: Book) -> None:
    put(book, "事项", "summary", "字" * 32_500)


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lengthen, {"unknown_column"}),
        (unnamed, {"unknown_column"}),
        (repeat_column, {"twice"}),
        (repeat_row, {"twice"}),
        (drop_column, {"column_missing"}),
        (strange_sheet, {"unknown_sheet"}),
        (no_items, {"sheet_missing"}),
        (no_guide, {"guide_missing"}),
        (no_headings, {"headings_missing"}),
        (numbers_for_text, {"number_in_text"}),
        (half_an_extension, {"needed"}),
        (owner_of_choice, {"unknown_owner"}),
        (much_text, {"too_long"}),
    ],
)
def test_each_mistake_has_its_own_code_and_words(spoil: Spoil, codes: set[str]) -> None:
    book = read_book(spreadsheet.export([item(FOOD)]))
    spoil(book)

    found = spreadsheet.read(write_book(book))

    assert found.procedures == ()
    told = {each.code for each in found.problems}
    assert told == codes
    for language in LANGUAGES:
        assert told <= catalogue(language)["problems"].keys()
        assert all(isinstance(each, Problem) and each.said(language) for each in found.problems)


# Bounds


def test_a_file_that_is_too_large_is_refused_before_it_is_opened() -> None:
    assert refused(b"x" * (opening.LARGEST_FILE + 1)) == "workbook_file_too_large"


@pytest.mark.parametrize("content", [b"", b"PK", b"name,code\n1,2", b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert refused(content) == "not_a_workbook"


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    assert refused(packed({"a.txt": b"hello"})) == "not_a_workbook"


def test_a_zip_bomb_is_refused_by_its_declared_size() -> None:
    bomb = packed({"xl/workbook.xml": b"0" * (opening.LARGEST_UNPACKED + 1)})

    assert len(bomb) < 200_000
    assert refused(bomb) == "workbook_too_large"


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    honest = packed({"xl/workbook.xml": b"0" * 1_000_000})
    size = (1_000_000).to_bytes(4, "little")

    assert refused(honest.replace(size, (10).to_bytes(4, "little"))) == "not_a_workbook"


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1'><c r='A1'><v>1</v></c><c r='XFD1'><v>1</v></c></row>",
        b'<row r="900000"><c><v>1</v></c></row>',
        b"<row>" + b"<c><v>1</v></c>" * 500 + b"</row>",
    ],
)
def test_cells_in_far_corners_are_refused(cells: bytes) -> None:
    assert refused(with_page(cells)) == "workbook_too_large"


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    line = b'<c t="s"><v>0</v></c>' * 100
    cells = b"".join(b'<row r="%d">%s</row>' % (row, line) for row in range(1, 100))

    assert refused(with_page(cells, b"<si><t>" + b"x" * 30_000 + b"</t></si>")) == "workbook_too_large"


def test_more_rows_than_a_sheet_may_have_are_a_problem() -> None:
    book = read_book(spreadsheet.export([item(FOOD)]))
    line = book["常见问题"][2]
    book["常见问题"] += [line] * (spreadsheet.MOST_ROWS - len(book["常见问题"]) + 2)
    assert spreadsheet.read(write_book(book)).problems == ()
    book["常见问题"].append(line)

    found = spreadsheet.read(write_book(book))

    assert [(each.sheet, each.code) for each in found.problems] == [("常见问题", "too_many")]


def test_an_export_that_could_not_be_read_back_is_refused() -> None:
    procedure = item(FOOD)
    long = replace(procedure, summary="字" * 33_000)
    faq = (Faq(question="问", answer="答"),) * (spreadsheet.MOST_ROWS + 1)
    many = replace(procedure, guide=replace(procedure.guide, faq=faq))

    with pytest.raises(NotPossible, match="text_too_long_for_cell"):
        spreadsheet.export([long])
    with pytest.raises(NotPossible, match="workbook_too_large"):
        spreadsheet.export([many])
    with pytest.raises(ValueError, match="once"):
        spreadsheet.export([procedure, procedure])


# Helpers


def refused(content: bytes) -> str:
    """The code of the refusal, which has words in every language."""
    with pytest.raises(NotPossible) as no:
        spreadsheet.read(content)
    for language in LANGUAGES:
        assert refusal(no.value, language).code == no.value.code
        assert "…" not in refusal(no.value, language).what
    return no.value.code


def read_book(content: bytes) -> Book:
    """The sheets of a workbook as tables."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def write_book(tables: Mapping[str, Table]) -> bytes:
    """A workbook of these tables, as somebody's own program would write it."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, table in tables.items():
        page = book.add_worksheet(name)
        for row, line in enumerate(table):
            for column, cell in enumerate(line):
                if isinstance(cell, date):
                    page.write_datetime(row, column, cell, day)
                elif cell != "":
                    page.write(row, column, cell)
    book.close()
    return out.getvalue()


def put(book: Book, sheet: str, field: str, cell: Any, row: int = 3) -> None:
    """Put something into a cell: the row as Excel counts it."""
    table = book[sheet]
    table[row - 1][table[1].index(field)] = cell


def column_of(book: Book, sheet: str, field: str) -> str:
    """The letter of a column among the first 26."""
    return chr(65 + book[sheet][1].index(field))


def with_cells(cells: Mapping[tuple[str, str], Any]) -> bytes:
    """The workbook of the food item with other cells in the first row of a sheet."""
    book = read_book(spreadsheet.export([item(FOOD)]))
    for (sheet, field), cell in cells.items():
        put(book, sheet, field, cell)
    return write_book(book)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def with_page(cells: bytes, strings: bytes = b"") -> bytes:
    """A whole workbook whose first sheet has these cells."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(BytesIO(write_book({"事项": [["x"]]}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        b'<worksheet xmlns="' + main + b'"><sheetData>' + cells + b"</sheetData></worksheet>"
    )
    if strings:
        parts["xl/sharedStrings.xml"] = b'<sst xmlns="' + main + b'">' + strings + b"</sst>"
    return packed(parts)
