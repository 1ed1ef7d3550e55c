"""Moving a running case to another version: what was done stays, nobody is made late, and what blocks is named."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import moving
from banjie.engine.law import Criterion, Law, Material, Question, StepRule
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    APPLICANT,
    CLERK,
    EXPERTS,
    OTHER_SURVEYOR,
    REVIEW,
    SECTION_HEAD,
    SURVEY,
    SURVEY_HEAD,
    SURVEYOR,
    assign,
    days,
    people,
    with_steps,
)
from tests.engine.story import Story, day, kinds, with_procedure

KEEPER = c.Actor("keeper", e.ActorKind.STAFF, frozenset({"catalogue_keeper"}), "legal", "a")
ASKED: dict[str, Any] = {"basis": "示例办法 20", "reasons": "新办法适用于在办件", "second": e.Person("second")}
TWO = with_steps(SURVEY, REVIEW)


def submitted(law: Law = TWO) -> Story:
    """Handed in on Monday 2 March with everything."""
    story = Story(law)
    given = tuple(e.Provided(each.id, (e.FileRef(f"f-{each.id}", "c"),)) for each in law.procedure.materials)
    story.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=given)
    return story


def accepted(law: Law = TWO) -> Story:
    """And accepted on the 3rd."""
    story = submitted(law)
    story.do(c.Accept, CLERK, "03-03 09:00")
    return story


def to(story: Story, **changes: Any) -> Law:
    """The law of the case with another version to move to."""
    new = replace(story.law.procedure, version=2, **changes)
    return replace(story.law, targets={2: moving.target(new, "digest-2", {"rooms": 8})})


def moved(story: Story, at: str = "03-09 09:00", **changes: Any) -> e.MovedToVersion:
    """The case moved to that version."""
    story.law = to(story, **changes)
    (fact,) = story.do(c.MoveToVersion, KEEPER, at, version=2, **ASKED)
    assert isinstance(fact, e.MovedToVersion)
    story.law = moving.law_after(story.law, story.state)
    return fact


def no(story: Story, at: str = "03-09 09:00", **changes: Any) -> str:
    """Why the case cannot be moved to that version: said alike when it is offered and when it is asked for."""
    story.law = to(story, **changes)
    refusal = story.no(c.MoveToVersion, KEEPER, at, version=2, **ASKED)
    offered = story.offer(c.MoveToVersion, KEEPER, at).no
    assert isinstance(offered, NotPossible)
    assert offered.code == refusal.code
    return refusal.code


def test_another_limit_counts_from_the_same_day_and_is_told_from_when_to_when():
    story = accepted()
    before = story.due(e.Clock.LEGAL)

    fact = moved(story, statutory_limit=days(25))

    assert (fact.before, fact.version, fact.before_digest, fact.digest) == (1, 2, "digest", "digest-2")
    assert before == day("03-31")
    assert e.Moved(e.Clock.LEGAL, before, day("04-08")) in fact.moved
    assert story.due(e.Clock.LEGAL) == day("04-08")
    assert story.state.procedure_version == 2
    story.require_replayable()


def test_what_is_done_stays_and_a_new_step_begins_on_the_day_of_the_move():
    story = accepted()
    story.do(c.Assign, SURVEY_HEAD, "03-04 09:00", step="survey", people=people(SURVEYOR, OTHER_SURVEYOR))
    extra = StepRule(slug="extra", kind="review", name="复核", unit=REVIEW.unit, limit=days(3))

    moved(story, steps=(*story.law.procedure.steps, extra))

    assert story.state.steps["survey"].people == people(SURVEYOR, OTHER_SURVEYOR)
    assert story.state.steps["survey"].opened_on == day("03-03")
    assert story.state.steps["extra"].opened_on == day("03-09")
    assert story.due(e.Clock.STEP, "extra") == day("03-12")


def test_before_the_acceptance_more_may_be_asked_and_the_window_names_it():
    story = submitted()
    more = Material(id="more", name="新材料")

    moved(story, materials=(*story.law.procedure.materials, more), receives="window")

    assert story.no(c.Accept, CLERK, "03-09 10:00").code == "materials_missing"
    assert story.state.required[-1] == "more"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("other_agency_by_version", lambda p: {"home": "another"}),
        ("procedure_not_in_force", lambda p: {"effective_from": day("2027-01-01")}),
        ("asked_too_late", lambda p: {"materials": (*p.materials, Material(id="more", name="新材料"))}),
        ("cited_gone", lambda p: {"materials": p.materials[1:]}),
        ("step_gone", lambda p: {"steps": tuple(each for each in p.steps if each.slug != "survey")}),
        ("step_changed", lambda p: {"steps": tuple(replace(each, unit="legal") for each in p.steps)}),
        ("step_in_another_place", lambda p: {"steps": _turned(p.steps)}),
        ("answers_do_not_fit", lambda p: {"questions": (*p.questions, Question(id="new", label="?", type="text"))}),
        ("over_by_new_limit", lambda p: {"statutory_limit": days(2)}),
    ],
)
def test_what_blocks_is_named(code: str, change: Any):
    story = accepted()

    assert no(story, **change(story.law.procedure)) == code


def _turned(steps: tuple[StepRule, ...]) -> tuple[StepRule, ...]:
    extra = StepRule(slug="extra", kind="review", name="复核", unit=REVIEW.unit)
    return (extra, *(replace(each, after=("extra",)) if each.slug == "survey" else each for each in steps))


def test_a_correction_that_is_waited_for_blocks():
    story = submitted()
    point = c.Citation(e.PointKind.MATERIAL, "form", e.Defect.UNSIGNED)
    story.do(c.RequestCorrection, CLERK, "03-03 09:00", points=(point,))

    assert no(story, statutory_limit=days(25)) == "correction_pending"


def test_an_examination_that_is_over_is_not_opened_again():
    story = accepted(with_steps())
    assert story.state.examined_on

    extra = StepRule(slug="extra", kind="review", name="复核", unit=REVIEW.unit)
    assert no(story, steps=(extra,)) == "examined_without"


def test_a_pause_on_a_ground_that_is_gone_blocks():
    story = accepted(with_steps(EXPERTS, grounds=("expert_review",)))
    assign(story, "experts", "03-04 09:00")
    (who, *_others) = story.state.steps["experts"].people
    expert = replace(SECTION_HEAD, id=who.id, unit=who.unit, posts=frozenset({"officer"}))
    story.do(c.Pause, expert, "03-04 10:00", ground="expert_review", expected_end=day("03-20"), step="experts")

    assert no(story, pause_grounds=()) == "ground_gone"


def test_a_decided_or_closed_case_stays_and_so_does_one_that_is_there_already():
    story = accepted()
    story.do(c.Withdraw, APPLICANT, "03-04 09:00")
    story.law = to(story)
    assert story.no(c.MoveToVersion, KEEPER, "03-05 09:00", version=2, **ASKED).code == "already_closed"

    there = accepted()
    there.law = replace(to(there), targets={1: moving.target(there.law.procedure, "digest", {"rooms": 8})})
    assert there.no(c.MoveToVersion, KEEPER, "03-05 09:00", version=1, **ASKED).code == "version_already"


def test_an_extension_in_another_unit_blocks():
    law = with_procedure(TWO, statutory_limit=days(20))
    story = accepted(law)
    story.state = replace(
        story.state,
        extension=e.Extended(
            at=story.state.last_at, by=KEEPER.mark, calendar=story.state.calendar, length=days(10),
            authority="head_of_agency", notice="n", reasons=e.Ref("r", "c"),
        ),
    )  # fmt: skip
    there = to(story, statutory_limit=Limit(30, Unit.CALENDAR_DAY)).targets[2]
    found = moving.in_the_way(story.state, story.law, there, day("03-09"))
    assert found is not None
    assert found.code == "extension_does_not_fit"


def test_two_people_of_the_post_with_a_basis_move_it():
    story = accepted()
    assert story.no(c.MoveToVersion, KEEPER, "03-09 09:00", version=2, **ASKED).code == "no_other_version"
    story.law = to(story, statutory_limit=days(25))

    def refused(by: c.Actor = KEEPER, version: int = 2, **changes: Any) -> str:
        return story.no(c.MoveToVersion, by, "03-09 09:00", version=version, **{**ASKED, **changes}).code

    assert refused(CLERK) == "needs_catalogue_keeper"
    assert refused(APPLICANT) == "staff_only"
    assert refused(second=e.Person("keeper")) == "second_person_needed"
    assert refused(version=9) == "no_such_version"
    assert refused(basis=" ") == "basis_needed"
    with pytest.raises(BadInput):
        story.do(c.MoveToVersion, KEEPER, "03-09 09:00", version=2, **{**ASKED, "second": e.Person("张三")})
    assert kinds(story.facts)[-1] == "accepted"


def test_a_criterion_that_was_found_on_stays_in_the_guide():
    story = accepted()
    finding = e.Finding("gone", met=True)
    story.state = replace(
        story.state,
        steps={**story.state.steps, "survey": replace(story.state.steps["survey"], findings=(finding,))},
    )
    there = to(story, criteria=(Criterion(id="space", text="…", basis="…"),)).targets[2]

    found = moving.in_the_way(story.state, story.law, there, day("03-09"))

    assert found is not None
    assert (found.code, found.facts["point"]) == ("cited_gone", "gone")
