"""一次性告知: the guide binds the officer, everything wrong is said once, and the facts say whether more is lawful."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    ANSWERS,
    APPLICANT,
    CLERK,
    LAW,
    MANY_ROOMS,
    OFFICER,
    days,
    filed,
    flawed,
    missing,
    papers,
)
from tests.engine.story import Story, day, kinds, with_procedure, with_region

RED_CARD = with_region(LAW, second_notice="red_card")


def noticed(law: object = LAW, points: tuple[c.Citation, ...] = (), **more: object) -> Story:
    """An application with the form only, whose correction notice names the plan, or what is told."""
    story = filed(law, provided=papers("form"), **more)  # type: ignore[arg-type]
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=points or missing("plan"))
    return story


def question(name: str, defect: e.Defect = e.Defect.INCONSISTENT) -> tuple[c.Citation, ...]:
    """An answer cited as flawed."""
    return (c.Citation(e.PointKind.QUESTION, name, defect),)


# The first notice


@pytest.mark.requirement("M093")
def test_everything_wrong_stands_in_one_notice_and_the_applicant_has_a_reasonable_period() -> None:
    story = filed(provided=papers("form"))
    points = (*missing("plan"), *flawed("form"), *question("rooms"))

    (fact,) = story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=points)

    assert isinstance(fact, e.CorrectionRequested)
    assert (len(fact.points), fact.cause, fact.unlawful) == (3, "first", False)
    assert story.due(Clock.CORRECTION) == day("03-17")
    assert story.running() == {"correction"}


@pytest.mark.requirement("M113")
@pytest.mark.parametrize(
    ("points", "code"),
    [
        ((), "nothing_cited"),
        (missing("proof_of_being_your_mothers_child"), "outside_guide"),
        (question("shoe_size"), "outside_guide"),
        ((c.Citation(e.PointKind.CRITERION, "space", e.Defect.UNMET),), "outside_guide"),
        ((c.Citation(e.PointKind.MATERIAL, "form", e.Defect.UNMET),), "outside_guide"),
        ((c.Citation(e.PointKind.MINUTES, "2", e.Defect.UNMET),), "outside_guide"),
        (missing("form"), "not_missing"),
        (missing("photo"), "not_asked_of_this_case"),
        (flawed("plan"), "not_handed_in"),
        (question("fuel"), "not_asked_of_this_case"),
        ((*missing("plan"), *missing("lease")), "not_asked_of_this_case"),
    ],
)
def test_nothing_can_be_asked_that_the_guide_does_not_ask_of_this_case(
    points: tuple[c.Citation, ...], code: str
) -> None:
    assert filed(provided=papers("form")).no(c.RequestCorrection, CLERK, "03-03 10:00", points=points).code == code


def test_a_volunteered_paper_cannot_become_a_demand() -> None:
    story = filed(provided=papers("form", "plan", "photo"))

    assert story.no(c.RequestCorrection, CLERK, "03-03 10:00", points=flawed("photo")).code == "not_asked_of_this_case"


@pytest.mark.parametrize("period", [days(9), Limit(10, Unit.CALENDAR_DAY), Limit(1, Unit.MONTH)])
def test_the_period_is_not_shorter_than_the_item_says(period: Limit) -> None:
    story = filed(provided=papers("form"))

    no = story.no(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"), period=period)

    assert no.code == "period_too_short"


def test_a_period_may_be_longer_than_the_item_says() -> None:
    story = filed(provided=papers("form"))

    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"), period=days(15))

    assert story.due(Clock.CORRECTION) == day("03-24")


def test_a_period_that_nobody_can_date_is_refused_and_harms_nothing() -> None:
    story = filed(provided=papers("form"))

    no = story.no(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"), period=days(100_000))

    assert no.code == "calendar_not_loaded"
    assert story.do(c.RequestCorrection, CLERK, "03-03 10:01", points=missing("plan"))


def test_while_the_applicant_corrects_the_window_waits() -> None:
    story = noticed()

    assert story.no(c.Accept, CLERK, "03-04 10:00").code == "waiting_for_correction"
    assert story.no(c.RequestCorrection, CLERK, "03-04 10:00", points=flawed("form")).code == "waiting_for_correction"


# The correction


def test_with_the_correction_the_notice_clock_starts_again() -> None:
    story = noticed()

    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))

    assert story.state.stage == "submitted"
    assert story.due(Clock.NOTICE) == day("03-12")
    assert story.running() == {"notice"}
    assert story.do(c.Accept, CLERK, "03-06 09:00")


def test_a_correction_brings_something_of_the_guide() -> None:
    story = noticed()

    assert story.no(c.SubmitCorrection, APPLICANT, "03-05 22:00").code == "bad_input"
    assert story.no(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("shoe")).code == "bad_input"
    assert story.no(c.SubmitCorrection, APPLICANT, "03-05 22:00", answers={"rooms": "many"}).code == "bad_input"


def test_without_a_notice_there_is_nothing_to_correct() -> None:
    assert filed().no(c.SubmitCorrection, APPLICANT, "03-03 09:00", provided=papers("plan")).code == (
        "no_correction_running"
    )


def test_half_a_correction_leaves_the_period_running() -> None:
    """行政许可法 32(1)(5): accepted when everything asked for is there; the agency has said all it had to say."""
    story = filed(provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form", "plan"))

    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("form"))

    assert story.state.stage == "correction"
    assert story.due(Clock.CORRECTION) == day("03-17")
    assert story.state.still_missing == ("plan",)
    story.do(c.SubmitCorrection, APPLICANT, "03-06 22:00", provided=papers("plan"))
    assert story.state.stage == "submitted"
    assert story.due(Clock.NOTICE) == day("03-13")


def test_what_no_longer_applies_is_no_longer_missing() -> None:
    story = filed(answers=MANY_ROOMS)
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("lease"))

    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", answers=ANSWERS)

    assert story.state.stage == "submitted"
    assert "lease" not in story.state.required
    assert story.do(c.Accept, CLERK, "03-06 09:00")


# Lapse


def test_when_the_period_runs_out_the_application_lapses_and_may_be_filed_again() -> None:
    story = noticed()

    assert story.advance("03-17 23:59") == []
    (fact,) = story.advance("03-18 00:00")

    assert isinstance(fact, e.Lapsed)
    assert (fact.on, story.state.stage, story.state.result) == (day("03-18"), "closed", "lapsed")
    assert story.no(c.SubmitCorrection, APPLICANT, "03-18 09:00", provided=papers("plan")).code == "already_closed"
    assert not story.clock(Clock.NOTICE).is_over(day("03-30")), "the agency answered in time"
    assert filed(at="03-18 09:00").state.stage == "submitted"


def test_half_a_correction_lapses_too() -> None:
    story = filed(provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form", "plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("form"))

    assert kinds(story.advance("03-18 00:00")) == ["lapsed"]


def test_the_last_minute_of_the_period_still_counts() -> None:
    story = noticed()

    assert story.do(c.SubmitCorrection, APPLICANT, "03-17 23:59", provided=papers("plan"))


# A reminder


def test_a_named_point_still_unfixed_is_reminded_of_inside_the_period_which_runs_on() -> None:
    story = noticed(points=(*missing("plan"), *flawed("form")))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan", "form"))

    facts = story.do(c.RemindCorrection, CLERK, "03-09 10:00", points=flawed("form"))

    assert kinds(facts) == ["correction_reminded"]
    assert story.state.stage == "correction"
    assert story.due(Clock.CORRECTION) == day("03-17")
    assert story.running() == {"correction"}
    assert not story.clock(Clock.NOTICE).is_over(day("03-30"))
    story.do(c.SubmitCorrection, APPLICANT, "03-10 09:00", provided=papers("form"))
    assert story.due(Clock.NOTICE) == day("03-17")


def test_a_reminder_while_the_applicant_still_corrects_changes_nothing() -> None:
    story = noticed()
    before = story.state

    story.do(c.RemindCorrection, CLERK, "03-09 10:00", points=missing("plan"))

    assert (story.state.stage, story.state.correction_from) == ("correction", before.correction_from)


def test_a_reminder_names_only_what_was_named_and_can_still_be_wrong() -> None:
    story = noticed()

    assert story.no(c.RemindCorrection, CLERK, "03-09 10:00", points=flawed("form")).code == "not_named_before"
    assert story.no(c.RemindCorrection, CLERK, "03-09 10:00", points=()).code == "nothing_cited"
    story.do(c.SubmitCorrection, APPLICANT, "03-09 11:00", provided=papers("plan"))
    assert story.no(c.RemindCorrection, CLERK, "03-09 12:00", points=missing("plan")).code == "no_correction_running"


def test_there_is_nothing_to_remind_of_without_a_notice_or_after_the_period() -> None:
    assert filed().no(c.RemindCorrection, CLERK, "03-03 10:00", points=missing("plan")).code == "no_correction_running"
    story = noticed(points=flawed("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-17 22:00", provided=papers("form"))

    no = story.no(c.RemindCorrection, CLERK, "03-18 09:00", points=flawed("form"))

    assert no.code == "correction_period_over"
    assert story.no(c.RemindCorrection, OFFICER, "03-18 09:00", points=flawed("form")).code == "needs_clerk"


# A second notice


@pytest.mark.requirement("M093")
def test_a_defect_that_was_there_and_was_not_named_cannot_be_named_later_accept() -> None:
    story = filed(provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("form"))

    no = story.no(c.RequestCorrection, CLERK, "03-06 10:00", points=missing("plan"))

    assert no.code == "second_notice_unlawful"
    assert story.do(c.Accept, CLERK, "03-06 10:01"), "what was not named in time cannot hold the acceptance up"


def test_a_point_named_before_is_no_second_notice() -> None:
    story = noticed(points=(*missing("plan"), *flawed("form")))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan", "form"))

    assert story.no(c.RequestCorrection, CLERK, "03-06 10:00", points=flawed("form")).code == "named_before"


def test_a_defect_that_came_with_the_corrected_material_may_be_named() -> None:
    story = noticed()
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))

    (fact,) = story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=flawed("plan"))

    assert isinstance(fact, e.CorrectionRequested)
    assert (fact.cause, fact.unlawful) == ("arose_with_correction", False)
    assert story.due(Clock.CORRECTION) == day("03-20")


def test_what_came_in_two_parts_may_both_be_looked_at() -> None:
    story = filed(provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form", "plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-04 22:00", provided=papers("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))

    (fact,) = story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=(*flawed("plan"), *flawed("form")))

    assert isinstance(fact, e.CorrectionRequested)
    assert not fact.unlawful


def test_what_a_changed_application_newly_needs_may_be_named() -> None:
    story = noticed(points=(*missing("plan"), *question("rooms")))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"), answers=MANY_ROOMS)

    assert story.no(c.Accept, CLERK, "03-06 09:00").code == "materials_missing"
    (fact,) = story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=missing("lease"))

    assert isinstance(fact, e.CorrectionRequested)
    assert (fact.cause, fact.unlawful) == ("changed_application", False)


def test_what_it_newly_needs_may_be_named_also_when_the_papers_come_in_two_parts() -> None:
    story = filed(provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=(*missing("form", "plan"), *question("rooms")))
    story.do(c.SubmitCorrection, APPLICANT, "03-04 22:00", provided=papers("form"), answers=MANY_ROOMS)
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"), answers=MANY_ROOMS)

    assert story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=missing("lease"))


def test_an_answer_that_was_named_and_given_anew_may_be_named_for_what_is_wrong_now() -> None:
    story = noticed(points=(*missing("plan"), *question("rooms")))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"), answers={"rooms": 9})

    assert story.no(c.RequestCorrection, CLERK, "03-06 10:00", points=question("remark")).code == (
        "second_notice_unlawful"
    )
    assert story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=question("rooms", e.Defect.INCOMPLETE))


def test_what_was_looked_at_once_and_passed_over_cannot_be_found_wrong_later() -> None:
    story = noticed()
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))
    story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=flawed("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-07 10:00", provided=papers("form"))

    assert story.no(c.RequestCorrection, CLERK, "03-09 10:00", points=flawed("plan", e.Defect.EXPIRED)).code == (
        "second_notice_unlawful"
    )


@pytest.mark.requirement("M093")
def test_a_region_may_let_an_unlawful_second_notice_through_flagged() -> None:
    story = filed(RED_CARD, provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("form"))

    (fact,) = story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=(*missing("plan"), *flawed("form")))

    assert isinstance(fact, e.CorrectionRequested)
    assert (fact.cause, fact.unlawful) == ("not_named_before", True)


def test_such_a_region_does_not_force_the_violation_on_the_clerk() -> None:
    story = filed(RED_CARD, provided=())
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("form"))

    assert story.do(c.Accept, CLERK, "03-06 10:00")


def test_a_clerk_to_whom_nothing_is_left_to_name_is_told_so_before_trying() -> None:
    law = with_procedure(LAW, questions=(), materials=LAW.procedure.materials[:2])
    story = filed(law, provided=(), answers={})
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=flawed("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-07 22:00", provided=papers("plan"))
    story.do(c.RemindCorrection, CLERK, "03-09 10:00", points=flawed("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-10 22:00", provided=papers("plan"))

    offer = story.offer(c.RequestCorrection, CLERK, "03-11 10:00")

    assert {point[1] for point in offer.allowed["point"]} == {"plan"}
