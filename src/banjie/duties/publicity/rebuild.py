"""Recreating every row of disclosures from the log."""

from django.db import transaction

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.publicity import follow, publishing
from banjie.duties.publicity.models import Disclosure
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again, in one transaction; how many there are."""
    with transaction.atomic():
        Disclosure._base_manager.all().delete()
        count = 0
        for stream in read.streams(CASES):
            for entry in read.entries(stream):
                row = follow.of_fact(entry) if entry.kind in follow.WANTED else None
                if row is None:
                    continue
                for kind, body in publishing.facts_of(row.stream):
                    publishing.changed(row, kind, body)
                row.save(force_insert=True)
                count += 1
        return count
