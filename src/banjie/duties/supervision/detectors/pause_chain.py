"""Pause after pause on one step: the clock hardly runs between them.

A second pause may well be needed (a sample failed, the expert fell ill); a third without a day's work in between is
another thing.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from statistics import median

from banjie.duties.supervision.detectors.background import Background, chains
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import PauseMark, Trace, working_days
from banjie.engine.timelimits import ONE_DAY


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Steps paused more than once by the staff."""
    for trace in traces:
        for step, links in chains(trace).items():
            if len(links) < 2:
                continue
            weighing = _weighed(links, background, bounds)
            if weighing.is_faint:
                continue
            last = links[-1]
            yield Suspicion(
                detector="pause_chain",
                subject=f"{trace.stream.hex}/{step}",
                stream=trace.stream,
                number=trace.number,
                unit=last.unit,
                person=last.by,
                on=last.on,
                score=weighing.score,
                signs=tuple(weighing.signs),
                places=tuple((trace.stream, each.position) for each in links),
            )


def _weighed(links: list[PauseMark], background: Background, bounds: Bounds) -> Weighing:
    weighing, last, calendar = Weighing(bounds), links[-1], background.calendar
    ran = [
        working_days(one.resumed_on - ONE_DAY, two.on - ONE_DAY, calendar)
        for one, two in pairwise(links)
        if one.resumed_on
    ]
    stood = sum(working_days(each.on - ONE_DAY, (each.resumed_on or each.on) - ONE_DAY, calendar) for each in links)
    weighing.add("links", len(links), 1, tuple(each.position for each in links[1:]))
    weighing.add("ran", median(ran) if ran else 0, 3, (last.position,))
    weighing.add("stood", 100 * stood / max(last.limit, 1), 50, (last.position,))
    weighing.add("grounds", len({each.ground for each in links}), 1, (last.position,))
    weighing.add("left", last.left, last.limit // 2, (last.position,))
    weighing.habit(background.chaining.of(links[0].by))
    return weighing
