"""The requirements page says what the tests say: each row stands once, its state follows from the marks."""

from pathlib import Path

import pytest

from tools import requirements as tool

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def page() -> str:
    return tool.PAGE.read_text(encoding="utf-8")


def test_the_page_holds_rows_m001_to_m404_each_once(page: str) -> None:
    ids = [row.id for row in tool.rows(page)]

    assert ids == [f"M{number:03d}" for number in range(1, 405)]


def test_every_row_has_a_requirement_and_a_source(page: str) -> None:
    empty = [row.id for row in tool.rows(page) if not (row.requirement and row.source)]

    assert empty == []


def test_a_state_is_proven_or_open(page: str) -> None:
    assert {row.state for row in tool.rows(page)} <= {tool.PROVEN, tool.OPEN}


def test_the_page_is_up_to_date_and_every_mark_names_a_row(page: str) -> None:
    found = tool.marks(ROOT)

    assert tool.faults(page, found) == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('@pytest.mark.requirement("M001")\ndef test_it(): ...', id="on a function"),
        pytest.param('@pytest.mark.requirement("M001")\nclass TestIt: ...', id="on a class"),
        pytest.param('pytestmark = [pytest.mark.slow, pytest.mark.requirement("M001")]', id="in pytestmark"),
        pytest.param('cases = [pytest.param(1, marks=pytest.mark.requirement("M001"))]', id="in pytest.param"),
        pytest.param('@mark.requirement("M001")\nasync def test_it(): ...', id="through an imported mark"),
    ],
)
def test_a_mark_is_read_wherever_pytest_reads_it(source: str) -> None:
    found = list(tool.marks_in(source, "tests/test_it.py"))

    assert [mark.row for mark in found] == ["M001"]


def test_one_mark_may_name_several_rows() -> None:
    found = tool.marks_in('@pytest.mark.requirement("M001", "M002")\ndef test_it(): ...', "tests/test_it.py")

    assert [mark.row for mark in found] == ["M001", "M002"]


def test_a_row_lists_each_file_that_proves_it_once() -> None:
    found = [tool.Mark("M001", "tests/test_b.py", 3), tool.Mark("M001", "tests/test_a.py", 1)]
    found.append(tool.Mark("M001", "tests/test_b.py", 9))

    assert tool.proofs(found) == {"M001": ["tests/test_a.py", "tests/test_b.py"]}


def test_only_the_state_and_tests_columns_are_rewritten() -> None:
    before = (
        "# Words | stay\n"
        "| M001 | One \\| two. | 000 「清单」 | open | – |\n"
        "| M002 | Two. | 001 「清单」 | proven | `gone.py` |\n"
    )

    after = tool.rewritten(before, {"M001": ["tests/test_it.py"]})

    assert after == (
        "# Words | stay\n"
        "| M001 | One \\| two. | 000 「清单」 | proven | `tests/test_it.py` |\n"
        "| M002 | Two. | 001 「清单」 | open | – |\n"
    )


def test_a_page_that_is_out_of_date_is_a_fault() -> None:
    page = "| M001 | One. | 000 「清单」 | proven | `gone.py` |\n"

    (fault,) = tool.faults(page, [])

    assert "out of date" in fault


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param('@pytest.mark.requirement("M999")\ndef test_it(): ...', "M999", id="an unknown row"),
        pytest.param("@pytest.mark.requirement(ROW)\ndef test_it(): ...", "plain strings", id="a row by a name"),
        pytest.param("@pytest.mark.requirement()\ndef test_it(): ...", "plain strings", id="no row at all"),
    ],
)
def test_a_mark_that_names_no_row_is_a_fault_with_its_place(source: str, words: str) -> None:
    page = "| M001 | One. | 000 「清单」 | open | – |\n"

    (fault,) = tool.faults(page, list(tool.marks_in(source, "tests/test_it.py")))

    assert fault.startswith("tests/test_it.py:1: ")
    assert words in fault


def test_a_row_with_a_missing_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="five cells"):
        tool.rows("| M001 | One. | open | – |")
