"""Lights: day 0 is green, nobody is warned at birth, and what no promise excuses is said as such."""

from datetime import date, time
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine.clocks import Running
from banjie.engine.law import Clock, Region
from banjie.engine.lights import Watched, case_light, turns, watched
from banjie.engine.thresholds import Thresholds
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    ANSWERS,
    APPLICANT,
    CLERK,
    EXPERTS,
    LAW,
    OFFICER,
    accepted,
    carried,
    days,
    decided,
    filed,
    missing,
    papers,
    with_steps,
)
from tests.engine.story import Story, calendar, day, with_procedure, with_region

PLAIN = Region(code="", name="")
FRIDAY, MONDAY = "03-06", "03-09"


def lights(limit: Limit, start: str = "03-02", region: Region = PLAIN, **more: Any) -> str:
    """The first letters of the lights of the first days of a clock, day 0 first."""
    changes = turns(Running(Clock.PROMISED, day(start), limit, calendar()), region, **more)
    first = day(start).toordinal()
    return "".join(changes.light(date.fromordinal(first + n))[0] for n in range(10))


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "gorrrrrrrr"), (2, "ggorrrrrrr"), (3, "ggyorrrrrr"), (4, "gggyorrrrr"), (5, "ggggyyyorr")],
)
def test_no_limit_is_born_yellow_and_overdue_is_the_day_after(number: int, told: str) -> None:
    # Of five days the fourth is yellow (80 %, one day left), a weekend lies behind it, and the sixth is red.
    assert lights(days(number)) == told


def test_a_limit_of_ten_days_turns_yellow_on_the_eighth() -> None:
    changes = turns(Running(Clock.PROMISED, day("03-02"), days(10), calendar()), PLAIN)

    assert (changes.yellow_on, changes.orange_on, changes.red_on) == (day("03-12"), day("03-16"), day("03-17"))


def test_what_was_due_on_friday_is_red_on_saturday() -> None:
    changes = turns(Running(Clock.PROMISED, day("03-02"), days(4), calendar()), PLAIN)

    assert [changes.light(day(each)) for each in (FRIDAY, "03-07", MONDAY)] == ["orange", "red", "red"]


def test_what_is_due_on_the_day_it_began_is_green_until_four_and_never_orange() -> None:
    changes = turns(Running(Clock.PROMISED, day("03-02"), days(0), calendar()), PLAIN)

    told = [changes.light(day("03-02"), time(hour)) for hour in (9, 15, 16, 23)]
    assert told == ["green", "green", "yellow", "yellow"]
    assert changes.light(day("03-03"), time(0)) == "red"


def test_an_instant_item_is_yellow_from_four_on_its_first_day() -> None:
    changes = turns(Running(Clock.PROMISED, day("03-02"), days(1), calendar()), PLAIN, instant=True)

    assert [changes.light(day("03-02"), time(hour)) for hour in (9, 16)] == ["green", "yellow"]
    assert [changes.light(day(each)) for each in ("03-03", "03-04")] == ["orange", "red"]


def test_a_region_chooses_when_from_a_day_on_and_a_running_clock_keeps_what_it_began_with() -> None:
    later = Thresholds(valid_from=day("03-05"), used_per_cent=50, left=2, left_from=4)
    region = Region(code="", name="", lights=(Thresholds(), later))

    assert lights(days(4), "03-02", region) == lights(days(4), "03-02")
    changes = turns(Running(Clock.PROMISED, day("03-05"), days(4), calendar()), region)
    assert changes.yellow_on == day("03-09")


@pytest.mark.parametrize("wrong", [{"used_per_cent": 0}, {"left": 3, "left_from": 3}, {"used_per_cent": 101}])
def test_a_region_cannot_choose_to_warn_at_birth_or_never(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="lights"):
        Thresholds(**wrong)


def test_a_limit_of_calendar_days_counts_its_own_days() -> None:
    changes = turns(Running(Clock.TOTAL, day("03-02"), Limit(10, Unit.CALENDAR_DAY), calendar()), PLAIN)

    assert (changes.yellow_on, changes.orange_on) == (day("03-10"), day("03-12"))


# The light of a case


def light(story: Story, on: str) -> str:
    return case_light(story.state, story.law).light(day(on), time(12))


@pytest.mark.requirement("M223")
def test_a_case_is_watched_at_four_stages_from_its_receipt_to_its_result() -> None:
    counter = Story(LAW)
    counter.do(c.Submit, CLERK, "03-02 09:00", provided=papers("form", "plan"), answers=ANSWERS, channel="window")
    seen = [watched(filed().state), watched(counter.state), watched(accepted().state)]
    over = accepted()
    over.do(c.Withdraw, APPLICANT, "03-04 10:00")
    seen += [watched(decided().state), watched(over.state)]

    assert seen == [
        Watched.PRE_REVIEW,
        Watched.ACCEPTANCE,
        Watched.COMPLETION,
        Watched.COLLECTION,
        Watched.OVER,
    ]
    assert light(over, "03-05") == "grey"


def test_a_case_that_waits_for_the_applicant_is_blue_and_then_to_be_accepted() -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))

    assert [light(story, each) for each in ("03-03", "03-12")] == ["blue", "blue"]
    story.do(c.SubmitCorrection, APPLICANT, "03-05 10:00", provided=papers("plan"))
    assert (watched(story.state), light(story, "03-05")) == (Watched.ACCEPTANCE, "green")


def test_a_paused_case_is_blue_until_the_told_end() -> None:
    story = carried(with_steps(EXPERTS, grounds=("expert_review",)))
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-11"))

    assert [light(story, each) for each in ("03-03", "03-04", "03-10", "03-11")] == ["green", "blue", "blue", "green"]


def test_a_promise_that_passed_is_red_and_a_statutory_limit_that_passed_is_red_with_a_cross() -> None:
    law = with_procedure(LAW, committed_limit=days(5), statutory_limit=days(10))
    story = carried(law)

    assert [light(story, each) for each in ("03-09", "03-10", "03-16", "03-17")] == ["orange", "red", "red", "red_plus"]


def test_an_acceptance_by_silence_is_red_with_a_cross_whatever_comes_after() -> None:
    story = filed()
    story.advance("03-10 09:00")

    assert light(story, "03-10") == "red_plus"


def test_a_region_changes_no_light_of_another() -> None:
    law = with_region(LAW, lights=(Thresholds(used_per_cent=10, left=0),))

    assert light(filed(law), "03-03") == "yellow"
    assert light(filed(), "03-03") == "green"
