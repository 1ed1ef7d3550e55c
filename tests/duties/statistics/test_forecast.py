"""What falls due in the next ten working days, and how much of it is likely to be late, against a list made by hand."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.duties.statistics import forecast
from banjie.duties.statistics.asked import Versions
from banjie.duties.statistics.models import Handled
from tests.cases.house import House, instant
from tests.duties.statistics.county import asked, handled, told

pytestmark = pytest.mark.database

ON = date(2026, 3, 6)
"""A Friday. The next ten working days are 9 to 20 March."""


def past(house: House, *lengths: int) -> None:
    """Decided cases of the item that took so many working days: rows alone, as if their histories were long over."""
    Handled._base_manager.bulk_create(
        Handled(
            stream=uuid4(),
            procedure=house.code,
            procedure_version=house.procedure.version,
            decided_on=date(2026, 2, 2),
            days=length,
            counted_days=length,
        )
        for length in lengths
    )


def coming(house: House, on: date = ON) -> forecast.Forecast:
    """The forecast for the whole region: the past cases of these tests have no participants."""
    wanted = replace(asked(house, "2026-03-01", "2026-03-31"), regions=frozenset({"999921"}))
    told(wanted)
    calendar = house.law.calendar(house.law.current_calendar)
    return forecast.forecast(wanted, Versions.all(), on, calendar)


def test_every_one_of_the_ten_working_days_is_there_and_counts_what_falls_due_on_it(demo):
    handled(demo, "2026-03-02")  # due 12 March
    handled(demo, "2026-03-02")
    handled(demo, "2026-03-05")  # due 17 March
    handled(demo, "2026-03-02", "2026-03-04")  # decided: nothing falls due
    handled(demo, "2026-02-10")  # due 28 February: late already

    found = coming(demo)

    assert [each.on.day for each in found.days] == [9, 10, 11, 12, 13, 16, 17, 18, 19, 20]
    assert {each.on.day: each.due for each in found.days if each.due} == {12: 2, 17: 1}
    assert (found.due, found.late) == (3, 1)


def test_a_case_is_as_likely_to_be_late_as_those_were_that_had_come_as_far(demo):
    """Accepted on Monday 2 March, today is its 4th working day, its last is the 8th."""
    handled(demo, "2026-03-02")
    past(demo, *[2] * 30, *[4] * 5, *[8] * 3, *[9] * 8)  # 16 took four or more; 8 of them more than eight

    found = coming(demo)

    (day,) = [each for each in found.days if each.due]
    assert (day.on, day.expected, day.likely, day.unknown) == (date(2026, 3, 12), 0.5, 1, 0)
    assert found.expected == 0.5


def test_with_fewer_than_ten_past_cases_nothing_is_said(demo):
    handled(demo, "2026-03-02")
    past(demo, *[2] * 30, *[9] * 9)  # only nine had come as far

    (day,) = [each for each in coming(demo).days if each.due]

    assert (day.due, day.expected, day.likely, day.unknown) == (1, 0, 0, 1)


def test_the_cases_of_a_day_are_listed_for_who_may_see_them_and_nobody_else(demo):
    stream = handled(demo, "2026-03-02")
    past(demo, *[9] * 12)
    calendar = demo.law.calendar(demo.law.current_calendar)
    due = date(2026, 3, 12)

    mine = forecast.falling_due(asked(demo, "2026-03-01", "2026-03-31"), Versions.all(), ON, due, calendar)
    strangers = asked(demo, "2026-03-01", "2026-03-31", "p-stranger")

    assert [each.case.stream for each in mine] == [stream]
    assert forecast.falling_due(strangers, Versions.all(), ON, due, calendar) == []
    assert forecast.falling_due(asked(demo, "2026-03-01", "2026-03-31"), Versions.all(), ON, ON, calendar) == []


def test_as_many_statements_for_any_number_of_running_cases(demo):
    def statements() -> int:
        told(asked(demo, "2026-03-01", "2026-03-31"))
        versions = Versions.all()
        calendar = demo.law.calendar(demo.law.current_calendar)
        with CaptureQueriesContext(connection) as captured:
            forecast.forecast(asked(demo, "2026-03-01", "2026-03-31"), versions, ON, calendar)
        return len(captured)

    handled(demo, "2026-03-02")
    few = statements()
    for _ in range(3):
        handled(demo, "2026-03-03")
    demo.at = instant("2026-03-04")

    assert statements() == few == 4
