"""Examination: a graph of steps whose branches join, two people where the law says two, duties kept apart."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock, Duty, StepRule
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import fold
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import due
from tests.engine.office import (
    APPLICANT,
    CLERK,
    CONSULTATION,
    DECIDER,
    EXPERTS,
    FAR_DECIDER,
    FIRE_HEAD,
    FIRE_OFFICER,
    HEAD,
    LAB,
    LAW,
    LAWYER,
    MET,
    NEIGHBOUR,
    OFFICER,
    OTHER_OFFICER,
    OTHER_SURVEYOR,
    REVIEW,
    SECTION_HEAD,
    STRANGER,
    SURVEY,
    SURVEY_HEAD,
    SURVEYOR,
    THIRD_SURVEYOR,
    UNMET,
    accepted,
    assign,
    carried,
    days,
    decided,
    examined,
    filed,
    finish,
    people,
    person,
    staff,
    told,
    with_steps,
)
from tests.engine.story import Story, calendar, day, kinds, with_procedure

PARALLEL = with_steps(SURVEY, REVIEW)
REPORT = StepRule(slug="report", kind="review", name="审查意见", unit="licensing", after=("survey", "review"))
JOINED = with_steps(SURVEY, REVIEW, REPORT)

# People


def test_the_section_head_of_the_steps_unit_assigns_it() -> None:
    story = accepted(PARALLEL)

    others = people(OTHER_OFFICER)
    assert story.no(c.Assign, OFFICER, "03-02 11:00", step="review", people=others).code == "needs_section_head"
    assert story.no(c.Assign, FIRE_HEAD, "03-02 11:00", step="review", people=people(OFFICER)).code == "not_your_unit"
    assert story.no(c.Assign, APPLICANT, "03-02 11:00", step="review", people=people(OFFICER)).code == "staff_only"
    story.do(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(OFFICER))
    assert story.state.stage == "examining"


def test_whoever_holds_the_post_takes_a_step_that_is_nobodys() -> None:
    story = accepted(PARALLEL)

    told = story.no(c.Assign, OFFICER, "03-02 11:00", step="survey", people=people(OFFICER))
    assert told.code == "needs_section_head"
    told = story.no(c.Assign, SURVEYOR, "03-02 11:00", step="survey", people=people(SURVEYOR))
    assert told.code == "two_people_required"
    story.do(c.Assign, OFFICER, "03-02 11:00", step="review", people=people(OFFICER))

    assert [each.id for each in story.state.steps["review"].people] == [OFFICER.id]
    told = story.no(c.Assign, OTHER_OFFICER, "03-02 11:05", step="review", people=people(OTHER_OFFICER))
    assert told.code == "already_assigned"
    assert story.do(c.Assign, SECTION_HEAD, "03-02 11:06", step="review", people=people(OTHER_OFFICER))


def test_before_acceptance_nobody_is_assigned() -> None:
    no = filed().no(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(OFFICER))

    assert no.code == "not_accepted"


def test_a_survey_is_carried_out_by_two() -> None:
    story = accepted(PARALLEL)

    no = story.no(c.Assign, SURVEY_HEAD, "03-02 11:00", step="survey", people=people(SURVEYOR))
    assert (no.code, no.facts["needed"]) == ("two_people_required", 2)
    twice = people(SURVEYOR, SURVEYOR)
    assert story.no(c.Assign, SURVEY_HEAD, "03-02 11:00", step="survey", people=twice).code == "each_person_once"
    assert story.no(c.Assign, SURVEY_HEAD, "03-02 11:00", step="survey", people=()).code == "each_person_once"
    assert story.do(c.Assign, SURVEY_HEAD, "03-02 11:00", step="survey", people=people(SURVEYOR, OTHER_SURVEYOR))


def test_an_item_may_want_more_people_than_the_law() -> None:
    story = accepted(with_steps(replace(REVIEW, people=3)))

    no = story.no(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(OFFICER, OTHER_OFFICER))

    assert (no.code, no.facts["needed"]) == ("two_people_required", 3)


def test_people_of_another_unit_and_names_are_not_assigned() -> None:
    story = accepted()

    no = story.no(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(SURVEYOR))
    assert no.code == "person_of_other_unit"
    named = (e.Person("张三", "licensing"),)
    assert story.no(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=named).code == "bad_input"


def test_a_step_the_case_does_not_have_is_said_so() -> None:
    assert accepted().no(c.Assign, SECTION_HEAD, "03-02 11:00", step="shoe", people=people(OFFICER)).code == (
        "no_such_step"
    )


def test_assigning_anew_keeps_the_clock() -> None:
    story = accepted(with_steps(SURVEY))
    story.do(c.Assign, SURVEY_HEAD, "03-02 11:00", step="survey", people=people(SURVEYOR, OTHER_SURVEYOR))

    story.do(c.Assign, SURVEY_HEAD, "03-06 11:00", step="survey", people=people(SURVEYOR, THIRD_SURVEYOR))

    assert story.due(Clock.STEP, "survey") == day("03-09")


def test_somebody_stands_in_and_the_clock_does_not_notice() -> None:
    story = carried(with_steps(SURVEY))
    arguments = {"step": "survey", "leaver": "surveyor", "joiner": person(THIRD_SURVEYOR), "until": day("03-20")}

    (fact,) = story.do(c.Substitute, SURVEY_HEAD, "03-04 09:00", **arguments)

    assert kinds([fact]) == ["substituted"]
    assert story.due(Clock.STEP, "survey") == day("03-09")
    assert story.no(c.FinishStep, SURVEYOR, "03-05 09:00", step="survey", outcome="passed").code == "not_assigned"
    assert story.do(c.FinishStep, THIRD_SURVEYOR, "03-05 09:00", step="survey", outcome="passed")


def test_who_may_stand_in() -> None:
    story = accepted(with_steps(SURVEY))

    def no(leaver: c.Actor, joiner: c.Actor) -> str:
        arguments = {"step": "survey", "leaver": leaver.id, "joiner": person(joiner)}
        return story.no(c.Substitute, SURVEY_HEAD, "03-04 09:00", **arguments).code

    assert no(SURVEYOR, THIRD_SURVEYOR) == "nobody_assigned"
    assign(story, "survey", "03-03 09:00")
    assert no(THIRD_SURVEYOR, SURVEYOR) == "not_assigned"
    assert no(SURVEYOR, OTHER_SURVEYOR) == "each_person_once"
    assert no(SURVEYOR, OFFICER) == "person_of_other_unit"
    assert no(SURVEYOR, staff("张三", "surveys")) == "bad_input"


def test_an_inspection_has_its_two_people_within_five_working_days_of_acceptance() -> None:
    """行政许可法 55; also when the inspection has to wait for another step."""
    story = accepted(with_steps(REVIEW, replace(LAB, after=("review",))))

    assert story.due(Clock.ASSIGNMENT, "lab") == day("03-09")
    assert story.clock(Clock.ASSIGNMENT, "lab").is_over(day("03-10"))
    assign(story, "lab", "03-09 17:00")
    assert not story.clock(Clock.ASSIGNMENT, "lab").is_over(day("03-30"))
    assert story.no(c.FinishStep, SURVEYOR, "03-09 18:00", step="lab", outcome="passed").code == "step_not_open"


# Steps


def test_only_whoever_carries_a_step_finishes_it() -> None:
    story = accepted()

    assert story.no(c.FinishStep, OFFICER, "03-03 09:00", step="review", outcome="passed").code == "nobody_assigned"
    assign(story, "review", "03-03 09:00")
    assert story.no(c.FinishStep, OTHER_OFFICER, "03-03 09:30", step="review", outcome="passed").code == "not_assigned"
    finish(story, "review", "03-03 10:00")
    assert story.no(c.FinishStep, OFFICER, "03-03 11:00", step="review", outcome="passed").code == "step_finished"


def test_an_outcome_is_one_the_kind_has() -> None:
    no = carried(LAW).no(c.FinishStep, OFFICER, "03-03 09:00", step="review", outcome="no_objection")

    assert (no.code, no.facts["outcomes"]) == ("no_such_outcome", ("passed", "failed"))


@pytest.mark.parametrize("kind", [each for each in KINDS.values() if each.adverse])
def test_an_outcome_against_the_applicant_cites_an_unmet_criterion(kind: object) -> None:
    step = StepRule(slug="it", kind=kind.slug, name="环节", unit="surveys")  # type: ignore[attr-defined]
    story = accepted(with_steps(step))
    story.do(c.Assign, SURVEY_HEAD, "03-02 11:00", step="it", people=people(SURVEYOR, OTHER_SURVEYOR))
    against = {"step": "it", "outcome": kind.adverse}  # type: ignore[attr-defined]

    assert story.no(c.FinishStep, SURVEYOR, "03-03 09:00", **against).code == "reason_must_cite_condition"
    assert story.no(c.FinishStep, SURVEYOR, "03-03 09:00", **against, findings=MET).code == "reason_must_cite_condition"
    outside = (c.Found("shoe", False),)
    assert story.no(c.FinishStep, SURVEYOR, "03-03 09:00", **against, findings=outside).code == "outside_guide"
    assert story.do(c.FinishStep, SURVEYOR, "03-03 09:00", **against, findings=UNMET)


def test_a_hearing_prescribed_as_a_step_may_come_to_either_outcome_without_a_criterion() -> None:
    """行政许可法 46: a hearing the law itself prescribes."""
    step = StepRule(slug="hearing", kind="hearing", name="听证", unit="licensing", may_pause_on=frozenset({"hearing"}))
    story = carried(with_steps(step, grounds=("hearing",)))

    story.do(c.Pause, OFFICER, "03-03 09:00", ground="hearing", expected_end=day("03-10"))
    story.do(c.Resume, OFFICER, "03-09 09:00", ground="hearing")

    assert kinds(story.do(c.FinishStep, OFFICER, "03-09 10:00", step="hearing", outcome="waived")) == [
        "step_finished",
        "examined",
    ]


@pytest.mark.requirement("M125")
def test_parallel_branches_run_at_the_same_time_and_the_case_waits_for_all_of_them() -> None:
    story = carried(JOINED)

    assert {slug for slug, step in story.state.steps.items() if step.is_open} == {"survey", "review"}
    assert story.no(c.FinishStep, OFFICER, "03-03 09:00", step="report", outcome="passed").code == "step_not_open"
    assert kinds(finish(story, "review", "03-03 09:00")) == ["step_finished"]
    assert not story.state.steps["report"].is_open
    (_, joined) = finish(story, "survey", "03-04 09:00")
    assert isinstance(joined, e.Joined)
    assert (set(joined.branches), joined.opens) == ({"survey", "review"}, "report")
    assert story.state.steps["report"].opened_on == day("03-04")


@pytest.mark.requirement("M125")
def test_the_decision_waits_for_every_branch() -> None:
    story = carried(PARALLEL)
    finish(story, "review", "03-03 09:00")

    no = story.no(c.Decide, DECIDER, "03-03 10:00", outcome="grant")

    assert (no.code, no.facts) == ("examination_not_finished", {"steps": ["survey"]})
    assert kinds(finish(story, "survey", "03-04 09:00")) == ["step_finished", "joined", "examined"]


def test_two_branches_finished_in_either_order_give_the_same_case() -> None:
    one, other = carried(JOINED), carried(JOINED)

    finish(one, "survey", "03-03 23:59:58")
    finish(one, "review", "03-04 00:00:01")
    finish(other, "review", "03-04 00:00:01")
    finish(other, "survey", "03-03 23:59:58")

    assert one.state == other.state
    assert one.state.steps["report"].opened_on == day("03-04")


def test_different_branches_never_refuse_one_another() -> None:
    """What was possible on one branch is possible still after anything happened on the other."""
    law = with_steps(
        SURVEY,
        EXPERTS,
        replace(EXPERTS, slug="other-experts", unit="surveys"),
        grounds=("expert_review", "site_survey"),
    )
    start = accepted(law)
    assign(start, "survey", "03-02 11:00")
    assign(start, "experts", "03-02 11:00")
    start.do(c.Assign, SURVEY_HEAD, "03-02 11:00", step="other-experts", people=people(THIRD_SURVEYOR))
    branches: list[list[tuple[type[c.Command], c.Actor, dict[str, Any]]]] = [
        [
            (c.Pause, OFFICER, {"ground": "expert_review", "expected_end": day("03-10"), "step": "experts"}),
            (c.FinishStep, OFFICER, {"step": "experts", "outcome": "passed"}),
            (c.Assign, SECTION_HEAD, {"step": "experts", "people": people(OTHER_OFFICER)}),
        ],
        [
            (c.Pause, THIRD_SURVEYOR, {"ground": "expert_review", "expected_end": day("03-12")}),
            (c.FinishStep, THIRD_SURVEYOR, {"step": "other-experts", "outcome": "passed"}),
        ],
        [
            (c.Pause, SURVEYOR, {"ground": "site_survey", "expected_end": day("03-05")}),
            (c.FinishStep, SURVEYOR, {"step": "survey", "outcome": "passed"}),
            (
                c.SetRectification,
                SURVEYOR,
                {"step": "survey", "consent": person(HEAD), "findings": UNMET},
            ),
        ],
    ]

    for mine in branches:
        for theirs in branches:
            if mine is theirs:
                continue
            for first in mine:
                for second in theirs:
                    story = Story(law, start.state)
                    story.do(first[0], first[1], "03-03 09:00", **first[2])
                    assert story.do(second[0], second[1], "03-03 09:00", **second[2])


def test_a_step_that_does_not_apply_hands_on_what_it_waited_for() -> None:
    """Those after it wait for those before it."""
    middle = StepRule(slug="middle", kind="review", name="中", unit="licensing", after=("survey",), when="rooms > 100")
    last = StepRule(slug="last", kind="review", name="末", unit="licensing", after=("middle",))
    story = accepted(with_steps(SURVEY, middle, last))

    assert set(story.state.steps) == {"survey", "last"}
    assert story.state.steps["last"].plan.after == ("survey",)
    assert not story.state.steps["last"].is_open


def test_where_no_step_applies_the_case_is_examined_with_its_acceptance() -> None:
    story = filed(with_steps(replace(REVIEW, when="rooms > 100")))

    assert kinds(story.do(c.Accept, CLERK, "03-02 10:00")) == ["accepted", "examined"]
    assert story.do(c.Decide, DECIDER, "03-02 11:00", outcome="grant")


# Sent back


def test_a_finished_step_goes_back_for_another_attempt_inside_the_same_limit() -> None:
    story = examined()
    limit = story.due(Clock.LEGAL)

    (fact,) = story.do(c.SendBack, DECIDER, "03-04 09:00", step="review", reasons="漏看一项")

    assert isinstance(fact, e.SentBack)
    assert (fact.attempt, story.state.examined_on, story.due(Clock.LEGAL)) == (2, None, limit)
    assert story.no(c.Decide, DECIDER, "03-04 10:00", outcome="grant").code == "examination_not_finished"
    finished, ended = finish(story, "review", "03-05 09:00")
    assert isinstance(finished, e.StepFinished)
    assert (finished.attempt, kinds([ended])) == (2, ["examined"])


def test_what_came_after_a_step_sent_back_waits_again_and_then_joins_again() -> None:
    story = carried(JOINED)
    finish(story, "review", "03-03 09:00")
    finish(story, "survey", "03-03 09:00")
    assign(story, "report", "03-03 09:30")
    finish(story, "report", "03-03 10:00")

    story.do(c.SendBack, SECTION_HEAD, "03-04 09:00", step="survey", reasons="重看")

    assert {slug: step.is_open for slug, step in story.state.steps.items()} == {
        "survey": True,
        "review": False,
        "report": False,
    }
    assert story.state.steps["report"].finished_on is None
    assert kinds(finish(story, "survey", "03-05 09:00")) == ["step_finished", "joined"]
    assert story.state.steps["report"].opened_on == day("03-05")
    assert kinds(finish(story, "report", "03-06 09:00")) == ["step_finished", "examined"]


def test_a_pause_of_a_step_that_waits_again_is_over() -> None:
    law = with_steps(REVIEW, replace(EXPERTS, after=("review",)), grounds=("expert_review",))
    story = carried(law)
    finish(story, "review", "03-03 09:00")
    assign(story, "experts", "03-03 09:00")
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-20"))

    assert kinds(story.do(c.SendBack, DECIDER, "03-06 09:00", step="review", reasons="重看")) == [
        "sent_back",
        "resumed",
    ]
    assert not story.state.open_pauses
    assert story.due(Clock.LEGAL) == day("04-01"), "two days stood"


def test_who_may_send_what_back() -> None:
    story = carried(PARALLEL)

    assert story.no(c.SendBack, DECIDER, "03-03 09:00", step="review", reasons="x").code == "no_step_finished"
    finish(story, "review", "03-03 09:00")
    assert story.no(c.SendBack, DECIDER, "03-03 10:00", step="survey", reasons="x").code == "step_not_finished"
    assert story.no(c.SendBack, OFFICER, "03-03 10:00", step="review", reasons="x").code == "needs_one_of"
    assert story.no(c.SendBack, FAR_DECIDER, "03-03 10:00", step="review", reasons="x").code == (
        "not_the_deciding_agency"
    )
    assert decided().no(c.SendBack, DECIDER, "03-09 10:00", step="review", reasons="x").code == "already_decided"


# Silence


def test_a_consulted_unit_that_is_silent_has_no_objection_where_the_item_says_so() -> None:
    story = carried(with_steps(REVIEW, CONSULTATION))
    finish(story, "review", "03-03 09:00")

    assert story.advance("03-05 23:59") == []
    facts = story.advance("03-06 00:00")

    assert kinds(facts) == ["step_silent", "joined", "examined"]
    assert story.state.steps["consultation"].outcome == "no_objection"


def test_elsewhere_silence_says_nothing() -> None:
    story = carried(with_steps(REVIEW, replace(CONSULTATION, silence_is_no_objection=False)))

    assert story.advance("03-20 00:00") == []


def test_an_objection_sent_back_does_not_turn_into_silence() -> None:
    story = carried(with_steps(REVIEW, CONSULTATION))
    finish(story, "consultation", "03-04 09:00", "objection", UNMET)

    story.do(c.SendBack, DECIDER, "03-09 09:00", step="consultation", reasons="请写明理由")

    assert story.advance("03-20 00:00") == []
    assert story.no(c.Decide, DECIDER, "03-20 09:00", outcome="grant").code == "examination_not_finished"


def test_a_step_that_ended_in_silence_has_nothing_to_be_done_again() -> None:
    story = carried(with_steps(CONSULTATION))
    story.advance("03-06 00:00")

    assert story.no(c.SendBack, DECIDER, "03-09 09:00", step="consultation", reasons="x").code == "no_step_finished"


def test_a_unit_asked_anew_has_its_whole_time_again() -> None:
    story = carried(with_steps(REVIEW, replace(CONSULTATION, after=("review",), limit_from="assigned")))
    finish(story, "review", "03-02 12:00")
    story.do(c.Assign, FIRE_HEAD, "03-02 13:00", step="consultation", people=people(FIRE_OFFICER))
    story.advance("03-06 00:00")

    story.do(c.SendBack, DECIDER, "03-09 09:00", step="review", reasons="重看")
    finish(story, "review", "03-10 09:00")

    assert story.due(Clock.STEP, "consultation") == day("03-13")
    assert kinds(story.advance("03-14 00:00")) == ["step_silent", "examined"]


# Rectification


def test_a_failed_survey_sets_one_period_to_put_things_right_and_stops_no_clock() -> None:
    story = carried(with_steps(SURVEY))
    limit = story.due(Clock.LEGAL)

    (fact,) = story.do(
        c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(HEAD), findings=UNMET, text="加装"
    )

    assert isinstance(fact, e.RectificationSet)
    assert (fact.period, fact.consent, fact.pauses) == (days(5), HEAD.id, False)
    assert story.due(Clock.RECTIFICATION, "survey") == day("03-10")
    assert story.due(Clock.LEGAL) == limit
    assert kinds(story.do(c.ReportRectified, APPLICANT, "03-09 09:00", step="survey", text="已装")) == ["rectified"]
    assert not story.clock(Clock.RECTIFICATION, "survey").is_over(day("03-30"))
    assert finish(story, "survey", "03-09 10:00")


def test_nobody_fails_the_survey_while_the_applicant_puts_things_right() -> None:
    story = carried(with_steps(SURVEY))
    story.do(c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(HEAD), findings=UNMET)
    failed = {"step": "survey", "outcome": "failed", "findings": UNMET}

    no = story.no(c.FinishStep, SURVEYOR, "03-10 17:00", **failed)

    assert (no.code, no.facts) == ("rectification_running", {"step": "survey", "until": day("03-10")})
    assert story.do(c.FinishStep, SURVEYOR, "03-11 09:00", **failed)


def test_a_rectification_stops_the_clock_only_where_the_items_law_says_so() -> None:
    law = with_steps(replace(SURVEY, rectification_pauses=True))
    story = carried(law)

    facts = story.do(c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(HEAD), findings=UNMET)

    assert kinds(facts) == ["rectification_set", "paused"]
    assert story.no(c.Resume, SURVEYOR, "03-04 09:00", ground="rectification").code == "nothing_paused"
    assert kinds(story.do(c.ReportRectified, APPLICANT, "03-06 09:00", step="survey")) == ["rectified", "resumed"]
    assert story.due(Clock.LEGAL) == due(day("03-02"), days(23), calendar())
    late = carried(law)
    no = late.no(c.SetRectification, SURVEYOR, "03-31 09:00", step="survey", consent=person(HEAD), findings=UNMET)
    assert no.code == "limit_already_over"


def test_a_rectification_is_set_once_with_the_heads_consent_on_an_unmet_criterion() -> None:
    story = carried(PARALLEL)

    def no(actor: c.Actor, step: str, consent: c.Actor, findings: tuple[c.Found, ...] = UNMET) -> str:
        arguments = {"step": step, "consent": person(consent), "findings": findings}
        return story.no(c.SetRectification, actor, "03-03 09:00", **arguments).code

    assert no(OFFICER, "review", HEAD) == "no_rectification_here"
    assert no(SURVEYOR, "survey", HEAD, MET) == "reason_must_cite_condition"
    assert no(SURVEYOR, "survey", SURVEYOR) == "second_person_needed"
    assert no(SURVEYOR, "survey", OTHER_SURVEYOR) == "second_person_needed"
    assert no(SURVEYOR, "survey", staff("张局长", "licensing")) == "bad_input"
    assert no(SURVEYOR, "survey", HEAD, (c.Found("shoe", False),)) == "outside_guide"
    story.do(c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(HEAD), findings=UNMET)
    assert no(SURVEYOR, "survey", HEAD) == "already_rectified_once"


def test_only_what_was_set_can_be_reported_as_put_right_and_only_once() -> None:
    story = carried(with_steps(SURVEY))

    assert story.no(c.ReportRectified, APPLICANT, "03-03 09:00", step="survey").code == "nothing_to_rectify"
    story.do(c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(HEAD), findings=UNMET)
    assert story.no(c.ReportRectified, STRANGER, "03-04 09:00", step="survey").code == "applicants_own_act"
    story.do(c.ReportRectified, APPLICANT, "03-04 09:00", step="survey")
    assert story.no(c.ReportRectified, APPLICANT, "03-04 10:00", step="survey").code == "nothing_to_rectify"


# The separation of duties

DUTIES = {Duty.INTAKE: CLERK, Duty.SURVEY: SURVEYOR, Duty.REVIEW: OFFICER}


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (Duty.INTAKE, "receiver_may_not_decide"),
        (Duty.SURVEY, "reviewer_may_not_decide"),
        (Duty.REVIEW, "reviewer_may_not_decide"),
    ],
)
@pytest.mark.parametrize("merged", [False, True])
def test_whoever_did_another_duty_does_not_decide_unless_the_item_merges_them(
    done: Duty, code: str, merged: bool
) -> None:
    law = with_procedure(PARALLEL, merged=frozenset({done, Duty.DECIDE}) if merged else frozenset())
    story = carried(law)
    finish(story, "review", "03-03 09:00")
    finish(story, "survey", "03-03 09:00")
    same = replace(DUTIES[done], posts=frozenset({"decider"}))

    if merged:
        assert story.do(c.Decide, same, "03-03 10:00", outcome="grant")
    else:
        assert story.no(c.Decide, same, "03-03 10:00", outcome="grant").code == code


def test_both_surveyors_count_and_a_merger_covers_only_the_duties_it_names() -> None:
    law = with_procedure(PARALLEL, merged=frozenset({Duty.REVIEW, Duty.DECIDE}))
    story = carried(law)
    finish(story, "review", "03-03 09:00")
    finish(story, "survey", "03-03 09:00")
    silent_surveyor = replace(OTHER_SURVEYOR, posts=frozenset({"decider"}))

    assert story.no(c.Decide, silent_surveyor, "03-03 10:00", outcome="grant").code == "reviewer_may_not_decide"


def test_whoever_received_does_not_examine_and_the_surveyor_does_not_review() -> None:
    story = accepted(PARALLEL)
    clerk_here = e.Person(CLERK.id, "licensing")

    no = story.no(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=(clerk_here,))
    assert no.code == "duties_separate"
    assign(story, "survey", "03-02 11:00")
    finish(story, "survey", "03-03 09:00")
    surveyor_here = e.Person(SURVEYOR.id, "licensing")
    no = story.no(c.Assign, SECTION_HEAD, "03-03 11:00", step="review", people=(surveyor_here,))
    assert (no.code, no.facts) == ("duties_separate", {"done": Duty.SURVEY, "asked": Duty.REVIEW})


def test_whoever_decides_does_not_examine_after_a_sending_back() -> None:
    """A person assigned to two duties finds the second closed when the first is done."""
    both = replace(SURVEYOR, unit="licensing")
    law = with_steps(replace(SURVEY, unit="licensing"), REVIEW)
    story = accepted(law)
    story.do(c.Assign, SECTION_HEAD, "03-02 11:00", step="survey", people=people(both, OFFICER))
    story.do(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(both))
    story.do(c.FinishStep, both, "03-03 09:00", step="survey", outcome="passed")

    assert story.no(c.FinishStep, both, "03-03 10:00", step="review", outcome="passed").code == "duties_separate"
    assert story.do(c.Assign, SECTION_HEAD, "03-03 11:00", step="review", people=people(OTHER_OFFICER))


def test_the_host_of_the_hearing_does_not_examine_afterwards() -> None:
    story = told(with_steps(REVIEW))
    story.do(c.RequestHearing, NEIGHBOUR, "03-04 09:00")
    story.do(c.AppointHost, HEAD, "03-05 09:00", host=person(OTHER_OFFICER))
    story.do(c.SendBack, DECIDER, "03-05 10:00", step="review", reasons="重看")

    no = story.no(c.Assign, SECTION_HEAD, "03-05 11:00", step="review", people=people(OTHER_OFFICER))
    assert no.code == "host_is_examiner"
    arguments = {"step": "review", "leaver": OFFICER.id, "joiner": person(OTHER_OFFICER)}
    assert story.no(c.Substitute, SECTION_HEAD, "03-05 11:00", **arguments).code == "host_is_examiner"


# Statements


def test_applicant_and_third_parties_state_and_defend_until_the_decision() -> None:
    story = told(with_steps(REVIEW))

    assert kinds(story.do(c.MakeStatement, APPLICANT, "03-04 09:00", text="我有话说")) == ["statement_made"]
    assert kinds(story.do(c.MakeStatement, NEIGHBOUR, "03-04 09:01", text="太吵")) == ["statement_made"]
    assert story.no(c.MakeStatement, STRANGER, "03-04 09:02", text="我也说").code == "applicants_own_act"
    assert story.no(c.MakeStatement, LAWYER, "03-04 09:02", text="我也说").code == "applicants_own_act"
    assert decided().no(c.MakeStatement, APPLICANT, "03-04 09:00", text="晚了").code == "already_decided"


def test_what_is_offered_for_a_step_names_the_steps_it_is_possible_for() -> None:
    story = carried(PARALLEL)

    assert story.offer(c.FinishStep, OFFICER, "03-03 09:00").allowed == {"step": ("review",)}
    assert story.offer(c.Assign, SURVEY_HEAD, "03-03 09:00").allowed == {"step": ("survey",)}
    no = story.offer(c.FinishStep, SURVEYOR, "03-03 09:00")
    assert no.no is None
    nothing = accepted(with_steps()).offer(c.FinishStep, OFFICER, "03-03 09:00").no
    assert isinstance(nothing, NotPossible)
    assert nothing.code == "no_step_open"


def test_folding_in_one_go_or_fact_by_fact_is_the_same() -> None:
    story = carried(JOINED)

    state = fold(story.facts[1:], fold(story.facts[:1]))

    assert state == story.state
