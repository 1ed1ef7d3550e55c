"""Writes the conformance suite of time limits anew: conformance/timelimits/*.json.

    .venv/bin/python tools/make_conformance.py

The questions are picked by hand, then by seed; the answers come from the walking oracle of the property tests, which
shares no code with the engine, and a case is written only where the engine agrees. Every file holds its calendars.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.properties import conformance  # noqa: E402

FOLDER = ROOT / "conformance" / "timelimits"
SEED = 20260306
DAYS = ("working_day", "calendar_day", "month")
HALL = [["09:00", "12:00"], ["13:30", "17:00"]]
LONG = [["08:30", "17:30"]]
ODD = [["09:05", "09:20"], ["16:40", "17:00"], ["19:00", "21:00"]]

CN_OFF = [
    ("2025-01-01", "2025-01-01"),
    ("2025-01-28", "2025-02-04"),
    ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"),
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]
CN_WORK = [
    "2025-01-26",
    "2025-02-08",
    "2025-04-27",
    "2025-09-28",
    "2025-10-11",
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
]
PROVISIONAL_2027 = [
    ("2027-01-01", "2027-01-01"),
    ("2027-02-05", "2027-02-08"),
    ("2027-04-05", "2027-04-05"),
    ("2027-05-01", "2027-05-02"),
    ("2027-06-09", "2027-06-09"),
    ("2027-09-15", "2027-09-15"),
    ("2027-10-01", "2027-10-03"),
]


def calendar(first: int, last: int, official: list[int], off: Any = (), work: Any = (), regional: Any = ()) -> Any:
    """A calendar as the suite writes it."""
    return {
        "first_year": first,
        "last_year": last,
        "official": official,
        "days_off": [list(each) for each in off],
        "working_days": list(work),
        "regional": [{"days_off": [list(each) for each in a], "working_days": list(b)} for a, b in regional],
    }


CALENDARS = {
    "nation": calendar(2025, 2027, [2025, 2026], CN_OFF + PROVISIONAL_2027, CN_WORK),
    "weekends": calendar(2023, 2028, [2023, 2024, 2025, 2026, 2027, 2028]),
    "region": calendar(
        2025, 2027, [2025, 2026], CN_OFF + PROVISIONAL_2027, CN_WORK, [([("2026-04-18", "2026-04-21")], ["2026-04-25"])]
    ),
    "county": calendar(
        2025,
        2027,
        [2025, 2026],
        CN_OFF + PROVISIONAL_2027,
        CN_WORK,
        [
            ([("2026-04-18", "2026-04-21")], ["2026-04-25"]),
            ([("2026-07-16", "2026-07-17")], ["2026-04-21", "2026-05-05"]),
        ],
    ),
    "before": calendar(2025, 2027, [2025], [*CN_OFF[:6], ("2026-01-01", "2026-01-01"), ("2026-02-16", "2026-02-19")]),
}


def invented(seed: int) -> Any:
    """A calendar of three years with holidays and make-up days where chance puts them."""
    rng = random.Random(seed)
    off, work, day = [], [], date(2025, 1, 1)
    while day.year < 2028:
        day += timedelta(days=rng.randint(12, 55))
        last = day + timedelta(days=rng.choice([0, 0, 1, 2, 2, 6, 8]))
        if last.year > 2027:
            break
        off.append((day.isoformat(), last.isoformat()))
        made_up = last + timedelta(days=5 - last.weekday() if last.weekday() < 5 else 6 - last.weekday())
        if rng.random() < 0.6 and made_up > last and made_up.year < 2028:
            work.append(made_up.isoformat())
        day = last + timedelta(days=3)
    return calendar(2025, 2027, sorted(rng.sample([2025, 2026, 2027], 2)), off, work)


CALENDARS |= {"invented-a": invented(7), "invented-b": invented(19)}

# Picked by hand


def limit(text: str) -> Any:
    """A limit from "20 working_day" or "1 month stays"."""
    number, unit, *stays = text.split()
    return {"number": int(number), "unit": unit, **({"stays": True} if stays else {})}


def pauses(text: str) -> list[list[str]]:
    """Pauses of 2026 from "07-14/07-31 08-01/08-03"."""
    return [[f"2026-{day}" if len(day) == 5 else day for day in each.split("/")] for each in text.split()]


def of_days(asks: str, rule: str, on: str, start: str, length: str, stopped: str = "", seen: str = "") -> Any:
    """A question about days."""
    asked = {"rule": rule, "calendar": on, "asks": asks, "start": start, "limit": limit(length)}
    asked["pauses"] = pauses(stopped)
    return {**asked, "on": seen} if seen else asked


HAND_PICKED_DUE = [
    ("day 0 does not count, and a make-up Saturday works", "nation", "2026-02-13", "1 working_day"),
    ("the make-up day counts, the Spring Festival does not", "nation", "2026-02-13", "5 working_day"),
    ("twenty days over the Spring Festival and both make-up days", "nation", "2026-02-12", "20 working_day"),
    ("Labour Day does not count", "nation", "2026-04-30", "1 working_day"),
    ("a make-up Sunday counts", "nation", "2026-09-18", "5 working_day"),
    ("day 0 on a rest day keeps its date; day 1 is the make-up Sunday", "nation", "2026-09-19", "1 working_day"),
    ("Mid-Autumn does not count", "nation", "2026-09-24", "3 working_day"),
    ("twenty days over the National Day", "nation", "2026-09-30", "20 working_day"),
    ("twenty days without a holiday", "nation", "2026-12-01", "20 working_day"),
    ("a limit of no days ends on day 0, even on a rest day", "nation", "2026-02-17", "0 working_day"),
    ("an extension lengthens the limit from its own day 0: 20 + 10", "nation", "2026-02-12", "30 working_day"),
    ("the joint limit of 45 ends on a make-up Saturday", "nation", "2026-08-03", "45 working_day"),
    ("the joint limit extended: 45 + 15", "nation", "2026-08-03", "60 working_day"),
    ("a promise of thirty days counts every day and ends on a working one", "nation", "2026-05-26", "30 calendar_day"),
    ("sixty days for reconsideration", "nation", "2026-08-13", "60 calendar_day"),
    ("an end on a holiday moves behind it", "nation", "2026-04-30", "1 calendar_day"),
    ("an end on a holiday stays where the limit says so", "nation", "2026-04-30", "1 calendar_day stays"),
    ("an end on a make-up Saturday does not move", "nation", "2026-02-13", "1 calendar_day"),
    ("an end on a Saturday moves to a make-up Sunday", "nation", "2026-09-18", "1 calendar_day"),
    ("a limit of no calendar days does not move off a holiday", "nation", "2026-05-02", "0 calendar_day"),
    ("a region's own holiday does not count in the region", "region", "2026-04-17", "3 working_day"),
    ("the same days without the region's holiday", "nation", "2026-04-17", "3 working_day"),
    ("a region's own make-up Saturday counts there", "region", "2026-04-24", "1 working_day"),
    ("a county's make-up day on the region's holiday works", "county", "2026-04-17", "1 working_day"),
    ("a county's make-up day on a national holiday works", "county", "2026-04-30", "1 working_day"),
    ("a county's own holiday", "county", "2026-07-15", "2 working_day"),
    ("what was told before the notice of the year was out", "before", "2026-02-12", "20 working_day"),
    ("a year without its notice makes the date provisional", "nation", "2026-12-31", "5 working_day"),
    ("a date in an official year is not provisional", "nation", "2026-12-20", "5 working_day"),
    ("day 0 in a provisional year is enough to be provisional", "before", "2026-12-31", "1 working_day"),
]
HAND_PICKED_PAUSES = [
    ("a pause takes its working days out", "2026-07-01", "15 working_day", "07-14/07-31"),
    ("and out of the longer limit as well", "2026-07-01", "20 working_day", "07-14/07-31"),
    ("a pause inside an extended limit", "2026-02-12", "30 working_day", "03-25/03-31"),
    ("the day the clock resumes counts", "2026-07-01", "2 working_day", "07-02/07-03"),
    ("a pause from day 0 to day 1 costs nothing", "2026-07-01", "2 working_day", "07-01/07-02"),
    ("a pause of rest days costs nothing", "2026-07-01", "15 working_day", "07-04/07-06"),
    ("a pause that begins on a rest day costs its working days", "2026-07-01", "15 working_day", "07-04/07-08"),
    ("an empty pause costs nothing", "2026-07-01", "15 working_day", "07-08/07-08"),
    ("a pause that was over before day 0 costs nothing", "2026-07-01", "15 working_day", "06-01/07-01"),
    ("a pause begun before day 0 costs what lies after it", "2026-07-01", "1 working_day", "06-20/07-03"),
    ("a pause after the end costs nothing", "2026-07-01", "15 working_day", "07-23/08-23"),
    ("a pause that begins on the last day revives the limit", "2026-07-01", "15 working_day", "07-22/07-23"),
    ("touching pauses are one", "2026-07-01", "15 working_day", "07-14/07-20 07-20/07-31"),
    ("overlapping pauses count each day once", "2026-07-01", "15 working_day", "07-14/07-24 07-18/07-31"),
    ("a nested pause changes nothing", "2026-07-01", "15 working_day", "07-14/07-31 07-16/07-17"),
    ("the order in which pauses are told is irrelevant", "2026-07-01", "15 working_day", "07-20/07-31 07-14/07-20"),
    ("a pause takes its calendar days out", "2026-03-02", "10 calendar_day", "03-05/03-08"),
    ("an end that moved off a holiday goes on through a pause", "2026-04-29", "3 calendar_day", "05-06/05-08"),
    ("an end that stays is not moved by a later pause", "2026-04-29", "3 calendar_day stays", "05-06/05-08"),
    ("a pause inside the days of the move costs nothing", "2026-04-29", "3 calendar_day", "05-03/05-06"),
    ("a pause over a whole holiday costs its working days only", "2026-02-12", "20 working_day", "02-13/02-26"),
    ("a pause closed on the day it was opened costs nothing", "2026-07-01", "15 working_day", "07-14/07-14"),
]
HAND_PICKED_MONTHS = [
    ("the corresponding day", "nation", "2026-03-16", "3 month"),
    ("the last day of a leap February", "weekends", "2024-01-31", "1 month stays"),
    ("the last day of a common February", "weekends", "2025-01-31", "1 month stays"),
    ("the last day, on a make-up Saturday", "nation", "2025-12-31", "2 month"),
    ("twelve months from a leap day", "weekends", "2024-02-29", "12 month stays"),
    ("from a month's end to the corresponding day, not to the end", "nation", "2026-02-28", "1 month stays"),
    ("a corresponding day on a Saturday moves", "nation", "2026-02-28", "1 month"),
    ("a corresponding day on a holiday moves", "nation", "2026-04-01", "1 month"),
    ("a corresponding day on a holiday stays where the limit says so", "nation", "2026-04-01", "1 month stays"),
    ("six months to sue end in a provisional year", "nation", "2026-08-31", "6 month"),
    ("no months: day 0 itself, no move", "nation", "2026-05-02", "0 month"),
    ("over the end of a year", "weekends", "2026-11-30", "3 month stays"),
]
HAND_PICKED_AT = [
    ("no time: the instant itself", "2026-03-01T22:17", "0 minute", [], HALL),
    ("half an hour inside the morning", "2026-03-02T09:10", "30 minute", [], HALL),
    ("the midday break does not count", "2026-02-14T11:50", "30 minute", [], HALL),
    ("over night to a make-up Saturday", "2026-02-13T16:30", "1 hour", [], HALL),
    ("an end at closing time stays there", "2026-02-14T16:00", "1 hour", [], HALL),
    ("from closing time on, the next session", "2026-02-14T12:00", "1 minute", [], HALL),
    ("a start on a holiday waits for the hall", "2026-02-15T10:00", "5 minute", [], HALL),
    ("a start before opening counts from opening", "2026-03-02T07:30", "30 minute", [], HALL),
    ("two working days have thirteen hours", "2026-03-02T09:00", "13 hour", [], HALL),
    ("a pause takes its minutes out", "2026-03-02T09:00", "2 hour", [("09:30", "10:30")], HALL),
    ("an end at the start of a pause stays there", "2026-03-02T09:00", "30 minute", [("09:30", "10:30")], HALL),
    ("the wall clock counts nights and days off", "2026-02-15T10:00", "48 hour", [], None),
    ("a pause stops the wall clock", "2026-03-02T18:00", "2 hour", [("19:00", "20:15")], None),
    ("a pause that begins before the start", "2026-03-02T10:00", "1 hour", [("09:00", "10:30")], HALL),
    (
        "nested pauses count each minute once",
        "2026-03-02T09:00",
        "1 hour",
        [("09:10", "10:10"), ("09:20", "09:30")],
        HALL,
    ),
]
HAND_PICKED_SPENT = [
    ("half an hour at the window", "2026-03-02T09:10", "2026-03-02T09:40", [], HALL),
    ("from closing time to opening time nothing runs", "2026-03-02T17:00", "2026-03-03T09:00", [], HALL),
    ("a whole working day is one day, not a quarter of one", "2026-03-02T09:00", "2026-03-02T17:00", [], HALL),
    ("a working day and a half hour", "2026-03-02T16:30", "2026-03-04T09:00", [], HALL),
    ("over the Spring Festival", "2026-02-13T16:00", "2026-02-24T10:00", [], HALL),
    ("by the wall clock a day has 24 hours", "2026-03-02T10:00", "2026-03-04T11:15", [], None),
    ("an end before the start: nothing", "2026-03-02T10:00", "2026-03-02T09:00", [], HALL),
    ("a pause inside", "2026-03-02T09:00", "2026-03-02T12:00", [("10:00", "11:00")], HALL),
    ("from before opening to after closing", "2026-03-02T06:00", "2026-03-02T23:00", [], HALL),
    ("two whole days with three hours beside them", "2026-03-06T17:00", "2026-03-11T12:00", [], HALL),
]
HAND_PICKED_ELAPSED = [
    ("6 March to 13 April, both counted: 39 days", "nation", "2026-03-06", "2026-04-13", "calendar_day", True),
    ("the same days without the first: 38", "nation", "2026-03-06", "2026-04-13", "calendar_day", False),
    ("working days of the same span, the first counted", "nation", "2026-03-06", "2026-04-13", "working_day", True),
    ("working days of the same span", "nation", "2026-03-06", "2026-04-13", "working_day", False),
    ("one day, counted", "nation", "2026-03-06", "2026-03-06", "calendar_day", True),
    ("one day, not counted", "nation", "2026-03-06", "2026-03-06", "calendar_day", False),
    ("a first day that rests is no working day", "nation", "2026-03-07", "2026-03-09", "working_day", True),
    ("a first day that is a make-up Saturday is one", "nation", "2026-02-28", "2026-03-02", "working_day", True),
    ("over the end of a year", "nation", "2025-12-30", "2026-01-05", "calendar_day", True),
    ("a year of working days", "nation", "2025-12-31", "2026-12-31", "working_day", False),
]
HAND_PICKED_BEFORE = [
    ("thirty days before the licence expires", "nation", "2026-10-31", "30 calendar_day", False),
    ("a last day on a holiday stays: one can file on line", "nation", "2026-11-02", "30 calendar_day", False),
    ("or moves to the next working day", "nation", "2026-11-02", "30 calendar_day", True),
    ("thirty working days before", "nation", "2026-10-31", "30 working_day", False),
    ("seven working days before a hearing", "nation", "2026-03-17", "7 working_day", False),
    ("one month before the end of a longer month", "nation", "2026-03-31", "1 month", False),
    ("a month before, on a rest day, moved", "nation", "2026-06-04", "1 month", True),
    ("never to the end itself", "nation", "2026-05-06", "2 calendar_day", True),
    ("no days before: the day itself", "nation", "2026-05-02", "0 calendar_day", True),
    ("fifteen working days over the Spring Festival", "nation", "2026-03-06", "15 working_day", False),
]


def moments(start: str, spans: Any) -> list[list[str]]:
    """Pauses on the day of the start."""
    return [[f"{start[:10]}T{edge}:00+08:00" for edge in span] for span in spans]


def by_the_clock(rule: str, start: str, length: str, spans: Any, hours: Any) -> Any:
    """A question about an instant."""
    asked = {"rule": rule, "calendar": "nation", "asks": "due_at", "start": f"{start}:00+08:00", "limit": limit(length)}
    return {**asked, "pauses": moments(start, spans), "hours": hours}


def run_between(rule: str, start: str, end: str, spans: Any, hours: Any) -> Any:
    """A question about the time between two instants."""
    asked = {"rule": rule, "calendar": "nation", "asks": "spent", "start": f"{start}:00+08:00"}
    return {**asked, "end": f"{end}:00+08:00", "pauses": moments(start, spans), "hours": hours}


# Picked by seed


class Picks:
    """Questions where chance puts them, near the edges more often than their share."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def name(self) -> str:
        """A calendar, the nation's most often."""
        return self.rng.choice(
            ["nation", "nation", "nation", "region", "county", "weekends", "invented-a", "invented-b"]
        )

    def start(self) -> date:
        """A day of 2025 or 2026; month ends, holidays and weekends more often than their share."""
        rng = self.rng
        day = date(2025, 1, 1) + timedelta(days=rng.randrange(690))
        if rng.random() < 0.2:
            day = day.replace(day=1) + timedelta(days=31)
            day = day.replace(day=1) - timedelta(days=rng.randint(1, 3))
        if rng.random() < 0.3:
            holiday = date.fromisoformat(rng.choice(CN_OFF)[0])
            day = holiday - timedelta(days=rng.randint(-9, 12))
        return max(day, date(2025, 1, 2))

    def limit(self, units: tuple[str, ...] = DAYS) -> Any:
        """A limit in one of these units."""
        unit = self.rng.choice(units)
        top = {"working_day": 60, "calendar_day": 90, "month": 7}[unit]
        number = self.rng.choice([self.rng.randint(0, 5), self.rng.randint(1, min(22, top)), self.rng.randint(1, top)])
        stays = {"stays": True} if unit != "working_day" and self.rng.random() < 0.4 else {}
        return {"number": min(number, top), "unit": unit, **stays}

    def pauses(self, start: date, least: int = 0) -> list[list[str]]:
        """Pauses around a start."""
        found: list[list[str]] = []
        for _ in range(self.rng.choice([least, least, 1, 2, 3])):
            stopped = start + timedelta(days=self.rng.randint(-12, 50))
            if found and self.rng.random() < 0.35:
                stopped = date.fromisoformat(found[-1][1])
            length = self.rng.choice([0, 1, 1, 2, 3, 5, 9, 21])
            found.append([stopped.isoformat(), (stopped + timedelta(days=length)).isoformat()])
        return found

    def days(self, asks: str, rule: str, units: tuple[str, ...] = DAYS, least: int = 0) -> Any:
        """A question about days."""
        start = self.start()
        found = {"rule": rule, "calendar": self.name(), "asks": asks, "start": start.isoformat()}
        found |= {"limit": self.limit(units), "pauses": self.pauses(start, least)}
        if asks == "count":
            found["on"] = (start + timedelta(days=self.rng.randint(-3, 70))).isoformat()
        return found

    def instant(self, day: date) -> datetime:
        """An instant of a day."""
        minute = self.rng.choice([self.rng.randrange(24 * 60), self.rng.randrange(8 * 60, 18 * 60), 540, 720, 1020])
        return datetime.combine(day, time(minute // 60, minute % 60), conformance.ZONE)

    def spans(self, start: datetime) -> list[list[str]]:
        """Pauses around an instant."""
        found = []
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            stopped = start + timedelta(minutes=self.rng.randint(-120, 500))
            length = timedelta(minutes=self.rng.choice([0, 1, 15, 60, 240, 1440]))
            found.append([stopped.isoformat(), (stopped + length).isoformat()])
        return found

    def by_the_clock(self) -> Any:
        """A question about an instant."""
        start, rng = self.instant(self.start()), self.rng
        unit = rng.choice(["minute", "minute", "hour"])
        length = {"number": rng.randint(0, 16) if unit == "hour" else rng.randint(0, 400), "unit": unit}
        asked = {"rule": "picked by seed", "calendar": rng.choice(["nation", "region", "county"]), "asks": "due_at"}
        asked |= {"start": start.isoformat(), "limit": length, "pauses": self.spans(start)}
        return {**asked, "hours": rng.choice([HALL, HALL, LONG, ODD, None])}

    def run_between(self) -> Any:
        """A question about the time between two instants."""
        start, rng = self.instant(self.start()), self.rng
        end = start + timedelta(minutes=rng.choice([rng.randint(0, 600), rng.randint(0, 8000)]))
        asked = {"rule": "picked by seed", "calendar": rng.choice(["nation", "region"]), "asks": "spent"}
        asked |= {"start": start.isoformat(), "end": end.isoformat(), "pauses": self.spans(start)}
        return {**asked, "hours": rng.choice([HALL, HALL, LONG, ODD, None])}

    def elapsed(self) -> Any:
        """A question about the days between two."""
        first = self.start()
        asked = {"rule": "picked by seed", "calendar": self.name(), "asks": "elapsed", "first": first.isoformat()}
        asked["last"] = (first + timedelta(days=self.rng.randint(0, 200))).isoformat()
        return {**asked, "unit": self.rng.choice(DAYS[:2]), "inclusive": self.rng.random() < 0.5}

    def before(self) -> Any:
        """A question about the last day before one."""
        end = self.start() + timedelta(days=120)
        length = {**self.limit(), "number": self.rng.randint(0, 3)} if self.rng.random() < 0.3 else self.limit()
        length.pop("stays", None)
        length["number"] = min(length["number"], 3 if length["unit"] == "month" else 60)
        asked = {"rule": "picked by seed", "calendar": self.rng.choice(["nation", "region", "county"])}
        rolls = length["unit"] != "working_day" and self.rng.random() < 0.5
        return {**asked, "asks": "latest_before", "end": end.isoformat(), "limit": length, "rolls": rolls}


def files() -> Iterator[tuple[str, str, list[Any]]]:
    """(name of the file, its title, its questions)."""
    picks = Picks(SEED)
    seeded = "picked by seed"
    yield (
        "due",
        "The last day of a limit in working days or calendar days",
        [of_days("due", *row) for row in HAND_PICKED_DUE]
        + [picks.days("due", seeded, DAYS[:2]) | {"pauses": []} for _ in range(40)],
    )
    yield (
        "pauses",
        "The last day of a limit whose clock stood still",
        [of_days("due", rule, "nation", start, length, stopped) for rule, start, length, stopped in HAND_PICKED_PAUSES]
        + [picks.days("due", seeded, DAYS[:2], least=2) for _ in range(50)],
    )
    yield (
        "months",
        "The last day of a limit in months",
        [of_days("due", *row) for row in HAND_PICKED_MONTHS]
        + [picks.days("due", seeded, ("month",)) for _ in range(30)],
    )
    yield (
        "counts",
        "How many days are used and how many are left",
        [
            of_days(
                "count", "day 0 is never used", "nation", "2026-07-01", "15 working_day", "07-14/07-31", "2026-07-01"
            ),
            of_days(
                "count", "nothing is used before day 0", "nation", "2026-07-01", "15 working_day", "", "2026-06-01"
            ),
            of_days("count", "the day asked about is used", "nation", "2026-07-01", "15 working_day", "", "2026-07-13"),
            of_days(
                "count",
                "a day on which the clock stands is not used",
                "nation",
                "2026-07-01",
                "15 working_day",
                "07-14/07-31",
                "2026-07-30",
            ),
            of_days(
                "count",
                "the day of resuming is used",
                "nation",
                "2026-07-01",
                "15 working_day",
                "07-14/07-31",
                "2026-07-31",
            ),
            of_days(
                "count", "overdue is negative", "nation", "2026-07-01", "15 working_day", "07-14/07-31", "2026-08-12"
            ),
            of_days(
                "count", "a rest day uses no working day", "nation", "2026-04-30", "5 working_day", "", "2026-05-05"
            ),
            of_days(
                "count", "a rest day uses a calendar day", "nation", "2026-04-30", "5 calendar_day", "", "2026-05-05"
            ),
            of_days(
                "count",
                "what is left of a month, in calendar days",
                "nation",
                "2026-03-02",
                "1 month",
                "",
                "2026-04-01",
            ),
            of_days(
                "count", "a month is over at its corresponding day", "nation", "2026-03-02", "1 month", "", "2026-04-02"
            ),
        ]
        + [picks.days("count", seeded) for _ in range(50)],
    )
    yield (
        "ledgers",
        "Every day of a limit, and whether it counts",
        [
            of_days(
                "ledger", "the days of a move are shown and do not count", "nation", "2026-04-29", "3 calendar_day"
            ),
            of_days(
                "ledger",
                "over the Spring Festival, with a pause",
                "nation",
                "2026-02-11",
                "5 working_day",
                "02-12/02-13",
            ),
            of_days("ledger", "no days: day 0 alone", "nation", "2026-05-02", "0 working_day"),
            of_days("ledger", "a month has the days it has", "nation", "2026-02-28", "1 month stays"),
        ]
        + [picks.days("ledger", seeded) for _ in range(26)],
    )
    yield (
        "instants",
        "The instant at which a limit of hours or minutes is over",
        [by_the_clock(*row) for row in HAND_PICKED_AT] + [picks.by_the_clock() for _ in range(45)],
    )
    yield (
        "spent",
        "How long a clock of hours and minutes ran, and how many working days and hours that is",
        [run_between(*row) for row in HAND_PICKED_SPENT] + [picks.run_between() for _ in range(20)],
    )
    yield (
        "elapsed",
        "Days between two milestones, with the first counted where the source counts it",
        [
            {
                "rule": rule,
                "calendar": on,
                "asks": "elapsed",
                "first": first,
                "last": last,
                "unit": unit,
                "inclusive": both,
            }
            for rule, on, first, last, unit, both in HAND_PICKED_ELAPSED
        ]
        + [picks.elapsed() for _ in range(15)],
    )
    yield (
        "backwards",
        "The last day on which something is in time that is owed so long before an event",
        [
            {"rule": rule, "calendar": on, "asks": "latest_before", "end": end, "limit": limit(length), "rolls": rolls}
            for rule, on, end, length, rolls in HAND_PICKED_BEFORE
        ]
        + [picks.before() for _ in range(25)],
    )
    yield (
        "refused",
        "Dates that nobody can tell, for a year is not loaded",
        [
            of_days(
                "due", "a limit that runs into a year that is not loaded", "nation", "2027-12-20", "20 working_day"
            ),
            of_days(
                "due", "a last day that would move out of the loaded years", "nation", "2027-12-20", "12 calendar_day"
            ),
            of_days("due", "a day 0 before the first year", "nation", "2024-12-30", "5 working_day"),
            of_days(
                "due",
                "a pause that reaches out of the loaded years",
                "nation",
                "2027-12-01",
                "5 working_day",
                "2027-12-03/2028-01-10",
            ),
        ],
    )


def main() -> None:
    """Answer every question by the oracle, hold the engine against it, and write the files."""
    total = 0
    for name, title, questions in files():
        cases = []
        for number, asked in enumerate(questions, start=1):
            plain = CALENDARS[asked["calendar"]]
            expect = conformance.by_the_oracle(asked, plain)
            answer = conformance.by_the_engine(asked, plain)
            if answer != expect:
                raise SystemExit(f"{name}-{number:03}: the oracle says {expect}, the engine {answer}: {asked}")
            cases.append({"id": f"{name}-{number:03}", **asked, "expect": expect})
        used = {each["calendar"] for each in cases}
        document = {
            "format": "timelimits-conformance",
            "version": 1,
            "title": title,
            "calendars": {key: CALENDARS[key] for key in CALENDARS if key in used},
            "cases": cases,
        }
        (FOLDER / f"{name}.json").write_text(written(document), encoding="utf-8")
        total += len(cases)
        print(f"{name}.json: {len(cases)}")
    print(f"{total} cases; the oracle and the engine agree on each")


def written(document: Any) -> str:
    """The document as JSON with one calendar and one case a line, so that a change of one shows as one."""
    calendars = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(each, ensure_ascii=False)}" for name, each in document["calendars"].items()
    )
    cases = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in document["cases"])
    head = "".join(f" {json.dumps(key)}: {json.dumps(document[key])},\n" for key in ("format", "version", "title"))
    return f'{{\n{head} "calendars": {{\n{calendars}\n }},\n "cases": [\n{cases}\n ]\n}}\n'


if __name__ == "__main__":
    main()
