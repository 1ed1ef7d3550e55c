"""A second correction notice: what was wrong is named in slices, and each slice starts the clock anew.

The law lets a second notice name only what arose with the correction or a changed application; the engine sees to
that. What is weighed here is how: at the end of the notice clock, of the very paper just corrected, by whom often.
"""

from collections.abc import Iterable, Iterator

from banjie.duties.supervision.detectors.background import Background, day
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import Trace


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Cases with more than one notice."""
    for trace in traces:
        if len(trace.notices) < 2:
            continue
        weighing, last = _weighed(trace, background, bounds), trace.notices[-1]
        if weighing.is_faint:
            continue
        yield Suspicion(
            detector="second_correction",
            subject=trace.stream.hex,
            stream=trace.stream,
            number=trace.number,
            unit=last.unit,
            person=last.by,
            on=day(last.at),
            score=weighing.score,
            signs=tuple(weighing.signs),
            places=tuple((trace.stream, each.position) for each in trace.notices),
        )


def _weighed(trace: Trace, background: Background, bounds: Bounds) -> Weighing:
    weighing, first, later = Weighing(bounds), trace.notices[0], trace.notices[1:]
    positions = tuple(each.position for each in later)
    last = max((100 * each.used / each.limit for each in later if each.limit), default=0)
    weighing.add("notices", len(trace.notices), 1, positions)
    if any(each.unlawful for each in later):
        weighing.add("unlawful", 1, 0, tuple(each.position for each in later if each.unlawful))
    if all(each.cause == "changed_application" for each in later):
        weighing.add("changed", 1, 0, positions)
    weighing.add("late", last, 30, positions)
    weighing.add("slices", sum(each.points for each in later) / len(later), 2, positions)
    weighing.add("first", first.points, 2, (first.position,))
    weighing.habit(background.noticing.of(first.by))
    return weighing
