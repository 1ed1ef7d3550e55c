"""Follows the cases: a case served by hand needs no delivery, and an erased one takes its addresses with it."""

from uuid import uuid5

from django.db import transaction

from banjie.cases.handle import STREAM_KIND
from banjie.duties.delivery import recording
from banjie.duties.delivery.models import Delivery
from banjie.engine import events as e
from banjie.engine.codec import instant
from banjie.records.parties import sealing
from banjie.store.log.read import LogEntry

SERVED, ERASED = e.NAMES[e.Served], e.NAMES[e.Erased]


class Deliveries:
    """The follower of the feed."""

    name = "delivery"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        if entry.kind == SERVED:
            with transaction.atomic():
                row = recording.locked(entry.stream)
                if row and row.state != "served":
                    own = recording.own_stream(entry.stream)
                    recording.record(entry.stream, "served", instant(entry.at), entry.actor, uuid5(own, "served"))
        elif entry.kind == ERASED and Delivery.objects.kept().filter(stream=entry.stream).exists():
            sealing.destroyed(recording.own_stream(entry.stream))
