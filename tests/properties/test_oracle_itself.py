"""The oracle against deadlines worked out by hand: an oracle that nobody checked proves nothing.

All dates are in the official calendar of 2026 (and 2024, 2025 where a month needs it); 2027 is used
only where a period of months ends there.
"""

from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from tests.properties.oracle import (
    CALENDAR_DAY,
    MONTH,
    WORKING_DAY,
    corresponding_day,
    due,
    ledger,
    left,
    minutes_due,
    months_length,
    paused,
    used,
)

FOLDER = Path(__file__).parents[2] / "rulebook" / "calendars"
ZONE = timezone(timedelta(hours=8))
HOURS = ((time(9), time(12)), (time(13, 30), time(17)))


def read() -> tuple[set[date], set[date]]:
    """Days off and make-up working days of all calendar files."""
    off: set[date] = set()
    work: set[date] = set()
    for path in FOLDER.glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in content["holidays"]:
            day = entry["from"]
            while day <= entry["to"]:
                off.add(day)
                day += timedelta(days=1)
        work.update(content["workdays"])
    return off, work


OFF, WORK = read()


def rests(day: date) -> bool:
    """A day off of the calendar files."""
    return day not in WORK and (day in OFF or day.weekday() >= 5)


def d(text: str) -> date:
    """A day of 2026 written MM-DD, or any day written YYYY-MM-DD."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def at(text: str) -> datetime:
    """An instant written in ISO form without a zone, in the hall's time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def spans(*texts: str) -> list[tuple[date, date]]:
    """Pauses written "MM-DD/MM-DD"."""
    return [(d(text.split("/")[0]), d(text.split("/")[1])) for text in texts]


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        ("02-13", 1, "02-14"),
        ("02-13", 5, "02-27"),
        ("02-12", 20, "03-18"),
        ("04-30", 1, "05-06"),
        ("09-18", 5, "09-24"),
        ("09-19", 1, "09-20"),
        ("09-24", 3, "09-30"),
        ("09-30", 20, "11-03"),
        ("12-01", 20, "12-29"),
        ("02-17", 0, "02-17"),
        ("03-27", 5, "04-03"),
        ("03-31", 10, "04-15"),
        ("04-02", 5, "04-10"),
        ("04-03", 8, "04-16"),
        ("04-15", 5, "04-22"),
        ("09-19", 12, "10-12"),
        ("09-19", 20, "10-22"),
        ("02-12", 30, "04-01"),
        ("08-03", 45, "10-10"),
        ("08-03", 60, "10-30"),
        ("05-26", 20, "06-24"),
        ("07-16", 10, "07-30"),
    ],
)
def test_working_days(start: str, number: int, expected: str) -> None:
    """行政许可法 Art. 82, 民法典 Art. 201 (1); the calendar of the yearly notice."""
    assert due(d(start), number, WORKING_DAY, rests) == d(expected)


@pytest.mark.parametrize(
    ("start", "number", "pauses", "expected"),
    [
        ("07-01", 15, ["07-14/07-31"], "08-10"),
        ("07-01", 20, ["07-14/07-31"], "08-17"),
        ("07-01", 15, ["07-09/07-31"], "08-13"),
        ("07-01", 20, ["07-09/07-31"], "08-20"),
        ("07-01", 20, ["07-09/07-17"], "08-06"),
        ("02-12", 30, ["03-25/03-31"], "04-08"),
        # a pause of rest days only, an empty one and one that is over before the start change nothing
        ("07-01", 15, ["07-04/07-06", "07-08/07-08", "06-01/07-02"], "07-22"),
        # nested, overlapping and touching pauses together are the one pause 07-14/07-31
        ("07-01", 15, ["07-20/07-31", "07-14/07-18", "07-15/07-16", "07-17/07-20"], "08-10"),
        # begun before day 0
        ("07-01", 1, ["06-20/07-03"], "07-03"),
        # a pause opened on the last counted day revives the limit by that day
        ("07-01", 15, ["07-22/07-23"], "07-23"),
    ],
)
def test_working_days_with_pauses(start: str, number: int, pauses: list[str], expected: str) -> None:
    """行政许可法 Art. 45, edges [stopped, resumed)."""
    assert due(d(start), number, WORKING_DAY, rests, spans(*pauses)) == d(expected)


@pytest.mark.parametrize(
    ("start", "number", "pauses", "stays", "expected"),
    [
        ("05-26", 30, [], False, "06-25"),
        ("08-13", 60, [], False, "10-12"),
        ("04-30", 1, [], False, "05-06"),
        ("04-30", 1, [], True, "05-01"),
        # the last day is a Saturday that works: no roll
        ("02-13", 1, [], False, "02-14"),
        # day 0 on a day off: no roll of a period of no days
        ("05-02", 0, [], False, "05-02"),
        # the third day is 05-02; the first working day after it is paused
        ("04-29", 3, ["05-06/05-08"], False, "05-08"),
        ("04-29", 3, ["05-06/05-08"], True, "05-02"),
        # a pause over the roll's days off moves nothing
        ("04-29", 3, ["05-03/05-06"], False, "05-06"),
        ("03-02", 10, ["03-05/03-08"], False, "03-16"),
    ],
)
def test_calendar_days(start: str, number: int, pauses: list[str], stays: bool, expected: str) -> None:
    """民法典 Arts. 201 (1) and 203 (1)."""
    assert due(d(start), number, CALENDAR_DAY, rests, spans(*pauses), stays) == d(expected)


@pytest.mark.parametrize(
    ("start", "number", "pauses", "stays", "expected"),
    [
        ("03-16", 3, [], False, "06-16"),
        ("2024-01-31", 1, [], False, "2024-02-29"),
        ("2025-01-31", 1, [], False, "2025-02-28"),
        ("2025-12-31", 2, [], False, "02-28"),
        ("2024-02-29", 12, [], False, "2025-02-28"),
        ("02-28", 1, [], True, "03-28"),
        ("02-28", 1, [], False, "03-30"),
        ("04-01", 1, [], True, "05-01"),
        ("04-01", 1, [], False, "05-06"),
        ("08-31", 6, [], True, "2027-02-28"),
        ("08-31", 6, [], False, "2027-03-01"),
        ("05-02", 0, [], False, "05-02"),
        # 31 days from 03-02; five of them paused
        ("03-02", 1, ["03-10/03-15"], False, "04-07"),
        # the prolonged period ends on Sunday 04-05 and rolls over 清明节
        ("03-02", 1, ["03-10/03-13"], False, "04-07"),
        ("03-02", 1, ["03-10/03-13"], True, "04-05"),
    ],
)
def test_months(start: str, number: int, pauses: list[str], stays: bool, expected: str) -> None:
    """民法典 Arts. 202 and 203 (1), 行政许可法 Art. 45."""
    assert due(d(start), number, MONTH, rests, spans(*pauses), stays) == d(expected)


def test_corresponding_day_and_length() -> None:
    """民法典 Art. 202."""
    assert corresponding_day(d("10-31"), 1) == d("11-30")
    assert corresponding_day(d("11-30"), 3) == d("2027-02-28")
    assert corresponding_day(d("2023-11-30"), 3) == d("2024-02-29")
    assert corresponding_day(d("01-15"), 24) == d("2028-01-15")
    assert months_length(d("01-31"), 1) == 28
    assert months_length(d("01-31"), 12) == 365


def test_a_pause_is_half_open() -> None:
    pauses = spans("07-14/07-16")
    assert [paused(d(f"07-{n}"), pauses) for n in (13, 14, 15, 16)] == [False, True, True, False]
    assert not paused(d("07-14"), spans("07-14/07-14"))


def test_used_and_left() -> None:
    pauses = spans("07-14/07-31")
    assert used(d("07-01"), d("07-01"), WORKING_DAY, rests, pauses) == 0
    assert used(d("07-01"), d("06-01"), WORKING_DAY, rests, pauses) == 0
    assert used(d("07-01"), d("07-13"), WORKING_DAY, rests, pauses) == 8
    assert used(d("07-01"), d("07-30"), WORKING_DAY, rests, pauses) == 8
    assert used(d("07-01"), d("07-31"), WORKING_DAY, rests, pauses) == 9
    assert left(d("07-01"), d("08-10"), 15, WORKING_DAY, rests, pauses) == 0
    assert left(d("07-01"), d("08-12"), 15, WORKING_DAY, rests, pauses) == -2
    assert used(d("04-29"), d("05-03"), CALENDAR_DAY, rests) == 4
    assert left(d("03-02"), d("04-01"), 1, MONTH, rests) == 1
    assert left(d("03-02"), d("04-02"), 1, MONTH, rests) == 0


def test_ledger() -> None:
    rows = ledger(d("04-29"), 3, CALENDAR_DAY, rests)
    assert [(day.isoformat()[5:], counted, number) for day, counted, number in rows] == [
        ("04-29", False, 0),
        ("04-30", True, 1),
        ("05-01", True, 2),
        ("05-02", True, 3),
        ("05-03", False, 3),
        ("05-04", False, 3),
        ("05-05", False, 3),
        ("05-06", False, 3),
    ]


@pytest.mark.parametrize(
    ("start", "minutes", "pauses", "expected"),
    [
        ("2026-03-02T09:00", 0, [], "2026-03-02T09:00"),
        ("2026-03-01T22:17", 0, [], "2026-03-01T22:17"),
        ("2026-02-13T16:30", 60, [], "2026-02-14T09:30"),
        ("2026-02-14T11:50", 30, [], "2026-02-14T13:50"),
        ("2026-02-14T16:00", 60, [], "2026-02-14T17:00"),
        ("2026-02-14T12:00", 1, [], "2026-02-14T13:31"),
        ("2026-02-15T10:00", 5, [], "2026-02-24T09:05"),
        ("2026-03-02T09:00", 120, [("2026-03-02T09:30", "2026-03-02T10:30")], "2026-03-02T12:00"),
        ("2026-03-02T09:00", 30, [("2026-03-02T09:30", "2026-03-02T10:30")], "2026-03-02T09:30"),
        ("2026-03-02T11:59:30", 1, [], "2026-03-02T13:30:30"),
        ("2026-03-02T08:59:30", 1, [], "2026-03-02T09:01:00"),
        ("2026-03-02T09:00:10", 1, [], "2026-03-02T09:01:10"),
    ],
)
def test_minutes_in_opening_hours(start: str, minutes: int, pauses: list[tuple[str, str]], expected: str) -> None:
    """民法典 Art. 201 (2); table of contested readings, row "Hours, minutes"."""
    instants = [(at(stopped), at(resumed)) for stopped, resumed in pauses]
    assert minutes_due(at(start), minutes, rests, instants, HOURS) == at(expected)


def test_minutes_by_the_wall_clock() -> None:
    """The other reading: every minute counts, on days off too; a pause still takes its time out."""
    start = at("2026-02-15T10:00")
    assert minutes_due(start, 48 * 60, rests, (), HOURS, True) == at("2026-02-17T10:00")
    pause = (at("2026-02-15T12:00"), at("2026-02-15T13:15"))
    assert minutes_due(start, 180, rests, (pause,), HOURS, True) == at("2026-02-15T14:15")
