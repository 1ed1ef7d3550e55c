"""What several refusals share: posts, duties kept apart, and what may stand in a fact that is kept for ever."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import (
    BadInput,
    require_plain,
    require_pseudonyms,
    require_separate,
    require_staff,
    require_unit,
)
from banjie.engine.law import Duty
from banjie.engine.not_possible import NotPossible
from tests.engine.office import APPLICANT, CLERK, DECIDER, LAW, OFFICER, decided


@pytest.mark.parametrize(("post", "code"), [("officer", "needs_officer"), ("licence_clerk", "needs_licence_clerk")])
def test_whoever_lacks_the_post_is_told_which(post: str, code: str) -> None:
    with pytest.raises(NotPossible) as no:
        require_staff(CLERK, post)

    assert no.value.code == code
    require_staff(OFFICER, "officer", "decider")


def test_of_several_posts_one_is_enough() -> None:
    with pytest.raises(NotPossible) as no:
        require_staff(CLERK, "officer", "decider")

    assert (no.value.code, no.value.facts) == ("needs_one_of", {"posts": ("officer", "decider")})
    with pytest.raises(NotPossible, match="staff_only"):
        require_staff(APPLICANT)
    with pytest.raises(NotPossible, match="not_your_unit"):
        require_unit(OFFICER, "window")


def test_whoever_decided_does_not_supervise_the_same_case() -> None:
    story = decided()

    with pytest.raises(NotPossible) as no:
        require_separate(story.state, DECIDER.id, Duty.SUPERVISE, LAW.procedure)

    assert no.value.code == "decider_may_not_supervise"
    require_separate(story.state, "somebody-else", Duty.SUPERVISE, LAW.procedure)


@pytest.mark.parametrize("name", ["", "张三", "a b", "-x", "x" * 65, "Ａ", "a\n"])
def test_a_name_is_no_pseudonym(name: str) -> None:
    with pytest.raises(BadInput) as no:
        require_pseudonyms("people", [e.Person(name)])

    assert no.value.problems == [("people", "not_a_pseudonym")]


def test_neither_is_a_unit_that_is_a_name() -> None:
    with pytest.raises(BadInput):
        require_pseudonyms("people", [e.Person("clerk", "综合窗口")])
    require_pseudonyms("people", [e.Person("clerk", "window"), e.Person("0190c2c0-7f6e-7d3a-8c55-2f1f0a3b4c5d")])


def test_a_text_in_a_fact_is_short_and_can_be_written() -> None:
    require_plain("basis", "示例办法 1")

    for text, problem in (("长" * 201, "too_long"), ("\ud800", "not_a_text")):
        with pytest.raises(BadInput) as no:
            require_plain("basis", text)
        assert no.value.problems == [("basis", problem)]


def test_a_refusal_says_its_code_and_its_facts() -> None:
    assert str(NotPossible("not_due")) == "not_due"
    assert str(NotPossible("limit_already_over", due=5)) == "limit_already_over(due=5)"


def test_the_mark_of_an_actor_in_a_fact_has_no_posts() -> None:
    actor = c.Actor("x", e.ActorKind.STAFF, frozenset({"clerk"}), "window", "bureau", "y")

    assert actor.mark == e.By("x", e.ActorKind.STAFF, "window", "y")
