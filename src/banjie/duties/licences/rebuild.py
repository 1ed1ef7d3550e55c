"""Recreating every row of the licences from the log."""

from django.db import transaction

from banjie.duties.licences import recording
from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    with transaction.atomic():
        for model in (PurposeCopy, Version, Licence):
            model.objects.kept().delete()
        for stream in read.streams(recording.STREAM_KIND):
            rows = recording.made(stream)
            for each in (rows.licence, *rows.versions.values(), *rows.copies.values()):
                if each is not None:
                    each.save(force_insert=True)
        return sum(model.objects.kept().count() for model in (PurposeCopy, Version, Licence))
