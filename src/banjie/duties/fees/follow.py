"""Follows the cases: opens the stream of each fee, and owes back what was paid where a case ends early."""

from uuid import uuid5

from django.db import transaction

from banjie.cases.handle import STREAM_KIND
from banjie.duties.fees import raising, recording
from banjie.duties.fees.models import Charge
from banjie.engine import events as e
from banjie.engine.codec import instant
from banjie.store.log import read
from banjie.store.log.read import LogEntry

RAISED = e.NAMES[e.FeeRaised]
GIVES_BACK = {e.NAMES[e.Terminated]: "terminated", e.NAMES[e.Withdrawn]: "withdrawn", e.NAMES[e.Voided]: "voided"}
"""Endings after which nothing was done for the fee: it goes back by itself (55号 30)."""


class Fees:
    """The follower of the feed."""

    name = "fees"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        if entry.kind == RAISED:
            fact = e.decode(entry.kind, read.plain(entry))
            assert isinstance(fact, e.FeeRaised)
            raising.opened(entry.stream, fact)
        elif entry.kind in GIVES_BACK:
            for fee in Charge.objects.kept().filter(stream=entry.stream).values_list("fee", flat=True):
                with transaction.atomic():
                    charge = recording.locked(fee)
                    reason, at = GIVES_BACK[entry.kind], instant(entry.at)
                    recording.let_go(charge, reason, at, uuid5(fee, f"let_go/{entry.position}"))
