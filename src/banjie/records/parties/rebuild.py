"""Recreating every row of parties, mandates and bars from the log and what is sealed beside it."""

from django.db import transaction

from banjie.records.parties import mandates, register, seeing, standing
from banjie.records.parties.models import Bar, Mandate, Party
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    with transaction.atomic():
        Party.objects.all().delete()
        Mandate.objects.all().delete()
        Bar.objects.all().delete()
        for stream in read.streams(register.STREAM_KIND):
            first, *later = read.entries(stream)
            party = register.opened(stream, read.plain(first))
            for entry in later:
                register.changed(party, entry.kind, read.plain(entry))
            register.index_again(party)
            party.save(force_insert=True)
        for stream in read.streams(mandates.STREAM_KIND):
            first, *later = read.entries(stream)
            mandate = mandates.given(stream, read.plain(first))
            for entry in later:
                mandates.changed(mandate, entry.kind, read.plain(entry))
            mandate.save(force_insert=True)
        for stream in read.streams(standing.STREAM_KIND):
            first, *later = read.entries(stream)
            bar = standing.barred(stream, read.plain(first))
            for entry in later:
                standing.changed(bar, entry.kind, read.plain(entry))
            bar.save(force_insert=True)
        seeing.rebuild()
        return Party.objects.count() + Mandate.objects.count() + Bar.objects.count()
