"""Mass closing just before the limit: decisions of a unit heap up on the last counted day, in one sitting.

Held against the unit's own distribution in its other months, and that of all others; month ends and a weekly meeting
make heaps too, but not on the last day of each case's own limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from banjie.duties.supervision.detectors.background import Background, day
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing, surprise
from banjie.duties.supervision.detectors.trace import DecisionMark, Trace

SITTING = timedelta(minutes=10)
Decided = tuple[Trace, DecisionMark]


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Units and months in which more was decided on the last day than is usual there."""
    touched = {_month(each) for each in traces if each.decision}
    months = _by_month(background.traces)
    by_unit: dict[str, list[Decided]] = defaultdict(list)
    for (unit, _), decided in months.items():
        by_unit[unit] += decided
    everywhere = [each for decided in months.values() for each in decided]
    for unit, month in sorted(touched & months.keys()):
        decided = months[unit, month]
        heaped = [each for each in decided if _is_last(each[1])]
        if len(decided) < bounds.numbers.get("fewest", 8) or not heaped:
            continue
        own = [each for each in by_unit[unit] if _month(each[0])[1] != month]
        weighing = _weighed(decided, heaped, own, everywhere, bounds)
        if weighing.is_faint:
            continue
        last = max(heaped, key=lambda each: each[1].at)
        people = {mark.by for _, mark in heaped}
        yield Suspicion(
            detector="mass_closing",
            subject=f"{unit}/{month}",
            stream=None,
            number="",
            unit=unit,
            person=people.pop() if len(people) == 1 else "",
            on=day(last[1].at),
            score=weighing.score,
            signs=tuple(weighing.signs),
            places=tuple((trace.stream, mark.position) for trace, mark in heaped),
        )


def _weighed(
    decided: Sequence[Decided],
    heaped: Sequence[Decided],
    own: Sequence[Decided],
    all_: Sequence[Decided],
    bounds: Bounds,
) -> Weighing:
    weighing = Weighing(bounds)
    share = 100 * len(heaped) / len(decided)
    before = 100 * sum(_is_last(mark) for _, mark in own) / len(own) if own else 0
    usual = 100 * sum(_is_last(mark) for _, mark in all_) / len(all_)
    own_hits, all_hits = sum(_is_last(mark) for _, mark in own), sum(_is_last(mark) for _, mark in all_)
    against_own = surprise(len(heaped), len(decided), len(heaped) + own_hits, len(decided) + len(own))
    against_all = surprise(len(heaped), len(decided), all_hits, len(all_))
    weighing.add("share", share, usual)
    weighing.add("own", 10 * against_own, before, shown=share)
    weighing.add("others", 10 * against_all, usual, shown=share)
    weighing.add("hour", 100 * sum(mark.to_close <= 60 for _, mark in heaped) / len(heaped), 15)
    times = sorted(mark.at for _, mark in heaped)
    tight = sum(two - one <= SITTING for one, two in pairwise(times))
    weighing.add("sitting", 100 * tight / max(len(times) - 1, 1), 15)
    near = sum(1 for _, mark in decided if mark.left == 1)
    weighing.add("cliff", 100 * len(heaped) / (len(heaped) + near), 50)
    return weighing


def _is_last(mark: DecisionMark) -> bool:
    """Whether it was decided on the last counted day of a limit of more than one."""
    return mark.left == 0 and mark.limit > 1


def _month(trace: Trace) -> tuple[str, str]:
    assert trace.decision is not None
    return trace.decision.unit, f"{day(trace.decision.at):%Y-%m}"


def _by_month(traces: Iterable[Trace]) -> dict[tuple[str, str], list[Decided]]:
    found: dict[tuple[str, str], list[Decided]] = defaultdict(list)
    for each in traces:
        if each.decision and not each.instant and each.decision.limit > 1:
            found[_month(each)].append((each, each.decision))
    return found
