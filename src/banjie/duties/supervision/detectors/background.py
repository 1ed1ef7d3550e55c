"""What is usual here: the counts that a single case is held against. Made of the traces of a window of time."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median
from types import MappingProxyType

from banjie.duties.supervision.detectors.trace import SITE_KINDS, Act, NodeMark, PauseMark, Trace
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE

FEWEST = 8
"""Cases of an item before its own median says anything."""


class Background:
    """The traces of a window, and what is usual in them.

    `on`: the day of looking. `outages`: the references of registered outages, which excuse late entries.
    """

    def __init__(
        self, traces: Iterable[Trace], calendar: Calendar, on: date, outages: Collection[str] = frozenset()
    ) -> None:
        self.traces = tuple(traces)
        self.calendar = calendar
        self.on = on
        self.outages = frozenset(outages)

    @cached_property
    def of(self) -> Mapping[str, tuple[Trace, ...]]:
        """The traces by item."""
        found = defaultdict(list)
        for each in self.traces:
            found[item(each)].append(each)
        return MappingProxyType({name: tuple(same) for name, same in found.items()})

    @cached_property
    def whole(self) -> Mapping[str, int]:
        """By item, the usual minutes from filing to decision; none where too few were decided."""
        return self._medians(lambda each: each.whole)

    @cached_property
    def examined(self) -> Mapping[str, int]:
        """By item, the usual minutes of the examination."""
        return self._medians(lambda each: each.examined)

    def _medians(self, measure: Callable[[Trace], int]) -> Mapping[str, int]:
        found = {}
        for name, traces in self.of.items():
            values = [measure(each) for each in traces if each.decision]
            if len(values) >= FEWEST:
                found[name] = max(round(median(values)), 1)
        return MappingProxyType(found)

    # Who acts where

    @cached_property
    def active(self) -> Mapping[tuple[str, date], frozenset[str]]:
        """Who of a unit finished a step on a day: whoever only hands work out checks nobody's."""
        found = defaultdict(set)
        for each in self.traces:
            for act in each.acts:
                if act.kind == "step_finished":
                    found[act.unit, day(act.at)].add(act.by)
        return MappingProxyType({key: frozenset(people) for key, people in found.items()})

    def others(self, unit: str, person: str, since: date, until: date) -> int:
        """How many others of the unit finished a step on these days."""
        people: set[str] = set()
        on = since
        while on <= until:
            people |= self.active.get((unit, on), frozenset())
            on += timedelta(days=1)
        return len(people - {person})

    # How often each does what

    @cached_property
    def pausing(self) -> "Habit":
        """Pauses of a member of staff; a hit is one opened when almost nothing was left."""
        habit = Habit()
        for each in self.traces:
            for mark in each.pauses:
                if not mark.asked:
                    habit.count(mark.by, is_late(mark))
        return habit

    @cached_property
    def chaining(self) -> "Habit":
        """Steps that somebody paused; a hit is one paused more than once."""
        habit = Habit()
        for each in self.traces:
            for links in chains(each).values():
                habit.count(links[0].by, len(links) > 1)
        return habit

    @cached_property
    def noticing(self) -> "Habit":
        """First correction notices of a clerk; a hit is a case that got another."""
        habit = Habit()
        for each in self.traces:
            if each.notices:
                habit.count(each.notices[0].by, len(each.notices) > 1)
        return habit

    @cached_property
    def withdrawing(self) -> "Habit":
        """Cases with a limit, by who carries them; a hit is one withdrawn when little was left."""
        habit = Habit()
        for each in self.traces:
            if each.accepted_at:
                habit.count(carrier(each), bool(each.withdrawal and each.withdrawal.left <= 2))
        return habit

    @cached_property
    def doing_all(self) -> "Habit":
        """Decided cases of several checks, by who did the last; a hit is one where a single person did all of them
        though others were at work."""
        habit = Habit()
        for each in self.traces:
            done = checks(each)
            if len(done) > 1:
                single = len({mark.by for mark in done}) == 1
                habit.count(done[-1].by, single and self.colleagues(each) > 0)
        return habit

    def colleagues(self, trace: Trace) -> int:
        """How many others of the unit were at work on the day the last check was given to somebody."""
        last = checks(trace)[-1]
        given = day(last.assigned_at or last.finished_at or trace.filed_at)
        return self.others(last.unit, last.by, given, given)

    @cached_property
    def sitting(self) -> "Habit":
        """Steps of a unit; a hit is one that stood beyond its share."""
        habit = Habit()
        for each in self.traces:
            for node in each.nodes:
                habit.count(node.unit, node.idle > node.share)
        return habit

    @cached_property
    def refiled(self) -> Mapping[tuple[str, str], tuple[Trace, ...]]:
        """By party and item, their cases in the order of filing; nobody without a reference."""
        found = defaultdict(list)
        for each in self.traces:
            if each.party:
                found[each.party, item(each)].append(each)
        return MappingProxyType(
            {key: tuple(sorted(same, key=lambda each: each.filed_at)) for key, same in found.items() if len(same) > 1}
        )

    @cached_property
    def entered(self) -> Mapping[str, tuple[datetime, ...]]:
        """By clerk, when they entered applications that were decided the same day."""
        found = defaultdict(list)
        for each in self.traces:
            at_once = each.decision and not each.instant and day(each.decision.at) == day(each.filed_at)
            if each.entered_by and at_once:
                found[each.entered_by].append(each.filed_at)
        return MappingProxyType({who: tuple(sorted(times)) for who, times in found.items()})

    @cached_property
    def decided(self) -> Mapping[str, tuple[datetime, ...]]:
        """By decider, when they decided."""
        found = defaultdict(list)
        for each in self.traces:
            if each.decision:
                found[each.decision.by].append(each.decision.at)
        return MappingProxyType({who: tuple(sorted(times)) for who, times in found.items()})


class Habit:
    """Tries and hits of everybody."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()

    def count(self, who: str, hit: bool) -> None:
        """One more try."""
        self.tries[who] += 1
        self.hits[who] += hit

    def of(self, who: str) -> tuple[int, int, int, int]:
        """Hits and tries of somebody, then of all: what `surprise` takes."""
        return self.hits[who], self.tries[who], self.hits.total(), self.tries.total()


def near(times: tuple[datetime, ...], at: datetime, within: timedelta) -> int:
    """How many of these (in order) lie within so much of an instant, itself included."""
    return bisect_right(times, at + within) - bisect_left(times, at - within)


def item(trace: Trace) -> str:
    """The item of a case: its code without the variant's two digits, where it has them."""
    return trace.procedure[:31]


def day(at: datetime) -> date:
    """The office's civil day."""
    return at.astimezone(OFFICE_ZONE).date()


def is_late(mark: PauseMark) -> bool:
    """Whether at most one day was left when the pause was opened."""
    return mark.left <= 1


def chains(trace: Trace) -> dict[str, list[PauseMark]]:
    """The pauses the staff opened, by step, in order."""
    found: dict[str, list[PauseMark]] = {}
    for mark in trace.pauses:
        if not mark.asked:
            found.setdefault(mark.step, []).append(mark)
    return found


def carrier(trace: Trace) -> str:
    """Who carries the case: the first person named for a step, or who accepted it."""
    return next((node.people[0] for node in trace.nodes if node.people), trace.accepted_by)


def checks(trace: Trace) -> list[NodeMark]:
    """The finished steps of one desk after another, in which the second is to check the first, in order.

    What needs somebody to go somewhere is no check of a colleague's work, and nothing is where the item merges duties.
    """
    if trace.merged or trace.decision is None:
        return []
    done = [each for each in trace.nodes if each.by and each.kind not in SITE_KINDS]
    units = Counter(each.unit for each in done)
    return sorted((each for each in done if units[each.unit] > 1), key=lambda each: each.finished)


def acts_until(trace: Trace, position: int) -> list[Act]:
    """What the staff did up to a position."""
    return [each for each in trace.acts if each.position <= position]
