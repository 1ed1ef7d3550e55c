"""Recreating every row of papers from the log."""

from django.db import transaction

from banjie.duties.papers import batches, register
from banjie.duties.papers.models import Paper, PaperNumber, SealBatch
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many papers there are."""
    with transaction.atomic():
        for model in (Paper, PaperNumber, SealBatch):
            model._base_manager.all().delete()
        made = [register.folded(stream) for stream in read.streams(register.STREAM_KIND)]
        by_id = {each.stream: each for each in made}
        for stream in read.streams(batches.STREAM_KIND):
            row, papers = batches.folded(stream)
            row.save(force_insert=True)
            for paper in papers:
                by_id[paper].batch = stream
        Paper._base_manager.bulk_create(made, batch_size=500)
        PaperNumber.objects.bulk_create(register.counted(made))
        return len(made)
