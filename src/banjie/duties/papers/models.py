"""The rows of papers. No personal datum stands here: what a paper says is made again when it is wanted."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from banjie.cases.scope import RoomRow, Scope, ScopedManager
from banjie.store.postgresql.guarding import Lock


class PaperManager(ScopedManager["Paper"]):
    """A paper is seen by whoever sees the case it is about."""

    def _seen(self, scope: Scope) -> Q:
        return Q(Exists(self._participants(scope).filter(stream=OuterRef("about"), who__in=scope.who)))


class Paper(RoomRow):
    """A paper with its number. Derived from streams of kind "paper".

    `about`, `position`: the stream and the fact that it tells of; `template`: the version it keeps for life; `ref`: the
    particulars given with it, sealed in stream `sealed_in`; `evidence`: what the log had proved by then; `digest`: of
    the unsealed PDF, once it was typeset to be sealed; `file`: the sealed PDF; `batch`: the batch it is to be sealed
    in. `status`: made_out, sealed, voided.
    """

    stream = models.UUIDField(primary_key=True)
    kind = models.TextField()
    agency = models.TextField()
    agency_name = models.TextField()
    year = models.IntegerField()
    serial = models.IntegerField()
    number = models.TextField(unique=True)
    about = models.UUIDField()
    position = models.IntegerField()
    at = models.DateTimeField()
    template = models.TextField()
    address = models.TextField(blank=True)
    sealed_in = models.UUIDField(null=True)
    ref = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    status = models.TextField(default="made_out")
    digest = models.TextField(blank=True)
    file = models.TextField(blank=True)
    sealed_digest = models.TextField(blank=True)
    sealed_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True)

    objects = PaperManager(Lock(case="about", opened=("agency",)))

    class Meta:
        db_table = "paper"
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "year", "serial"], name="paper_serial")]
        indexes = [
            models.Index(fields=["about", "position"], name="paper_about"),
            models.Index(fields=["status", "kind", "-at"], name="paper_status"),
            models.Index(fields=["batch"], name="paper_in_batch", condition=models.Q(batch__isnull=False)),
            models.Index(fields=["sealed_digest"], name="paper_sealed_digest", condition=~models.Q(sealed_digest="")),
        ]


class PaperNumber(models.Model):
    """The last serial of an agency, a kind and a year; its row is locked while one is taken. Derived."""

    pk = models.CompositePrimaryKey("agency", "kind", "year")
    agency = models.TextField()
    kind = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "paper_number"


class Waiting(models.Model):
    """A paper that could not be sealed yet, or is being sealed now. The worker's own notes: no fact, no truth.

    `until`: nobody else tries before (UTC microseconds); `code`: why it was refused last, "" for not at all.
    """

    stream = models.UUIDField(primary_key=True)
    until = models.BigIntegerField()
    attempts = models.IntegerField(default=0)
    code = models.TextField(blank=True)

    class Meta:
        db_table = "paper_waiting"


class SealBatch(models.Model):
    """Papers that a keeper has sealed at once. Derived from streams of kind "paper_batch".

    `status`: open, closed; `by`, `unit`, `posts`: who released it and as what, which every seal in it rests on.
    """

    stream = models.UUIDField(primary_key=True)
    by = models.TextField()
    agency = models.TextField()
    total = models.IntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    status = models.TextField(default="open")

    class Meta:
        db_table = "paper_batch"
        verbose_name_plural = "seal batches"
        indexes = [models.Index(fields=["status", "opened_at"], name="paper_batch_status")]
