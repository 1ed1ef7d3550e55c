"""认标准不认人: one application under one standard has one checklist and one outcome, whoever reviews."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import rules
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.standard import checklist, checklist_of, failing, outcome_of
from banjie.engine.steps import KINDS
from tests.engine.office import (
    APPLICANT,
    CLERK,
    INSTANT_DUTIES,
    LAW,
    OFFICER,
    OTHER_OFFICER,
    REVIEW,
    SECTION_HEAD,
    SURVEY,
    SURVEY_HEAD,
    SURVEYOR,
    carried,
    criteria,
    filed,
    finish,
    flawed,
    people,
    person,
    staff,
    with_steps,
)
from tests.engine.story import Story, kinds, with_procedure

BOTH = ("space", "safety")
CHECKED = with_procedure(
    with_steps(replace(REVIEW, checks=BOTH)),
    criteria=tuple(
        replace(each, check="rooms <= 10") if each.id == "safety" else each for each in LAW.procedure.criteria
    ),
)
MET, UNMET = True, False


def found(space: bool | None, safety: bool | None) -> tuple[c.Found, ...]:
    """The findings on the two criteria; None: none."""
    return tuple(c.Found(name, met) for name, met in zip(BOTH, (space, safety), strict=True) if met is not None)


@pytest.mark.requirement("M041")
def test_a_checklist_says_what_is_checked_with_which_material_and_what_the_answers_compute() -> None:
    space, safety = checklist(CHECKED.procedure, "review", (), ("form", "plan"), ("form",))

    assert (space.criterion.text, space.needed, space.computed) == ("场所合格", True, None)
    assert [(material.id, there) for material, there in space.materials] == [("plan", False)]
    assert (safety.criterion.id, safety.needed, safety.computed) == ("safety", True, True)
    assert checklist(CHECKED.procedure, "review", ("safety",), (), ())[1].computed is False
    with pytest.raises(NotPossible, match="no_such_step"):
        checklist(CHECKED.procedure, "shoe", (), (), ())


@pytest.mark.requirement("M041")
def test_the_answers_decide_what_they_can_decide_when_they_are_handed_in() -> None:
    few, many = filed(CHECKED), filed(CHECKED, answers={"rooms": 12})

    assert failing(CHECKED.procedure, {"rooms": 12}) == ("safety",)
    assert [each.computed for each in checklist_of(few.state, CHECKED.procedure, "review")] == [None, True]
    assert [each.computed for each in checklist_of(many.state, CHECKED.procedure, "review")] == [None, False]


def test_a_changed_answer_is_computed_again() -> None:
    story = filed(CHECKED, answers={"rooms": 12})
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=flawed("plan"))

    story.do(c.SubmitCorrection, APPLICANT, "03-03 10:00", answers={"rooms": 9})

    assert story.state.failing == ()
    story.require_replayable()


@pytest.mark.requirement("M041")
@pytest.mark.parametrize(("space", "outcome"), [(MET, "passed"), (UNMET, "failed")])
def test_whoever_reviews_the_same_application_comes_to_the_same_outcome(space: bool, outcome: str) -> None:
    results = set()
    for reviewer in (OFFICER, OTHER_OFFICER, staff("third", "licensing", "officer")):
        story = filed(CHECKED)
        story.do(c.Accept, CLERK, "03-02 10:00")
        story.do(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(reviewer))
        listed = checklist_of(story.state, story.law.procedure, "review")
        findings = tuple(
            c.Found(each.criterion.id, space if each.computed is None else each.computed) for each in listed
        )
        for other in {"passed", "failed"} - {outcome}:
            no = story.no(c.FinishStep, reviewer, "03-03 10:00", step="review", outcome=other, findings=findings)
            assert no.code in ("outcome_contradicts_findings", "reason_must_cite_condition")
        story.do(c.FinishStep, reviewer, "03-03 10:00", step="review", outcome=outcome, findings=findings)
        step = story.state.steps["review"]
        results.add((step.outcome, step.findings, listed))

    assert len(results) == 1


@pytest.mark.requirement("M041")
@pytest.mark.parametrize(
    ("outcome", "findings", "code"),
    [
        ("passed", (), "finding_needed"),
        ("passed", found(MET, None), "finding_needed"),
        ("failed", found(UNMET, None), "finding_needed"),
        ("passed", found(UNMET, MET), "outcome_contradicts_findings"),
        ("failed", found(MET, MET), "reason_must_cite_condition"),
        ("passed", found(MET, UNMET), "finding_contradicts_check"),
        ("failed", found(MET, UNMET), "finding_contradicts_check"),
        ("passed", found(MET, MET) + found(MET, None), "each_criterion_once"),
    ],
)
def test_no_step_ends_otherwise_than_its_findings_and_the_answers_say(outcome: str, findings: Any, code: str) -> None:
    story = carried(CHECKED)

    no = story.no(c.FinishStep, OFFICER, "03-03 10:00", step="review", outcome=outcome, findings=findings)

    assert no.code == code


@pytest.mark.requirement("M041")
def test_what_the_answers_fail_is_unmet_for_everybody() -> None:
    story = carried(
        CHECKED,
        answers={"rooms": 12},
        provided=tuple(e.Provided(each, form="copy") for each in ("form", "plan", "lease")),
    )
    met = {"step": "review", "outcome": "passed", "findings": found(MET, MET)}
    assert story.no(c.FinishStep, OFFICER, "03-03 10:00", **met).code == "finding_contradicts_check"

    facts = story.do(c.FinishStep, OFFICER, "03-03 10:00", step="review", outcome="failed", findings=found(MET, UNMET))

    assert kinds(facts) == ["step_finished", "examined"]


def test_a_step_that_names_no_criteria_asks_for_no_finding_and_still_contradicts_none() -> None:
    story = carried(LAW)
    assert [each.needed for each in checklist_of(story.state, LAW.procedure, "review")] == [False, False]

    no = story.no(c.FinishStep, OFFICER, "03-03 10:00", step="review", outcome="passed", findings=found(UNMET, None))

    assert no.code == "outcome_contradicts_findings"
    assert finish(story, "review", "03-03 10:00", "passed", ())


def test_a_rectification_rests_on_the_standard_too() -> None:
    story = carried(with_steps(replace(SURVEY, checks=BOTH), law=CHECKED))
    given = {"step": "survey", "consent": person(SURVEY_HEAD)}

    no = story.no(c.SetRectification, SURVEYOR, "03-03 10:00", **given, findings=found(UNMET, UNMET))

    assert no.code == "finding_contradicts_check"
    assert story.do(c.SetRectification, SURVEYOR, "03-03 10:00", **given, findings=found(UNMET, None))


def at_once() -> Story:
    """An instant item with a computed criterion, just handed in."""
    law: Law = with_procedure(CHECKED, instant=True, merged=INSTANT_DUTIES, receives="licensing")
    return filed(law)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"outcome": "grant", "findings": found(MET, UNMET)}, "finding_contradicts_check"),
        (
            {"outcome": "refuse", "findings": found(MET, MET), "points": criteria("space")},
            "outcome_contradicts_findings",
        ),
    ],
)
def test_what_is_decided_at_once_follows_from_its_findings_too(arguments: dict[str, Any], code: str) -> None:
    both = staff("both", "licensing", "clerk", "decider")

    assert at_once().no(c.DecideAtOnce, both, "03-02 10:00", **arguments).code == code


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.slug)
def test_an_outcome_follows_from_the_findings_alone(kind: Any) -> None:
    well, badly = outcome_of(kind, [e.Finding("space", True)]), outcome_of(kind, [e.Finding("space", False)])

    assert (well in kind.outcomes) is bool(kind.adverse)
    assert badly == kind.adverse
    assert outcome_of(kind, []) == well


def test_an_expression_that_cannot_be_read_is_found_before_anybody_is_bound_by_it() -> None:
    broken = tuple(replace(each, check="rooms <") for each in LAW.procedure.criteria)

    assert [where for where, _ in rules.check(replace(LAW.procedure, criteria=broken))] == ["space", "safety"]
    assert rules.check(CHECKED.procedure) == []
