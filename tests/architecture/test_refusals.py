"""Every "no" of the engine is proven: a code that no test mentions is a rule that nobody would miss."""

import re
from pathlib import Path

from tests.architecture.test_words import said

ROOT = Path(__file__).resolve().parents[2]
ENGINE = "src/banjie/engine/"
MENTIONED = re.compile(r"[\"' ]([a-z][a-z0-9_]+)(?=[\"'\s]|$)", re.MULTILINE)


def test_every_refusal_of_the_engine_is_mentioned_in_a_test_or_a_story() -> None:
    codes, known = {each.code: each.place for each in said() if each.place.startswith(ENGINE)}, mentioned()

    unproven = {code: place for code, place in codes.items() if code not in known}

    assert len(codes) > 80
    assert unproven == {}


def mentioned() -> set[str]:
    """Every word that stands as a string in the engine's tests, or as a value in a story of the rulebook."""
    tests = [*(ROOT / "tests" / "engine").rglob("*.py"), *(ROOT / "tests" / "properties").rglob("*.py")]
    stories = (ROOT / "rulebook" / "scenarios").rglob("*.yaml")
    return {word for path in [*tests, *stories] for word in MENTIONED.findall(path.read_text(encoding="utf-8"))}
