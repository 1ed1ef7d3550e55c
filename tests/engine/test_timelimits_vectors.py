"""Time limits worked out by hand, one vector a line, named by the rule it shows.

Dates without a year are of 2026, the official calendar of the yearly notice: 元旦 01-01..03 (work 01-04),
春节 02-15..23 (work 02-14, 02-28), 清明节 04-04..06, 劳动节 05-01..05 (work 05-09), 端午节 06-19..21,
中秋节 09-25..27, 国庆节 10-01..07 (work 09-20, 10-10).
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
import yaml

from banjie.engine.calendar import Calendar, Year
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import (
    Limit,
    Span,
    Unit,
    due,
    due_at,
    in_days,
    is_provisional,
    latest_before,
    ledger,
    left,
    require_inside,
    rest,
    spent,
    used,
)

FOLDER = Path(__file__).parents[2] / "rulebook" / "calendars"
ZONE = timezone(timedelta(hours=8))


@cache
def calendar() -> Calendar:
    """The engine's calendar of all files of the rulebook."""
    years: list[Year] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        named: dict[date, str] = {}
        for entry in content["holidays"]:
            day = entry["from"]
            while day <= entry["to"]:
                named[day] = entry["name"]
                day += timedelta(days=1)
        official = content["status"] == "official"
        years.append(Year(content["year"], official, named, frozenset(content["workdays"])))
    return Calendar.build("vectors", years)


def d(text: str) -> date:
    """A day of 2026 written MM-DD, or any day written YYYY-MM-DD."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def at(text: str) -> datetime:
    """An instant of 2026 written MM-DDTHH:MM[:SS], in the hall's time (+08:00)."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def pauses(text: str) -> list[Span]:
    """Pauses written "MM-DD/MM-DD MM-DD/MM-DD": [stopped, resumed)."""
    pairs = [part.split("/") for part in text.split()]
    return [Span(d(stopped), d(resumed)) for stopped, resumed in pairs]


WORKING_DAYS = [
    # rule, start (day 0), number, pauses, deadline
    ("a make-up Saturday works", "02-13", 1, "", "02-14"),
    ("the make-up day counts, 春节 does not", "02-13", 5, "", "02-27"),
    ("20 days over 春节 and both make-up days", "02-12", 20, "", "03-18"),
    ("劳动节 is not counted", "04-30", 1, "", "05-06"),
    ("a make-up Sunday counts", "09-18", 5, "", "09-24"),
    ("day 0 on a rest day, day 1 on a make-up Sunday", "09-19", 1, "", "09-20"),
    ("中秋节 is not counted", "09-24", 3, "", "09-30"),
    ("20 days over 国庆节", "09-30", 20, "", "11-03"),
    ("20 days without a holiday", "12-01", 20, "", "12-29"),
    ("no days: day 0 itself, even a rest day", "02-17", 0, "", "02-17"),
    ("the notice clock runs from a Friday evening's receipt", "03-27", 5, "", "04-03"),
    ("the correction period over 清明节", "03-31", 10, "", "04-15"),
    ("a promise of 8 days over 清明节", "04-03", 8, "", "04-16"),
    ("the certificate clock from the decision", "04-15", 5, "", "04-22"),
    ("day 0 on a rest day keeps its date", "09-19", 12, "", "10-12"),
    ("an extension adds to the limit: 20 + 10", "02-12", 30, "", "04-01"),
    ("a joint limit of 45 ends on a make-up Saturday", "08-03", 45, "", "10-10"),
    ("a joint limit extended: 45 + 15", "08-03", 60, "", "10-30"),
    ("the lower agency's 20 days over 端午节", "05-26", 20, "", "06-24"),
    ("a deadline in a provisional year", "12-31", 5, "", "2027-01-08"),
    ("a pause takes its days out of the promise", "07-01", 15, "07-14/07-31", "08-10"),
    ("a pause takes its days out of the legal limit", "07-01", 20, "07-14/07-31", "08-17"),
    ("a pause in an extended limit", "02-12", 30, "03-25/03-31", "04-08"),
    ("the day the clock resumes counts", "07-01", 2, "07-02/07-03", "07-06"),
    ("a pause from day 0 to day 1 costs nothing", "07-01", 2, "07-01/07-02", "07-03"),
    ("a pause of rest days costs nothing", "07-01", 15, "07-04/07-06", "07-22"),
    ("an empty pause costs nothing", "07-01", 15, "07-08/07-08", "07-22"),
    ("a pause over before the start costs nothing", "07-01", 15, "06-01/07-01", "07-22"),
    ("a pause begun before the start", "07-01", 1, "06-20/07-03", "07-03"),
    ("a pause after the deadline costs nothing", "07-01", 15, "07-23/08-23", "07-22"),
    ("a pause opened on the last day revives the limit", "07-01", 15, "07-22/07-23", "07-23"),
    ("touching pauses are one", "07-01", 15, "07-14/07-20 07-20/07-31", "08-10"),
    ("overlapping pauses count once", "07-01", 15, "07-14/07-24 07-18/07-31", "08-10"),
    ("a nested pause counts once", "07-01", 15, "07-14/07-31 07-16/07-17", "08-10"),
    ("pauses in any order", "07-01", 15, "07-20/07-31 07-14/07-20", "08-10"),
]


@pytest.mark.parametrize(
    ("start", "number", "stopped", "expected"),
    [row[1:] for row in WORKING_DAYS],
    ids=[r[0] for r in WORKING_DAYS],
)
def test_working_days(start: str, number: int, stopped: str, expected: str) -> None:
    """行政许可法 Arts. 45 and 82, 民法典 Art. 201 (1)."""
    assert due(d(start), Limit(number, Unit.WORKING_DAY), calendar(), pauses(stopped)) == d(expected)


CALENDAR_DAYS = [
    # rule, start (day 0), number, stays, pauses, deadline
    ("every day counts", "05-26", 30, False, "", "06-25"),
    ("reconsideration, 60 days", "08-13", 60, False, "", "10-12"),
    ("an end on a holiday moves to the next working day", "04-30", 1, False, "", "05-06"),
    ("an end on a holiday stays where the limit says so", "04-30", 1, True, "", "05-01"),
    ("an end on a Sunday moves to Monday", "03-02", 6, False, "", "03-09"),
    ("an end on a make-up Saturday does not move", "02-13", 1, False, "", "02-14"),
    ("an end on a Saturday moves to a make-up Sunday", "09-18", 1, False, "", "09-20"),
    ("no days: day 0 itself, no roll", "05-02", 0, False, "", "05-02"),
    ("a pause takes its calendar days out", "03-02", 10, False, "03-05/03-08", "03-16"),
    ("the roll goes on through a pause", "04-29", 3, False, "05-06/05-08", "05-08"),
    ("a pause that begins on the last day moves an end that stays", "03-02", 5, True, "03-07/03-09", "03-09"),
    ("a pause does not move an end that stays", "04-29", 3, True, "05-06/05-08", "05-02"),
    ("a pause of the roll's rest days costs nothing", "04-29", 3, False, "05-03/05-06", "05-06"),
]


@pytest.mark.parametrize(
    ("start", "number", "stays", "stopped", "expected"),
    [row[1:] for row in CALENDAR_DAYS],
    ids=[row[0] for row in CALENDAR_DAYS],
)
def test_calendar_days(start: str, number: int, stays: bool, stopped: str, expected: str) -> None:
    """民法典 Arts. 201 (1) and 203 (1), 行政许可法 Art. 45."""
    limit = Limit(number, Unit.CALENDAR_DAY, stays)
    assert due(d(start), limit, calendar(), pauses(stopped)) == d(expected)


MONTHS = [
    # rule, start (day 0), number, stays, pauses, deadline
    ("the corresponding day", "03-16", 3, False, "", "06-16"),
    ("the last day of a leap February", "2024-01-31", 1, False, "", "2024-02-29"),
    ("the last day of a common February", "2025-01-31", 1, False, "", "2025-02-28"),
    ("the last day, on a make-up Saturday", "2025-12-31", 2, False, "", "02-28"),
    ("twelve months from a leap day", "2024-02-29", 12, False, "", "2025-02-28"),
    ("from a month's end to the corresponding day, not to the end", "02-28", 1, True, "", "03-28"),
    ("an end on a Saturday moves", "02-28", 1, False, "", "03-30"),
    ("an end on a holiday moves", "04-01", 1, False, "", "05-06"),
    ("an end on a holiday stays where the limit says so", "04-01", 1, True, "", "05-01"),
    ("an end in a provisional year moves too", "08-31", 6, False, "", "2027-03-01"),
    ("no months: day 0 itself, no roll", "05-02", 0, False, "", "05-02"),
    ("a pause lengthens the month by its days", "03-02", 1, False, "03-10/03-15", "04-07"),
    ("a lengthened month ends on a rest day and moves", "03-02", 1, False, "03-10/03-13", "04-07"),
    ("a lengthened month ends on a rest day and stays", "03-02", 1, True, "03-10/03-13", "04-05"),
]


@pytest.mark.parametrize(
    ("start", "number", "stays", "stopped", "expected"),
    [row[1:] for row in MONTHS],
    ids=[r[0] for r in MONTHS],
)
def test_months(start: str, number: int, stays: bool, stopped: str, expected: str) -> None:
    """民法典 Arts. 202 and 203 (1), 行政许可法 Art. 45."""
    assert due(d(start), Limit(number, Unit.MONTH, stays), calendar(), pauses(stopped)) == d(expected)


USED_AND_LEFT = [
    # rule, limit, start, on, pauses, used, left
    ("day 0 is never used", Limit(15, Unit.WORKING_DAY), "07-01", "07-01", "07-14/07-31", 0, 15),
    ("nothing is used before the start", Limit(15, Unit.WORKING_DAY), "07-01", "06-01", "", 0, 15),
    ("the day asked about is used", Limit(15, Unit.WORKING_DAY), "07-01", "07-13", "07-14/07-31", 8, 7),
    ("a paused day is not used", Limit(15, Unit.WORKING_DAY), "07-01", "07-30", "07-14/07-31", 8, 7),
    ("the day the clock stops is not used", Limit(15, Unit.WORKING_DAY), "07-01", "07-14", "07-14/07-31", 8, 7),
    ("the day of resuming is used", Limit(15, Unit.WORKING_DAY), "07-01", "07-31", "07-14/07-31", 9, 6),
    ("nothing is left on the deadline", Limit(15, Unit.WORKING_DAY), "07-01", "08-10", "07-14/07-31", 15, 0),
    ("overdue is negative", Limit(15, Unit.WORKING_DAY), "07-01", "08-12", "07-14/07-31", 17, -2),
    ("a rest day uses no working day", Limit(5, Unit.WORKING_DAY), "04-30", "05-05", "", 0, 5),
    ("a rest day uses a calendar day", Limit(5, Unit.CALENDAR_DAY), "04-30", "05-05", "", 5, 0),
    ("what is left of a month, in calendar days", Limit(1, Unit.MONTH), "03-02", "04-01", "", 30, 1),
    ("a month is over at its corresponding day", Limit(1, Unit.MONTH), "03-02", "04-02", "", 31, 0),
]


@pytest.mark.parametrize(
    ("limit", "start", "on", "stopped", "gone", "remaining"),
    [row[1:] for row in USED_AND_LEFT],
    ids=[row[0] for row in USED_AND_LEFT],
)
def test_used_and_left(limit: Limit, start: str, on: str, stopped: str, gone: int, remaining: int) -> None:
    """民法典 Arts. 201 (1) and 202, 行政许可法 Arts. 45 and 82."""
    assert used(d(start), d(on), limit, calendar(), pauses(stopped)) == gone
    assert left(d(start), d(on), limit, calendar(), pauses(stopped)) == remaining


def test_a_ledger_shows_every_day_once() -> None:
    """A calendar-day limit whose end rolls over 劳动节: the days of the roll are shown, not counted."""
    rows = ledger(d("04-29"), Limit(3, Unit.CALENDAR_DAY), calendar())
    assert [row.day for row in rows] == [d("04-29") + timedelta(days=n) for n in range(8)]
    assert [row.counted for row in rows] == [False, True, True, True, False, False, False, False]
    assert [row.number for row in rows] == [0, 1, 2, 3, 3, 3, 3, 3]
    assert [row.reason for row in rows] == ["day_zero", *["calendar_day"] * 3, *["holiday"] * 3, "rolled"]
    weekend = ledger(d("03-02"), Limit(5, Unit.CALENDAR_DAY), calendar())[5:]
    assert [row.reason for row in weekend] == ["calendar_day", "weekend", "rolled"]
    assert [row.name for row in rows] == ["", "", "劳动节", "劳动节", "劳动节", "劳动节", "劳动节", ""]


def test_a_ledger_gives_different_reasons_for_different_days() -> None:
    """Day 0, a counted day, a paused day, a weekend, a holiday and a make-up day are told apart."""
    rows = ledger(d("02-11"), Limit(5, Unit.WORKING_DAY), calendar(), pauses("02-12/02-13"))
    reasons = {row.day: row.reason for row in rows}
    assert rows[-1].day == d("02-26")
    shown = {row.day: (row.reason, row.name) for row in rows if row.day <= d("02-16")}
    assert shown == {
        d("02-11"): ("day_zero", ""),
        d("02-12"): ("paused", ""),
        d("02-13"): ("working_day", ""),
        d("02-14"): ("make_up_day", ""),
        d("02-15"): ("holiday", "春节"),
        d("02-16"): ("holiday", "春节"),
    }
    assert len({reasons[d(day)] for day in ("02-11", "02-12", "02-13", "02-16")}) == 4
    assert {row.day for row in rows if row.counted} == {d(day) for day in ("02-13", "02-14", "02-24", "02-25", "02-26")}


def test_a_ledger_marks_the_days_of_a_provisional_year() -> None:
    rows = ledger(d("12-30"), Limit(2, Unit.WORKING_DAY), calendar())
    assert rows[-1].day == d("2027-01-04")
    assert [row.official for row in rows] == [True, True, False, False, False, False]


INSTANTS = [
    # rule, start, limit, pauses, wall clock, deadline
    ("no time: the instant itself", "03-01T22:17", Limit(0, Unit.MINUTE), [], False, "03-01T22:17"),
    ("half an hour inside the morning", "03-02T09:10", Limit(30, Unit.MINUTE), [], False, "03-02T09:40"),
    ("the midday break does not count", "02-14T11:50", Limit(30, Unit.MINUTE), [], False, "02-14T13:50"),
    ("over night to a make-up Saturday", "02-13T16:30", Limit(1, Unit.HOUR), [], False, "02-14T09:30"),
    ("an end at closing time stays there", "02-14T16:00", Limit(1, Unit.HOUR), [], False, "02-14T17:00"),
    (
        "from closing time on, the next session",
        "02-14T12:00",
        Limit(1, Unit.MINUTE),
        [],
        False,
        "02-14T13:31",
    ),
    (
        "a start on a holiday waits for the hall",
        "02-15T10:00",
        Limit(5, Unit.MINUTE),
        [],
        False,
        "02-24T09:05",
    ),
    ("a working day has six and a half hours", "03-02T09:00", Limit(13, Unit.HOUR), [], False, "03-03T17:00"),
    (
        "a pause takes its minutes out",
        "03-02T09:00",
        Limit(2, Unit.HOUR),
        ["09:30/10:30"],
        False,
        "03-02T12:00",
    ),
    (
        "two pauses, one in each session, both take their minutes out",
        "03-02T09:00",
        Limit(5, Unit.HOUR),
        ["10:00/11:00", "14:00/15:00"],
        False,
        "03-03T09:30",
    ),
    (
        "an end at the start of a pause stays there",
        "03-02T09:00",
        Limit(30, Unit.MINUTE),
        ["09:30/10:30"],
        False,
        "03-02T09:30",
    ),
    ("seconds are kept over the break", "03-02T11:59:30", Limit(1, Unit.MINUTE), [], False, "03-02T13:30:30"),
    (
        "seconds before opening are not counted",
        "03-02T08:59:30",
        Limit(1, Unit.MINUTE),
        [],
        False,
        "03-02T09:01",
    ),
    (
        "the wall clock counts nights and days off",
        "02-15T10:00",
        Limit(48, Unit.HOUR),
        [],
        True,
        "02-17T10:00",
    ),
    (
        "a pause stops the wall clock",
        "03-02T18:00",
        Limit(2, Unit.HOUR),
        ["19:00/20:15"],
        True,
        "03-02T21:15",
    ),
]


@pytest.mark.parametrize(
    ("start", "limit", "stopped", "wall_clock", "expected"),
    [row[1:] for row in INSTANTS],
    ids=[row[0] for row in INSTANTS],
)
def test_hours_and_minutes(start: str, limit: Limit, stopped: list[str], wall_clock: bool, expected: str) -> None:
    """民法典 Art. 201 (2); hall hours 09:00-12:00 and 13:30-17:00; pauses are on the day of the start."""
    day = start.split("T")[0]
    moments = [tuple(at(f"{day}T{edge}") for edge in pause.split("/")) for pause in stopped]
    spans = [(moment[0], moment[1]) for moment in moments]
    hours = ((time(9), time(12)), (time(13, 30), time(17)))
    assert due_at(at(start), limit, calendar(), spans, hours, wall_clock) == at(expected)
    assert due_at(at(start), limit, calendar(), spans, wall_clock=wall_clock) == at(expected), "the default hours"


def test_an_instant_of_another_zone_is_counted_and_answered_in_the_halls_time() -> None:
    limit, stands = Limit(2, Unit.HOUR), [(at("03-02T10:00"), at("03-02T10:30"))]
    for zone in (UTC, timezone(timedelta(hours=-5))):
        start = at("03-02T09:00").astimezone(zone)
        abroad = [(stopped.astimezone(zone), resumed.astimezone(zone)) for stopped, resumed in stands]
        answer = due_at(start, limit, calendar(), abroad)
        assert (answer, answer.utcoffset()) == (at("03-02T11:30"), timedelta(hours=8))
        assert due_at(start, Limit(0, Unit.HOUR), calendar()).utcoffset() == timedelta(hours=8)
    assert due_at(at("03-01T23:30").astimezone(UTC), Limit(1, Unit.HOUR), calendar(), wall_clock=True) == at(
        "03-02T00:30"
    )


def test_an_instant_without_a_zone_is_refused() -> None:
    naive, limit = at("03-02T09:00").replace(tzinfo=None), Limit(1, Unit.HOUR)
    with pytest.raises(ValueError, match="without a zone"):
        due_at(naive, limit, calendar())
    with pytest.raises(ValueError, match="without a zone"):
        due_at(at("03-02T09:00"), limit, calendar(), [(naive, naive)])


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    stands, limit = pauses("03-05/03-04"), Limit(5, Unit.WORKING_DAY)
    for count in (due, ledger):
        with pytest.raises(ValueError, match="a pause ends on or after the day it begins"):
            count(d("03-02"), limit, calendar(), stands)
    for on in (used, left):
        with pytest.raises(ValueError, match="a pause ends on or after the day it begins"):
            on(d("03-02"), d("03-09"), limit, calendar(), stands)


@pytest.mark.parametrize("limit", [Limit(3, Unit.WORKING_DAY), Limit(3, Unit.CALENDAR_DAY)])
def test_a_ledger_numbers_no_day_beyond_the_deadline(limit: Limit) -> None:
    whole = ledger(d("04-29"), limit, calendar())
    assert ledger(d("04-29"), limit, calendar(), until=d("05-20")) == whole
    assert ledger(d("04-29"), limit, calendar(), until=d("04-30")) == whole[:2]


def test_a_year_that_is_not_loaded_is_refused() -> None:
    with pytest.raises(NotPossible, match="calendar_not_loaded"):
        due(d("2027-12-20"), Limit(20, Unit.WORKING_DAY), calendar())


# What the pure functions refuse, and the edges of those that look back


def test_a_limit_is_not_negative_and_two_units_do_not_add() -> None:
    with pytest.raises(ValueError, match="a limit cannot be negative: -1"):
        Limit(-1, Unit.WORKING_DAY)
    with pytest.raises(ValueError, match="cannot add month to working_day"):
        Limit(20, Unit.WORKING_DAY).plus(Limit(1, Unit.MONTH))
    assert Limit(7, Unit.CALENDAR_DAY, stays=True).plus(Limit(3, Unit.CALENDAR_DAY)) == Limit(
        10, Unit.CALENDAR_DAY, stays=True
    )


def test_a_question_about_days_is_not_asked_of_hours_nor_one_about_instants_of_days() -> None:
    hours, days = Limit(2, Unit.HOUR), Limit(2, Unit.WORKING_DAY)
    asked_of_hours = [
        lambda: due(d("03-02"), hours, calendar()),
        lambda: used(d("03-02"), d("03-04"), hours, calendar()),
        lambda: left(d("03-02"), d("03-04"), hours, calendar()),
        lambda: ledger(d("03-02"), hours, calendar()),
        lambda: latest_before(d("03-02"), hours, calendar()),
        lambda: latest_before(d("03-02"), Limit(2, Unit.MINUTE), calendar()),
        lambda: rest(hours, calendar(), []),
    ]
    for ask in asked_of_hours:
        with pytest.raises(ValueError, match="limits end at an instant: use due_at"):
            ask()
    with pytest.raises(ValueError, match=r"working_day limits end on a day: use due\(\)"):
        due_at(at("03-02T09:00"), days, calendar())


def test_a_cap_in_months_is_used_up_by_the_first_day() -> None:
    """Days and months do not mix."""
    assert rest(Limit(12, Unit.MONTH), calendar(), pauses("03-03/03-04")) == Limit(0, Unit.MONTH)
    assert rest(Limit(12, Unit.MONTH), calendar(), pauses("03-03/03-03")) == Limit(12, Unit.MONTH)
    assert rest(Limit(5, Unit.WORKING_DAY), calendar(), pauses("03-06/03-10")) == Limit(3, Unit.WORKING_DAY)
    assert rest(Limit(1, Unit.WORKING_DAY), calendar(), pauses("03-06/03-10")) == Limit(0, Unit.WORKING_DAY)
    assert rest(Limit(5, Unit.CALENDAR_DAY, stays=True), calendar(), []) == Limit(5, Unit.CALENDAR_DAY, stays=True)


def test_a_date_is_provisional_from_the_year_of_its_start_to_the_year_of_its_end() -> None:
    known = calendar()
    assert not is_provisional(d("2025-12-30"), d("12-31"), known)
    assert is_provisional(d("12-31"), d("2027-01-01"), known)
    assert is_provisional(d("2027-01-01"), d("2027-01-02"), known)
    assert is_provisional(d("2019-12-31"), d("2020-01-02"), known), "a year nobody has loaded is not official"


def test_time_spent_is_counted_in_the_halls_zone_and_only_while_the_clock_runs() -> None:
    start, end = at("03-06T16:00"), at("03-09T10:00")
    assert spent(start, end, calendar()) == timedelta(hours=2)
    assert spent(start.astimezone(UTC), end.astimezone(UTC), calendar()) == timedelta(hours=2)
    assert spent(start, end, calendar(), wall_clock=True) == timedelta(hours=66)
    assert spent(start, end, calendar(), [(at("03-09T09:30"), at("03-09T20:00"))]) == timedelta(hours=1, minutes=30)
    assert spent(end, start, calendar()) == spent(start, start, calendar()) == timedelta()
    assert spent(at("03-06T12:30"), at("03-06T13:00"), calendar()) == timedelta()
    last_day = datetime(2027, 12, 31, 16, tzinfo=ZONE)
    assert spent(last_day, last_day.replace(hour=23), calendar()) == timedelta(hours=1)
    assert spent(last_day, last_day.replace(hour=23), calendar(), wall_clock=True) == timedelta(hours=7)
    with pytest.raises(ValueError, match="without a zone"):
        spent(start.replace(tzinfo=None), end, calendar())


def test_a_length_is_told_in_working_days_as_long_as_the_hall_is_open() -> None:
    assert in_days(timedelta(hours=13)) == (2, timedelta())
    assert in_days(timedelta(hours=6, minutes=29)) == (0, timedelta(hours=6, minutes=29))
    assert in_days(timedelta(hours=9), ((time(8, 15), time(12)), (time(14), time(18)))) == (1, timedelta(minutes=75))
    assert in_days(timedelta(hours=50), ()) == (2, timedelta(hours=2))


BEFORE = [
    # rule, end, limit, rolls, the last day in time
    ("working days back over Qingming", "04-08", Limit(2, Unit.WORKING_DAY), False, "04-03"),
    ("the end itself never counts", "04-08", Limit(1, Unit.WORKING_DAY), False, "04-07"),
    ("a rest day stays", "06-04", Limit(30, Unit.CALENDAR_DAY), False, "05-05"),
    ("or moves to the next working day", "06-04", Limit(30, Unit.CALENDAR_DAY), True, "05-06"),
    ("a working day does not move", "06-05", Limit(30, Unit.CALENDAR_DAY), True, "05-06"),
    ("never to the end itself", "05-06", Limit(2, Unit.CALENDAR_DAY), True, "05-05"),
    ("a month back from a longer month", "03-31", Limit(1, Unit.MONTH), False, "02-28"),
    ("a month back over the end of a year", "01-15", Limit(2, Unit.MONTH), False, "2025-11-15"),
    ("twelve months back", "12-31", Limit(12, Unit.MONTH), False, "2025-12-31"),
    ("nothing before: the day itself, even a rest day", "05-02", Limit(0, Unit.CALENDAR_DAY), True, "05-02"),
]


@pytest.mark.parametrize(("end", "limit", "rolls", "expected"), [row[1:] for row in BEFORE], ids=[r[0] for r in BEFORE])
def test_the_last_day_before(end: str, limit: Limit, rolls: bool, expected: str) -> None:
    """行政许可法 Art. 50, 民法典 Arts. 201 (1), 202; table of readings, row "Backward day on a rest day"."""
    assert latest_before(d(end), limit, calendar(), rolls) == d(expected)
    if not rolls:
        assert latest_before(d(end), limit, calendar()) == d(expected)


def test_an_act_after_the_last_day_of_a_limit_is_refused_with_that_day() -> None:
    require_inside(d("03-30"), d("03-30"))
    with pytest.raises(NotPossible) as no:
        require_inside(d("03-30"), d("03-31"))
    assert (no.value.code, no.value.facts) == ("limit_already_over", {"due": d("03-30")})
