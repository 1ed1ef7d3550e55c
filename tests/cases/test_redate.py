"""A new calendar moves no running case. Counting by it is an act of its own, with a fact of its own.

The case was handed in on Monday 2 March 2026, accepted on the 3rd; the new calendar makes Thursday the 5th a day off.
"""

from datetime import date
from uuid import UUID

import pytest

from banjie import words
from banjie.cases import rebuild, timers
from banjie.cases.handle import kept
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from tests.cases.house import House, Years, instant

pytestmark = pytest.mark.database

NEW = "CN-test-2"


def with_a_day_off(years: Years) -> None:
    """What the new notice says."""
    year = next(each for each in years if each["year"] == 2026)
    day = date(2026, 3, 5)
    year["holidays"].append({"name": "示范日", "english": "Day of the example", "from": day, "to": day})


def dates(house: House, stream: UUID) -> tuple[date | None, ...]:
    """The days that the lists show of a case."""
    row, tasks = house.row(stream), house.tasks(stream)
    return row.promised_due_on, row.legal_due_on, *(task.due_on for _, task in sorted(tasks.items()))


@pytest.fixture
def stream(demo: House) -> UUID:
    """A case accepted on the 3rd."""
    stream = demo.submitted()
    demo.at = instant("2026-03-03")
    demo.do(stream, c.Accept, demo.cast.clerk)
    return stream


OLD_DATES = (date(2026, 3, 13), date(2026, 3, 17), date(2026, 3, 10), date(2026, 3, 13))
NEW_DATES = (date(2026, 3, 16), date(2026, 3, 18), date(2026, 3, 11), date(2026, 3, 16))


def test_a_new_calendar_moves_no_running_case(demo, stream):
    demo.load_calendar(NEW, with_a_day_off)

    demo.do(stream, c.AppointContact, demo.cast.clerk, contact=e.Person("p-other"))
    kept.forget()
    demo.do(stream, c.AppointContact, demo.cast.clerk, contact=e.Person("p-clerk"))

    assert dates(demo, stream) == OLD_DATES
    assert demo.row(stream).calendar == "CN-test-1"
    assert list(rebuild.differences()) == []
    assert demo.row(demo.submitted()).calendar == NEW


def test_redating_moves_it_with_a_fact_and_its_rows_follow(demo, stream):
    demo.load_calendar(NEW, with_a_day_off)

    done = demo.do(stream, c.Redate, demo.cast.calendar_keeper, calendar=NEW)

    (fact,) = done.events
    assert isinstance(fact, e.Redated)
    assert (fact.before, fact.calendar, fact.by.id) == ("CN-test-1", NEW, "p-keeper")
    assert dates(demo, stream) == NEW_DATES
    assert demo.row(stream).calendar == NEW
    said = words.sentence(fact, "en", law=demo.law, state=demo.state(stream))
    assert said is not None
    assert "18 March 2026" in said or "2026-03-18" in said


def test_it_is_redated_by_a_process_that_has_kept_it_since_before_the_calendar(demo, stream):
    demo.do(stream, c.AppointContact, demo.cast.clerk, contact=e.Person("p-other"))

    demo.load_calendar(NEW, with_a_day_off)
    done = demo.do(stream, c.Redate, demo.cast.calendar_keeper, calendar=NEW)

    assert [type(fact) for fact in done.events] == [e.Redated]


def test_what_waits_for_an_answer_is_redated_too(demo):
    stream = demo.submitted()
    demo.load_calendar(NEW, with_a_day_off)

    demo.do(stream, c.Redate, demo.cast.calendar_keeper, calendar=NEW)

    assert demo.tasks(stream)["receipt"].due_on == date(2026, 3, 10)
    assert timers.carry_out_due(instant("2026-03-10", "00:00")) == 0
    assert timers.carry_out_due(instant("2026-03-11", "00:00")) == 1


def test_there_is_no_way_back_to_an_older_calendar(demo, stream):
    demo.load_calendar(NEW, with_a_day_off)
    demo.do(stream, c.Redate, demo.cast.calendar_keeper, calendar=NEW)

    for version in ("CN-test-1", NEW, "CN-nobody-loaded"):
        with pytest.raises(NotPossible) as no:
            demo.do(stream, c.Redate, demo.cast.calendar_keeper, calendar=version)
        assert no.value.code == "no_newer_calendar"

    assert demo.kinds(stream).count("redated") == 1


def test_without_a_new_calendar_there_is_nothing_to_redate(demo, stream):
    with pytest.raises(NotPossible) as no:
        demo.do(stream, c.Redate, demo.cast.calendar_keeper, calendar="CN-test-1")

    assert no.value.code == "no_newer_calendar"


def test_only_the_calendars_keeper_redates(demo, stream):
    demo.load_calendar(NEW, with_a_day_off)

    told = []
    for who in (demo.cast.clerk, demo.cast.applicant, demo.cast.stranger):
        with pytest.raises(NotPossible) as no:
            demo.do(stream, c.Redate, who, calendar=NEW)
        told.append(no.value.code)

    assert told == ["needs_calendar_keeper", "staff_only", "staff_only"]
    assert dates(demo, stream) == OLD_DATES
