"""Recreating every row of the archive from the log."""

from django.db import transaction

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.archive import delivered, filing, follow
from banjie.duties.archive.models import ArchiveNumber, ArchiveRecord
from banjie.duties.archive.package import FORMAT
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
            entries = read.entries(stream)
            ended = [each.recorded_at for each in entries if each.kind in follow.ENDS]
            row = filing.wait_for(stream, ended[0]) if ended else None
            if row is None:
                continue
            head, filed_at, is_older = "", 0, False
            for kind, body, _by in filing.facts_of(stream):
                filing.changed(row, kind, body)
                if kind == "filed":
                    head, filed_at = body["head"], body["at"]
                    is_older = body.get("format") != FORMAT
            since = [each.hash.hex() for each in entries].index(head) + 1 if head else 0
            goes_on = any(each.kind in follow.ENDS | follow.LATER for each in entries[since:])
            sealed = Paper.objects.kept().filter(about=stream, sealed_at__gt=codec.instant(filed_at))
            proved = any(map(delivered.path_of, delivered.facts_of(stream)[filing.delivery_in(stream) :]))
            is_kept = row.status in ("filed", "failed")
            row.stale = (is_kept and (goes_on or proved or is_older)) or (row.status == "failed" and sealed.exists())
            row.save()
            rows.append(row)
        ArchiveNumber.objects.bulk_create(filing.counted(rows))
        return len(rows)
