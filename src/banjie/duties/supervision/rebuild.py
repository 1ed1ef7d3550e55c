"""Recreating every row of supervision from the log."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.supervision import cards, detecting, displays, orders, outages, watching
from banjie.duties.supervision.models import Card, Order, Outage, Watch
from banjie.store.log import read

ROOMS: tuple[tuple[str, type[Any], Callable[..., Any]], ...] = (
    (cards.STREAM_KIND, Card, cards.changed),
    (orders.STREAM_KIND, Order, orders.changed),
    (outages.STREAM_KIND, Outage, outages.changed),
)


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    with transaction.atomic():
        for stream_kind, model, changed in ROOMS:
            model._base_manager.all().delete()
            for stream in read.streams(stream_kind):
                row = None
                for entry in read.entries(stream):
                    row = changed(row, stream, entry.kind, read.plain(entry))
                assert row is not None
                row.save(force_insert=True)
        Watch.objects.kept().all().delete()
        for stream in read.streams(CASES):
            watching.watch(stream, read.entries(stream)[-1].at)
        for stream in read.streams(displays.STREAM_KIND):
            watching.watch_display(stream)
        detecting.rebuild()
        return sum(model._base_manager.count() for _, model, _ in ROOMS)
