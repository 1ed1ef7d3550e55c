"""Every figure against a list made by hand: what is counted, among what, and what is left out."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.cases.handle import carry_out_timers
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.statistics import listing, rebuild
from banjie.duties.statistics.definitions import definitions
from banjie.duties.statistics.figures import COUNTS
from banjie.duties.statistics.follow import open_minutes
from banjie.duties.statistics.models import Handled, Surveyed
from banjie.duties.statistics.values import DAILY, OF_ITEMS, TIMES, WITHIN, Table
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.timelimits import OPENING_HOURS
from tests.cases.house import HYGIENE, INSTANT, House, instant
from tests.duties.statistics.county import REGION, asked, handled, told, withdrawn

pytestmark = pytest.mark.database

MARCH = ("2026-03-01", "2026-03-31")


def shown(table: Table, *codes: str) -> dict[str, tuple[float | None, float, float | None]]:
    """(number, counted, among) of these figures."""
    found = {code: table.value(code) for code in codes}
    return {code: (each.number, each.counted, each.among) for code, each in found.items()}


def march(house: House) -> dict[str, object]:
    """Food licences of March 2026. Promise 8 working days, law 10: of 2 March they end on the 12th and the 16th."""
    return {
        "early": handled(house, "2026-03-02", "2026-03-10", "2026-03-11"),  # 6 working days
        "on the day": handled(house, "2026-03-02", "2026-03-12"),  # 8
        "late": handled(house, "2026-03-02", "2026-03-13"),  # 9
        "past the statutory day": handled(house, "2026-03-02", "2026-03-17"),  # 11
        "withdrawn": withdrawn(house, "2026-03-03", "2026-03-05"),
        "in April": handled(house, "2026-03-30", "2026-04-01", clock="00:01"),  # 2
        "last minute of March": handled(house, "2026-03-30", "2026-03-31", clock="23:59"),  # 1
        "running": handled(house, "2026-03-02"),
    }


def in_correction(house: House, came: str) -> UUID:
    """A case without one of its papers, which was asked for."""
    house.at = instant(came)
    missing = house.procedure.materials[0].id
    others = tuple(each for each in house.application().provided if each.material != missing)
    stream: UUID = house.submit(provided=others).stream
    point = c.Citation(kind=e.PointKind.MATERIAL, id=missing, defect=e.Defect.MISSING)
    house.do(stream, c.RequestCorrection, house.cast.clerk, points=(point,))
    return stream


@pytest.mark.requirement("M380")
def test_the_rates_of_a_month_are_those_one_counts_by_hand(demo):
    streams = march(demo)

    table = told(asked(demo, *MARCH))

    assert shown(table, "finished", "on_time", "early", "overdue", "past_statutory") == {
        "finished": (5, 5, None),
        "on_time": (60.0, 3, 5),  # early, on the day, last minute of March
        "early": (40.0, 2, 5),
        "overdue": (40.0, 2, 5),
        "past_statutory": (20.0, 1, 5),
    }
    assert table.value("finished").excluded == 1
    assert shown(table, "at_once", "one_visit") == {"at_once": (0.0, 0, 1), "one_visit": (100.0, 1, 1)}
    late = listing.behind(table, "overdue", "counted")
    assert {each.stream for each in late.cases} == {streams["late"], streams["past the statutory day"]}
    left_out = listing.behind(table, "finished", "excluded")
    assert [each.stream for each in left_out.cases] == [streams["withdrawn"]]
    assert shown(told(asked(demo, "2026-04-01", "2026-04-30")), "finished") == {"finished": (1, 1, None)}


def test_what_came_is_counted_by_the_day_it_came(demo):
    march(demo)
    in_correction(demo, "2026-03-02")

    table = told(asked(demo, *MARCH, demo.procedure.receives))

    # Seven came and were not withdrawn, and the one that is being corrected.
    assert shown(table, "received", "corrected", "declined") == {
        "received": (8, 8, None),
        "corrected": (12.5, 1, 8),
        "declined": (0.0, 0, 8),
    }


def test_a_case_that_lapsed_is_in_no_rate(demo):
    stream = in_correction(demo, "2026-03-02")
    demo.at = instant("2026-04-02")
    carry_out_timers(stream, demo.at)

    table = told(asked(demo, *MARCH, demo.procedure.receives))

    assert demo.kinds(stream)[-1] == "lapsed"
    assert shown(table, "received", "corrected", "finished") == {
        "received": (0, 0, None),
        "corrected": (None, 0, 0),
        "finished": (0, 0, None),
    }
    assert table.value("received").excluded == 1


@pytest.mark.requirement("M379")
def test_received_and_finished_a_day_are_two_series_over_the_working_days(demo):
    march(demo)

    table = told(asked(demo, *MARCH))

    # March 2026 has 22 working days; seven came and were not withdrawn, five were finished.
    assert table.working_days == 22
    assert shown(table, "received_daily", "finished_daily") == {
        "received_daily": (round(7 / 22, 2), 7, 22),
        "finished_daily": (round(5 / 22, 2), 5, 22),
    }


def test_working_days_that_have_not_come_divide_nothing(demo):
    handled(demo, "2026-03-02", "2026-03-03")

    table = told(asked(demo, *MARCH), on="2026-03-06")

    assert table.working_days == 5


@pytest.mark.requirement("M380")
def test_surveys_are_counted_by_the_day_they_were_finished_and_again_when_repeated(demo):
    first = handled(demo, "2026-03-02", "2026-03-10")
    handled(demo, "2026-03-30", "2026-04-01")
    demo.at = instant("2026-03-02")
    again = demo.examined()
    demo.do(again, c.SendBack, demo.cast.decider, step="site_survey", reasons=c.Personal("看了另一处场所"))
    demo.at = instant("2026-03-09")
    demo.finish(again, "site_survey")

    table = told(asked(demo, *MARCH))

    assert table.value("surveys").number == 3
    assert {each.stream for each in listing.behind(table, "surveys", "counted").cases} == {first, again}
    assert told(asked(demo, "2026-04-01", "2026-04-30")).value("surveys").number == 1


def test_mean_and_median_are_of_the_working_days_a_decision_took(demo):
    march(demo)

    table = told(asked(demo, *MARCH))

    took = table.value("handling_days")  # 6, 8, 9, 11, 1
    assert (took.number, took.counted, took.among, took.median) == (7.0, 35, 5, 8)
    assert table.taken.by_item("handling_days")[demo.code].mean == 7.0


def test_a_rest_day_is_no_working_day_and_a_lawful_pause_stops_one_of_the_two_times(demo):
    handled(demo, "2026-04-03", "2026-04-07")  # 清明: 4 to 6 April
    demo.of_item(HYGIENE)
    demo.at = instant("2026-03-02")
    stream = demo.assigned()
    demo.at = instant("2026-03-03")
    officer, until = demo.cast.officers("hygiene_inspection")[0], date(2026, 3, 10)
    demo.do(stream, c.Pause, officer, step="hygiene_inspection", ground="testing", expected_end=until)
    demo.at = instant("2026-03-10")
    for slug in [each for each, step in demo.state(stream).steps.items() if step.is_open]:
        demo.finish(stream, slug)
    demo.at = instant("2026-03-11")
    demo.do(stream, c.Decide, demo.cast.decider, outcome="grant")

    table = told(asked(demo, "2026-03-01", "2026-04-30", demo.procedure.decides, "licensing", "decision-office"))

    by_item = table.taken.by_item("handling_days")
    assert sorted(each.mean for each in by_item.values()) == [1, 7]
    counted = [each.mean for each in table.taken.by_item("handling_counted").values()]
    assert sorted(counted) == [1, 2]  # the clock stood from the 3rd to the 9th: five working days


@pytest.mark.requirement("M153")
def test_an_instant_item_is_measured_in_minutes_of_open_hall(demo):
    demo.of_item(INSTANT)
    clerk = replace(demo.cast.clerk, posts=frozenset({"clerk", "decider"}))
    for minutes in ("10:20", "10:30", "11:00"):
        demo.at = instant("2026-03-02")
        stream = demo.submitted()
        demo.at = instant("2026-03-02", minutes)
        demo.do(stream, c.DecideAtOnce, clerk, outcome="grant")

    table = told(asked(demo, *MARCH, demo.procedure.receives))

    took = table.value("instant_minutes")  # 20, 30, 60
    assert (took.number, took.among, took.median) == (36.67, 3, 30)
    assert took.definition.unit == "minutes"


def test_over_night_only_the_open_hours_count_and_at_noon_every_minute(demo):
    def at(day: int, clock: str) -> datetime:
        return instant(f"2026-03-{day:02}", clock)

    calendar = demo.law.calendar(demo.law.current_calendar)

    assert open_minutes(at(2, "12:10"), at(2, "12:25"), calendar, OPENING_HOURS) == 15
    assert open_minutes(at(6, "22:00"), at(9, "09:05"), calendar, OPENING_HOURS) == 5  # Friday night to Monday
    assert open_minutes(at(6, "16:50"), at(9, "09:05"), calendar, ()) == 64 * 60 + 15
    assert at(2, "12:10").tzinfo is OFFICE_ZONE


@pytest.mark.requirement("M148", "M149", "M152")
def test_how_many_cases_kept_the_ceiling_of_their_category(demo):
    march(demo)  # food is commerce: ceiling 5 working days; decided in March after 6, 8, 9, 11 and 1

    table = told(asked(demo, *MARCH))

    assert shown(table, "within_commerce", "within_social", "within_promised") == {
        "within_commerce": (20.0, 1, 5),
        "within_social": (None, 0, 0),
        "within_promised": (20.0, 1, 5),
    }
    assert len(listing.behind(table, "within_commerce", "counted").cases) == 1
    assert len(listing.behind(table, "within_commerce", "among").cases) == 5


def test_every_number_opens_as_many_cases_as_it_says(demo):
    march(demo)
    table = told(asked(demo, *MARCH))

    for code in definitions():
        value = table.value(code)
        numbers = {"counted": value.counted, "among": value.among, "excluded": value.excluded}
        for part in listing.parts(code):
            if code == "surveys":
                continue  # a case may have had several
            assert listing.behind(table, code, part).total == numbers[part], (code, part)


def test_each_figure_of_the_rulebook_is_counted_and_each_that_is_counted_is_defined():
    codes = set(definitions())

    within = {code for code in codes if code.startswith(WITHIN)}
    assert codes - within == {*COUNTS, *DAILY, *TIMES, *OF_ITEMS, "surveys"}
    assert within == {"within_commerce", "within_social", "within_promised"}
    assert all(each.among for each in definitions().values() if each.unit != "cases" and each.code != "surveys")


# Who sees what


def test_a_section_sees_its_own_cases_and_a_stranger_none(demo):
    march(demo)

    assert told(asked(demo, *MARCH, "site-survey")).value("finished").number == 5
    assert told(asked(demo, *MARCH, "labour-relations")).value("finished").number == 0
    assert told(asked(demo, *MARCH, "p-stranger")).value("received").number == 0
    assert listing.behind(told(asked(demo, *MARCH, "p-stranger")), "finished", "counted").total == 0


def test_who_watches_a_region_sees_its_numbers_and_of_the_cases_only_their_own(demo):
    march(demo)
    mine = asked(demo, *MARCH, "labour-supervision")

    table = told(replace(mine, regions=frozenset({REGION})))

    assert table.value("finished").number == 5
    assert table.value("handling_days").among == 5
    assert listing.behind(table, "finished", "counted").total == 0
    assert told(replace(mine, regions=frozenset({"999922"}))).value("finished").number == 0


def test_the_items_can_be_narrowed(demo):
    march(demo)
    decides = demo.procedure.decides

    assert told(asked(demo, *MARCH, item=demo.code)).value("finished").number == 5
    assert told(asked(demo, *MARCH, unit=decides, category="commerce")).value("finished").number == 5
    for nothing in ({"item": "x"}, {"unit": "hall-window"}, {"category": "social"}, {"item_class": "instant"}):
        table = told(asked(demo, *MARCH, **nothing))
        assert table.value("finished").number == 0
        assert table.value("handling_days").among == 0


# The rows


def test_the_rows_come_back_from_the_log_as_they_stood(demo):
    march(demo)
    told(asked(demo, *MARCH))

    def rows() -> list[tuple[str, ...]]:
        with whole_house("a test looks"):
            found = [each for model in (Handled, Surveyed) for each in model.objects.everything().values_list()]
        return sorted(tuple(map(str, each)) for each in found)

    before = rows()
    with whole_house("a test spoils the rows"):
        Handled.objects.everything().update(days=99)
        Surveyed.objects.everything().delete()

    assert rebuild.rebuild() == len(before) > 0
    assert rows() == before


def test_as_many_statements_for_any_number_of_cases(demo):
    handled(demo, "2026-03-02", "2026-03-10")
    told(asked(demo, *MARCH))

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            found = told(asked(demo, *MARCH))
            found.values()
        if connection.vendor == "postgresql":  # it does not say the text of a statement that it has prepared
            return len(captured)
        return sum("unfed" not in each["sql"] and "bookmark" not in each["sql"].lower() for each in captured)

    few = statements()
    march(demo)
    told(asked(demo, *MARCH))

    assert statements() == few <= (24 if connection.vendor == "postgresql" else 20)
    with whole_house("a test looks"):
        assert Case.objects.everything().count() > 5
