"""Back-filled cases (补录式办件): decided on paper, then entered from filing to decision in one sitting.

Only what the office itself entered: an applicant who filed on line and was served at once has nothing to complain of.
A late entry after a registered outage (补录) and a case granted on a commitment (告知承诺) are lawful and not looked
at.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import log2

from banjie.duties.supervision.detectors.background import Background, acts_until, day, item, near
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, Weighing
from banjie.duties.supervision.detectors.trace import SITE_KINDS, Trace

SITTING = timedelta(hours=1)


def candidates(traces: Iterable[Trace], background: Background, bounds: Bounds) -> Iterator[Suspicion]:
    """Decided cases that the staff entered, by how little time lay between filing and decision."""
    for trace in traces:
        found = _weighed(trace, background, bounds)
        if found and not found[0].is_faint:
            weighing, positions = found
            assert trace.decision is not None
            yield Suspicion(
                detector="back_filled",
                subject=trace.stream.hex,
                stream=trace.stream,
                number=trace.number,
                unit=trace.unit,
                person=trace.entered_by,
                on=day(trace.decision.at),
                score=weighing.score,
                signs=tuple(weighing.signs),
                places=tuple((trace.stream, each) for each in positions),
            )


def _weighed(trace: Trace, background: Background, bounds: Bounds) -> tuple[Weighing, tuple[int, ...]] | None:
    if trace.decision is None or trace.instant or trace.on_commitment or not trace.entered_by:
        return None
    if trace.late and all(each.outage in background.outages for each in trace.late):
        return None
    # What was entered late is dated by its paper; how long the entering took, only the log knows.
    took = max(trace.entry or trace.whole, 1)
    usual = background.whole.get(item(trace), 0)
    decided = trace.decision.position
    acts = acts_until(trace, decided)
    weighing = Weighing(bounds)
    if usual:
        weighing.add("life", log2(max(usual / took, 1)) * 10, usual, (1, decided), shown=took)
    weighing.add("pace", took / max(len(acts), 1), usual / max(len(acts), 1), (decided,))
    times = background.entered.get(trace.entered_by, ())
    weighing.add("together", max(near(times, trace.filed_at, SITTING) - 1, 0), 0, (1,))
    sites = [each for each in trace.nodes if each.kind in SITE_KINDS and each.assigned_at and each.finished_at]
    for site in sites[:1]:
        assert site.assigned_at is not None
        assert site.finished_at is not None
        gone = (site.finished_at - site.assigned_at) // timedelta(minutes=1)
        weighing.add("site", gone, 240, (site.assigned, site.finished))
    if trace.late:
        skew = max((each.recorded_at - each.paper_at) // timedelta(hours=1) for each in trace.late)
        weighing.add("skew", skew, 8, tuple(each.position for each in trace.late[:1]))
        weighing.add("no_outage", 1, 0, tuple(each.position for each in trace.late[:1]))
    return weighing, (1, decided)
