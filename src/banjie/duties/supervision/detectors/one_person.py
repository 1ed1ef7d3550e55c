"""One person for every step: the second check was made by whoever made the first, though others were there.

The engine lets nobody receive, examine and decide one case (职责分离); inside the examination it leaves the division to
the unit. Where an item merges duties lawfully nothing is looked at; where colleagues were away, it weighs against.
"""

from collections.abc import Iterable, Iterator

from banjie.duties.supervision.detectors.background import Background, checks, day
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import Trace


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Decided cases of several checks, all made by one person."""
    for trace in traces:
        done = checks(trace)
        if len(done) < 2 or len({each.by for each in done}) > 1:
            continue
        weighing = _weighed(trace, background, bounds)
        if weighing.is_faint:
            continue
        assert trace.decision is not None
        yield Suspicion(
            detector="one_person",
            subject=trace.stream.hex,
            stream=trace.stream,
            number=trace.number,
            unit=done[-1].unit,
            person=done[-1].by,
            on=day(trace.decision.at),
            score=weighing.score,
            signs=tuple(weighing.signs),
            places=tuple((trace.stream, each.finished) for each in done),
        )


def _weighed(trace: Trace, background: Background, bounds: Bounds) -> Weighing:
    weighing, done = Weighing(bounds), checks(trace)
    person = done[-1].by
    others = background.colleagues(trace)
    more = {each.kind for each in trace.acts if each.by == person and each.kind in ("accepted", "issued", "served")}
    own = [each for each in trace.acts if each.by == person and each.kind == "assigned"]
    weighing.add("steps", len(done), 1, tuple(each.finished for each in done))
    weighing.add("others", others, 2)
    if not others:
        weighing.add("alone", 1, 0)
    weighing.add("more", len(more), 0, tuple(each.position for each in trace.acts if each.kind in more))
    weighing.add("took", len(own), 1, tuple(each.position for each in own))
    first, last = done[0].finished_at, done[-1].finished_at
    if first and last:
        weighing.add("apart", (last - first).total_seconds() / 60, 600, (done[0].finished, done[-1].finished))
    weighing.habit(background.doing_all.of(person))
    return weighing
