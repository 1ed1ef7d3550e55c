"""The engine's time limits against the walking oracle, and laws that hold whatever the calendar.

The calendars are the real ones of the rulebook and invented ones, from a year without any day off to one
in which half of the weekdays rest.  Every comparison is one answer of the engine against one answer of
the oracle for the same start, limit and pauses.  The soak (BANJIE_SOAK=1) makes at least 1,000,000 of
them and prints its seed; BANJIE_SOAK_SEED repeats a run.
"""

import os
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjie.engine.calendar import Calendar, Year
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Span, Unit, due, due_at, ledger, left, used
from tests.properties import oracle

pytestmark = [pytest.mark.property, pytest.mark.slow]

SOAK = os.environ.get("BANJIE_SOAK") == "1"
DAY_COMPARISONS = 1_000_000 if SOAK else 20_000
INSTANT_COMPARISONS = 20_000 if SOAK else 600
INSTANT_COMPARISONS_WITH_SECONDS = 1_000 if SOAK else 40
EXAMPLES = 2_000 if SOAK else 250
FIXED_SEED = 20260101

FOLDER = Path(__file__).parents[2] / "rulebook" / "calendars"
ZONE = timezone(timedelta(hours=8))
HALL_HOURS = ((time(9), time(12)), (time(13, 30), time(17)))
DAY_UNITS = (Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH)
LARGEST = {Unit.WORKING_DAY: 60, Unit.CALENDAR_DAY: 90, Unit.MONTH: 14}

Pauses = list[tuple[date, date]]
Moments = list[tuple[datetime, datetime]]

check = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class World:
    """One calendar twice: as the engine's table and as the oracle's predicate.

    ``first`` and ``last`` bound the starts, so that the largest limit with the longest pauses still ends
    inside the loaded years.  ``official`` are the years with a notice.
    """

    name: str
    calendar: Calendar
    off: frozenset[date]
    work: frozenset[date]
    official: frozenset[int]
    first: date
    last: date

    def rests(self, day: date) -> bool:
        """A make-up day works, a named day off rests, else Saturday and Sunday rest."""
        return day not in self.work and (day in self.off or day.weekday() >= 5)

    def __repr__(self) -> str:
        return f"World({self.name})"


def world_of(name: str, years: Iterable[int], off: set[date], work: set[date], official: set[int]) -> World:
    """Both readings of one calendar; ``off`` and ``work`` do not overlap."""
    loaded = sorted(years)
    table = Calendar.build(
        name,
        [
            Year(
                year=year,
                official=year in official,
                holidays={day: "放假" for day in off if day.year == year},
                workdays=frozenset(day for day in work if day.year == year),
            )
            for year in loaded
        ],
    )
    return World(
        name=name,
        calendar=table,
        off=frozenset(off),
        work=frozenset(work),
        official=frozenset(official),
        first=date(loaded[0], 3, 1),
        last=date(loaded[-1] - 2, 12, 31),
    )


@cache
def real_world() -> World:
    """The calendars of the rulebook, all years of them."""
    off: set[date] = set()
    work: set[date] = set()
    official: set[int] = set()
    years: list[int] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        years.append(content["year"])
        if content["status"] == "official":
            official.add(content["year"])
        for entry in content["holidays"]:
            day = entry["from"]
            while day <= entry["to"]:
                off.add(day)
                day += timedelta(days=1)
        work.update(content["workdays"])
    return world_of("rulebook", years, off, work, official)


def invented_world(seed: int) -> World:
    """A calendar of four years that no State Council would publish, repeatable from its seed."""
    rng = random.Random(seed)
    years = range(2030, 2034) if rng.random() < 0.5 else range(2047, 2051)
    rest_rate, work_rate = rng.choice([(0.0, 0.0), (0.03, 0.06), (0.1, 0.3), (0.5, 0.2), (0.0, 1.0)])
    off: set[date] = set()
    work: set[date] = set()
    day = date(years[0], 1, 1)
    while day.year in years:
        if day.weekday() < 5:
            if rng.random() < rest_rate:
                off.add(day)
        elif rng.random() < work_rate:
            work.add(day)
        day += timedelta(days=1)
    if rest_rate:
        for _ in range(rng.randrange(12)):
            day = date(rng.choice(years), rng.randint(1, 12), rng.randint(1, 28))
            for _ in range(rng.randint(1, 16)):
                if day.year in years:
                    off.add(day)
                    work.discard(day)
                day += timedelta(days=1)
    official = {year for year in years if rng.random() < 0.5}
    return world_of(f"invented {seed}", years, off, work, official)


@cache
def pool() -> list[World]:
    """Worlds for the generated examples: the real one and twenty fixed inventions."""
    return [real_world(), *(invented_world(seed) for seed in range(20))]


def pick_pauses(rng: random.Random, start: date) -> Pauses:
    """Up to five pauses around ``start``: overlapping, nested, touching, empty, before it, unordered."""
    pauses: Pauses = []
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 5])):
        stopped = start + timedelta(days=rng.randint(-15, 70))
        if pauses and rng.random() < 0.3:
            stopped = pauses[-1][1]
        pauses.append((stopped, stopped + timedelta(days=rng.choice([0, 1, 1, 2, 3, 5, 7, 14, 30]))))
    return pauses


def pick_start(rng: random.Random, world: World) -> date:
    """Any day of the world, month ends more often than their share."""
    day = world.first + timedelta(days=rng.randrange((world.last - world.first).days + 1))
    if rng.random() < 0.2 and day.month < 12:
        day = day.replace(month=day.month + 1, day=1) - timedelta(days=rng.randint(1, 3))
    return max(day, world.first)


def pick_limit(rng: random.Random) -> Limit:
    """A limit in days or months, small ones more often than large ones."""
    unit = rng.choice(DAY_UNITS)
    top = LARGEST[unit]
    number = rng.choice([rng.randint(0, min(5, top)), rng.randint(0, min(22, top)), rng.randint(0, top)])
    return Limit(number, unit, rng.random() < 0.4)


def pause_at_the_end(rng: random.Random, world: World, start: date, limit: Limit, pauses: Pauses) -> Pauses:
    """One pause more, beginning at or just before the deadline, where the edges of the rules meet."""
    end = oracle.due(start, limit.number, str(limit.unit), world.rests, pauses, limit.stays)
    stopped = end - timedelta(days=rng.choice([0, 0, 1, 2, 5]))
    return [*pauses, (stopped, stopped + timedelta(days=rng.randint(1, 6)))]


def spans(pauses: Pauses) -> list[Span]:
    """The pauses in the engine's own form."""
    return [Span(stopped, resumed) for stopped, resumed in pauses]


def run_seed() -> int:
    """The seed of the long loops: fixed, but for the soak, which takes a new one or the one it is given."""
    if not SOAK:
        return FIXED_SEED
    return int(os.environ.get("BANJIE_SOAK_SEED") or random.SystemRandom().randrange(2**32))


def compare_days(world: World, start: date, limit: Limit, pauses: Pauses, on: date) -> int:
    """One start, limit and set of pauses through due, used, left and ledger; the number of comparisons."""
    case = (world, start, limit, pauses, on)
    unit = str(limit.unit)
    theirs = spans(pauses)
    rests = world.rests
    assert due(start, limit, world.calendar, theirs) == oracle.due(
        start, limit.number, unit, rests, pauses, limit.stays
    ), ("due", case)
    assert used(start, on, limit, world.calendar, theirs) == oracle.used(start, on, unit, rests, pauses), (
        "used",
        case,
    )
    assert left(start, on, limit, world.calendar, theirs) == oracle.left(
        start, on, limit.number, unit, rests, pauses
    ), ("left", case)
    rows = ledger(start, limit, world.calendar, theirs)
    assert [(row.day, row.counted, row.number) for row in rows] == oracle.ledger(
        start, limit.number, unit, rests, pauses, limit.stays
    ), ("ledger", case)
    assert all(row.official == (row.day.year in world.official) for row in rows), ("official", case)
    assert all(row.reason for row in rows), ("reason", case)
    return 4


def test_days_and_months_in_many_calendars(capsys: pytest.CaptureFixture[str]) -> None:
    """The long loop: due, used, left and ledger of working days, calendar days and months."""
    seed = run_seed()
    if SOAK:
        with capsys.disabled():
            print(f"\nday limits: BANJIE_SOAK_SEED={seed}")
    rng = random.Random(seed)
    compared = 0
    world = real_world()
    while compared < DAY_COMPARISONS:
        if compared % 1_000 == 0:
            world = real_world() if rng.random() < 0.4 else invented_world(rng.randrange(2**32))
        start = pick_start(rng, world)
        limit = pick_limit(rng)
        pauses = pick_pauses(rng, start)
        if rng.random() < 0.3:
            pauses = pause_at_the_end(rng, world, start, limit, pauses)
        on = start + timedelta(days=rng.randint(-3, 120))
        try:
            compared += compare_days(world, start, limit, pauses, on)
        except AssertionError as error:
            error.add_note(f"seed {seed}, after {compared} comparisons")
            raise
    assert compared >= DAY_COMPARISONS


def test_every_start_of_the_real_calendars() -> None:
    """Every day of the rulebook as day 0, with the periods the law itself names, unpaused.

    行政许可法 Art. 32 (5), 42 (20, and 10 or 15 more, 45), 44 (10); 行政复议法 (60 days), court (6 months).
    """
    world = real_world()
    limits = [Limit(number, Unit.WORKING_DAY) for number in (1, 5, 10, 20, 30, 45, 60)]
    limits += [Limit(30, Unit.CALENDAR_DAY), Limit(60, Unit.CALENDAR_DAY), Limit(6, Unit.MONTH)]
    day = world.first
    compared = 0
    while day <= date(2027, 4, 30):
        for limit in limits:
            answer = oracle.due(day, limit.number, str(limit.unit), world.rests)
            assert due(day, limit, world.calendar) == answer, (day, limit)
            compared += 1
        day += timedelta(days=1 if SOAK else 3)
    assert compared > 8_000


# Generated examples, which shrink to the smallest one that fails.


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, date, Limit, Pauses]:
    """A world, a start in it, a limit and pauses around it."""
    world = draw(st.sampled_from(pool()))
    start = draw(st.dates(world.first, world.last))
    unit = draw(st.sampled_from(DAY_UNITS))
    limit = Limit(draw(st.integers(0, LARGEST[unit])), unit, draw(st.booleans()))
    pauses = [
        (stopped, stopped + timedelta(days=length))
        for stopped, length in draw(
            st.lists(
                st.tuples(
                    st.integers(-15, 70).map(lambda days: start + timedelta(days=days)),
                    st.integers(0, 30),
                ),
                max_size=5,
            )
        )
    ]
    return world, start, limit, pauses


@check
@given(cases(), st.integers(-3, 150))
def test_the_engine_agrees_with_the_oracle(case: tuple[World, date, Limit, Pauses], offset: int) -> None:
    world, start, limit, pauses = case
    assert compare_days(world, start, limit, pauses, start + timedelta(days=offset)) == 4


@check
@given(cases(), st.integers(-15, 70), st.integers(0, 30))
def test_one_more_pause_never_moves_a_deadline_earlier(
    case: tuple[World, date, Limit, Pauses], offset: int, length: int
) -> None:
    world, start, limit, pauses = case
    stopped = start + timedelta(days=offset)
    more = [*pauses, (stopped, stopped + timedelta(days=length))]
    before = due(start, limit, world.calendar, spans(pauses))
    after = due(start, limit, world.calendar, spans(more))
    assert after >= before


@check
@given(cases(), st.data())
def test_splitting_a_pause_changes_nothing(case: tuple[World, date, Limit, Pauses], data: st.DataObject) -> None:
    world, start, limit, pauses = case
    parts: Pauses = []
    for stopped, resumed in pauses:
        middle = stopped + timedelta(days=data.draw(st.integers(0, (resumed - stopped).days)))
        parts += [(stopped, middle), (middle, resumed)]
    assert ledger(start, limit, world.calendar, spans(parts)) == ledger(start, limit, world.calendar, spans(pauses))


@check
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_pauses_is_irrelevant(case: tuple[World, date, Limit, Pauses], rng: random.Random) -> None:
    world, start, limit, pauses = case
    shuffled = list(pauses)
    rng.shuffle(shuffled)
    assert ledger(start, limit, world.calendar, spans(shuffled)) == ledger(start, limit, world.calendar, spans(pauses))


@check
@given(cases())
def test_one_more_day_of_limit_is_never_earlier(case: tuple[World, date, Limit, Pauses]) -> None:
    world, start, limit, pauses = case
    longer = Limit(limit.number + 1, limit.unit, limit.stays)
    assert due(start, longer, world.calendar, spans(pauses)) >= due(start, limit, world.calendar, spans(pauses))


@check
@given(cases())
def test_a_later_start_is_never_due_earlier(case: tuple[World, date, Limit, Pauses]) -> None:
    """For days.  Not for months: two starts at a month's end may share a corresponding day (民法典 202)."""
    world, start, limit, pauses = case
    if limit.unit is not Unit.MONTH and limit.number > 0:
        tomorrow = start + timedelta(days=1)
        assert due(tomorrow, limit, world.calendar, spans(pauses)) >= due(start, limit, world.calendar, spans(pauses))


@check
@given(cases())
def test_the_ledger_ends_on_the_deadline_and_counts_the_limit(
    case: tuple[World, date, Limit, Pauses],
) -> None:
    world, start, limit, pauses = case
    rows = ledger(start, limit, world.calendar, spans(pauses))
    length = limit.number if limit.unit is not Unit.MONTH else oracle.months_length(start, limit.number)
    assert rows[0].day == start
    assert not rows[0].counted
    assert rows[-1].day == due(start, limit, world.calendar, spans(pauses))
    assert sum(row.counted for row in rows) == length
    assert rows[-1].number == length
    assert [row.day for row in rows] == [start + timedelta(days=n) for n in range(len(rows))]


@check
@given(cases())
def test_a_deadline_is_a_day_on_which_the_clock_runs(case: tuple[World, date, Limit, Pauses]) -> None:
    """Never a paused day; never a day off, unless the limit stays; nothing is left at the end of it."""
    world, start, limit, pauses = case
    if limit.number == 0:
        assert due(start, limit, world.calendar, spans(pauses)) == start
        return
    last = due(start, limit, world.calendar, spans(pauses))
    assert not oracle.paused(last, pauses)
    assert world.calendar.is_workday(last) or (limit.stays and limit.unit is not Unit.WORKING_DAY)
    over = left(start, last, limit, world.calendar, spans(pauses))
    assert over <= 0
    if limit.unit is Unit.WORKING_DAY or limit.stays:
        assert over == 0


@check
@given(cases())
def test_stays_means_nothing_for_working_days(case: tuple[World, date, Limit, Pauses]) -> None:
    world, start, limit, pauses = case
    other = Limit(limit.number, Unit.WORKING_DAY, not limit.stays)
    mine = Limit(limit.number, Unit.WORKING_DAY, limit.stays)
    if limit.unit is Unit.WORKING_DAY:
        assert due(start, other, world.calendar, spans(pauses)) == due(start, mine, world.calendar, spans(pauses))


# Hours and minutes.

SESSIONS = [
    HALL_HOURS,
    ((time(8, 30), time(17, 30)),),
    ((time(9), time(11, 30)), (time(11, 30), time(12)), (time(14), time(18, 15))),
    ((time(0), time(23, 59)),),
    ((time(9, 5), time(9, 20)), (time(16, 40), time(17)), (time(19), time(21))),
]


def compare_instants(rng: random.Random, world: World, seconds: bool) -> None:
    """One start, limit, set of pauses and set of opening hours through due_at."""
    hours = rng.choice(SESSIONS)
    wall_clock = rng.random() < 0.3
    minute = rng.choice([rng.randrange(24 * 60), rng.randrange(8 * 60, 18 * 60), 9 * 60, 12 * 60, 17 * 60])
    start = datetime.combine(pick_start(rng, world), time(minute // 60, minute % 60), ZONE)
    number = rng.choice([0, 1, rng.randint(1, 90), rng.randint(1, 300)])
    if seconds:
        start = start.replace(second=rng.randrange(60))
        number = min(number, 20)
    limit = Limit(number, Unit.MINUTE)
    if rng.random() < 0.3:
        number = rng.randint(0, 2) if seconds else rng.randint(0, 12)
        limit = Limit(number, Unit.HOUR)
    pauses: Moments = []
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        stopped = start + timedelta(minutes=rng.randint(-200, 600), seconds=rng.randrange(60) * seconds)
        if pauses and rng.random() < 0.3:
            stopped = pauses[-1][1]
        length = rng.choice([0, 1, 15, 60, 240, 1_440]) if not seconds else rng.choice([0, 1, 15])
        pauses.append((stopped, stopped + timedelta(minutes=length, seconds=rng.randrange(60) * seconds)))
    if not seconds:
        pauses = [(a.replace(second=0), b.replace(second=0)) for a, b in pauses]
    minutes = limit.number * (60 if limit.unit is Unit.HOUR else 1)
    expected = oracle.minutes_due(start, minutes, world.rests, pauses, hours, wall_clock)
    answer = due_at(start, limit, world.calendar, pauses, hours, wall_clock)
    case = (world, start.isoformat(), limit, [(a.isoformat(), b.isoformat()) for a, b in pauses], hours)
    assert answer == expected, (answer.isoformat(), expected.isoformat(), wall_clock, case)
    assert answer.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(False, INSTANT_COMPARISONS), (True, INSTANT_COMPARISONS_WITH_SECONDS)],
    ids=["whole minutes", "with seconds"],
)
def test_hours_and_minutes(seconds: bool, wanted: int, capsys: pytest.CaptureFixture[str]) -> None:
    """民法典 Art. 201 (2): hours run from the instant, inside the hall's hours or by the wall clock."""
    seed = run_seed() + seconds
    if SOAK:
        with capsys.disabled():
            print(f"\nhour limits: BANJIE_SOAK_SEED={seed - seconds}")
    rng = random.Random(seed)
    # Where half of the weekdays rest, walking minute by minute takes too long to be worth it.
    worlds = [world for world in pool() if len(world.off) < 300]
    for number in range(wanted):
        try:
            compare_instants(rng, rng.choice(worlds), seconds)
        except AssertionError as error:
            error.add_note(f"seed {seed}, after {number} comparisons")
            raise


# The edge of what is loaded.


def test_a_limit_that_runs_out_of_the_loaded_years_is_not_possible() -> None:
    """A date in a year nobody has loaded is refused, not guessed."""
    world = real_world()
    last = max(year for year in range(2020, 2100) if (FOLDER / f"{year}.yaml").exists())
    with pytest.raises(NotPossible, match="calendar_not_loaded"):
        world.calendar.is_workday(date(last + 1, 1, 1))
    with pytest.raises(NotPossible, match="calendar_not_loaded"):
        due(date(last, 12, 20), Limit(20, Unit.WORKING_DAY), world.calendar)


def test_the_two_readings_of_a_calendar_are_the_same() -> None:
    """Before any counting: the engine's table and the oracle's predicate agree on every day."""
    for world in pool():
        day = world.first
        while day <= world.last:
            assert world.calendar.is_workday(day) is not world.rests(day), (world, day)
            day += timedelta(days=1)
        assert all(world.calendar.is_official(year) for year in world.official)
