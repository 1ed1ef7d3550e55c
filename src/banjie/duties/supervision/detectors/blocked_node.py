"""Blocked nodes (脱节、梗阻): a step stands with a unit beyond its share of the limit and nothing is done.

Its share is the step's own limit, or an equal part of the case's. Time on which the clock lawfully stands, and the
time in which the applicant has to put something right, is nobody's. `blocked` is the page of what stands now;
`candidates` weighs what stood, or stands, for long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from banjie.duties.supervision.detectors.background import Background
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import NodeMark, Trace, working_days
from banjie.engine.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Blocked:
    """A node that stands: since when, for how many of its working days, with which unit and person."""

    trace: Trace
    node: NodeMark
    days: int

    @property
    def over(self) -> int:
        """Days beyond its share."""
        return self.days - self.node.share


def blocked(traces: Iterable[Trace], on: date, calendar: Calendar) -> list[Blocked]:
    """The nodes that stand on this day beyond their share, the longest first."""
    found = []
    for trace in traces:
        if trace.closed_on or trace.decision:
            continue
        for node in trace.nodes:
            days = standing(node, on, calendar)
            if days > node.share:
                found.append(Blocked(trace, node, days))
    return sorted(found, key=lambda each: (-each.over, each.trace.number))


def standing(node: NodeMark, on: date, calendar: Calendar) -> int:
    """Working days for which an open node has stood on this day since anything was done; 0 for one at its end."""
    return 0 if node.ended_on else working_days(node.last_on, on, calendar, node.stands)


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Steps that stood beyond their share, finished or not."""
    for trace in traces:
        running = not (trace.closed_on or trace.decision)
        for node in trace.nodes:
            stood = standing(node, background.on, background.calendar) if running else 0
            days = max(node.idle, stood)
            if days <= node.share:
                continue
            weighing = Weighing(bounds)
            weighing.add("over", 100 * days / node.share, 100, (node.assigned,) if node.assigned else ())
            weighing.add("days", days - node.share, 0)
            weighing.habit(background.sitting.of(node.unit))
            if weighing.is_faint:
                continue
            place = node.finished or node.assigned or 1
            yield Suspicion(
                detector="blocked_node",
                subject=f"{trace.stream.hex}/{node.slug}",
                stream=trace.stream,
                number=trace.number,
                unit=node.unit,
                person=node.by or (node.people[0] if node.people else ""),
                on=background.on if stood == days else node.last_on,
                score=weighing.score,
                signs=tuple(weighing.signs),
                places=((trace.stream, place),),
            )
