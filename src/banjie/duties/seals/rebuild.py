"""Recreating every row of seals from the log."""

from django.db import transaction

from banjie.duties.seals import register
from banjie.duties.seals.models import Authority, Ceremony, Ordered, Refusal, Seal, Use
from banjie.store.log import read

MODELS = (Refusal, Use, Ordered, Authority, Ceremony, Seal)


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    with transaction.atomic():
        for model in MODELS:
            model._base_manager.all().delete()
        for stream in read.streams(register.STREAM_KIND):
            first, *later = read.entries(stream)
            if first.kind == "refused":  # the stream of refusals for which no seal could be meant
                for entry in (first, *later):
                    register.refused(None, entry, read.plain(entry)).save(force_insert=True)
                continue
            row = register.registered(stream, read.plain(first))
            row.save(force_insert=True)
            for entry in later:
                register.changed(row, entry, read.plain(entry))
            row.save()
        return sum(model._base_manager.count() for model in MODELS)
