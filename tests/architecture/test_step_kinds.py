"""A kind of step has its file, its words, a ground for every pause it may make, and a line in the glossary."""

from pathlib import Path

import pytest
import yaml

from banjie import words
from banjie.engine.steps import KINDS, StepKind

ROOT = Path(__file__).resolve().parents[2]
GROUNDS = {each["id"] for each in yaml.safe_load((ROOT / "rulebook" / "grounds.yaml").read_text(encoding="utf-8"))}
WORDS = Path(words.__file__).parent
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.slug)


@every_kind
def test_a_kind_has_its_own_file(kind: StepKind) -> None:
    path = ROOT / "src" / "banjie" / "engine" / "steps" / f"{kind.slug}.py"

    assert path.is_file()
    assert kind.basis


def test_every_file_is_a_kind() -> None:
    files = {path.stem for path in (ROOT / "src" / "banjie" / "engine" / "steps").glob("*.py")}

    assert files - {"__init__", "kind"} == set(KINDS)


@every_kind
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_kind_and_its_outcomes_have_words(kind: StepKind, language: str) -> None:
    catalogue = yaml.safe_load((WORDS / f"{language}.yaml").read_text(encoding="utf-8"))

    assert kind.slug in catalogue["step_kinds"]
    assert set(kind.outcomes) <= set(catalogue["outcomes"])


@every_kind
def test_a_kind_pauses_only_on_grounds_of_the_rulebook(kind: StepKind) -> None:
    assert kind.may_pause_on <= GROUNDS


@every_kind
def test_a_kind_stands_in_the_glossary(kind: StepKind) -> None:
    assert f"`{kind.slug}`" in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
