"""Due dates are a function of the facts: extension, the passing of the limit, hours and minutes, a new calendar."""

from dataclasses import replace

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clock, clocks, timers
from banjie.engine.law import Clock, Extension
from banjie.engine.timelimits import Limit, Span, Unit, rest
from tests.engine.office import (
    APPLICANT,
    CLERK,
    DECIDER,
    EXPERTS,
    FAR_DECIDER,
    HEAD,
    KEEPER,
    LAW,
    OFFICER,
    SECTION_HEAD,
    accepted,
    carried,
    days,
    decided,
    filed,
    finish,
    people,
    staff,
    with_steps,
)
from tests.engine.story import CALENDAR, busier_calendar, calendar, day, instant, kinds, with_procedure, with_region

# Extension


def test_an_extension_moves_the_statutory_day_and_leaves_the_promise() -> None:
    story = accepted()

    (fact,) = story.do(c.Extend, HEAD, "03-20 09:00", reasons="疑难")

    assert isinstance(fact, e.Extended)
    assert (fact.length, fact.authority, fact.notice) == (days(10), "head_of_agency", "Q1-extension-3")
    assert (story.due(Clock.LEGAL), story.due(Clock.PROMISED)) == (day("04-14"), day("03-16"))


def test_an_extension_may_be_shorter_and_never_longer_than_the_item_says() -> None:
    story = accepted()

    for length in (days(11), days(0), Limit(10, Unit.CALENDAR_DAY)):
        no = story.no(c.Extend, HEAD, "03-20 09:00", reasons="疑难", length=length)
        assert no.code == "extension_too_long"
    story.do(c.Extend, HEAD, "03-20 09:00", reasons="疑难", length=days(3))
    assert story.due(Clock.LEGAL) == day("04-02")
    assert story.no(c.Extend, HEAD, "03-20 10:00", reasons="疑难").code == "already_extended"


def test_only_the_authority_extends_and_never_somebody_who_examines_the_case() -> None:
    story = accepted()
    far_head = replace(HEAD, agency="far")

    assert story.no(c.Extend, SECTION_HEAD, "03-20 09:00", reasons="x").code == "needs_head_of_agency"
    assert story.no(c.Extend, far_head, "03-20 09:00", reasons="x").code == "not_the_deciding_agency"
    story.do(c.Assign, SECTION_HEAD, "03-20 09:00", step="review", people=people(HEAD))
    assert story.no(c.Extend, HEAD, "03-20 10:00", reasons="x").code == "examiner_may_not_extend_own_case"


def test_whoever_finished_a_step_does_not_extend_even_when_somebody_else_carries_it_now() -> None:
    story = accepted()
    story.do(c.Assign, SECTION_HEAD, "03-03 09:00", step="review", people=people(HEAD))
    story.do(c.FinishStep, HEAD, "03-03 10:00", step="review", outcome="passed")
    story.do(c.SendBack, DECIDER, "03-03 11:00", step="review", reasons="x")
    story.do(c.Assign, SECTION_HEAD, "03-03 12:00", step="review", people=people(OFFICER))

    assert story.no(c.Extend, HEAD, "03-04 10:00", reasons="x").code == "examiner_may_not_extend_own_case"


def test_a_joint_procedure_is_extended_by_the_head_of_government() -> None:
    law = with_procedure(
        LAW, statutory_limit=days(45), extension=Extension(length=days(15), authority="head_of_government")
    )
    mayor = staff("mayor", "government-office", "head_of_government", agency="government")
    story = accepted(law)

    assert story.no(c.Extend, HEAD, "03-20 09:00", reasons="x").code == "needs_head_of_government"
    assert story.do(c.Extend, mayor, "03-20 09:00", reasons="x")


def test_an_extension_is_approved_by_midnight_of_the_last_day() -> None:
    in_time, late = accepted(), accepted()

    assert in_time.do(c.Extend, HEAD, "03-30 23:59", reasons="x")
    assert late.no(c.Extend, HEAD, "03-31 00:00", reasons="x").code == "limit_already_over"


def test_where_the_clock_stands_the_last_day_is_later() -> None:
    story = carried(with_steps(EXPERTS, grounds=("expert_review",)))
    story.do(c.Pause, OFFICER, "03-30 09:00", ground="expert_review", expected_end=day("04-10"))

    assert story.do(c.Extend, HEAD, "04-09 09:00", reasons="x")
    assert story.due(Clock.LEGAL) == day("04-24")


@pytest.mark.parametrize(
    "changes",
    [
        {"extension": None},
        {"statutory_limit": Limit(30, Unit.CALENDAR_DAY)},
        {"statutory_limit": Limit(1, Unit.MONTH)},
    ],
)
def test_an_item_without_an_extension_in_the_unit_of_its_limit_has_none(changes: dict[str, object]) -> None:
    story = accepted(with_procedure(LAW, **changes))

    assert story.no(c.Extend, HEAD, "03-20 09:00", reasons="x").code == "no_extension_here"


def test_before_acceptance_and_after_the_decision_nothing_is_extended() -> None:
    assert filed().no(c.Extend, HEAD, "03-03 09:00", reasons="x").code == "not_accepted"
    assert decided().no(c.Extend, HEAD, "03-09 09:00", reasons="x").code == "already_decided"


# The limit passes


def test_when_the_statutory_limit_passes_undecided_the_applicant_is_told_the_remedy() -> None:
    story = accepted(e_service=True)

    assert story.advance("03-30 23:59") == []
    (fact,) = story.advance("03-31 00:00")

    assert isinstance(fact, e.LimitPassed)
    assert (fact.due, fact.remedy.reconsideration, fact.remedy.online) == (day("03-30"), "云岭县人民政府", True)
    assert story.advance("12-01 00:00") == []


def test_with_an_extension_it_passes_later_and_once() -> None:
    story = accepted()
    story.do(c.Extend, HEAD, "03-20 09:00", reasons="x")

    assert kinds(story.advance("12-01 00:00")) == ["limit_passed"]
    fact = story.facts[-1]
    assert isinstance(fact, e.LimitPassed)
    assert fact.due == day("04-14")


def test_a_late_decision_is_a_decision() -> None:
    story = carried(LAW)
    finish(story, "review", "04-20 09:00")

    story.do(c.Decide, DECIDER, "04-20 10:00", outcome="grant")

    assert story.clock(Clock.LEGAL).is_over(day("03-31"))
    assert kinds(story.facts)[-3:-1] == ["step_finished", "examined"]


# Units


@pytest.mark.requirement("M158")
@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (days(5), "03-09"),
        (Limit(5, Unit.CALENDAR_DAY), "03-09"),
        (Limit(5, Unit.CALENDAR_DAY, stays=True), "03-07"),
        (Limit(1, Unit.MONTH), "04-02"),
        (Limit(4, Unit.HOUR), "03-02"),
        (Limit(30, Unit.MINUTE), "03-02"),
    ],
)
def test_a_limit_may_count_in_any_unit(limit: Limit, due: str) -> None:
    story = accepted(with_procedure(LAW, committed_limit=limit, extension=None))

    promised = story.clock(Clock.PROMISED)

    assert promised.due == day(due)
    assert promised.left(day("03-02")) >= 0
    assert promised.ledger()[0].reason == "day_zero"
    assert promised.is_over(day(due)) is False


@pytest.mark.requirement("M158")
def test_hours_run_from_the_instant_inside_the_halls_hours_or_by_the_wall_clock() -> None:
    in_hall = with_procedure(LAW, committed_limit=Limit(5, Unit.HOUR))
    by_wall = with_region(in_hall, hours_by_wall_clock=True)

    assert accepted(in_hall, "03-06 16:30").clock(Clock.PROMISED).due_at == instant("03-09 15:00")
    assert accepted(by_wall, "03-06 16:30").clock(Clock.PROMISED).due_at == instant("03-06 21:30")
    assert accepted(LAW).clock(Clock.PROMISED).due_at == instant("03-17 00:00")


def test_hours_stand_while_the_clock_stands() -> None:
    law = with_procedure(with_steps(EXPERTS, grounds=("expert_review",)), committed_limit=Limit(7, Unit.HOUR))
    story = carried(law, "03-06 16:00")

    story.do(c.Pause, OFFICER, "03-06 16:30", ground="expert_review", expected_end=day("03-10"))

    promised = story.clock(Clock.PROMISED)
    assert promised.due == day("03-11")
    assert promised.left(day("03-11")) == 0


def test_an_hour_limit_from_a_day_of_which_the_hour_is_unknown_runs_from_its_first_minute() -> None:
    story = filed(with_procedure(LAW, committed_limit=Limit(2, Unit.HOUR)))
    story.advance("03-10 00:00")

    assert story.clock(Clock.PROMISED).due_at == instant("03-02 11:00")


def test_what_is_left_of_a_cap_counts_each_day_once() -> None:
    spans = [Span(day("03-03"), day("03-05")), Span(day("03-04"), day("03-06")), Span(day("03-07"), day("03-09"))]

    assert rest(days(5), calendar(), spans) == days(2)
    assert rest(days(2), calendar(), spans) == days(0)
    assert rest(Limit(9, Unit.CALENDAR_DAY), calendar(), spans) == Limit(4, Unit.CALENDAR_DAY)
    assert rest(Limit(1, Unit.MONTH), calendar(), []) == Limit(1, Unit.MONTH)
    assert rest(Limit(1, Unit.MONTH), calendar(), spans) == Limit(0, Unit.MONTH)


# A new calendar


def test_only_a_redating_moves_the_dates_of_a_running_case_and_never_back() -> None:
    old = replace(LAW, calendars={"old": calendar("old"), "new": calendar("new")}, current_calendar="old")
    story = accepted(old)
    assert story.no(c.Redate, KEEPER, "03-03 09:00", calendar="new").code == "no_newer_calendar"
    story.law = replace(old, current_calendar="new")

    assert story.state.calendar == "old"
    assert story.no(c.Redate, DECIDER, "03-03 09:00", calendar="new").code == "needs_calendar_keeper"
    assert story.no(c.Redate, KEEPER, "03-03 09:00", calendar="other").code == "no_newer_calendar"
    (fact,) = story.do(c.Redate, KEEPER, "03-03 09:00", calendar="new")
    assert isinstance(fact, e.Redated)
    assert (fact.before, fact.calendar, story.state.calendar) == ("old", "new", "new")
    assert story.no(c.Redate, KEEPER, "03-03 10:00", calendar="old").code == "no_newer_calendar"


def test_where_a_new_calendar_brings_a_due_date_into_the_past_the_law_acts_as_of_that_day() -> None:
    law = replace(LAW, calendars={**LAW.calendars, "busier": busier_calendar("busier")}, current_calendar="busier")
    story = filed(at="03-06 09:00")
    story.law = law
    assert story.due(Clock.NOTICE) == day("03-13")

    story.do(c.Redate, KEEPER, "03-13 09:00", calendar="busier")
    (fact,) = story.advance("03-13 09:00")

    assert isinstance(fact, e.DeemedAccepted)
    assert (fact.on, fact.accept_on) == (day("03-13"), day("03-06"))
    assert story.advance("03-13 09:00") == []


def test_a_calendar_that_cannot_date_the_case_is_not_taken() -> None:
    short = calendar("short", without=2026)
    story = accepted()
    story.law = replace(LAW, calendars={**LAW.calendars, "short": short}, current_calendar="short")

    assert story.no(c.Redate, KEEPER, "03-03 09:00", calendar="short").code == "calendar_not_loaded"
    assert story.state.calendar == CALENDAR


def test_a_year_that_is_not_loaded_is_not_guessed() -> None:
    story = filed(at="2027-12-20 09:00")

    assert story.no(c.Accept, CLERK, "2027-12-20 10:00").code == "calendar_not_loaded"
    assert story.do(c.Withdraw, APPLICANT, "2027-12-20 11:00")


def test_a_clock_that_does_not_run_is_not_there() -> None:
    story = filed()

    assert clock(story.state, LAW, Clock.LEGAL) is None
    assert story.no(c.Extend, FAR_DECIDER, "03-03 09:00", reasons="x").code == "not_accepted"


# From where a limit counts


def test_an_items_law_may_count_from_the_complete_application_instead_of_its_acceptance() -> None:
    """建筑法 8: seven days from the application; handed in on Monday 2 March, accepted on Thursday the 5th."""
    law = with_procedure(LAW, counts_from="application")
    story = filed(law, "03-02 10:00")

    (fact, *_) = story.do(c.Accept, CLERK, "03-05 10:00")

    assert isinstance(fact, e.Accepted)
    assert fact.counted_from == day("03-02")
    plain = filed(LAW, "03-02 10:00")
    plain.do(c.Accept, CLERK, "03-05 10:00")
    for which in (Clock.LEGAL, Clock.PROMISED):
        same_day = accepted(LAW, "03-02 10:00")
        assert story.due(which) == same_day.due(which)
        assert plain.due(which) > story.due(which)


def test_a_public_service_has_no_statutory_clock_and_keeps_its_promise() -> None:
    """公共服务: no law sets a limit, so none can pass; what was promised is counted and shown like everywhere."""
    law = with_procedure(LAW, item_type="20", extension=None)
    story = accepted(law)

    running = {each.clock for each in clocks(story.state, law)}

    assert Clock.LEGAL not in running
    assert Clock.PROMISED in running
    assert story.due(Clock.PROMISED) == accepted(LAW).due(Clock.PROMISED)
    assert "tell_limit_passed" not in {c.NAMES[type(timer)] for _, timer in timers(story.state, law)}
