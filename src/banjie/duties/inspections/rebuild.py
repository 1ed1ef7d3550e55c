"""Recreating every row of inspections from the log."""

from django.db import transaction

from banjie.duties.inspections import circulars, rotation, sampling, visits
from banjie.duties.inspections.models import Circular, Draw, Problem, Sampled, Standing, Visit
from banjie.store.log import read


def rebuild() -> int:
    """Make every row again from its facts, in one transaction; how many there are."""
    models = (Sampled, Draw, Problem, Visit, Circular, Standing)
    with transaction.atomic():
        for model in models:
            model._base_manager.all().delete()
        for stream in read.streams(visits.STREAM_KIND):
            first, *later = read.entries(stream)
            visits.looked(stream, read.plain(first)).save(force_insert=True)
            rows = {each.nth: each for each in visits.problems_of(stream, read.plain(first))}
            for entry in later:
                visits.settled(rows[read.plain(entry)["nth"]], read.plain(entry))
            Problem.objects.bulk_create(rows.values())
        for stream in read.streams(circulars.STREAM_KIND):
            (only,) = read.entries(stream)
            circulars.published(stream, read.plain(only)).save(force_insert=True)
            circulars.tell(read.plain(only))
        for stream in read.streams(rotation.STREAM_KIND):
            (only,) = read.entries(stream)
            Standing.objects.bulk_create(rotation.standing(stream, read.plain(only)))
        for stream in read.streams(sampling.STREAM_KIND):
            first, *later = read.entries(stream)
            draw = sampling.opened(stream, read.plain(first))
            cases = {}
            for entry in later:
                body = read.plain(entry)
                sampling.changed(draw, entry.kind, body)
                if entry.kind == "drawn":
                    cases = {each.number: each for each in sampling.sampled(stream, body)}
                elif entry.kind == "reviewed":
                    sampling.reviewed(cases[body["number"]], body)
            draw.save(force_insert=True)
            Sampled.objects.kept().bulk_create(cases.values())
        return sum(model._base_manager.count() for model in models)
