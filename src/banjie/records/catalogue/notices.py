"""The yearly notices as plain content, and the engine's Calendar made of it. Needs no database."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from banjie.engine.calendar import Calendar, Overlay, Year


def calendar_of(plain: Mapping[str, Any]) -> Calendar:
    """The engine's Calendar from a calendar's content; ValueError where the years leave a gap."""
    years = [
        Year(each["year"], each["status"] == "official", _holidays(each), _workdays(each)) for each in plain["years"]
    ]
    overlays = [Overlay(each["region"], _holidays(each), _workdays(each)) for each in plain["overlays"]]
    return Calendar.build(plain["version"], years, plain["region"], overlays)


def _holidays(plain: Mapping[str, Any]) -> dict[date, str]:
    days = {}
    for each in plain["holidays"]:
        first, last = date.fromisoformat(each["from"]), date.fromisoformat(each["to"])
        if last < first:
            raise ValueError(f"holidays: {each['name']} ends on {last} before it begins on {first}")
        for number in range((last - first).days + 1):
            days[first + timedelta(days=number)] = each["name"]
    return days


def _workdays(plain: Mapping[str, Any]) -> frozenset[date]:
    return frozenset(date.fromisoformat(each) for each in plain["workdays"])


def content_of(
    version: str, region: str, years: Iterable[Mapping[str, Any]], overlays: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The content as the fact keeps it: days as text, years in order; ValueError for an unknown status."""
    kept = [
        {
            "year": int(each["year"]),
            "status": str(each["status"]),
            "document": str(each.get("document") or ""),
            "published_on": str(each.get("published_on") or ""),
            **_days(each),
        }
        for each in sorted(years, key=lambda each: int(each["year"]))
    ]
    for each in kept:
        if each["status"] not in ("official", "provisional"):
            raise ValueError(f"{each['year']}: status: official or provisional, not {each['status']}")
    over = [{"region": str(each["region"]), **_days(each)} for each in overlays]
    return {"version": version, "region": region, "years": kept, "overlays": over}


def _days(plain: Mapping[str, Any]) -> dict[str, Any]:
    holidays = [
        {
            "name": str(each["name"]),
            "english": str(each.get("english") or ""),
            "from": str(each["from"]),
            "to": str(each["to"]),
        }
        for each in plain["holidays"]
    ]
    return {"holidays": holidays, "workdays": [str(each) for each in plain.get("workdays") or ()]}
