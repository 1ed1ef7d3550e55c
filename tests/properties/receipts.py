"""Receipts of dates by the thousand: clocks of every kind under real and invented calendars, as the engine counts them.

Each clock is made from inputs alone (start, limit, readings, pauses, extension, calendar), the results by the engine.
Whoever counts them a second time, in whatever language, has to come to the same.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from banjie.engine import reckoning
from banjie.engine.clocks import Running
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import READINGS, Clock, Region
from banjie.engine.reckoning import Plain
from banjie.engine.timelimits import Limit, Unit
from tests.properties.test_timelimits_oracle import HALL_HOURS, World, invented_world, real_world

LARGEST = {Unit.WORKING_DAY: 60, Unit.CALENDAR_DAY: 90, Unit.MONTH: 14, Unit.HOUR: 80, Unit.MINUTE: 3000}
GROUNDS = ("hearing", "inspection", "expert_review", "site_survey")
CLOCKS = (Clock.NOTICE, Clock.LEGAL, Clock.PROMISED, Clock.TOTAL, Clock.CERTIFICATE, Clock.STEP)


def receipts(count: int, seed: int, a_receipt: int = 20) -> Iterator[Plain]:
    """At least so many clocks, `a_receipt` of them on one receipt; the same for the same seed."""
    rng, made = random.Random(seed), 0
    while made < count:
        world = real_world() if rng.random() < 0.4 else invented_world(rng.randrange(40))
        yield receipt(rng, world, a_receipt)
        made += a_receipt


def receipt(rng: random.Random, world: World, clocks: int) -> Plain:
    """A receipt with so many clocks that count by one calendar under one profile."""
    region = Region(code="999921", name="某县", **{name: rng.choice(each) for name, each in READINGS.items()})
    first = world.first + timedelta(days=rng.randrange((world.last - world.first).days))
    on = first + timedelta(days=rng.randrange(120))
    calendar = reckoning.plain_calendar(world.calendar, first.year, reckoning.Source())
    document: Plain = {
        "format": reckoning.FORMAT,
        "version": reckoning.VERSION,
        "as_of": datetime.combine(on, time(10, 30), OFFICE_ZONE).isoformat(),
        "on": on.isoformat(),
        "region": {
            "code": region.code,
            "name": region.name,
            "readings": {name: getattr(region, name) for name in READINGS},
        },
        "calendars": [calendar],
        "clocks": [],
    }
    for _ in range(clocks):
        start = first + timedelta(days=rng.randrange(30))
        plain = _inputs(rng, start, world.calendar.version, region)
        document["clocks"].append(plain)
    _lengthen(rng, document, world)
    for plain in document["clocks"]:
        _counted(plain, world, on)
    return reckoning.sealed(document)


def _inputs(rng: random.Random, start: date, calendar: str, region: Region) -> Plain:
    unit = rng.choice([Unit.WORKING_DAY] * 4 + list(Unit))
    limit = Limit(rng.choice([0, 1, 3, 5, 20, rng.randint(0, LARGEST[unit])]), unit, rng.random() < 0.2)
    began = datetime.combine(start, time(0), OFFICE_ZONE) + timedelta(seconds=rng.randrange(24 * 3600))
    ended = start + timedelta(days=rng.randrange(60)) if rng.random() < 0.3 else None
    plain = {
        "clock": rng.choice([each for each in CLOCKS if each is not Clock.LEGAL]).value,
        "step": "",
        "step_name": "",
        "step_english": "",
        "start": {"on": start.isoformat(), "at": began.isoformat() if rng.random() < 0.7 else None, "fact": None},
        "base": reckoning.plain_limit(limit),
        "limit": reckoning.plain_limit(limit),
        "extension": None,
        "calendar": calendar,
        "hours": [[each.isoformat() for each in session] for session in HALL_HOURS] if rng.random() < 0.6 else [],
        "pauses": [_pause(rng, start) for _ in range(rng.choice([0, 0, 1, 1, 2, 4]))],
        "ended_on": ended.isoformat() if ended else None,
    }
    _spans(plain, region)
    return plain


def _pause(rng: random.Random, start: date) -> Plain:
    stopped = start + timedelta(days=rng.randrange(-3, 45))
    told = stopped + timedelta(days=rng.choice([0, 1, 3, 10, rng.randrange(30)]))
    resumed = stopped + timedelta(days=rng.randrange(35)) if rng.random() < 0.6 else None
    ends = rng.choice([told, told, None, told + timedelta(days=rng.randrange(1, 9))])
    return {
        "ground": rng.choice(GROUNDS),
        "notice": "Q1-pause-3",
        "step": "",
        "stopped_on": stopped.isoformat(),
        "told_end": told.isoformat(),
        "resumed_on": resumed.isoformat() if resumed else None,
        "ends_by_itself": ends.isoformat() if ends else None,
    }


def _spans(plain: Plain, region: Region) -> None:
    spans, since = reckoning.spans_of(plain, region)
    plain["excluded"] = [[each.stopped.isoformat(), each.resumed.isoformat()] for each in spans]
    plain["stands_from"] = since.isoformat() if since else None


def _lengthen(rng: random.Random, document: Plain, world: World) -> None:
    """One of them becomes the statutory clock; it and the promises are extended, now and then."""
    clocks = document["clocks"]
    days = [each for each in clocks if each["limit"]["unit"] == Unit.WORKING_DAY.value]
    if not days or rng.random() < 0.3:
        return
    days[0]["clock"] = Clock.LEGAL.value
    calendars = {world.calendar.version: world.calendar}
    length = reckoning.plain_limit(Limit(rng.choice([5, 10, 15]), Unit.WORKING_DAY))
    asked = date.fromisoformat(days[0]["start"]["on"]) + timedelta(days=rng.randrange(40))
    for each in days:
        if each["clock"] in (Clock.LEGAL.value, Clock.PROMISED.value):
            told = {"notice": "Q1-extension-1", "on": asked.isoformat(), "authority": "head_of_agency"}
            each["extension"] = {"length": length, **told}
    for each in days:
        longer = reckoning.lengthened(each, world.calendar, clocks, calendars)
        each["limit"] = reckoning.plain_limit(longer)


def _counted(plain: Plain, world: World, on: date) -> None:
    running: Running = reckoning.running_of(plain, world.calendar)
    plain["result"] = reckoning.result_of(running, on)
    plain["ledger"] = reckoning.known(lambda: reckoning.ledger_of(running))


def spoiled(document: Plain, rng: random.Random) -> tuple[Plain, str]:
    """The receipt with one result changed and the digest made to fit, and where: what a forger would hand in."""
    place = rng.randrange(len(document["clocks"]))
    clocks: list[Any] = [dict(each) for each in document["clocks"]]
    result = dict(clocks[place]["result"])
    name = rng.choice([each for each, value in result.items() if value is not None])
    value = result[name]
    if isinstance(value, bool):
        result[name] = not value
    elif isinstance(value, int):
        result[name] = value + rng.choice([-1, 1])
    elif name == "due":
        result[name] = (date.fromisoformat(value) + timedelta(days=rng.choice([-1, 1]))).isoformat()
    else:
        result[name] = (datetime.fromisoformat(value) + timedelta(minutes=1)).isoformat()
    clocks[place]["result"] = result
    return reckoning.sealed({**document, "clocks": clocks}), f"clocks.{place}.result.{name}"
