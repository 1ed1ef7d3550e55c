"""Removing uploads that never joined a stream."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from banjie.store.files.models import File
from banjie.store.files.receive import path

NAME = re.compile("[0-9a-f]{32}")
AGE = 7 * 24 * 3600 * 1_000_000
"""Microseconds an upload waits for the application it belongs to."""


AT_ONCE = 500


def sweep(now: int, age: int = AGE, spared: Callable[[list[UUID]], Iterable[UUID]] = lambda ids: ()) -> int:
    """Remove files that belong to nothing and are older than `age`, and return how many. Safe to repeat.

    Also removes bytes on the disk that have no row: the upload broke off between the two. `now`: UTC microseconds.
    `spared`: which of some files somebody still waits with; asked at most 500 at a time.
    """
    removed = 0
    unbound = File.objects.filter(stream__isnull=True, created_at__lt=now - age)
    ids = list(unbound.values_list("id", flat=True))
    waited_for = {each for start in range(0, len(ids), AT_ONCE) for each in spared(ids[start : start + AT_ONCE])}
    for id in ids:
        if id in waited_for:
            continue
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


def discard(ids: Iterable[str], owner: str) -> int:
    """Remove these uploads of an owner at once, as far as they have joined no stream, and return how many."""
    removed = 0
    for id in sorted(UUID(each) for each in ids):
        gone, _ = File.objects.filter(id=id, owner=owner, stream__isnull=True).delete()
        if gone:
            path(id).unlink(missing_ok=True)
            removed += 1
    return removed
