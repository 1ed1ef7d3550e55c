#!/usr/bin/env python3
"""Which requirements a test proves: reads the marks in tests/, writes two columns of docs/requirements.md.

    python tools/requirements.py           rewrite the State and Tests columns; nothing else changes
    python tools/requirements.py --check   change nothing; exit 1 if the page is stale or a mark is wrong

A mark is `@pytest.mark.requirement("M001", "M002")`. It may stand on a function, on a class, in `pytestmark`
or in `pytest.param(marks=...)`. Test files are read as text and never run.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "requirements.md"

PROVEN, OPEN = "proven", "open"
NO_TESTS = "–"
ROW = re.compile(r"\| (M\d+) \|")
CELL_BORDER = re.compile(r"(?<!\\)\|")  # in a cell, a bar is written \|


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement as the page states it."""

    id: str
    requirement: str
    source: str
    state: str
    tests: str

    def __str__(self) -> str:
        return f"| {self.id} | {self.requirement} | {self.source} | {self.state} | {self.tests} |"


@dataclass(frozen=True, slots=True)
class Mark:
    """One argument of one requirement mark. `row` is None where the argument is not a literal string."""

    row: str | None
    file: str
    line: int


def row_of(line: str) -> Row | None:
    """The requirement on this line of the page, or None where the line is no row.

    ValueError where a row has not its five cells.
    """
    if not ROW.match(line):
        return None
    cells = [cell.strip() for cell in CELL_BORDER.split(line)]
    if len(cells) != 7:
        raise ValueError(f"a row has five cells, this one has {len(cells) - 2}: {line}")
    return Row(*cells[1:6])


def rows(page: str) -> list[Row]:
    """Every requirement of the page, in its order."""
    return [row for line in page.splitlines() if (row := row_of(line))]


def marks_in(source: str, file: str) -> Iterator[Mark]:
    """Every argument of every requirement mark in one test file."""
    for node in ast.walk(ast.parse(source, filename=file)):
        if not (isinstance(node, ast.Call) and _is_requirement(node.func)):
            continue
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not arguments:
            yield Mark(None, file, node.lineno)
        for argument in arguments:
            value = argument.value if isinstance(argument, ast.Constant) else None
            yield Mark(value if isinstance(value, str) else None, file, argument.lineno)


def _is_requirement(func: ast.expr) -> bool:
    """Whether this is `pytest.mark.requirement`, or `mark.requirement` after `from pytest import mark`."""
    if not (isinstance(func, ast.Attribute) and func.attr == "requirement"):
        return False
    holder = func.value
    return (isinstance(holder, ast.Attribute) and holder.attr == "mark") or (
        isinstance(holder, ast.Name) and holder.id == "mark"
    )


def marks(root: Path) -> list[Mark]:
    """Every requirement mark under root/tests, by file and line. File names are relative to the root."""
    found = []
    for path in sorted((root / "tests").rglob("*.py")):
        file = path.relative_to(root).as_posix()
        found += sorted(marks_in(path.read_text(encoding="utf-8"), file), key=lambda mark: mark.line)
    return found


def proofs(found: list[Mark]) -> dict[str, list[str]]:
    """For each marked requirement, the test files that carry its mark, each once, sorted."""
    files: dict[str, set[str]] = {}
    for mark in found:
        if mark.row is not None:
            files.setdefault(mark.row, set()).add(mark.file)
    return {row: sorted(names) for row, names in files.items()}


def rewritten(page: str, proven_by: Mapping[str, list[str]]) -> str:
    """The page with its State and Tests columns as the marks say. Every other byte stays."""

    def line_for(line: str) -> str:
        row = row_of(line)
        if row is None:
            return line
        files = proven_by.get(row.id, [])
        state = PROVEN if files else OPEN
        tests = ", ".join(f"`{file}`" for file in files) or NO_TESTS
        return str(Row(row.id, row.requirement, row.source, state, tests))

    return "\n".join(line_for(line) for line in page.split("\n"))


def faults(page: str, found: list[Mark]) -> list[str]:
    """What is wrong, one sentence each: marks that name no row, and a page that is out of date."""
    known = {row.id for row in rows(page)}
    wrong = []
    for mark in found:
        place = f"{mark.file}:{mark.line}"
        if mark.row is None:
            wrong.append(f'{place}: a requirement mark names its rows as plain strings, such as "M001".')
        elif mark.row not in known:
            wrong.append(f"{place}: {mark.row} is not a row of docs/requirements.md. Correct the mark.")
    if rewritten(page, proofs(found)) != page:
        wrong.append("docs/requirements.md is out of date. Run: python tools/requirements.py")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is wrong")
    options = parser.parse_args(arguments)

    page = PAGE.read_text(encoding="utf-8")
    found = marks(ROOT)
    if not options.check:
        page = rewritten(page, proofs(found))
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    wrong = faults(page, found)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    listed = rows(page)
    print(f"{sum(row.state == PROVEN for row in listed)} of {len(listed)} requirements are proven by a test.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
