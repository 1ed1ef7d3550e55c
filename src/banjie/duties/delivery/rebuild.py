"""Recreating every row of the delivery from the log."""

from django.db import transaction

from banjie.duties.delivery import recording
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    models = (Parcel, Delivery)
    with transaction.atomic():
        for model in models:
            model._base_manager.all().delete()
        for stream in read.streams(recording.STREAM_KIND):
            for entry in read.entries(stream):
                recording.follow(stream, entry.kind, read.plain(entry))
        return sum(model._base_manager.count() for model in models)
