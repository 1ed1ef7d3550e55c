"""If I file today, when by? The dates told beforehand are those a case really gets."""

from datetime import date

import pytest

from banjie.engine import commands as c
from banjie.engine.clocks import clock
from banjie.engine.forecast import if_filed, opening
from banjie.engine.law import Clock, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import CLERK, LAW, filed
from tests.engine.story import calendar, day, instant, with_procedure, with_region

LAWS = {
    "as it is": LAW,
    "hours": with_procedure(LAW, committed_limit=Limit(4, Unit.HOUR)),
    "a month": with_procedure(LAW, committed_limit=Limit(1, Unit.MONTH)),
    "from the application": with_procedure(LAW, counts_from="application"),
    "total": with_procedure(LAW, total_promise=Limit(30, Unit.CALENDAR_DAY)),
    "no law": with_procedure(LAW, item_type="20"),
    "after hours": with_region(LAW, after_hours="next_working_day"),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@pytest.mark.parametrize("at", ["03-02 09:30", "03-06 19:45", "03-07 10:00", "09-30 16:00"])
def test_what_is_told_beforehand_is_what_a_case_accepted_at_once_gets(law: Law, at: str) -> None:
    story = filed(law, at)
    waiting = clock(story.state, law, Clock.NOTICE)
    story.do(c.Accept, CLERK, at)

    told = {each.clock: each for each in if_filed(law, instant(at)).running}

    assert waiting is not None
    assert told[Clock.NOTICE].due == waiting.due
    for which in (Clock.PROMISED, Clock.LEGAL, Clock.TOTAL):
        real = clock(story.state, law, which)
        assert (which in told) == (real is not None), which
        if real:
            assert (told[which].due, told[which].due_at, told[which].is_provisional) == (
                real.due,
                real.due_at,
                real.is_provisional,
            ), which


def test_the_latest_day_is_that_of_an_agency_that_takes_all_its_time() -> None:
    story = filed(LAW, "03-02 09:30")
    story.do(c.Accept, CLERK, "03-09 10:00")

    latest = if_filed(LAW, instant("03-02 09:30")).latest

    assert latest is not None
    assert latest.due == min(story.due(Clock.PROMISED), story.due(Clock.LEGAL))


def test_a_date_in_a_year_without_a_notice_is_marked() -> None:
    (notice, *_rest) = if_filed(LAW, instant("12-28 10:00")).running

    assert notice.is_provisional
    assert notice.due.year == 2027


def test_a_day_is_asked_for_from_when_the_hall_opens() -> None:
    assert opening(LAW, day("03-02")) == instant("03-02 09:00")
    assert opening(with_region(LAW, hours=()), day("03-02")) == instant("03-02 09:00")


def test_the_calendar_and_the_readings_are_named() -> None:
    told = if_filed(with_region(LAW, after_hours="next_working_day"), instant("03-07 10:00"))

    assert told.calendar == LAW.current_calendar
    assert dict(told.readings)["after_hours"] == "next_working_day"
    assert told.running[0].start == date(2026, 3, 9)
    assert calendar().is_workday(told.running[0].start)


@pytest.mark.parametrize("at", ["9999-12-31 10:00", "2031-01-04 10:00", "0001-01-01 10:00"])
def test_a_day_of_a_year_that_nobody_loaded_is_refused(at: str) -> None:
    with pytest.raises(NotPossible) as no:
        if_filed(LAW, instant(at))

    assert no.value.code == "calendar_not_loaded"
