"""Receipt: an application arrives, and gets exactly one of five outcomes, each on its lawful grounds only."""

from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import BadInput
from banjie.engine.law import Clock
from tests.engine.office import (
    AGENT,
    ANSWERS,
    APPLICANT,
    CLERK,
    FAR_CLERK,
    LAW,
    MANY_ROOMS,
    NEIGHBOUR,
    OFFICER,
    STRANGER,
    accepted,
    decided,
    filed,
    flawed,
    missing,
    papers,
    staff,
)
from tests.engine.story import PARTICULARS, Story, day, kinds, with_procedure, with_region

# Arrival


def test_an_application_gets_its_number_and_a_clock_runs_from_the_day_it_arrives() -> None:
    story = filed(at="03-07 23:30")  # a Saturday night

    (submitted,) = story.facts
    assert isinstance(submitted, e.Submitted)
    assert (submitted.number, submitted.query_number) == ("999921-0001", "Q1")
    assert story.state.received_on == day("03-07")
    assert story.due(Clock.NOTICE) == day("03-13")


def test_an_incomplete_application_is_taken_too() -> None:
    story = filed(provided=())

    assert story.state.stage == "submitted"
    assert story.state.required == ("form", "plan")


def test_the_answers_decide_which_materials_questions_and_steps_apply() -> None:
    small, large = filed(answers={"rooms": 8}), filed(answers={"rooms": 12, "kitchen": True, "fuel": "gas"})

    assert small.state.required == ("form", "plan")
    assert "fuel" not in small.state.asked
    assert large.state.required == ("form", "plan", "lease")
    assert "fuel" in large.state.asked


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"applicant": {**PARTICULARS, "name": " "}}, ("applicant.name", "needed")),
        ({"applicant": {**PARTICULARS, "name": "名" * 201}}, ("applicant.name", "too_long")),
        ({"applicant": {**PARTICULARS, "name": "\ud800"}}, ("applicant.name", "not_a_text")),
        ({"applicant": {**PARTICULARS, "phone": 13800000000}}, ("applicant.phone", "not_a_text")),
        ({"applicant": {**PARTICULARS, "kind": "god"}}, ("applicant.kind", "unknown_choice")),
        ({"applicant": {**PARTICULARS, "id_type": "shoe"}}, ("applicant.id_type", "unknown_choice")),
        (
            {"applicant": {**PARTICULARS, "id_number": "91999921000000018D"}},
            ("applicant.id_number", "wrong_check_digit_uscc"),
        ),
        (
            {"applicant": {**PARTICULARS, "id_type": "id_card", "id_number": "110101199003070000"}},
            ("applicant.id_number", "wrong_check_digit_id_card"),
        ),
        (
            {"applicant": {**PARTICULARS, "id_type": "id_card", "id_number": "110101209003070018"}},
            ("applicant.id_number", "born_in_future"),
        ),
        ({"answers": {}}, ("answers.rooms", "needed")),
        ({"answers": {"rooms": "8"}}, ("answers.rooms", "not_a_number")),
        ({"answers": {"rooms": True}}, ("answers.rooms", "not_a_number")),
        ({"answers": {"rooms": -1}}, ("answers.rooms", "not_a_number")),
        ({"answers": {**ANSWERS, "kitchen": "yes"}}, ("answers.kitchen", "not_yes_or_no")),
        ({"answers": {**ANSWERS, "kitchen": True}}, ("answers.fuel", "needed")),
        ({"answers": {**ANSWERS, "fuel": "coal"}}, ("answers.fuel", "unknown_choice")),
        ({"answers": {**ANSWERS, "opens": "2026-02-30"}}, ("answers.opens", "no_such_date")),
        ({"answers": {**ANSWERS, "remark": 5}}, ("answers.remark", "not_a_text")),
        ({"answers": {**ANSWERS, "remark": "长" * 2001}}, ("answers.remark", "too_long")),
        ({"answers": {**ANSWERS, "shoe": "42"}}, ("answers.shoe", "unknown_question")),
        ({"provided": papers("shoe")}, ("provided.0.material", "outside_guide")),
        ({"provided": papers("form", "form")}, ("provided.0.material", "twice")),
        ({"provided": (e.Provided("form"),)}, ("provided.0.files", "needed")),
        ({"provided": (e.Provided("form", form="photo"),)}, ("provided.0.form", "unknown_choice")),
        ({"channel": "pigeon"}, ("channel", "unknown_choice")),
    ],
)
def test_bad_input_names_the_field_and_what_is_wrong(given: dict[str, Any], problem: tuple[str, str]) -> None:
    no = Story(LAW).no(c.Submit, APPLICANT, "03-02 09:00", **{"answers": ANSWERS, **given})

    assert isinstance(no, BadInput)
    assert no.code == "bad_input"
    assert problem in no.problems


def test_bad_input_names_every_problem_at_once() -> None:
    broken = {"applicant": {}, "answers": {"rooms": "8"}, "provided": papers("shoe"), "channel": "pigeon"}

    no = Story(LAW).no(c.Submit, APPLICANT, "03-02 09:00", **broken)

    assert isinstance(no, BadInput)
    assert len(no.problems) == len({*no.problems}) >= 9


def test_a_wrong_answer_does_not_hide_the_ones_that_are_missing() -> None:
    no = Story(LAW).no(c.Submit, APPLICANT, "03-02 09:00", answers={"shoe": "42", "fuel": "coal"})

    assert isinstance(no, BadInput)
    assert {("answers.shoe", "unknown_question"), ("answers.fuel", "unknown_choice")} <= {*no.problems}
    assert ("answers.rooms", "needed") in no.problems


def test_a_name_cannot_stand_in_for_a_pseudonym() -> None:
    no = Story(LAW).no(c.Submit, CLERK, "03-02 09:00", answers=ANSWERS, party="张三", channel="window")

    assert isinstance(no, BadInput)
    assert no.problems == [("party", "not_a_pseudonym")]


def test_an_application_is_filed_once() -> None:
    assert filed().no(c.Submit, APPLICANT, "03-02 09:01", answers=ANSWERS).code == "already_submitted"


def test_a_procedure_takes_applications_from_the_day_it_is_in_force() -> None:
    law = with_procedure(LAW, effective_from=day("2026-04-01"))

    assert Story(law).no(c.Submit, APPLICANT, "03-31 23:59", answers=ANSWERS).code == "procedure_not_in_force"
    assert Story(law).do(c.Submit, APPLICANT, "04-01 00:00", answers=ANSWERS)


def test_who_may_enter_an_application() -> None:
    story = Story(LAW)

    assert story.no(c.Submit, OFFICER, "03-02 09:00", answers=ANSWERS).code == "needs_clerk"
    assert story.no(c.Submit, NEIGHBOUR, "03-02 09:00", answers=ANSWERS).code == "applicants_own_act"
    assert Story(LAW).do(c.Submit, CLERK, "03-02 09:00", answers=ANSWERS, channel="window")
    assert Story(LAW).do(c.Submit, AGENT, "03-02 09:00", answers=ANSWERS, channel="agent")


def test_the_agent_who_filed_acts_for_the_applicant_and_nobody_else_does() -> None:
    story = Story(LAW)
    story.do(c.Submit, AGENT, "03-02 09:00", answers=ANSWERS, provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))

    assert story.state.party == APPLICANT.id
    assert story.no(c.SubmitCorrection, STRANGER, "03-03 09:00", provided=papers("plan")).code == "applicants_own_act"
    assert story.do(c.SubmitCorrection, AGENT, "03-03 09:00", provided=papers("plan"))


def test_nobody_acts_online_for_somebody_who_filed_at_the_window_without_an_account() -> None:
    story = Story(LAW)
    story.do(c.Submit, CLERK, "03-02 09:00", answers=ANSWERS, channel="window")
    nobody = c.Actor("", e.ActorKind.APPLICANT)
    any_agent = c.Actor("some-agent", e.ActorKind.AGENT)

    assert story.state.party == ""
    assert story.no(c.Withdraw, nobody, "03-02 10:00").code == "applicants_own_act"
    assert story.no(c.Withdraw, any_agent, "03-02 10:00").code == "applicants_own_act"


# The five outcomes


def test_a_clerk_of_the_receiving_unit_answers_and_nobody_else() -> None:
    story = filed()

    assert story.no(c.Accept, APPLICANT, "03-02 10:00").code == "staff_only"
    assert story.no(c.Accept, OFFICER, "03-02 10:00").code == "needs_clerk"
    assert story.no(c.Accept, FAR_CLERK, "03-02 10:00").code == "not_your_unit"


def test_before_anything_was_handed_in_there_is_nothing_to_answer() -> None:
    assert Story(LAW).no(c.Accept, CLERK, "03-02 10:00").code == "not_submitted"


def test_accept_fixes_limits_and_plan_and_gives_the_one_contact() -> None:
    story = filed()
    assert story.state.contact == "first-contact"

    (fact,) = story.do(c.Accept, CLERK, "03-02 10:00")

    assert isinstance(fact, e.Accepted)
    assert fact.statutory_limit == LAW.procedure.statutory_limit
    assert [each.slug for each in fact.plan] == ["review"]
    assert story.state.contact == CLERK.id
    assert (story.due(Clock.LEGAL), story.due(Clock.PROMISED)) == (day("03-30"), day("03-16"))


def test_accept_is_not_possible_while_something_is_missing_that_can_be_asked_for() -> None:
    no = filed(provided=papers("form")).no(c.Accept, CLERK, "03-02 10:00")

    assert (no.code, no.facts) == ("materials_missing", {"materials": ["plan"]})


def test_an_outcome_is_given_once() -> None:
    story = accepted()

    tried: list[tuple[type[c.Command], dict[str, Any]]] = [
        (c.Accept, {}),
        (c.Decline, {"ground": "barred_78"}),
        (c.FindNotNeeded, {"basis": "法"}),
        (c.RequestCorrection, {"points": missing("plan")}),
    ]
    for command, more in tried:
        assert story.no(command, CLERK, "03-02 11:00", **more).code == "already_accepted"
    assert decided().no(c.Accept, CLERK, "03-04 11:00").code == "already_decided"


def test_find_not_needed_cites_the_law_and_closes() -> None:
    story = filed()

    assert story.no(c.FindNotNeeded, CLERK, "03-02 10:00", basis=" ").code == "basis_needed"
    (fact,) = story.do(c.FindNotNeeded, CLERK, "03-02 10:00", basis="示例办法 9", text="不需要许可")

    assert isinstance(fact, e.FoundNotNeeded)
    assert (fact.form, fact.remedy) == ("notice", None)
    assert (story.state.stage, story.state.result) == ("closed", "not_needed")
    assert story.no(c.Accept, CLERK, "03-02 10:01").code == "already_closed"


def test_a_region_may_find_not_needed_by_a_decision_with_remedy() -> None:
    story = filed(with_region(LAW, not_needed_form="decision"))

    (fact,) = story.do(c.FindNotNeeded, CLERK, "03-02 10:00", basis="示例办法 9")

    assert isinstance(fact, e.FoundNotNeeded)
    assert fact.remedy is not None
    assert (fact.form, fact.remedy.reconsideration) == ("decision", "云岭县人民政府")


@pytest.mark.parametrize("ground", ["other_agency", "barred_78", "barred_79", "not_a_resident"])
def test_decline_has_only_its_lawful_grounds_and_carries_remedy(ground: str) -> None:
    story = filed(e_service=True)

    (fact,) = story.do(c.Decline, CLERK, "03-02 10:00", ground=ground, competent="云岭县林业局")

    assert isinstance(fact, e.Declined)
    assert (fact.remedy.reconsideration, fact.remedy.days, fact.remedy.online) == ("云岭县人民政府", 60, True)
    assert story.state.result == "declined"


@pytest.mark.parametrize("ground", ["missing_papers", "not_suitable", "", "unmet"])
def test_missing_papers_and_unmet_criteria_are_no_ground_to_decline(ground: str) -> None:
    assert filed().no(c.Decline, CLERK, "03-02 10:00", ground=ground).code == "no_such_ground_to_decline"


def test_another_agencys_competence_names_that_agency() -> None:
    story = filed()

    assert story.no(c.Decline, CLERK, "03-02 10:00", ground="other_agency").code == "competent_agency_needed"
    no = story.no(c.Decline, CLERK, "03-02 10:00", ground="other_agency", competent="局" * 201)
    assert no.code == "bad_input"
    no = story.no(c.Decline, CLERK, "03-02 10:00", ground="other_agency", competent="\udfff")
    assert no.code == "bad_input"


def test_slips_and_missing_signatures_are_corrected_on_the_spot() -> None:
    story = filed()

    facts = story.do(c.CorrectOnTheSpot, CLERK, "03-02 10:00", points=flawed("form", e.Defect.UNSIGNED))

    assert kinds(facts) == ["corrected_on_the_spot"]
    assert story.state.stage == "submitted"
    assert story.do(c.Accept, CLERK, "03-02 10:01")


def test_nothing_but_slips_can_be_corrected_on_the_spot() -> None:
    story = filed()

    no = story.no(c.CorrectOnTheSpot, CLERK, "03-02 10:00", points=flawed("form", e.Defect.EXPIRED))
    assert no.code == "not_correctable_on_the_spot"
    assert story.no(c.CorrectOnTheSpot, CLERK, "03-02 10:00", points=()).code == "nothing_cited"
    assert story.no(c.CorrectOnTheSpot, CLERK, "03-02 10:00", points=flawed("shoe")).code == "outside_guide"


def test_there_is_nothing_to_correct_on_the_spot_where_nothing_is_there() -> None:
    story = filed(with_procedure(LAW, questions=(), materials=LAW.procedure.materials[:1]), provided=(), answers={})

    no = story.no(c.CorrectOnTheSpot, CLERK, "03-02 10:00", points=flawed("form", e.Defect.UNSIGNED))

    assert no.code == "not_correctable_on_the_spot"


def test_the_window_may_also_take_a_correction_over_the_counter() -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))

    assert story.no(c.SubmitCorrection, OFFICER, "03-03 09:00", provided=papers("plan")).code == "needs_clerk"
    assert story.do(c.SubmitCorrection, CLERK, "03-03 09:00", provided=(e.Provided("plan", form="copy"),))


def test_a_material_that_applies_to_large_places_only_is_not_asked_of_a_small_one() -> None:
    small, large = filed(), filed(answers=MANY_ROOMS)

    no = small.no(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("lease"))
    assert no.code == "not_asked_of_this_case"
    assert large.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("lease"))


def test_an_agent_of_the_village_on_the_staff_may_enter_an_application() -> None:
    helper = staff("village-agent", "village", "agent", agency="village")

    story = Story(LAW)
    story.do(c.Submit, helper, "03-02 09:00", answers=ANSWERS, party="applicant", channel="agent")

    assert story.state.party == "applicant"
    assert story.no(c.Accept, helper, "03-02 10:00").code == "needs_clerk"
