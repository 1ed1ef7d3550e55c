"""Off-system handling (体外循环): received in the system, handled beside it, and its steps typed in afterwards.

Between acceptance and the typing nothing happens; then assignments, findings and the decision of several people stand
within minutes, a survey takes no longer than a click, or the result is collected before there is one.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import log2

from banjie.duties.supervision.detectors.background import Background, day, item, near
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import SITE_KINDS, Trace

MINUTE = timedelta(minutes=1)
SITTING = timedelta(minutes=30)


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Decided cases with steps, by how their examination bunches after a silence."""
    for trace in traces:
        weighing = _weighed(trace, background, bounds)
        if weighing and not weighing.is_faint:
            assert trace.decision is not None
            first = min((each.assigned for each in trace.nodes if each.assigned), default=trace.decision.position)
            places = {first, trace.decision.position, *((trace.fetched,) if trace.fetched else ())}
            yield Suspicion(
                detector="off_system",
                subject=trace.stream.hex,
                stream=trace.stream,
                number=trace.number,
                unit=trace.decision.unit,
                person=trace.decision.by,
                on=day(trace.decision.at),
                score=weighing.score,
                signs=tuple(weighing.signs),
                places=tuple((trace.stream, each) for each in sorted(places)),
            )


def _weighed(trace: Trace, background: Background, bounds: Bounds) -> Weighing | None:
    decision = trace.decision
    if decision is None or trace.instant or trace.on_commitment or not trace.nodes or trace.late:
        return None
    if trace.entered_by and 2 * trace.examined > trace.whole and not trace.quiet:
        return None  # the whole case is of one sitting: that is back-filling, and looked at there
    exam = [each for each in trace.acts if each.step and each.position < decision.position]
    if not exam:
        return None
    weighing = Weighing(bounds)
    usual = background.examined.get(item(trace), 0)
    first = exam[0].position
    if usual:
        faster = usual / max(trace.examined, 1)
        weighing.add("bunch", log2(max(faster, 1)) * 10, usual, (first, decision.position), shown=trace.examined)
    weighing.add("pace", trace.examined / (len(exam) + 1), usual / (len(exam) + 1), (decision.position,))
    quiet = 100 * trace.quiet / max(decision.limit, 1)
    weighing.add("quiet", quiet, 10, (first,))
    for site in [each for each in trace.nodes if each.kind in SITE_KINDS and each.assigned_at and each.finished_at]:
        assert site.assigned_at is not None
        assert site.finished_at is not None
        weighing.add("site", (site.finished_at - site.assigned_at) // MINUTE, 240, (site.assigned, site.finished))
        break
    if trace.fetched:
        weighing.add("fetched", 1, 0, (trace.fetched, decision.position))
    weighing.add("together", near(background.decided.get(decision.by, ()), decision.at, SITTING) - 1, 0)
    return weighing
