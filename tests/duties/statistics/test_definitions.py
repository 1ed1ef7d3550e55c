"""What the figures mean stands in one place, and the page that says so is made from it."""

import importlib.util
from pathlib import Path

import pytest

from banjie.duties.statistics.definitions import definitions
from banjie.records.organisation.rulebook import BadRulebook

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_of_the_figures_is_what_the_rulebook_says():
    """Otherwise: .venv/bin/python tools/figures_page.py"""
    spec = importlib.util.spec_from_file_location("figures_page", ROOT / "tools" / "figures_page.py")
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)

    assert (ROOT / "docs" / "figures.md").read_text(encoding="utf-8") == maker.text()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("unit: apples, period: ended", "unit"),
        ("unit: cases, period: always", "period"),
        ("unit: cases", "period"),
    ],
)
def test_a_definition_that_says_too_little_is_refused_by_name(line, fault, tmp_path, settings):
    rest = "name: x, english: x, counted: x, counted_english: x, left_out: x, left_out_english: x"
    (tmp_path / "figures.yaml").write_text(f"- {{code: x, {rest}, {line}}}", encoding="utf-8")
    settings.RULEBOOK = str(tmp_path)

    with pytest.raises(BadRulebook, match=f"figures.yaml.*{fault}"):
        definitions()
