"""Recreating every row of the catalogue from the log."""

import json

from django.db import transaction

from banjie.records.catalogue import (
    adjustments,
    batches,
    calendars,
    edition,
    levels,
    proceedings,
    publication,
    rounds,
    search,
)
from banjie.records.catalogue.models import CalendarVersion, ProcedureVersion, ProceedingVersion
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction, byte for byte what stood there; how many there are."""
    with transaction.atomic():
        ProcedureVersion.objects.all().delete()
        CalendarVersion.objects.all().delete()
        for stream in read.streams(publication.STREAM_KIND):
            for entry in read.entries(stream):
                body = json.loads(bytes(entry.body))
                if entry.kind == "published":
                    publication.published(stream, body).save(force_insert=True)
                elif entry.kind == "withdrawn":
                    on = publication.withdrawn(body)
                    told = ProcedureVersion.objects.filter(code=body["code"], version=body["version"])
                    told.update(withdrawn_on=on)
                else:
                    raise ValueError(f"a procedure cannot have the fact {entry.kind!r}")
        ProceedingVersion.objects.all().delete()
        for stream in read.streams(proceedings.STREAM_KIND):
            for entry in read.entries(stream):
                proceedings.published(stream, json.loads(bytes(entry.body))).save(force_insert=True)
        for stream in read.streams(calendars.STREAM_KIND):
            for entry in read.entries(stream):
                body = json.loads(bytes(entry.body))
                calendars.loaded(stream, entry.position, body).save(force_insert=True)
        others = levels.rebuilt() + adjustments.rebuilt() + rounds.rebuilt() + batches.rebuilt() + search.rebuild()
        edition.move_on()
        models = (ProcedureVersion, ProceedingVersion, CalendarVersion)
        return sum(each.objects.count() for each in models) + others
