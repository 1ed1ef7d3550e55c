"""Contested readings: what a region may choose, each with its default, and the day on which it makes a difference."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks
from banjie.engine.codec import from_plain
from banjie.engine.law import READINGS, Clock, Law, Region
from banjie.engine.readings import Reading, Settled, values_of
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    APPLICANT,
    CLERK,
    DECIDER,
    EXPERTS,
    HEAD,
    LAW,
    LAWYER,
    NEIGHBOUR,
    OFFICER,
    REVIEW,
    SURVEY,
    SURVEYOR,
    UNMET,
    accepted,
    capped,
    carried,
    days,
    examined,
    filed,
    finish,
    missing,
    papers,
    person,
    told,
    with_steps,
)
from tests.engine.story import Story, day, instant, kinds, read, with_procedure, with_region

EXPERTISE = with_steps(EXPERTS, grounds=("expert_review",))
SHARED = with_procedure(LAW, third_parties=True)


def stopped(law: Law, at: str, until: str) -> Story:
    """A case whose expert review stopped the clock from 2 March's acceptance on, by a notice of this day."""
    story = carried(law)
    story.do(c.Pause, OFFICER, at, ground="expert_review", expected_end=day(until))
    return story


def heard(law: Law, minutes: str) -> Story:
    """A hearing asked for on 4 March, its minutes signed at this instant."""
    story = told(law)
    story.do(c.RequestHearing, NEIGHBOUR, "03-04 09:00")
    story.do(c.AppointHost, HEAD, "03-05 09:00", host=person(LAWYER))
    story.do(c.GiveHearingNotice, LAWYER, "03-05 10:00", held_on=day("03-17"), place="二楼")
    story.do(c.CloseHearing, LAWYER, minutes, minutes="记录")
    return story


# The profile


@pytest.mark.parametrize("name", READINGS)
def test_a_value_nobody_may_choose_is_refused_and_told_what_may_be_chosen(name: str) -> None:
    allowed = ", ".join(map(str, READINGS[name]))

    with pytest.raises(ValueError, match=f"{name}: 'sometimes' is none of {allowed}"):
        with_region(LAW, **{name: "sometimes"})
    with pytest.raises(ValueError, match=f"regions/x.yaml: .*{name}: "):
        from_plain(Region, {**read("regions/demo.yaml"), name: "sometimes"}, "regions/x.yaml")


@pytest.mark.parametrize("name", READINGS)
def test_every_value_that_may_be_chosen_is_taken_and_the_first_is_the_default(name: str) -> None:
    for value in READINGS[name]:
        assert getattr(with_region(LAW, **{name: value}).region, name) == value
    assert getattr(Region(code="1", name="县"), name) == READINGS[name][0]


def test_the_demo_county_names_every_reading_and_has_chosen_the_default() -> None:
    profile = read("regions/demo.yaml")

    assert {name: profile[name] for name in READINGS} == {name: allowed[0] for name, allowed in READINGS.items()}


@pytest.mark.parametrize(
    "hours",
    [
        ((time(9), time(12)), (time(11), time(17))),
        ((time(13), time(17)), (time(9), time(12))),
        ((time(12), time(9)),),
        ((time(9), time(9)),),
        ((time(9),),),
        ((),),
        ((time(9), time(12), time(17)),),
    ],
)
def test_opening_hours_out_of_order_or_inside_one_another_are_refused(hours: Any) -> None:
    with pytest.raises(ValueError, match=r"hours: .*in order, none inside another"):
        with_region(LAW, hours=hours)


def test_opening_hours_may_touch() -> None:
    assert with_region(LAW, hours=((time(9), time(12)), (time(12), time(17))))
    assert with_region(LAW, hours=())


# Pause edges


@pytest.mark.parametrize(
    ("edges", "last_counted", "stands", "runs_again", "due"),
    [
        ("half_open", "03-10", "03-11", "03-14", "04-02"),
        ("after_stop", "03-11", "03-12", "03-15", "04-01"),
        ("both", "03-10", "03-11", "03-14", "04-02"),
    ],
)
def test_which_edge_of_a_pause_counts(edges: str, last_counted: str, stands: str, runs_again: str, due: str) -> None:
    """Told until a Saturday, [11, 14) has three working days and (11, 14] has two."""
    legal = stopped(with_region(EXPERTISE, pause_edges=edges), "03-11 09:00", "03-14").clock(Clock.LEGAL)

    assert [legal.is_paused(day(each)) for each in (last_counted, stands, runs_again)] == [False, True, False]
    assert legal.due == day(due)


@pytest.mark.parametrize(("edges", "due"), [("half_open", "04-01"), ("after_stop", "03-30")])
def test_a_pause_on_the_last_day_revives_the_limit_only_where_that_day_stands(edges: str, due: str) -> None:
    story = stopped(with_region(EXPERTISE, pause_edges=edges), "03-30 09:00", "04-01")

    assert story.due(Clock.LEGAL) == day(due)
    assert ("limit_passed" in kinds(story.advance("03-31 00:00"))) == (edges == "after_stop")


@pytest.mark.parametrize("edges", READINGS["pause_edges"])
def test_a_pause_ended_on_its_own_day_costs_nothing_but_where_both_days_do(edges: str) -> None:
    story = stopped(with_region(EXPERTISE, pause_edges=edges), "03-04 09:00", "03-11")
    story.do(c.Resume, OFFICER, "03-04 17:00", ground="expert_review")
    hearing = told(with_region(SHARED, pause_edges=edges))
    hearing.do(c.RequestHearing, NEIGHBOUR, "03-04 09:00")
    hearing.do(c.WaiveHearing, NEIGHBOUR, "03-04 17:00")

    assert story.due(Clock.LEGAL) == day("03-30")
    assert hearing.due(Clock.LEGAL) == day("03-31" if edges == "both" else "03-30")


@pytest.mark.parametrize("edges", READINGS["pause_edges"])
def test_a_second_notice_on_the_day_the_first_ends_leaves_no_day_between(edges: str) -> None:
    story = stopped(with_region(EXPERTISE, pause_edges=edges), "03-04 09:00", "03-11")
    story.do(c.Pause, OFFICER, "03-11 09:00", ground="expert_review", expected_end=day("03-13"))

    assert story.due(Clock.LEGAL) == day("04-09")
    story.require_replayable()


@pytest.mark.parametrize(("edges", "due"), [("half_open", "04-13"), ("after_stop", "04-13"), ("both", "04-14")])
def test_of_a_hearing_both_days_may_be_excluded(edges: str, due: str) -> None:
    """From 4 to 17 March there are ten working days, nine without one of the edges."""
    story = heard(with_region(SHARED, pause_edges=edges), "03-17 16:00")

    assert story.due(Clock.LEGAL) == day(due)
    story.require_replayable()


@pytest.mark.parametrize(("edges", "due"), [("half_open", "04-08"), ("after_stop", "04-07"), ("both", "04-08")])
def test_the_time_to_ask_stands_to_its_last_day_whichever_edge_counts(edges: str, due: str) -> None:
    """Told on 3 March, the window is over on the 10th: six working days with the first, five without."""
    story = told(with_region(SHARED, pause_edges=edges, hearing_pause="told"))
    story.advance("03-12 00:00")

    assert not story.state.open_pauses
    assert story.clock(Clock.LEGAL).is_paused(day("03-10"))
    assert not story.clock(Clock.LEGAL).is_paused(day("03-11"))
    assert story.due(Clock.LEGAL) == day(due)


# Actual longer than told


@pytest.mark.parametrize("reading", READINGS["told_time"])
def test_until_somebody_ends_a_pause_its_told_end_is_the_forecast(reading: str) -> None:
    story = stopped(with_region(EXPERTISE, told_time=reading), "03-04 09:00", "03-11")

    assert story.due(Clock.LEGAL) == day("04-07")
    story.do(c.Resume, OFFICER, "03-06 09:00", ground="expert_review")
    assert story.due(Clock.LEGAL) == day("04-01"), "shorter than told is shorter in either reading"


def test_the_told_time_is_over_by_itself_and_the_actual_time_when_somebody_ends_it() -> None:
    as_told = stopped(with_region(EXPERTISE, told_time="told"), "03-04 09:00", "03-11")
    actual = stopped(with_region(EXPERTISE, told_time="actual"), "03-04 09:00", "03-11")

    assert kinds(as_told.advance("03-13 00:00")) == ["resumed"]
    assert as_told.due(Clock.LEGAL) == day("04-07")
    assert actual.advance("03-13 00:00") == []
    assert actual.no(c.FinishStep, OFFICER, "03-13 09:00", step="experts", outcome="passed").code == "step_is_paused"
    actual.do(c.Resume, OFFICER, "03-13 09:00", ground="expert_review")
    assert actual.due(Clock.LEGAL) == day("04-09")
    actual.require_replayable()


def test_what_stands_does_not_run_out_whatever_was_forecast() -> None:
    story = stopped(with_region(EXPERTISE, told_time="actual"), "03-04 09:00", "03-11")
    legal = story.clock(Clock.LEGAL)

    assert story.advance("04-20 09:00") == []
    assert [legal.used(day(each)) for each in ("03-03", "03-11", "04-20")] == [1, 1, 1]
    assert (legal.left(day("04-20")), legal.is_paused(day("04-20")), legal.is_over(day("04-20"))) == (19, True, False)
    assert story.do(c.Extend, HEAD, "04-20 09:00", reasons="疑难")
    story.do(c.Resume, OFFICER, "04-21 09:00", ground="expert_review")
    assert kinds(story.advance("12-01 00:00")) == ["limit_passed"]
    assert story.due(Clock.LEGAL) == day("06-02")


def test_a_limit_that_was_over_before_the_clock_stood_still_is_over() -> None:
    story = stopped(with_region(EXPERTISE, told_time="actual", pause_edges="after_stop"), "03-30 09:00", "04-01")

    assert kinds(story.advance("04-10 00:00")) == ["limit_passed"]
    assert story.clock(Clock.LEGAL).is_over(day("04-10"))


def test_a_case_that_ends_while_its_clock_stands_was_not_late() -> None:
    story = stopped(with_region(EXPERTISE, told_time="actual"), "03-04 09:00", "03-11")
    story.do(c.Withdraw, APPLICANT, "05-11 09:00")

    legal = story.clock(Clock.LEGAL)
    assert not legal.is_over(day("06-01"))
    assert (legal.used(day("06-01")), legal.due) == (1, day("06-05"))


@pytest.mark.parametrize(("reading", "ends", "due"), [("told", "03-05", "03-18"), ("actual", "03-06", "03-19")])
def test_a_published_time_bounds_the_actual_time_too(reading: str, ends: str, due: str) -> None:
    law = with_procedure(with_steps(SURVEY), pause_grounds=(capped("site_survey", days(3)),))
    story = carried(with_region(law, told_time=reading))
    story.do(c.Pause, SURVEYOR, "03-03 09:00", ground="site_survey", expected_end=day("03-05"))

    (fact,) = story.advance("03-20 00:00")

    assert (kinds([fact]), fact.on) == (["resumed"], day(ends))
    assert story.due(Clock.PROMISED) == day(due)


@pytest.mark.parametrize(("reading", "due"), [("told", "04-28"), ("actual", "04-30")])
def test_a_hearing_held_late_stands_to_its_minutes_where_the_actual_time_is_excluded(reading: str, due: str) -> None:
    story = heard(with_region(SHARED, told_time=reading), "04-03 16:00")

    assert story.due(Clock.LEGAL) == day(due)


@pytest.mark.parametrize("reading", READINGS["told_time"])
def test_the_time_to_ask_and_the_time_to_put_right_end_by_themselves(reading: str) -> None:
    hearing = told(with_region(SHARED, told_time=reading, hearing_pause="told"))
    rectifying = with_steps(replace(SURVEY, rectification_pauses=True))
    survey = carried(with_region(rectifying, told_time=reading))
    survey.do(c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(HEAD), findings=UNMET)

    assert [(kinds([each]), each.on) for each in hearing.advance("03-20 00:00")] == [(["resumed"], day("03-11"))]
    assert [(kinds([each]), each.on) for each in survey.advance("03-20 00:00")] == [(["resumed"], day("03-10"))]
    assert finish(survey, "survey", "03-20 09:00")


# Receipt after hours


@pytest.mark.parametrize(
    ("at", "same_day", "next_working_day"),
    [
        ("03-06 08:00", "03-13", "03-13"),
        ("03-06 12:30", "03-13", "03-13"),
        ("03-06 17:00", "03-13", "03-13"),
        ("03-06 17:01", "03-13", "03-16"),
        ("03-07 10:00", "03-13", "03-16"),
        ("03-08 23:59", "03-13", "03-16"),
        ("02-14 16:59", "02-28", "02-28"),
        ("02-14 20:00", "02-28", "03-02"),
    ],
)
def test_what_arrives_when_the_hall_is_closed(at: str, same_day: str, next_working_day: str) -> None:
    """Five working days from its civil day or from the next day with the hall open; 14 February works, a Saturday."""
    for reading, due in (("same_day", same_day), ("next_working_day", next_working_day)):
        story = filed(with_region(LAW, after_hours=reading), at)
        assert story.due(Clock.NOTICE) == day(due)
        assert story.facts[0].at == instant(at), "the receipt says when it really came"
        assert story.state.received_on == instant(at).date()


@pytest.mark.parametrize(("reading", "accept_on"), [("same_day", "03-06"), ("next_working_day", "03-09")])
def test_silence_accepts_from_the_day_of_receipt_as_the_region_reads_it(reading: str, accept_on: str) -> None:
    story = filed(with_region(LAW, after_hours=reading), "03-06 20:00")

    (fact,) = story.advance("03-17 00:00")

    assert isinstance(fact, e.DeemedAccepted)
    assert fact.accept_on == day(accept_on)
    story.require_replayable()


@pytest.mark.parametrize(("reading", "due"), [("same_day", "03-13"), ("next_working_day", "03-16")])
def test_a_correction_after_hours_is_received_like_an_application(reading: str, due: str) -> None:
    story = filed(with_region(LAW, after_hours=reading), provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-06 22:00", provided=papers("plan"))

    assert story.due(Clock.NOTICE) == day(due)


def test_a_clerk_may_answer_before_the_next_working_day() -> None:
    story = filed(with_region(LAW, after_hours="next_working_day"), "03-06 20:00")
    story.do(c.Accept, CLERK, "03-07 09:00")

    assert story.due(Clock.LEGAL) == day("04-03")
    assert not story.clock(Clock.NOTICE).is_over(day("03-20"))


# Silence after a resubmission


@pytest.mark.parametrize(
    ("reading", "accept_on", "due"),
    [("from_resubmission", "03-05", "04-02"), ("from_first_receipt", "03-02", "03-30")],
)
def test_silence_on_a_correction_accepts_from_one_of_two_days(reading: str, accept_on: str, due: str) -> None:
    """Either way the silence itself is five days after the resubmission: nothing is deemed accepted before."""
    story = filed(with_region(LAW, resubmission=reading), provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))
    assert story.advance("03-05 00:00") == []
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))

    assert story.advance("03-12 23:59") == []
    (fact,) = story.advance("03-13 00:00")

    assert isinstance(fact, e.DeemedAccepted)
    assert (fact.on, fact.accept_on) == (day("03-13"), day(accept_on))
    assert story.due(Clock.LEGAL) == day(due)
    story.require_replayable()


@pytest.mark.parametrize("reading", READINGS["resubmission"])
def test_an_answer_in_time_accepts_from_its_own_day(reading: str) -> None:
    story = filed(with_region(LAW, resubmission=reading), provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))
    story.do(c.Accept, CLERK, "03-12 10:00")

    assert story.due(Clock.LEGAL) == day("04-10")


# Extension and promise


@pytest.mark.parametrize(("moves", "promised"), [(False, "03-16"), (True, "03-30")])
def test_an_extension_may_move_the_promise_with_the_statutory_day(moves: bool, promised: str) -> None:
    story = accepted(with_region(LAW, extension_moves_promise=moves))
    assert story.due(Clock.PROMISED) == day("03-16")

    story.do(c.Extend, HEAD, "03-16 09:00", reasons="疑难")

    assert (story.due(Clock.LEGAL), story.due(Clock.PROMISED)) == (day("04-14"), day(promised))
    assert story.no(c.Extend, HEAD, "03-17 09:00", reasons="疑难").code == "already_extended"
    story.require_replayable()


def test_a_decision_within_the_moved_promise_was_in_time() -> None:
    story = carried(with_region(LAW, extension_moves_promise=True))
    story.do(c.Extend, HEAD, "03-16 09:00", reasons="疑难")
    finish(story, "review", "03-25 09:00")
    story.do(c.Decide, DECIDER, "03-25 10:00", outcome="grant")

    assert story.due(Clock.PROMISED) == day("03-30")
    assert not story.clock(Clock.PROMISED).is_over(day("05-01"))


def test_a_promise_that_stood_at_the_extension_was_not_broken() -> None:
    story = stopped(with_region(EXPERTISE, extension_moves_promise=True, told_time="actual"), "03-04 09:00", "03-05")
    assert story.due(Clock.PROMISED) == day("03-17")

    story.do(c.Extend, HEAD, "03-20 09:00", reasons="疑难")
    story.do(c.Resume, OFFICER, "03-23 09:00", ground="expert_review")

    assert (story.due(Clock.PROMISED), story.due(Clock.LEGAL)) == (day("04-17"), day("05-06"))


def test_a_promise_moves_as_far_as_the_statutory_day_and_not_beyond() -> None:
    """The promise stood for three weeks while the statutory clock ran: not all ten days fit before its end."""
    story = carried(with_region(with_steps(SURVEY, grounds=("site_survey",)), extension_moves_promise=True))
    story.do(c.Pause, SURVEYOR, "03-04 09:00", ground="site_survey", expected_end=day("03-25"))
    assert story.due(Clock.PROMISED) == day("04-07")

    story.do(c.Extend, HEAD, "03-20 09:00", reasons="疑难")

    assert story.due(Clock.PROMISED) == story.due(Clock.LEGAL) == day("04-14")
    assert story.clock(Clock.PROMISED).limit == days(15)


def test_a_promise_beyond_the_statutory_day_is_not_moved_further() -> None:
    story = carried(with_region(with_steps(SURVEY, grounds=("site_survey",)), extension_moves_promise=True))
    story.do(c.Pause, SURVEYOR, "03-04 09:00", ground="site_survey", expected_end=day("04-30"))
    before = story.due(Clock.PROMISED)

    story.do(c.Extend, HEAD, "03-20 09:00", reasons="疑难")

    assert story.due(Clock.PROMISED) == before > story.due(Clock.LEGAL)


def test_a_broken_promise_is_not_mended_by_an_extension() -> None:
    story = accepted(with_region(LAW, extension_moves_promise=True))
    story.do(c.Extend, HEAD, "03-17 09:00", reasons="疑难")

    assert story.due(Clock.PROMISED) == day("03-16")


@pytest.mark.parametrize("promise", [Limit(48, Unit.HOUR), Limit(14, Unit.CALENDAR_DAY, stays=True), None])
def test_a_promise_in_another_unit_is_not_moved(promise: Limit | None) -> None:
    law = with_procedure(LAW, committed_limit=promise)
    moving, staying = (accepted(with_region(law, extension_moves_promise=each)) for each in (True, False))
    for story in (moving, staying):
        story.do(c.Extend, HEAD, "03-04 09:00", reasons="疑难")

    if promise is None:
        assert Clock.PROMISED not in moving.running()
    else:
        assert moving.clock(Clock.PROMISED) == staying.clock(Clock.PROMISED)


# From a day on, and of one item


def chosen(name: str, value: str, since: str) -> Reading:
    """A reading that a region has chosen from a day on."""
    return Reading(name=name, value=value, valid_from=day(since), basis="县政务服务规定")


@pytest.mark.parametrize(("at", "due"), [("03-06 20:00", "03-13"), ("03-13 20:00", "03-23")])
def test_a_dated_reading_binds_what_arrives_from_its_day_on(at: str, due: str) -> None:
    law = with_region(LAW, readings=(chosen("after_hours", "next_working_day", "03-09"),))
    story = filed(law, at)

    assert story.due(Clock.NOTICE) == day(due)
    assert story.law.region_for(story.state.received_on).after_hours == story.law.reading(
        "after_hours", story.state.received_on
    )


def test_the_newest_of_several_dated_readings_holds_whatever_their_order() -> None:
    three = (
        chosen("hearing_days", "working_day", "03-20"),
        chosen("hearing_days", "calendar_day", "03-10"),
        chosen("told_time", "actual", "03-01"),
    )
    region = with_region(LAW, readings=three).region

    read = {on: region.as_read(day(on), ()) for on in ("02-28", "03-10", "03-19", "03-20")}
    assert [each.hearing_days for each in read.values()] == [
        "working_day",
        "calendar_day",
        "calendar_day",
        "working_day",
    ]
    assert [each.told_time for each in read.values()] == ["told", "actual", "actual", "actual"]


def test_what_an_items_own_law_settles_goes_before_the_region() -> None:
    own = with_procedure(
        with_region(LAW, pause_edges="after_stop", readings=(chosen("told_time", "actual", "01-01"),)),
        readings=(Settled(name="told_time", value="told", basis="示例办法 3"),),
    )

    assert (own.reading("told_time", day("03-02")), own.reading("pause_edges", day("03-02"))) == ("told", "after_stop")
    assert own.reading("told_time", None) == "told", "before anything has arrived the region's first choice"


@pytest.mark.parametrize("name", READINGS)
def test_every_reading_may_be_dated_and_an_items_own(name: str) -> None:
    for value, written in zip(READINGS[name], values_of(name), strict=True):
        dated = with_region(LAW, readings=(chosen(name, written, "01-01"),))
        settled = with_procedure(LAW, readings=(Settled(name=name, value=written),))
        assert dated.reading(name, day("03-02")) == settled.reading(name, day("03-02")) == value


@pytest.mark.parametrize(
    ("name", "value"), [("told_time", "sometimes"), ("moon", "full"), ("hours_by_wall_clock", "True")]
)
def test_a_dated_reading_nobody_may_choose_is_refused_with_the_profile(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: '{value}' is none of "):
        with_region(LAW, readings=(chosen(name, value, "03-01"),))


def test_a_region_that_changes_its_reading_changes_no_running_case() -> None:
    story = stopped(EXPERTISE, "03-04 09:00", "03-11")
    before = story.due(Clock.LEGAL)

    story.law = with_region(EXPERTISE, readings=(chosen("pause_edges", "after_stop", "03-05"),))

    assert story.due(Clock.LEGAL) == before
    assert stopped(story.law, "03-11 09:00", "03-14").due(Clock.LEGAL) == day("04-02"), "it arrived on the 2nd"


# Days to ask for a hearing


@pytest.mark.parametrize(("reading", "until"), [("working_day", "03-10"), ("calendar_day", "03-09")])
def test_the_days_to_ask_for_a_hearing(reading: str, until: str) -> None:
    """Told on Tuesday 3 March: five working days, or five calendar days, which end on a Sunday and so on Monday."""
    story = told(with_region(SHARED, hearing_days=reading))

    assert story.due(Clock.HEARING_REQUEST) == day(until)
    late = f"{day(until) + timedelta(days=1)} 09:00"
    assert story.no(c.RequestHearing, NEIGHBOUR, late).code == "hearing_window_over"
    assert story.do(c.RequestHearing, NEIGHBOUR, f"{day(until)} 23:00")


# Promise and special step

CAPPED = with_procedure(with_steps(SURVEY), pause_grounds=(capped("site_survey", days(3)),))


def test_a_special_step_takes_its_actual_time_out_of_the_promise_and_is_shown_apart() -> None:
    """Promise 10, survey promised 3: it took 2, so the promise is 12; the law's limit ran on."""
    story = carried(CAPPED)
    story.do(c.Pause, SURVEYOR, "03-03 09:00", ground="site_survey", expected_end=day("03-06"))
    own = story.clock(Clock.SPECIAL_STEP, "survey")
    assert (own.due, own.left(day("03-04")), own.is_over(day("03-06"))) == (day("03-06"), 2, False)

    story.do(c.Resume, SURVEYOR, "03-05 09:00", ground="site_survey")

    assert (story.due(Clock.PROMISED), story.due(Clock.LEGAL)) == (day("03-18"), day("03-30"))
    assert story.clock(Clock.SPECIAL_STEP, "survey").used(day("03-20")) == 2
    story.do(c.Pause, SURVEYOR, "03-09 09:00", ground="site_survey", expected_end=day("03-10"))
    again = [each for each in clocks(story.state, story.law) if each.clock is Clock.SPECIAL_STEP][-1]
    assert (again.limit, again.due) == (days(1), day("03-10")), "one of its three days is left"


def test_a_pause_of_art_45_is_no_special_step() -> None:
    story = stopped(EXPERTISE, "03-04 09:00", "03-11")

    assert Clock.SPECIAL_STEP not in {each.clock for each in clocks(story.state, story.law)}
    uncapped = carried(with_steps(SURVEY, grounds=("site_survey",)))
    uncapped.do(c.Pause, SURVEYOR, "03-03 09:00", ground="site_survey", expected_end=day("03-06"))
    assert Clock.SPECIAL_STEP not in {each.clock for each in clocks(uncapped.state, uncapped.law)}


def test_where_special_steps_are_added_the_promise_is_told_with_them_and_stops_for_none() -> None:
    """淅川: promise 1, survey 3, in all 4."""
    law = with_procedure(with_region(CAPPED, special_step="additive"), committed_limit=days(1))
    story = carried(law)

    assert isinstance(story.state.accepted, e.Accepted)
    assert story.state.accepted.committed_limit == days(4)
    assert story.due(Clock.PROMISED) == day("03-06")
    no = story.no(c.Pause, SURVEYOR, "03-03 09:00", ground="site_survey", expected_end=day("03-05"))
    assert no.code == "no_lawful_ground_to_pause"


@pytest.mark.parametrize(
    ("changes", "promise"),
    [
        ({"committed_limit": days(19)}, days(20)),
        ({"committed_limit": days(25)}, days(25)),
        ({"committed_limit": days(19), "item_type": "20", "extension": None}, days(22)),
        ({"committed_limit": Limit(2, Unit.CALENDAR_DAY)}, Limit(2, Unit.CALENDAR_DAY)),
        ({"committed_limit": None}, None),
        ({"pause_grounds": (capped("expert_review", days(3)),)}, days(10)),
    ],
)
def test_an_added_step_never_takes_the_promise_beyond_the_law(changes: dict[str, Any], promise: Limit | None) -> None:
    law = with_procedure(with_region(CAPPED, special_step="additive"), **changes)

    assert accepted(law).state.accepted.committed_limit == promise  # type: ignore[union-attr]


def test_a_special_step_that_does_not_apply_to_the_case_is_not_added() -> None:
    law = with_procedure(
        with_region(CAPPED, special_step="additive"),
        steps=(REVIEW, replace(SURVEY, when="rooms > 10")),
        pause_grounds=(capped("site_survey", days(3)),),
    )

    assert accepted(law).due(Clock.PROMISED) == day("03-16")


# A step sent back


@pytest.mark.parametrize(("reading", "due"), [("continue", "03-09"), ("reset", "03-13")])
def test_the_limit_of_a_step_sent_back_goes_on_or_begins_again(reading: str, due: str) -> None:
    law = with_steps(replace(REVIEW, limit=days(5)))
    story = examined(with_region(law, sent_back=reading))
    story.do(c.SendBack, DECIDER, "03-06 10:00", step="review", reasons="缺一项")

    assert story.due(Clock.STEP, "review") == day(due)
    assert story.due(Clock.LEGAL) == day("03-30")
