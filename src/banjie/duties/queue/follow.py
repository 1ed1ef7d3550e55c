"""The slips of papers that travel follow the cases: which are on their way, and what did not arrive."""

from banjie.cases.handle import STREAM_KIND
from banjie.duties.queue.models import Slip
from banjie.engine import events as e
from banjie.store.log import read
from banjie.store.log.read import LogEntry

SENT, RECEIVED = e.NAMES[e.PapersSent], e.NAMES[e.PapersReceived]


class Slips:
    """Keeps a row for each hand-over slip (材料交接单)."""

    name = "slips"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        if entry.kind in (SENT, RECEIVED):
            follow(entry)


def follow(entry: LogEntry) -> None:
    """The row of a slip, as this fact leaves it."""
    fact = e.decode(entry.kind, read.plain(entry))
    rows = Slip.objects.kept()
    if isinstance(fact, e.PapersSent):
        row = {
            "stream": entry.stream,
            "from_unit": fact.from_unit,
            "to_unit": fact.to_unit,
            "sent_at": fact.at,
            "sent_by": fact.by.id,
            "papers": len(fact.materials),
        }
        rows.update_or_create(number=fact.slip, defaults=row)
    elif isinstance(fact, e.PapersReceived):
        rows.filter(number=fact.slip).update(received_at=fact.at, missing=len(fact.missing))
