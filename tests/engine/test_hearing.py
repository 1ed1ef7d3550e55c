"""听证: told of the right, five days to ask, held within twenty, noticed seven days before, decided on the minutes."""

from dataclasses import replace

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock
from tests.engine.office import (
    AGENT,
    ANSWERS,
    APPLICANT,
    CLERK,
    DECIDER,
    EXPERTS,
    FAR_DECIDER,
    HEAD,
    LAW,
    LAWYER,
    NEIGHBOUR,
    OFFICER,
    OTHER_NEIGHBOUR,
    OTHER_OFFICER,
    SECTION_HEAD,
    STRANGER,
    criteria,
    decided,
    examined,
    filed,
    people,
    person,
    staff,
    told,
    with_steps,
)
from tests.engine.story import Story, day, kinds, with_procedure, with_region

SHARED = with_procedure(LAW, third_parties=True)
REQUESTED_ON = "03-04 09:00"


def requested(law: object = SHARED, by: c.Actor = NEIGHBOUR) -> Story:
    """A hearing asked for."""
    story = told(law)  # type: ignore[arg-type]
    story.do(c.RequestHearing, by, REQUESTED_ON)
    return story


def noticed(law: object = SHARED) -> Story:
    """A hearing with host and day."""
    story = requested(law)
    story.do(c.AppointHost, HEAD, "03-05 09:00", host=person(LAWYER))
    story.do(c.GiveHearingNotice, LAWYER, "03-05 10:00", held_on=day("03-16"), place="二楼")
    return story


# Who is told


def test_where_others_have_a_major_interest_nothing_is_decided_before_they_were_told() -> None:
    story = examined(SHARED)

    for outcome, points in (("grant", ()), ("refuse", criteria("space"))):
        no = story.no(c.Decide, DECIDER, "03-03 09:00", outcome=outcome, points=points)
        assert no.code == "hearing_right_not_told"


def test_the_same_where_an_officer_found_that_others_are_concerned() -> None:
    story = examined()
    parties = {"parties": (e.Person(NEIGHBOUR.id),), "particulars": ({"name": "甲"},)}
    story.do(c.NameThirdParties, OFFICER, "03-03 09:00", **parties)

    assert story.no(c.Decide, DECIDER, "03-03 10:00", outcome="grant").code == "hearing_right_not_told"


def test_third_parties_are_named_by_pseudonym_with_sealed_particulars_before_they_are_told() -> None:
    story = examined(SHARED)

    def no(by: c.Actor, *parties: str, particulars: int = 1) -> str:
        given = {"parties": tuple(map(e.Person, parties)), "particulars": ({"name": "甲"},) * particulars}
        return story.no(c.NameThirdParties, by, "03-03 09:00", **given).code

    assert no(OFFICER) == "each_party_needs_particulars"
    assert no(OFFICER, "neighbour", particulars=2) == "each_party_needs_particulars"
    assert no(OFFICER, "王大妈") == "bad_input"
    assert no(OFFICER, "") == "bad_input"
    assert no(OFFICER, "neighbour", "neighbour", particulars=2) == "each_person_once"
    assert no(OFFICER, APPLICANT.id) == "each_person_once"
    assert no(CLERK, "neighbour") == "needs_one_of"
    assert no(staff("far-officer", "far", "officer", agency="far"), "neighbour") == "not_the_deciding_agency"
    assert story.no(c.TellHearingRight, OFFICER, "03-03 09:00").code == "third_parties_not_named"
    after = told(SHARED)
    again = {"parties": (e.Person("late"),), "particulars": ({"name": "丙"},)}
    assert after.no(c.NameThirdParties, OFFICER, "03-04 09:00", **again).code == "hearing_right_already_told"
    assert "甲" in {each["name"] for key, each in after.sealed.items() if "particulars" in key}


def test_the_right_is_told_once_to_applicant_and_third_parties_and_the_window_is_five_days() -> None:
    story = told(SHARED)
    fact = story.facts[-1]

    assert isinstance(fact, e.HearingRightTold)
    assert fact.told == (APPLICANT.id, NEIGHBOUR.id, OTHER_NEIGHBOUR.id)
    assert story.due(Clock.HEARING_REQUEST) == day("03-10")
    assert not story.state.pauses, "telling the right stops no clock"
    assert story.no(c.TellHearingRight, OFFICER, "03-04 09:00").code == "hearing_right_already_told"
    assert filed().no(c.TellHearingRight, OFFICER, "03-04 09:00").code == "not_accepted"
    assert examined().no(c.TellHearingRight, CLERK, "03-04 09:00").code == "needs_one_of"


def test_somebody_who_filed_without_an_account_is_told_on_paper_and_nobody_asks_in_their_name() -> None:
    story = Story(LAW)
    story.do(c.Submit, CLERK, "03-02 09:00", answers=ANSWERS, channel="window")
    story.advance("03-10 00:00")
    story.do(c.TellHearingRight, OFFICER, "03-10 09:00")

    assert story.state.hearing is not None
    assert story.state.hearing.told == ()
    for anybody in (c.Actor("", e.ActorKind.APPLICANT), STRANGER, AGENT, OFFICER, c.TIMER):
        assert story.no(c.RequestHearing, anybody, "03-10 10:00").code == "not_told_of_this_hearing"


# Asking for it


def test_during_the_window_nothing_is_decided_and_after_it_everything_may_be() -> None:
    story = told(SHARED)

    no = story.no(c.Decide, DECIDER, "03-10 23:00", outcome="grant")
    assert (no.code, no.facts) == ("hearing_window_open", {"until": day("03-10")})
    assert story.do(c.Decide, DECIDER, "03-11 09:00", outcome="grant")


def test_whoever_was_told_asks_and_the_clock_stands_until_the_last_day_for_holding_it() -> None:
    story = requested()

    assert kinds(story.facts)[-2:] == ["hearing_requested", "paused"]
    assert story.due(Clock.HEARING_HOLD) == day("04-01")
    paused = story.facts[-1]
    assert isinstance(paused, e.Paused)
    assert (paused.ground, paused.expected_end) == ("hearing", day("04-01"))
    assert story.clock(Clock.LEGAL).is_paused(day("03-31"))
    assert not story.clock(Clock.LEGAL).is_paused(day("04-01"))


@pytest.mark.parametrize("by", [APPLICANT, AGENT, NEIGHBOUR, OTHER_NEIGHBOUR])
def test_each_who_was_told_may_ask(by: c.Actor) -> None:
    assert requested(by=by).state.hearing is not None


def test_who_may_not_ask() -> None:
    story = told(SHARED)

    for by in (STRANGER, OFFICER, replace(OFFICER, id=NEIGHBOUR.id), c.TIMER):
        assert story.no(c.RequestHearing, by, REQUESTED_ON).code == "not_told_of_this_hearing"
    assert story.no(c.RequestHearing, NEIGHBOUR, "03-11 00:00").code == "hearing_window_over"
    assert examined().no(c.RequestHearing, APPLICANT, REQUESTED_ON).code == "hearing_right_not_told"
    assert requested().no(c.RequestHearing, OTHER_NEIGHBOUR, "03-04 10:00").code == "hearing_already_requested"


def test_one_who_gives_it_up_does_not_give_it_up_for_the_others() -> None:
    story = requested()

    assert story.no(c.WaiveHearing, OTHER_NEIGHBOUR, "03-05 09:00").code == "not_your_request"
    assert kinds(story.do(c.WaiveHearing, NEIGHBOUR, "03-05 09:00")) == ["hearing_waived", "resumed"]
    assert story.no(c.Decide, DECIDER, "03-05 10:00", outcome="grant").code == "hearing_window_open"
    assert story.no(c.RequestHearing, NEIGHBOUR, "03-05 11:00").code == "hearing_is_over"
    assert story.do(c.RequestHearing, OTHER_NEIGHBOUR, "03-06 09:00")
    assert story.no(c.Decide, DECIDER, "03-20 10:00", outcome="grant").code == "hearing_not_held"
    assert story.due(Clock.HEARING_HOLD) == day("04-03")


def test_when_everybody_let_it_be_the_case_is_decided_after_the_window() -> None:
    story = requested()
    story.do(c.WaiveHearing, NEIGHBOUR, "03-05 09:00")

    assert story.no(c.WaiveHearing, NEIGHBOUR, "03-05 10:00").code == "hearing_is_over"
    assert story.do(c.Decide, DECIDER, "03-11 10:00", outcome="grant")


def test_the_applicant_gives_up_what_the_agent_asked_for() -> None:
    story = requested(by=AGENT)

    assert story.no(c.WaiveHearing, NEIGHBOUR, "03-05 09:00").code == "not_your_request"
    story = requested(by=APPLICANT)
    assert story.no(c.WaiveHearing, NEIGHBOUR, "03-05 09:00").code == "applicants_own_act"
    assert story.do(c.WaiveHearing, AGENT, "03-05 09:00")


# Holding it


def test_without_a_request_there_is_no_hearing() -> None:
    story = told(SHARED)

    assert story.no(c.AppointHost, HEAD, "03-05 09:00", host=person(LAWYER)).code == "no_hearing_requested"
    assert story.no(c.WaiveHearing, NEIGHBOUR, "03-05 09:00").code == "no_hearing_requested"
    assert story.no(c.CloseHearing, LAWYER, "03-05 09:00", minutes="x").code == "no_hearing_requested"


def test_the_head_appoints_a_host_who_did_not_examine_the_case() -> None:
    story = requested()

    def no(by: c.Actor, host: c.Actor) -> str:
        return story.no(c.AppointHost, by, "03-05 09:00", host=person(host)).code

    assert no(SECTION_HEAD, LAWYER) == "needs_head_of_agency"
    assert no(replace(HEAD, agency="far"), LAWYER) == "not_the_deciding_agency"
    assert no(HEAD, OFFICER) == "host_is_examiner"
    assert no(HEAD, staff("李律师", "legal")) == "bad_input"
    assert story.do(c.AppointHost, HEAD, "03-05 09:00", host=person(LAWYER))


def test_whoever_carries_an_open_step_does_not_host_either() -> None:
    story = requested()
    story.do(c.SendBack, DECIDER, "03-04 10:00", step="review", reasons="x")
    story.do(c.Assign, SECTION_HEAD, "03-04 11:00", step="review", people=people(OTHER_OFFICER))

    assert story.no(c.AppointHost, HEAD, "03-05 09:00", host=person(OTHER_OFFICER)).code == "host_is_examiner"


def test_the_notice_goes_out_at_least_seven_working_days_before() -> None:
    story = requested()
    assert story.no(c.GiveHearingNotice, LAWYER, "03-05 08:00", held_on=day("03-16")).code == "no_host_appointed"
    story.do(c.AppointHost, HEAD, "03-05 09:00", host=person(LAWYER))

    def no(held_on: str, by: c.Actor = LAWYER) -> str:
        return story.no(c.GiveHearingNotice, by, "03-05 10:00", held_on=day(held_on)).code

    assert no("03-16", OTHER_OFFICER) == "host_only"
    assert no("03-13") == "less_than_7_working_days"
    assert no("04-02") == "hearing_too_late"
    assert story.offer(c.GiveHearingNotice, LAWYER, "03-05 10:00").allowed == {"held_on": (day("03-16"), day("04-01"))}
    assert kinds(story.do(c.GiveHearingNotice, LAWYER, "03-05 10:00", held_on=day("03-16"))) == ["hearing_noticed"]


def test_an_agency_that_let_the_time_pass_still_has_to_hear() -> None:
    """The twenty days bind the agency; the right to be heard does not end with them."""
    story = requested()
    story.do(c.AppointHost, HEAD, "03-27 09:00", host=person(LAWYER))

    assert story.no(c.GiveHearingNotice, LAWYER, "03-27 09:00", held_on=day("04-01")).code == "less_than_7_working_days"
    assert story.no(c.GiveHearingNotice, LAWYER, "03-27 09:00", held_on=day("04-09")).code == "hearing_too_late"
    story.do(c.GiveHearingNotice, LAWYER, "03-27 09:00", held_on=day("04-08"))
    assert story.clock(Clock.HEARING_HOLD).is_over(day("04-02"))
    assert story.do(c.CloseHearing, LAWYER, "04-08 17:00", minutes="全文")


def test_the_host_closes_it_with_signed_minutes_on_or_after_its_day() -> None:
    story = requested()
    story.do(c.AppointHost, HEAD, "03-05 09:00", host=person(LAWYER))
    assert story.no(c.CloseHearing, LAWYER, "03-05 10:00", minutes="x").code == "hearing_not_noticed"
    story = noticed()
    assert story.no(c.CloseHearing, LAWYER, "03-15 10:00", minutes="x").code == "hearing_not_yet"
    assert story.no(c.CloseHearing, HEAD, "03-16 10:00", minutes="x").code == "host_only"

    assert kinds(story.do(c.CloseHearing, LAWYER, "03-16 17:00", minutes="全文")) == ["hearing_held", "resumed"]

    assert story.due(Clock.LEGAL) == day("04-10")
    assert not story.clock(Clock.HEARING_HOLD).is_over(day("05-01"))
    assert story.no(c.CloseHearing, LAWYER, "03-17 10:00", minutes="x").code == "hearing_is_over"
    assert story.no(c.RequestHearing, OTHER_NEIGHBOUR, "03-17 10:00").code == "hearing_is_over"


def test_a_hearing_may_be_noticed_for_another_day() -> None:
    story = noticed()

    story.do(c.GiveHearingNotice, LAWYER, "03-06 10:00", held_on=day("03-20"))

    assert story.no(c.CloseHearing, LAWYER, "03-16 10:00", minutes="x").code == "hearing_not_yet"


def test_the_decision_may_cite_the_minutes_by_page_and_needs_a_criterion_all_the_same() -> None:
    story = noticed()
    page = (c.Citation(e.PointKind.MINUTES, "p.2", e.Defect.UNMET),)
    assert story.no(c.Decide, DECIDER, "03-06 09:00", outcome="refuse", points=page).code == "hearing_not_held"
    story.do(c.CloseHearing, LAWYER, "03-16 17:00", minutes="全文")

    def no(*points: c.Citation) -> str:
        return story.no(c.Decide, DECIDER, "03-17 09:00", outcome="refuse", points=points).code

    assert no(*page) == "reason_must_cite_condition"
    assert no(*criteria("space"), c.Citation(e.PointKind.MINUTES, "王大妈说太吵", e.Defect.UNMET)) == "bad_input"
    (fact,) = story.do(c.Decide, DECIDER, "03-17 09:00", outcome="refuse", points=(*criteria("space"), *page))
    assert isinstance(fact, e.Refused)
    assert [(each.kind, each.id) for each in fact.points] == [("criterion", "space"), ("minutes", "p.2")]


def test_without_minutes_there_are_none_to_cite() -> None:
    page = (*criteria("space"), c.Citation(e.PointKind.MINUTES, "2", e.Defect.UNMET))

    assert examined().no(c.Decide, DECIDER, "03-03 09:00", outcome="refuse", points=page).code == "no_minutes_to_cite"


# Its time


def test_a_hearing_longer_than_told_excludes_only_the_told_time() -> None:
    story = requested()

    assert kinds(story.advance("04-01 00:00")) == ["resumed"]

    assert story.state.hearing is not None
    assert story.state.hearing.is_pending
    assert story.due(Clock.LEGAL) == day("04-28")


def test_a_hearing_beside_another_pause_excludes_each_day_once() -> None:
    law = with_procedure(with_steps(LAW.procedure.steps[0], EXPERTS, grounds=("expert_review",)), third_parties=True)
    story = told(law)
    story.do(c.Assign, SECTION_HEAD, "03-03 10:00", step="experts", people=people(OTHER_OFFICER))
    story.do(c.Pause, OTHER_OFFICER, "03-03 11:00", ground="expert_review", expected_end=day("03-06"))

    story.do(c.RequestHearing, NEIGHBOUR, REQUESTED_ON)
    story.do(c.WaiveHearing, NEIGHBOUR, "03-11 09:00")

    assert story.due(Clock.LEGAL) == day("04-08"), "03-03 to 03-10 stood"


def test_a_region_may_stop_the_clock_from_the_notice_of_the_right() -> None:
    story = told(with_region(SHARED, hearing_pause="told"))

    assert kinds(story.facts)[-2:] == ["hearing_right_told", "paused"]
    story.do(c.RequestHearing, NEIGHBOUR, REQUESTED_ON)
    assert len(story.state.open_pauses) == 2
    assert len({each.notice for each in story.state.pauses}) == 2
    assert kinds(story.do(c.WaiveHearing, NEIGHBOUR, "03-05 09:00")) == ["hearing_waived", "resumed", "resumed"]


@pytest.mark.parametrize("reading", ["request", "told"])
def test_after_the_limit_a_hearing_takes_place_and_stops_nothing(reading: str) -> None:
    law = with_region(SHARED, hearing_pause=reading)
    story = examined(law)
    parties = {"parties": (e.Person(NEIGHBOUR.id),), "particulars": ({"name": "甲"},)}
    story.do(c.NameThirdParties, OFFICER, "04-01 09:00", **parties)

    assert kinds(story.do(c.TellHearingRight, OFFICER, "04-01 09:00")) == ["hearing_right_told"]
    assert kinds(story.do(c.RequestHearing, NEIGHBOUR, "04-02 09:00")) == ["hearing_requested"]
    assert kinds(story.do(c.WaiveHearing, NEIGHBOUR, "04-03 09:00")) == ["hearing_waived"]


def test_after_the_decision_nobody_asks() -> None:
    assert decided().no(c.RequestHearing, APPLICANT, "03-04 09:00").code == "already_decided"
    assert decided().no(c.AppointHost, FAR_DECIDER, "03-04 09:00", host=person(LAWYER)).code == "already_decided"
