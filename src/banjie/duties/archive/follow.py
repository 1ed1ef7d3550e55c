"""The archive follows cases, papers and deliveries: what has closed waits to be filed, what goes on is filed again."""

from uuid import UUID

from banjie.cases.handle import STREAM_KIND
from banjie.duties.archive import delivered, filing
from banjie.duties.papers.register import STREAM_KIND as PAPERS
from banjie.engine import codec
from banjie.engine import events as e
from banjie.store.log import read
from banjie.store.log.read import LogEntry

ERASED = e.NAMES[e.Erased]
ENDS = frozenset(
    e.NAMES[each] for each in (e.Closed, e.Declined, e.FoundNotNeeded, e.Lapsed, e.Withdrawn, e.Terminated, e.Voided)
)
LATER = frozenset(
    e.NAMES[each]
    for each in (e.Complained, e.ComplaintAnswered, e.Noted, e.CommitmentVerified, e.MeasureRecorded, e.CreditRestored)
)
"""What can still happen to a closed case."""


class Archive:
    """Nothing is packed here: that is the worker's."""

    name = "archive"
    kinds = frozenset({STREAM_KIND, PAPERS, delivered.STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing but that a package is made once more."""
        if entry.stream_kind == PAPERS:
            if entry.kind == "sealed":
                filing.sealed(entry.stream)
        elif entry.stream_kind == delivered.STREAM_KIND:
            if delivered.path_of(entry):
                filing.proved(UUID(read.plain(entry)["case"]), entry.position)
        elif entry.kind == ERASED:
            filing.erased(entry.stream, codec.instant(entry.at))
        elif entry.kind in ENDS | LATER:
            filing.wait_for(entry.stream, entry.recorded_at)
