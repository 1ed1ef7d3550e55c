"""Other endings, and what happens around a case: each by the one who may, on its listed ground."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from tests.engine.office import (
    AGENT,
    APPLICANT,
    CLERK,
    DECIDER,
    FAR_CLERK,
    FAR_DECIDER,
    HEAD,
    LAW,
    LICENCE_CLERK,
    OFFICER,
    OTHER_CLERK,
    SECTION_HEAD,
    STEWARD,
    STRANGER,
    accepted,
    decided,
    filed,
    missing,
    papers,
    person,
    staff,
)
from tests.engine.story import Story, kinds

# Withdrawn


def test_the_applicant_takes_the_application_back_until_the_decision() -> None:
    for story in (filed(), accepted(), _in_correction()):
        assert kinds(story.do(c.Withdraw, APPLICANT, "03-04 09:00", text="不办了")) == ["withdrawn"]
        assert (story.state.stage, story.state.result) == ("closed", "withdrawn")
    assert accepted().do(c.Withdraw, AGENT, "03-04 09:00")
    assert decided().no(c.Withdraw, APPLICANT, "03-04 09:00").code == "already_decided"


def _in_correction() -> Story:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 09:00", points=missing("plan"))
    return story


@pytest.mark.parametrize("by", [CLERK, OFFICER, DECIDER, STRANGER, c.TIMER])
def test_nobody_else_takes_it_back_and_no_officer_can_enter_it(by: c.Actor) -> None:
    assert accepted().no(c.Withdraw, by, "03-04 09:00").code == "applicants_own_act"


def test_what_is_over_is_not_taken_back() -> None:
    story = accepted()
    story.do(c.Withdraw, APPLICANT, "03-04 09:00")

    assert story.no(c.Withdraw, APPLICANT, "03-04 10:00").code == "already_closed"


# Terminated


@pytest.mark.parametrize(
    "ground",
    [
        "applicants_request",
        "death_or_incapacity",
        "dissolution",
        "item_abolished",
        "fee_unpaid",
        "force_majeure",
        "law",
    ],
)
def test_an_accepted_case_is_terminated_on_a_listed_ground_in_writing_with_remedy(ground: str) -> None:
    story = accepted()

    (fact,) = story.do(c.Terminate, DECIDER, "03-04 09:00", ground=ground, text="理由")

    assert isinstance(fact, e.Terminated)
    assert (fact.ground, fact.remedy.reconsideration) == (ground, "云岭县人民政府")
    assert story.state.result == "terminated"


def test_who_terminates_and_when() -> None:
    ground = {"ground": "force_majeure"}

    assert accepted().no(c.Terminate, DECIDER, "03-04 09:00", ground="tired").code == "no_such_ground_to_terminate"
    assert accepted().no(c.Terminate, OFFICER, "03-04 09:00", **ground).code == "needs_decider"
    assert accepted().no(c.Terminate, FAR_DECIDER, "03-04 09:00", **ground).code == "not_the_deciding_agency"
    assert filed().no(c.Terminate, DECIDER, "03-04 09:00", **ground).code == "not_accepted"
    assert decided().no(c.Terminate, DECIDER, "03-04 09:00", **ground).code == "already_decided"


# Voided


@pytest.mark.parametrize("reason", ["test", "duplicate"])
def test_what_never_was_an_application_is_voided_by_two_and_keeps_its_number(reason: str) -> None:
    story = filed()

    (fact,) = story.do(c.Void, CLERK, "03-04 09:00", reason=reason, second=person(OTHER_CLERK))

    assert isinstance(fact, e.Voided)
    assert (fact.reason, fact.second, story.state.number) == (reason, OTHER_CLERK.id, "999921-0001")
    assert story.state.result == "voided"


def test_a_real_application_is_not_voided_nor_by_one_alone() -> None:
    story = filed()

    def no(by: c.Actor, reason: str, second: c.Actor) -> str:
        return story.no(c.Void, by, "03-04 09:00", reason=reason, second=person(second)).code

    assert no(CLERK, "tired", OTHER_CLERK) == "not_voidable"
    assert no(CLERK, "test", CLERK) == "second_person_needed"
    assert no(CLERK, "test", staff("李四", "window")) == "bad_input"
    assert no(OFFICER, "test", OTHER_CLERK) == "needs_clerk"
    assert no(FAR_CLERK, "test", OTHER_CLERK) == "not_your_unit"
    second = {"reason": "test", "second": person(OTHER_CLERK)}
    assert decided().no(c.Void, CLERK, "03-04 09:00", **second).code == "already_decided"


# The one contact


@pytest.mark.requirement("M095")
def test_there_is_exactly_one_contact_from_the_first_moment_to_the_last() -> None:
    story = filed()
    contacts = [story.state.contact]
    story.do(c.Accept, CLERK, "03-02 10:00")
    contacts.append(story.state.contact)

    story.do(c.AppointContact, SECTION_HEAD, "03-03 09:00", contact=person(OFFICER))

    contacts.append(story.state.contact)
    assert contacts == ["first-contact", CLERK.id, OFFICER.id]


def test_the_home_agency_appoints_the_contact() -> None:
    story = filed()

    assert story.no(c.AppointContact, FAR_CLERK, "03-03 09:00", contact=person(OFFICER)).code == "not_your_unit"
    assert story.no(c.AppointContact, OFFICER, "03-03 09:00", contact=person(OFFICER)).code == "needs_one_of"
    assert story.no(c.AppointContact, CLERK, "03-03 09:00", contact=e.Person("王科长")).code == "bad_input"


# Erased


def test_after_closing_the_steward_erases_and_the_facts_stay() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-05 09:00")
    story.do(c.Serve, CLERK, "03-06 09:00", method="in_person")

    (fact,) = story.do(c.Erase, STEWARD, "03-09 09:00", basis="个人信息保护法 47", key_id="key-1")

    assert isinstance(fact, e.Erased)
    assert (fact.key_id, story.state.erased, story.state.result) == ("key-1", True, "granted")
    assert story.no(c.Erase, STEWARD, "03-09 10:00", basis="x").code == "already_erased"


def test_who_erases_what_and_when() -> None:
    story = filed()
    assert Story(LAW).no(c.Erase, STEWARD, "03-04 09:00", basis="x").code == "not_submitted"
    assert story.no(c.Erase, STEWARD, "03-04 09:00", basis="x").code == "not_closed"
    story.do(c.Withdraw, APPLICANT, "03-04 10:00")
    assert story.no(c.Erase, HEAD, "03-04 11:00", basis="x").code == "needs_data_steward"
    assert story.no(c.Erase, STEWARD, "03-04 11:00", basis=" ").code == "basis_needed"
    assert story.no(c.Erase, STEWARD, "03-04 11:00", basis="长" * 201).code == "bad_input"
