"""Recreating every row of the archive from the log."""

from django.db import transaction

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.archive import filing, follow
from banjie.duties.archive.models import ArchiveNumber, ArchiveRecord
from banjie.duties.papers.models import Paper
from banjie.engine import codec
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again, in one transaction; how many there are."""
    with transaction.atomic():
        for model in (ArchiveRecord, ArchiveNumber):
            model._base_manager.all().delete()
        rows = []
        for stream in read.streams(CASES):
            kinds = [(each.kind, each.recorded_at) for each in read.entries(stream)]
            if not {kind for kind, _ in kinds} & follow.ENDS:
                continue
            row = filing.wait_for(stream, next(at for kind, at in kinds if kind in follow.ENDS))
            if row is None:
                continue
            filed_at = 0
            for kind, body, _by in filing.facts_of(stream):
                filing.changed(row, kind, body)
                filed_at = body["at"] if kind == "filed" else filed_at
            last = max((at for kind, at in kinds if kind in follow.ENDS | follow.LATER), default=0)
            sealed = Paper.objects.kept().filter(about=stream, sealed_at__gt=codec.instant(filed_at))
            row.stale = (row.status in ("filed", "failed") and last > filed_at) or (
                row.status == "failed" and sealed.exists()
            )
            row.save()
            rows.append(row)
        ArchiveNumber.objects.bulk_create(filing.counted(rows))
        return len(rows)
