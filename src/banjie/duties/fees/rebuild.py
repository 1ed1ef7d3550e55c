"""Recreating every row of the fees from the log."""

from django.db import transaction

from banjie.duties.fees import reconciling, recording
from banjie.duties.fees.models import Charge, Day, Difference, Order
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    models = (Difference, Day, Order, Charge)
    with transaction.atomic():
        for model in models:
            model._base_manager.all().delete()
        for stream in read.streams(recording.STREAM_KIND):
            for entry in read.entries(stream):
                recording.follow(stream, entry.kind, read.plain(entry))
        for stream in read.streams(reconciling.STREAM_KIND):
            for entry in read.entries(stream):
                reconciling.follow(stream, entry.kind, read.plain(entry))
        return sum(model._base_manager.count() for model in models)
