"""Conditions of the guide are told in words, never wrongly."""

from datetime import date

import pytest

from banjie.engine.law import Choice, Procedure, Question
from banjie.engine.timelimits import Limit, Unit
from banjie.faces.forms.conditions import in_words
from banjie.web.messages import compile_messages

PROCEDURE = Procedure(
    code="x",
    version=1,
    name="x",
    effective_from=date(2026, 1, 1),
    basis=(),
    home="a",
    receives="u",
    decides="u",
    seals="u",
    supervises="u",
    serves="u",
    contact="p",
    statutory_limit=Limit(20, Unit.WORKING_DAY),
    units=(),
    agencies=(),
    questions=(
        Question(
            id="kind",
            label="类别",
            type="choice",
            english="Kind",
            choices=(Choice(value="hot", label="热食", english="Hot"), Choice(value="cold", label="冷食")),
        ),
        Question(id="area", label="面积", type="number", english="Area"),
        Question(id="chain", label="是否连锁", type="yes_no", english="A chain"),
    ),
)


@pytest.fixture(autouse=True)
def translated() -> None:
    compile_messages()


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("", ""),
        ("chain", "“是否连锁”为是"),
        ("!chain", "“是否连锁”为否"),
        ("chain == false", "“是否连锁”为否"),
        ('kind == "hot"', "“类别”为“热食”"),
        ("kind != 'hot'", "“类别”不是“热食”"),
        ("area >= 50", "“面积”不少于50"),
        ("area < 50", "“面积”小于50"),
        ('kind in ["hot", "cold"]', "“类别”为“热食”，或者“冷食”"),
        ('kind == "hot" && (area > 50 || chain)', "“类别”为“热食”，并且(“面积”大于50，或者“是否连锁”为是)"),
        ('!(kind == "hot")', "并非（“类别”为“热食”）"),
    ],
)
def test_a_condition_is_told_in_words(when: str, told: str) -> None:
    assert in_words(when, PROCEDURE, "zh-Hans") == told


@pytest.mark.parametrize("when", ["area + 1 > 2", "size(kind) > 2", "unknown == 1", "kind ==", 'kind == "hot" chain'])
def test_what_is_not_understood_is_told_vaguely_and_never_wrongly(when: str) -> None:
    assert in_words(when, PROCEDURE, "zh-Hans") == "属于部分情形（由您的回答确定）"


def test_a_condition_is_told_in_english_with_english_names() -> None:
    assert in_words('kind == "hot" && chain', PROCEDURE, "en") == "“Kind” is “Hot” and “A chain” is Yes"
