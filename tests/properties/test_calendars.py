"""Calendars that change under a running case, and laws that hold whatever they say (T22).

Each world here is a calendar of holidays, make-up days, regional layers and years without a notice, and a second one
that becomes known later; a case with pauses, an extension or none, and a limit in any unit of days; and the oracle,
which is asked the same by the calendar that was known when it was asked. The soak (BANJIE_SOAK=1) makes 100,000 of
them and prints its seed; BANJIE_SOAK_SEED repeats a run.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest

from banjie.engine import commands as c
from banjie.engine.calendar import Calendar, Overlay, Year, as_known
from banjie.engine.clocks import as_told
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Clock, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Span, Unit, due, is_provisional, ledger, left, used
from tests.engine.office import EXPERTS, HEAD, KEEPER, OFFICER, carried, days, with_steps
from tests.engine.story import with_procedure
from tests.properties import oracle

pytestmark = [pytest.mark.property, pytest.mark.slow]

SOAK = os.environ.get("BANJIE_SOAK") == "1"
WORLDS = 100_000 if SOAK else 2_000
CASES = 2_000 if SOAK else 60
LAWS = 20_000 if SOAK else 400
FIXED_SEED = 20261101
ONE_DAY = timedelta(days=1)
UNITS = (Unit.WORKING_DAY, Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH)
ORDINARY = tuple(date(2026, 3, 9) + timedelta(days=number) for number in range(20))
"""Days of four weeks in which the rulebook has no holiday."""


def seed_of(name: str, capsys: pytest.CaptureFixture[str]) -> int:
    """The seed of a run: fixed, but for the soak, which takes a new one or the one it is given, and prints it."""
    if not SOAK:
        return FIXED_SEED
    seed = int(os.environ.get("BANJIE_SOAK_SEED") or random.SystemRandom().randrange(2**32))
    with capsys.disabled():
        print(f"\n{name}: BANJIE_SOAK_SEED={seed}")
    return seed


@dataclass(frozen=True)
class Known:
    """One version of a calendar, as the oracle reads it: layers of (off, work), the last one first."""

    layers: tuple[tuple[frozenset[date], frozenset[date]], ...]
    official: frozenset[int]

    def rests(self, on: date) -> bool:
        """The first layer that names the day decides; else the weekend."""
        for off, work in self.layers:
            if on in work:
                return False
            if on in off:
                return True
        return on.weekday() >= 5

    def table(self, version: str, known_from: datetime | None = None) -> Calendar:
        """The same as the engine's table."""
        *regional, (off, work) = self.layers
        years = [
            Year(
                year,
                year in self.official,
                {each: "off" for each in off if each.year == year},
                frozenset(each for each in work if each.year == year),
            )
            for year in (2026, 2027)
        ]
        layers = [Overlay("region", dict.fromkeys(o, "off"), w) for o, w in reversed(regional)]
        return Calendar.build(version, years, overlays=layers, known_from=known_from)


def layer(rng: random.Random, many: int) -> tuple[frozenset[date], frozenset[date]]:
    """Holidays of some days, and make-up days near them: also inside another layer's holiday."""
    off: set[date] = set()
    work: set[date] = set()
    for _ in range(rng.randint(0, many)):
        first = date(2026, 1, 1) + timedelta(days=rng.randrange(600))
        off |= {first + timedelta(days=number) for number in range(rng.choice([1, 1, 3, 3, 5, 9]))}
        for _ in range(rng.choice([0, 0, 1, 2])):
            work.add(first + timedelta(days=rng.randint(-9, 14)))
    inside = {each for each in work | off if each.year in (2026, 2027)}
    return frozenset(off & inside) - work, frozenset(work & inside)


def known(rng: random.Random) -> Known:
    """A calendar, with a regional layer or two in one of three."""
    layers = [layer(rng, 14), *(layer(rng, 3) for _ in range(rng.choice([0, 0, 1, 2])))]
    return Known(tuple(reversed(layers)), frozenset(rng.sample([2026, 2027], rng.randint(0, 2))))


def amended(rng: random.Random, before: Known) -> Known:
    """The calendar as a later notice has it: some days turn, a year becomes official, a region adds a layer."""
    *regional, (off, work) = before.layers
    turned = {date(2026, 1, 1) + timedelta(days=rng.randrange(700)) for _ in range(rng.randint(1, 12))}
    turned = {each for each in turned if each.year in (2026, 2027)}
    national = (off | (turned - off)) - work, work | {each for each in turned if each in off}
    layers = [*regional, (frozenset(national[0] - national[1]), frozenset(national[1]))]
    if rng.random() < 0.3:
        layers = [layer(rng, 3), *layers]
    return Known(tuple(layers), before.official | {2027})


def pauses(rng: random.Random, start: date) -> list[tuple[date, date]]:
    """Up to four pauses around a start: overlapping, nested, touching, empty, unordered."""
    found: list[tuple[date, date]] = []
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        stopped = start + timedelta(days=rng.randint(-10, 60))
        if found and rng.random() < 0.3:
            stopped = found[-1][1]
        found.append((stopped, stopped + timedelta(days=rng.choice([0, 1, 2, 3, 7, 14, 30]))))
    return found


def test_every_version_of_a_calendar_gives_the_oracles_dates_before_and_after_it_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """T22: a limit told by the old calendar, lengthened by an extension, told again by the new one."""
    seed = seed_of("calendars", capsys)
    rng = random.Random(seed)
    for number in range(WORLDS // 2):  # each world has two calendars
        before = known(rng)
        after = amended(rng, before)
        changed_at = datetime(2026, 1, 1, tzinfo=OFFICE_ZONE) + timedelta(days=rng.randrange(300))
        tables = [before.table("old"), after.table("new", changed_at)]
        start = date(2026, 1, 1) + timedelta(days=rng.randrange(360))
        limit = Limit(rng.randint(0, 30), rng.choice(UNITS), rng.random() < 0.3)
        if limit.unit is Unit.MONTH:
            limit = replace(limit, number=rng.randint(0, 4))
        stands = pauses(rng, start)
        spans = [Span(*each) for each in stands]
        if limit.unit is Unit.WORKING_DAY and rng.random() < 0.3:
            limit = limit.plus(days(10))
        for days_later in (rng.randint(0, 60), rng.randint(200, 340)):
            asked_at = datetime.combine(start + timedelta(days=days_later), time(9), OFFICE_ZONE)
            read, table = (after, tables[1]) if asked_at >= changed_at else (before, tables[0])
            found = as_known(rng.sample(tables, 2), asked_at)
            assert found is table
            last = due(start, limit, found, spans)
            wanted = oracle.due(start, limit.number, str(limit.unit), read.rests, stands, limit.stays)
            assert last == wanted, (seed, number, start, limit, stands)
            on = asked_at.date()
            gone = oracle.used(start, on, str(limit.unit), read.rests, stands)
            assert used(start, on, limit, found, spans) == gone, (seed, number, start, limit, stands)
            unsure = any(year not in read.official for year in range(start.year, last.year + 1))
            assert is_provisional(start, last, found) == unsure


def test_a_case_whose_calendar_changes_has_the_oracles_dates_before_and_after(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same through the engine: accept, pause, extend or not, redate; and what was told stays as it was told."""
    seed = seed_of("cases", capsys)
    rng = random.Random(seed)
    item = with_procedure(with_steps(EXPERTS, grounds=("expert_review",)), committed_limit=days(8))
    for number in range(CASES):
        before = known(rng)
        after = amended(rng, before)
        start = date(2026, 2, 1) + timedelta(days=rng.randrange(200))
        story = carried(by_one(item, before), f"{start} 10:00")
        stopped = start + timedelta(days=rng.randint(1, 3))
        stands: list[tuple[date, date]] = []
        try:
            ends = stopped + timedelta(days=rng.randint(1, 20))
            story.do(c.Pause, OFFICER, f"{stopped} 09:00", ground="expert_review", expected_end=ends)
            stands = [(stopped, ends)]
        except NotPossible:  # the promise and the limit are over already: many make-up days
            continue
        length = 20
        if rng.random() < 0.5:
            story.do(c.Extend, HEAD, f"{stopped} 10:00", reasons="疑难")
            length = 30
        asked = rng.choice((Clock.LEGAL, Clock.PROMISED))
        numbers = {Clock.LEGAL: length, Clock.PROMISED: 8}
        told = oracle.due(start, numbers[asked], oracle.WORKING_DAY, before.rests, stands)
        assert story.due(asked) == told, (seed, number)

        story.law = replace(
            story.law, calendars={**story.law.calendars, "new": after.table("new")}, current_calendar="new"
        )
        redated = stopped + timedelta(days=1)
        story.do(c.Redate, KEEPER, f"{redated} 09:00", calendar="new")
        wanted = oracle.due(start, numbers[asked], oracle.WORKING_DAY, after.rests, stands)
        assert story.due(asked) == wanted, (seed, number)
        then = datetime.combine(stopped, time(12), OFFICE_ZONE)
        assert {each.clock: each.due for each in as_told(story.facts, story.law, then)}[asked] == told


def by_one(item: Law, read: Known) -> Law:
    """The law with one calendar alone."""
    return replace(item, calendars={"old": read.table("old")}, current_calendar="old")


# Laws


def relations() -> list[Callable[[random.Random], None]]:
    """Each makes one example of one law and asserts it."""

    def drawn(rng: random.Random) -> tuple[Calendar, date, Limit, list[tuple[date, date]]]:
        start = date(2026, 1, 1) + timedelta(days=rng.randrange(300))
        limit = Limit(rng.randint(0, 25), rng.choice(UNITS[:3]), rng.random() < 0.3)
        return rng.choice(TABLES), start, limit, pauses(rng, start)

    def spans(stands: list[tuple[date, date]]) -> list[Span]:
        return [Span(*each) for each in stands]

    def one_pause_more(rng: random.Random) -> None:
        table, start, limit, stands = drawn(rng)
        stopped = start + timedelta(days=rng.randint(-10, 60))
        more = [*stands, (stopped, stopped + timedelta(days=rng.randint(0, 20)))]
        assert due(start, limit, table, spans(more)) >= due(start, limit, table, spans(stands))

    def one_split(rng: random.Random) -> None:
        table, start, limit, stands = drawn(rng)
        parts: list[tuple[date, date]] = []
        for stopped, resumed in stands:
            middle = stopped + timedelta(days=rng.randint(0, (resumed - stopped).days))
            parts += [(middle, resumed), (stopped, middle)]
        assert ledger(start, limit, table, spans(parts)) == ledger(start, limit, table, spans(stands))

    def another_order(rng: random.Random) -> None:
        table, start, limit, stands = drawn(rng)
        other = rng.sample(stands, len(stands))
        assert ledger(start, limit, table, spans(other)) == ledger(start, limit, table, spans(stands))

    def a_pause_outside(rng: random.Random) -> None:
        """One that is over by day 0, or begins after the last day, changes nothing."""
        table, start, limit, stands = drawn(rng)
        last = due(start, limit, table, spans(stands))
        outside = [(start - timedelta(days=9), start), (last + ONE_DAY, last + timedelta(days=30))]
        assert due(start, limit, table, spans([*stands, *outside])) == last

    def by_ordinary_weeks(rng: random.Random) -> None:
        """Where there are no holidays, everything a week later is due a week later."""
        _, start, limit, stands = drawn(rng)
        weeks = timedelta(weeks=rng.randint(1, 12))
        moved = [(stopped + weeks, resumed + weeks) for stopped, resumed in stands]
        assert due(start + weeks, limit, PLAIN, spans(moved)) == due(start, limit, PLAIN, spans(stands)) + weeks

    def what_is_used_and_left_is_all(rng: random.Random) -> None:
        table, start, limit, stands = drawn(rng)
        on = start + timedelta(days=rng.randint(-5, 90))
        both = (start, on, limit, table, spans(stands))
        assert used(*both) + left(*both) == limit.number

    def one_more_holiday(rng: random.Random) -> None:
        """A day off more never brings a deadline forward, and one that was a rest day moves nothing in working days."""
        table, start, limit, stands = drawn(rng)
        off = start + timedelta(days=rng.randint(0, 60))
        more = Calendar.build("more", table.years.values(), overlays=[*table.overlays, Overlay("one", {off: "off"})])
        before, after = (due(start, limit, each, spans(stands)) for each in (table, more))
        assert after >= before
        if limit.unit is Unit.WORKING_DAY and not table.is_workday(off):
            assert after == before

    def a_limit_in_two_parts(rng: random.Random) -> None:
        """So many working days and so many more are so many together."""
        table, start, limit, _ = drawn(rng)
        first, second = days(limit.number + 1), days(rng.randint(1, 9))
        assert due(due(start, first, table), second, table) == due(start, first.plus(second), table)

    return [
        one_pause_more,
        one_split,
        another_order,
        a_pause_outside,
        by_ordinary_weeks,
        what_is_used_and_left_is_all,
        one_more_holiday,
        a_limit_in_two_parts,
    ]


PLAIN = Known(((frozenset(), frozenset()),), frozenset({2026, 2027})).table("weekends")
TABLES = [PLAIN, *(known(random.Random(seed)).table(f"invented {seed}") for seed in range(12))]


@pytest.mark.parametrize("relation", relations(), ids=lambda each: each.__name__)
def test_the_law_holds_in_every_calendar(
    relation: Callable[[random.Random], None], capsys: pytest.CaptureFixture[str]
) -> None:
    seed = seed_of(relation.__name__, capsys)
    rng = random.Random(seed)
    builds = relation.__name__ == "one_more_holiday"
    for number in range(LAWS // 8 if builds else LAWS):
        try:
            relation(rng)
        except AssertionError as error:
            error.add_note(f"seed {seed}, after {number} examples")
            raise


def test_acts_that_arrive_in_another_order_give_the_same_dates() -> None:
    """Two branches stop and resume the clock; whoever was first at the door, the dates are the same."""
    lab = replace(EXPERTS, slug="lab")
    law = with_steps(EXPERTS, lab, grounds=("expert_review", "hearing"))
    rng = random.Random(FIXED_SEED)
    for _ in range(20):
        stopped = [rng.choice(ORDINARY[:5]) for _ in range(2)]
        ends = [each + timedelta(days=rng.randint(1, 9)) for each in stopped]
        dates = set()
        for order in ((0, 1), (1, 0)):
            story = carried(law)
            for branch in sorted(order, key=lambda each: (stopped[each], order.index(each))):
                step = ("experts", "lab")[branch]
                at = f"{stopped[branch]} 09:00"
                story.do(c.Pause, OFFICER, at, ground="expert_review", expected_end=ends[branch], step=step)
            story.advance(f"{ORDINARY[-1]} 00:00")
            dates.add((story.due(Clock.LEGAL), story.due(Clock.PROMISED)))
        assert len(dates) == 1
