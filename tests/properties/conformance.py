"""Answers the questions of conformance/timelimits twice: by the walking oracle, and by the engine.

Neither reads the other's answer; what a question looks like says conformance/timelimits/schema.json.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from banjie.engine.calendar import Calendar, Overlay, Year
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
    spent,
    used,
)
from tests.properties import oracle

ZONE = timezone(timedelta(hours=8))
ONE_DAY = timedelta(days=1)

Plain = Mapping[str, Any]


def _days(spans: Any) -> set[date]:
    found = set()
    for first, last in spans:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            found.add(day)
            day += ONE_DAY
    return found


def _pairs(spans: Any) -> list[tuple[date, date]]:
    return [(date.fromisoformat(stopped), date.fromisoformat(resumed)) for stopped, resumed in spans]


def _moments(spans: Any) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(stopped), datetime.fromisoformat(resumed)) for stopped, resumed in spans]


def _hours(sessions: Any) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in sessions or ())


# By the oracle


class NotLoaded(Exception):
    """A day of a year that the calendar does not hold was asked about."""


def _rests(calendar: Plain) -> oracle.Rests:
    layers = [*reversed(calendar["regional"]), calendar]
    known = [(_days(each["days_off"]), {date.fromisoformat(day) for day in each["working_days"]}) for each in layers]

    def rests(day: date) -> bool:
        if not calendar["first_year"] <= day.year <= calendar["last_year"]:
            raise NotLoaded(day.year)
        for off, work in known:
            if day in work:
                return False
            if day in off:
                return True
        return day.weekday() >= 5

    return rests


def by_the_oracle(asked: Plain, calendar: Plain) -> dict[str, Any]:
    """The answer of the oracle, as the suite writes answers."""
    rests = _rests(calendar)
    try:
        if asked["asks"] == "due":
            rests(date.fromisoformat(asked["start"]))
        return _oracle(asked, rests, set(calendar["official"]))
    except NotLoaded as year:
        return {"refused": "calendar_not_loaded", "year": year.args[0]}


def _oracle(asked: Plain, rests: oracle.Rests, official: set[int]) -> dict[str, Any]:
    length = asked.get("limit", {})
    number, unit, stays = length.get("number", 0), length.get("unit", ""), length.get("stays", False)
    match asked["asks"]:
        case "due":
            start = date.fromisoformat(asked["start"])
            last = oracle.due(start, number, unit, rests, _pairs(asked["pauses"]), stays)
            day, unsure = start, False
            while day <= last:
                unsure = unsure or day.year not in official
                day += ONE_DAY
            return {"due": last.isoformat(), "provisional": unsure}
        case "ledger":
            rows = oracle.ledger(
                date.fromisoformat(asked["start"]), number, unit, rests, _pairs(asked["pauses"]), stays
            )
            return {"days": [[day.isoformat(), counted, so_far] for day, counted, so_far in rows]}
        case "count":
            start, on, stopped = date.fromisoformat(asked["start"]), date.fromisoformat(asked["on"]), asked["pauses"]
            gone = oracle.used(start, on, unit, rests, _pairs(stopped))
            return {"used": gone, "left": oracle.left(start, on, number, unit, rests, _pairs(stopped))}
        case "due_at":
            minutes = number * (60 if unit == oracle.HOUR else 1)
            begun, hours = datetime.fromisoformat(asked["start"]), asked["hours"]
            over = oracle.minutes_due(begun, minutes, rests, _moments(asked["pauses"]), _hours(hours), hours is None)
            return {"due_at": over.isoformat()}
        case "spent":
            begun, end, hours = asked["start"], asked["end"], asked["hours"]
            minutes = oracle.minutes_run(
                datetime.fromisoformat(begun),
                datetime.fromisoformat(end),
                rests,
                _moments(asked["pauses"]),
                _hours(hours),
                hours is None,
            )
            day = date.fromisoformat(begun[:10])
            while rests(day):
                day += ONE_DAY
            midnight = datetime.combine(day, time(0), ZONE)
            whole = oracle.minutes_run(midnight, midnight + ONE_DAY, rests, (), _hours(hours), hours is None)
            days = 0
            rest = minutes
            while rest >= whole:
                days, rest = days + 1, rest - whole
            return {"minutes": minutes, "working_days": days, "and_minutes": rest}
        case "elapsed":
            first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
            return {"days": oracle.elapsed(first, last, asked["unit"], rests, asked["inclusive"])}
        case "latest_before":
            end = date.fromisoformat(asked["end"])
            return {"day": oracle.latest_before(end, number, unit, rests, asked["rolls"]).isoformat()}
    raise ValueError(asked["asks"])


# By the engine


def calendar_of(plain: Plain) -> Calendar:
    """The engine's calendar."""
    off, work = _days(plain["days_off"]), {date.fromisoformat(day) for day in plain["working_days"]}
    years = [
        Year(
            year,
            year in plain["official"],
            {day: "off" for day in off if day.year == year},
            frozenset(day for day in work if day.year == year),
        )
        for year in range(plain["first_year"], plain["last_year"] + 1)
    ]
    overlays = [
        Overlay(
            "region",
            dict.fromkeys(_days(each["days_off"]), "off"),
            frozenset(date.fromisoformat(day) for day in each["working_days"]),
        )
        for each in plain["regional"]
    ]
    return Calendar.build("conformance", years, overlays=overlays)


def by_the_engine(asked: Plain, plain: Plain, calendar: Calendar | None = None) -> dict[str, Any]:
    """The answer of the engine, as the suite writes answers."""
    try:
        return _engine(asked, calendar or calendar_of(plain))
    except NotPossible as no:
        return {"refused": no.code, "year": no.facts["year"]}


def _engine(asked: Plain, calendar: Calendar) -> dict[str, Any]:
    given = asked.get("limit")
    limit = Limit(given["number"], Unit(given["unit"]), given.get("stays", False)) if given else None
    match asked["asks"]:
        case "elapsed":
            first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
            day_zero = first - ONE_DAY if asked["inclusive"] else first
            return {"days": used(day_zero, last, Limit(0, Unit(asked["unit"])), calendar)}
        case "spent":
            hours = _hours(asked["hours"])
            ran = spent(
                datetime.fromisoformat(asked["start"]),
                datetime.fromisoformat(asked["end"]),
                calendar,
                _moments(asked["pauses"]),
                hours,
                asked["hours"] is None,
            )
            days, rest = in_days(ran, hours)
            minute = timedelta(minutes=1)
            return {"minutes": ran // minute, "working_days": days, "and_minutes": rest // minute}
    assert limit is not None
    match asked["asks"]:
        case "due":
            start, spans = date.fromisoformat(asked["start"]), [Span(*each) for each in _pairs(asked["pauses"])]
            last = due(start, limit, calendar, spans)
            return {"due": last.isoformat(), "provisional": is_provisional(start, last, calendar)}
        case "ledger":
            start, spans = date.fromisoformat(asked["start"]), [Span(*each) for each in _pairs(asked["pauses"])]
            rows = ledger(start, limit, calendar, spans)
            return {"days": [[row.day.isoformat(), row.counted, row.number] for row in rows]}
        case "count":
            start, spans = date.fromisoformat(asked["start"]), [Span(*each) for each in _pairs(asked["pauses"])]
            on = date.fromisoformat(asked["on"])
            gone = used(start, on, limit, calendar, spans)
            return {"used": gone, "left": left(start, on, limit, calendar, spans)}
        case "due_at":
            hours, moments = asked["hours"], _moments(asked["pauses"])
            over = due_at(
                datetime.fromisoformat(asked["start"]), limit, calendar, moments, _hours(hours), hours is None
            )
            return {"due_at": over.isoformat()}
        case "latest_before":
            end = date.fromisoformat(asked["end"])
            return {"day": latest_before(end, limit, calendar, asked["rolls"]).isoformat()}
    raise ValueError(asked["asks"])
