"""初审、转报: two agencies, two clocks, one number, one contact, and nothing asked twice (行政许可法 35, 43)."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock, Forwarding, Law, StepRule
from tests.engine.office import (
    APPLICANT,
    CLERK,
    DECIDER,
    EXPERTS,
    FIRE_HEAD,
    FIRE_OFFICER,
    HEAD,
    MET,
    OFFICER,
    OTHER_OFFICER,
    SECTION_HEAD,
    UNMET,
    accepted,
    assign,
    criteria,
    days,
    filed,
    finish,
    missing,
    people,
    person,
    with_steps,
)
from tests.engine.story import Story, day, kinds, with_region

LOWER = StepRule(slug="lower", kind="review", name="初审", unit="fire-section")
HIGHER = StepRule(slug="higher", kind="review", name="审查", unit="licensing")
CHAIN = Forwarding(preliminary_unit="fire-section", to_unit="licensing", limit=days(15))
LAW = with_steps(LOWER, HIGHER, forwarding=CHAIN)
REGISTERED = with_region(LAW, superior_clock="acceptance")


def examined_below(law: Law = LAW) -> Story:
    """A case whose preliminary review is finished."""
    story = accepted(law)
    assign(story, "lower", "03-02 11:00")
    finish(story, "lower", "03-03 09:00")
    return story


def forwarded(law: Law = LAW, at: str = "03-09 09:00") -> Story:
    """A case handed up."""
    story = examined_below(law)
    story.do(c.Forward, FIRE_OFFICER, at, opinion="recommended")
    return story


@pytest.mark.requirement("M200")
def test_the_lower_agency_has_its_own_limit_and_the_higher_ones_begins_with_the_file() -> None:
    story = examined_below()
    assert story.running() == {"preliminary"}
    assert story.due(Clock.PRELIMINARY) == day("03-23")

    (fact,) = story.do(c.Forward, FIRE_OFFICER, "03-09 09:00", opinion="recommended", text="同意")

    assert isinstance(fact, e.Forwarded)
    assert (fact.to_unit, fact.opinion, fact.by.id) == ("licensing", "recommended", FIRE_OFFICER.id)
    assert (story.state.stage, story.state.unit, story.state.contact) == ("forwarded", "licensing", CLERK.id)
    assert story.running() == {"legal", "promised"}
    assert story.due(Clock.LEGAL) == day("04-07")
    assert story.clock(Clock.PRELIMINARY).used(day("05-01")) == 5


def test_the_lower_agency_gives_an_opinion_and_does_not_decide() -> None:
    story = examined_below()
    decider_below = c.Actor("below", e.ActorKind.STAFF, frozenset({"decider"}), "fire-section", "fire")

    no = story.no(c.Decide, decider_below, "03-04 09:00", outcome="refuse", points=criteria("space"))
    assert no.code == "not_the_deciding_agency"
    assert story.no(c.Decide, DECIDER, "03-04 09:00", outcome="grant").code == "not_forwarded"
    assert story.no(c.Forward, FIRE_OFFICER, "03-04 09:00", opinion="granted").code == "no_such_outcome"


def test_who_hands_up_what_and_when() -> None:
    story = accepted(LAW)
    handing = {"opinion": "recommended"}

    assert story.no(c.Forward, FIRE_OFFICER, "03-03 09:00", **handing).code == "examination_not_finished"
    assert story.no(c.Forward, CLERK, "03-03 09:00", **handing).code == "needs_one_of"
    assert story.no(c.Forward, OFFICER, "03-03 09:00", **handing).code == "not_your_unit"
    assert accepted(with_steps(HIGHER)).no(c.Forward, OFFICER, "03-03 09:00", **handing).code == "no_forwarding_here"
    assert forwarded().no(c.Forward, FIRE_OFFICER, "03-10 09:00", **handing).code == "already_forwarded"


def test_the_higher_agencys_steps_begin_when_the_file_is_handed_up() -> None:
    story = examined_below()
    assert not story.state.steps["higher"].is_open

    assign(story, "higher", "03-03 10:00")
    no = story.no(c.FinishStep, OFFICER, "03-03 11:00", step="higher", outcome="passed")

    assert no.code == "not_forwarded"
    story.do(c.Forward, FIRE_OFFICER, "03-09 09:00", opinion="recommended")
    assert story.state.steps["higher"].opened_on == day("03-09")
    assert kinds(finish(story, "higher", "03-09 10:00")) == ["step_finished", "joined", "examined"]


@pytest.mark.requirement("M113")
def test_nothing_in_the_file_is_asked_again() -> None:
    story = forwarded()

    for actor in (CLERK, OFFICER, FIRE_OFFICER):
        no = story.no(c.RequestCorrection, actor, "03-10 09:00", points=missing("plan"))
        assert no.code == "already_in_the_file"


def test_the_lower_opinion_does_not_bind_the_higher_agency() -> None:
    story = accepted(LAW)
    assign(story, "lower", "03-02 11:00")
    finish(story, "lower", "03-03 09:00", "failed", UNMET)
    story.do(c.Forward, FIRE_OFFICER, "03-04 09:00", opinion="not_recommended")
    assign(story, "higher", "03-04 10:00")
    finish(story, "higher", "03-05 09:00", "passed", MET)

    assert story.do(c.Decide, DECIDER, "03-06 09:00", outcome="grant")


def test_each_agency_sends_back_its_own_steps_while_it_holds_the_case() -> None:
    story = examined_below()

    assert story.no(c.SendBack, DECIDER, "03-04 09:00", step="lower", reasons="x").code == "not_forwarded"
    stranger = c.Actor("far", e.ActorKind.STAFF, frozenset({"decider"}), "far-section", "far")
    assert story.no(c.SendBack, stranger, "03-04 09:00", step="lower", reasons="x").code == "not_your_unit"
    assert story.do(c.SendBack, FIRE_HEAD, "03-04 09:00", step="lower", reasons="x")
    above = forwarded()
    assert above.no(c.SendBack, DECIDER, "03-10 09:00", step="lower", reasons="x").code == "no_step_finished"


def test_a_lower_agencys_pause_stops_its_own_limit() -> None:
    """The limits of arts. 42 and 43 stand in one section; art. 45 excludes from both."""
    below = StepRule(
        slug="experts",
        kind="expert_review",
        name="专家评审",
        unit="fire-section",
        may_pause_on=frozenset({"expert_review"}),
    )
    story = accepted(with_steps(below, HIGHER, forwarding=CHAIN, grounds=("expert_review",)))
    assign(story, "experts", "03-02 11:00")

    story.do(c.Pause, FIRE_OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-11"))

    assert story.due(Clock.PRELIMINARY) == day("03-30")
    late = {"ground": "expert_review", "expected_end": day("04-10")}
    no = story.no(c.Pause, FIRE_OFFICER, "03-31 09:00", **late)
    assert (no.code, no.facts) == ("limit_already_over", {"due": day("03-30")})


def test_handing_up_is_no_pause() -> None:
    story = forwarded()

    assert not story.state.pauses
    assert not any(story.clock(which).is_paused(day("03-20")) for which in (Clock.LEGAL, Clock.PROMISED))


def test_the_higher_agency_extends_its_own_limit_only() -> None:
    assert examined_below().no(c.Extend, HEAD, "03-04 09:00", reasons="x").code == "no_extension_here"
    story = forwarded()

    story.do(c.Extend, HEAD, "03-20 09:00", reasons="x")

    assert story.due(Clock.LEGAL) == day("04-21")


def test_the_higher_agency_tells_the_right_to_a_hearing_once_the_file_is_there() -> None:
    assert examined_below().no(c.TellHearingRight, OTHER_OFFICER, "03-04 09:00").code == "not_forwarded"
    assert forwarded().do(c.TellHearingRight, OTHER_OFFICER, "03-10 09:00")


# When the file is registered


def test_the_file_is_registered_once_by_the_unit_it_went_to() -> None:
    assert examined_below().no(c.ConfirmArrival, OFFICER, "03-04 09:00").code == "not_forwarded"
    story = forwarded()
    assert story.no(c.ConfirmArrival, FIRE_OFFICER, "03-10 09:00").code == "not_your_unit"
    assert story.no(c.ConfirmArrival, APPLICANT, "03-10 09:00").code == "staff_only"
    story.do(c.ConfirmArrival, OFFICER, "03-10 09:00")
    assert story.no(c.ConfirmArrival, OFFICER, "03-10 10:00").code == "already_registered"
    assert story.due(Clock.LEGAL) == day("04-07"), "the clock ran from the arrival"


def test_a_region_may_count_from_the_registration_if_it_comes_in_time() -> None:
    story = forwarded(REGISTERED)
    assert story.running() == {"legal", "promised"}, "no moment without a clock"
    assert story.due(Clock.LEGAL) == day("04-07")

    story.do(c.ConfirmArrival, OFFICER, "03-11 09:00")

    assert story.due(Clock.LEGAL) == day("04-09")


def test_who_lets_the_file_lie_counts_from_its_arrival() -> None:
    """行政许可法 32(1)(4), for the file: silence is acceptance from the day it came."""
    story = forwarded(REGISTERED)

    story.do(c.ConfirmArrival, OFFICER, "03-17 09:00")

    assert story.due(Clock.LEGAL) == day("04-07")


def test_a_termination_speaks_for_the_agency_that_holds_the_case() -> None:
    below = c.Actor("below", e.ActorKind.STAFF, frozenset({"decider"}), "fire-section", "fire")
    story = examined_below()

    assert story.no(c.Terminate, DECIDER, "03-04 09:00", ground="force_majeure").code == "not_forwarded"
    assert story.do(c.Terminate, below, "03-04 09:00", ground="force_majeure")
    assert forwarded().no(c.Terminate, below, "03-10 09:00", ground="force_majeure").code == "not_the_deciding_agency"


def test_an_item_that_is_handed_up_is_not_decided_at_once() -> None:
    assert filed(LAW).no(c.DecideAtOnce, CLERK, "03-02 10:00", outcome="grant").code == "not_an_instant_item"


def test_people_of_the_higher_agency_are_assigned_by_its_own_head() -> None:
    story = examined_below()

    assert story.no(c.Assign, FIRE_HEAD, "03-04 09:00", step="higher", people=people(OFFICER)).code == "not_your_unit"
    assert story.do(c.Assign, SECTION_HEAD, "03-04 09:00", step="higher", people=(person(OFFICER),))


def test_the_experts_of_the_higher_agency_pause_after_the_handing_up_only() -> None:
    law = with_steps(LOWER, EXPERTS, forwarding=CHAIN, grounds=("expert_review",))
    story = accepted(law)
    assign(story, "experts", "03-02 11:00")
    stop = {"ground": "expert_review", "expected_end": day("03-11")}

    assert story.no(c.Pause, OFFICER, "03-03 09:00", **stop).code == "no_lawful_ground_to_pause"
