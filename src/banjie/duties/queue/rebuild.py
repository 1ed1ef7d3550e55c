"""Recreating every row of the queue from the log."""

from django.db import transaction

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.queue import follow, inquiries
from banjie.duties.queue.models import Inquiry, Slip, WrongDoor
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    with transaction.atomic():
        for model in (Slip, Inquiry, WrongDoor):
            model._base_manager.all().delete()
        for stream in read.streams(CASES):
            for entry in read.entries(stream):
                if entry.kind in (follow.SENT, follow.RECEIVED):
                    follow.follow(entry)
        for stream in read.streams(inquiries.STREAM_KIND):
            first, *later = read.entries(stream)
            if first.kind == "misdirected":
                inquiries.wrong_door(stream, read.plain(first)).save(force_insert=True)
                continue
            row = inquiries.inquired(stream, read.plain(first))
            for entry in later:
                inquiries.changed(row, entry.kind, read.plain(entry))
            row.save(force_insert=True)
        return sum(model._base_manager.count() for model in (Slip, Inquiry, WrongDoor))
