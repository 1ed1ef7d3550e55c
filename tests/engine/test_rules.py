"""适用情形: what applies follows from the answers, by expressions that are checked before anybody is asked anything."""

from dataclasses import replace

import pytest

from banjie.engine import rules
from banjie.engine.law import Question
from banjie.engine.not_possible import NotPossible
from tests.engine.office import PROCEDURE, REVIEW

QUESTIONS = PROCEDURE.questions


@pytest.mark.parametrize(
    ("when", "answers", "applies"),
    [
        ("", {}, True),
        ("rooms > 10", {"rooms": 11}, True),
        ("rooms > 10", {"rooms": 10}, False),
        ("rooms > 10", {}, False),
        ("kitchen && fuel == 'gas'", {"kitchen": True, "fuel": "gas"}, True),
        ("kitchen && fuel == 'gas'", {"kitchen": True}, False),
        ("!kitchen", {}, True),
        ("opens >= '2026-01-01'", {"opens": "2026-02-01"}, True),
        ("fuel in ['gas', 'power']", {"fuel": "power"}, True),
    ],
)
def test_what_applies_follows_from_the_answers(when: str, answers: dict[str, object], applies: bool) -> None:
    assert rules.applies(when, answers, QUESTIONS) is applies


@pytest.mark.parametrize("when", ["rooom > 10", "rooms > 'ten'", "rooms +", "rooms", "x" * 501])
def test_a_broken_expression_is_found_before_the_item_is_published(when: str) -> None:
    procedure = replace(
        PROCEDURE,
        materials=(replace(PROCEDURE.materials[0], when=when),),
        questions=(*QUESTIONS, Question(id="extra", label="x", type="text", when=when)),
        steps=(replace(REVIEW, when=when),),
    )

    assert [where for where, _ in rules.check(procedure)] == ["form", "extra", "review"]
    assert rules.check(PROCEDURE) == []


def test_an_expression_that_fails_on_an_answer_is_the_items_fault_and_says_so() -> None:
    with pytest.raises(NotPossible) as no:
        rules.applies("10 / rooms > 2", {}, QUESTIONS)

    assert no.value.code == "rule_fails"
    assert "divide by zero" in no.value.facts["why"]
