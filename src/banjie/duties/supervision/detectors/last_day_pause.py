"""Pauses opened when the limit is about to end: the clock is stopped not because of what the ground says.

With [stopped, resumed) a pause on the last counted day revives a dying limit by design (the pause itself is lawful);
what is weighed is whether it looks like that: nothing was done before it, it lasts long, its author does it often.
A hearing somebody asked for and a rectification have their own moment and are not looked at.
"""

from collections.abc import Iterable, Iterator

from banjie.duties.supervision.detectors.background import Background
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import PauseMark, Trace


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Pauses the staff opened when few days were left."""
    for trace in traces:
        for mark in trace.pauses:
            if mark.asked or mark.left > bounds.numbers["days_left"] or mark.limit < bounds.numbers["limit"]:
                continue
            weighing = _weighed(mark, background, bounds)
            if weighing.is_faint:
                continue
            yield Suspicion(
                detector="last_day_pause",
                subject=f"{trace.stream.hex}/{mark.position}",
                stream=trace.stream,
                number=trace.number,
                unit=mark.unit,
                person=mark.by,
                on=mark.on,
                score=weighing.score,
                signs=tuple(weighing.signs),
                places=((trace.stream, mark.position),),
            )


def _weighed(mark: PauseMark, background: Background, bounds: Bounds) -> Weighing:
    weighing, here = Weighing(bounds), (mark.position,)
    weighing.add("left", mark.left, mark.limit // 2, here)
    weighing.add("idle", 100 * mark.idle / mark.limit, 15, here)
    weighing.add("told", 100 * mark.told / mark.limit, 50, here)
    weighing.habit(background.pausing.of(mark.by))
    return weighing
