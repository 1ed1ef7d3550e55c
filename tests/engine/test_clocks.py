"""What the clocks of a case say at their edges: the last day, the day something ended, and before anything began."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from banjie.engine import commands as c
from banjie.engine.clocks import (
    Running,
    as_told,
    clocks,
    elapsed,
    next_due,
    notice_clock,
    read_as,
    timers,
    verification_clock,
)
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Clock
from banjie.engine.state import NEW, PauseState
from banjie.engine.timelimits import Limit, Span, Unit
from tests.engine.office import (
    CLERK,
    CONSULTATION,
    EXPERTS,
    GROUNDS,
    HEAD,
    LAB,
    LAW,
    LICENCE_CLERK,
    OFFICER,
    SURVEY,
    SURVEYOR,
    accepted,
    capped,
    carried,
    days,
    decided,
    filed,
    with_steps,
)
from tests.engine.story import calendar, day, instant, with_procedure, with_region

OFFICE_DAY = ((time(9), time(12)), (time(13), time(17)))


def running(limit: Limit = LAW.procedure.statutory_limit, start: str = "03-02", **more: object) -> Running:
    return Running(Clock.LEGAL, day(start), limit, calendar(), **more)  # type: ignore[arg-type]


def test_before_an_application_there_is_no_clock_and_nothing_falls_due() -> None:
    assert clocks(NEW, LAW) == ()
    assert timers(NEW, LAW) == []
    assert next_due(NEW, LAW) is None
    assert elapsed(NEW, LAW, day("03-02")) == 0
    assert verification_clock(NEW, LAW) is None
    assert notice_clock(NEW, LAW) is None


def test_a_limit_of_hours_is_shown_as_the_calendar_days_it_spans() -> None:
    at = datetime(2026, 3, 6, 16, 0, tzinfo=OFFICE_ZONE)  # a Friday
    clock = running(Limit(8, Unit.HOUR), "03-06", start_at=at, hours=OFFICE_DAY)

    assert clock.due == day("03-09")
    assert clock.by_day == Limit(3, Unit.CALENDAR_DAY, stays=True)
    assert clock.left(day("03-07")) == 2


def test_a_limit_of_hours_that_ends_on_a_rest_day_is_not_moved_by_being_shown_in_days() -> None:
    at = datetime(2026, 3, 6, 16, 0, tzinfo=OFFICE_ZONE)
    clock = running(Limit(20, Unit.HOUR), "03-06", start_at=at)

    assert clock.due == day("03-07"), "a Saturday"
    assert clock.ledger()[-1].day == day("03-07")


def test_time_ends_a_clock_that_stands_only_from_after_its_last_day() -> None:
    clock = running(days(5))

    assert clock.due == day("03-09")
    assert clock.runs_out
    assert replace(clock, stands_from=day("03-10")).runs_out
    assert not replace(clock, stands_from=day("03-09")).runs_out, "the last day is taken out: it never comes"


def test_from_the_day_it_stands_every_day_so_far_is_taken_out() -> None:
    clock = replace(running(days(5)), stands_from=day("03-04"))

    assert clock.as_of(day("03-03")) is clock
    assert clock.as_of(day("03-04")).pauses == (Span(day("03-04"), day("03-05")),)
    assert clock.is_paused(day("03-04"))
    assert not clock.is_paused(day("03-03"))


def test_what_is_left_and_used_is_asked_of_the_day_it_ended() -> None:
    clock = replace(running(days(5)), ended_on=day("03-04"))

    assert (clock.used(day("03-20")), clock.left(day("03-20"))) == (2, 3)
    assert (clock.used(day("03-03")), clock.left(day("03-03"))) == (1, 4)
    assert not clock.is_over(day("03-20"))


def test_a_clock_is_told_by_everything_up_to_the_very_instant() -> None:
    story = accepted()
    at = story.facts[-1].at

    assert Clock.LEGAL in {each.clock for each in as_told(story.facts, LAW, at)}
    assert Clock.LEGAL not in {each.clock for each in as_told(story.facts, LAW, at - timedelta(microseconds=1))}


def test_the_elapsed_clock_counts_to_the_day_the_case_closed() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-04 09:00")
    story.do(c.Serve, CLERK, "03-06 09:00", method="in_person")

    assert elapsed(story.state, LAW, day("03-20")) == 3
    assert elapsed(story.state, LAW, day("03-04")) == 1


def test_the_certificate_clock_ends_with_service() -> None:
    story = decided()
    assert story.clock(Clock.CERTIFICATE).ended_on is None
    story.do(c.Issue, LICENCE_CLERK, "03-04 09:00")
    assert story.clock(Clock.CERTIFICATE).ended_on is None

    story.do(c.Serve, CLERK, "03-06 09:00", method="in_person")

    assert story.clock(Clock.CERTIFICATE).ended_on == day("03-06")


def test_the_index_of_what_falls_due_is_the_first_of_all_timers() -> None:
    waiting = filed()
    assert next_due(waiting.state, LAW) == instant("03-10 00:00") == timers(waiting.state, LAW)[0][0]
    law = with_steps(CONSULTATION)
    examined = carried(law)
    every = [at for at, _ in timers(examined.state, law)]

    assert len(every) == 2, "the silence of the unit asked, and the statutory limit"
    assert next_due(examined.state, law) == min(every) < max(every)
    closed = decided()
    closed.do(c.Issue, LICENCE_CLERK, "03-04 09:00")
    closed.do(c.Serve, CLERK, "03-06 09:00", method="in_person")
    assert next_due(closed.state, LAW) is None


def test_the_name_of_what_time_does_is_the_same_on_every_machine_for_ever() -> None:
    law = with_steps(CONSULTATION)
    story = carried(law)

    ids = {c.NAMES[type(each)]: str(each.command_id) for _, each in timers(story.state, law)}

    assert ids == {
        "count_silence": "01ca5124-53b5-5030-b501-a7d5370b8466",
        "tell_limit_passed": "ab82448a-78ca-5189-8ad0-8bacfb92863e",
    }


ACTUAL = with_region(with_steps(EXPERTS, LAB, grounds=("expert_review", "inspection")), told_time="actual")


def test_of_several_pauses_that_nobody_has_ended_the_clock_stands_from_the_first() -> None:
    story = carried(ACTUAL)
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-20"))
    story.do(c.Pause, SURVEYOR, "03-09 09:00", ground="inspection", expected_end=day("03-18"))

    assert story.clock(Clock.LEGAL).stands_from == day("03-04")
    assert story.clock(Clock.LEGAL).left(day("03-12")) == 19


def test_time_beyond_the_told_end_is_excluded_where_the_region_says_so_and_only_there() -> None:
    pause = PauseState("expert_review", frozenset({Clock.LEGAL}), "N1", day("03-04"), day("03-11"), "experts")
    ended = replace(pause, resumed_on=day("03-13"))

    assert read_as(ended, ACTUAL.region) == Span(day("03-04"), day("03-13"))
    assert read_as(ended, LAW.region) == Span(day("03-04"), day("03-11"))


def test_each_special_step_has_a_clock_whatever_stopped_before_it() -> None:
    law = with_steps(EXPERTS, SURVEY)
    law = with_procedure(law, pause_grounds=(GROUNDS["expert_review"], capped("site_survey", days(3))))
    story = carried(law)
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-06"))
    story.do(c.Pause, SURVEYOR, "03-04 10:00", ground="site_survey", expected_end=day("03-06"))

    assert story.due(Clock.SPECIAL_STEP, "survey") == day("03-09")


def test_a_promise_that_an_extension_moves_is_moved_by_a_single_day_too() -> None:
    story = accepted(with_region(LAW, extension_moves_promise=True))
    before = story.due(Clock.PROMISED)

    story.do(c.Extend, HEAD, "03-10 09:00", reasons="疑难", length=days(1))

    assert (before, story.due(Clock.PROMISED)) == (day("03-16"), day("03-17"))
