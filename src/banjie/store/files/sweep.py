"""Removing uploads that never joined a stream."""

import re
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from banjie.store.files.models import File
from banjie.store.files.receive import path

NAME = re.compile("[0-9a-f]{32}")
AGE = 7 * 24 * 3600 * 1_000_000
"""Microseconds an upload waits for the application it belongs to."""


def sweep(now: int, age: int = AGE) -> int:
    """Remove files that belong to nothing and are older than `age`, and return how many. Safe to repeat.

    Also removes bytes on the disk that have no row: the upload broke off between the two. `now`: UTC microseconds.
    """
    removed = 0
    unbound = File.objects.filter(stream__isnull=True, created_at__lt=now - age)
    for id in list(unbound.values_list("id", flat=True)):
        with transaction.atomic():
            gone, _ = unbound.filter(id=id).delete()
        if gone:
            path(id).unlink(missing_ok=True)
            removed += 1
    for folder in Path(settings.FILES_DIR).glob("[0-9a-f][0-9a-f]"):
        old = {each.name: each for each in folder.iterdir() if each.stat().st_mtime_ns // 1000 < now - age}
        ids = [UUID(name) for name in old if NAME.fullmatch(name)]
        known = {id.hex for id in File.objects.filter(id__in=ids).values_list("id", flat=True)}
        for name in old.keys() - known:
            old[name].unlink(missing_ok=True)
            removed += 1
    return removed
