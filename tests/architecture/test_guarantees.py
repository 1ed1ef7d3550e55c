"""Every promise names a test that is there, and every promise marked ☒ has a saboteur that this test catches."""

import re
from pathlib import Path

import pytest

from tests.reliability import saboteurs

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| Promise", "|---"))]
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?` \|$")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:60])
def test_a_guarantee_names_a_test_that_is_there(row: str) -> None:
    named = TEST.search(row)

    assert named, row
    path = ROOT / named[1]
    assert path.is_file(), row
    assert not named[2] or re.search(rf"^(?:    )?def {named[2]}\(", path.read_text(encoding="utf-8"), re.M), row


@pytest.mark.parametrize("patch", saboteurs.patches(), ids=lambda patch: patch.stem)
def test_a_saboteur_names_a_test_that_is_there(patch: Path) -> None:
    path, _, name = saboteurs.caught_by(patch).partition("::")

    text = (ROOT / path).read_text(encoding="utf-8")
    assert not name or f"def {name}(" in text


def test_the_collected_promises_are_many() -> None:
    assert len(ROWS) > 25


def test_every_link_of_the_documents_leads_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []
