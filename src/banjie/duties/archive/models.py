"""The rows of the archive: one a closed case. No personal datum stands here; the package lies encrypted."""

from django.db import models

from banjie.cases.scope import RoomRow, ScopedManager
from banjie.store.postgresql.guarding import Lock


class ArchiveRecord(RoomRow):
    """A closed case in the archive, or on its way. Derived from the case and from its stream of kind "archive".

    `status`: waiting (for its papers, until `due_on`), filed, failed (one of the four looks found something), erased.
    `number`: 档号, once it is filed. `years`: of retention, 0 for ever; `keep_until`: the last day of it. `version` of
    the package; `stale`: the case has gone on since. `file`: the package; `digest`: its SHA-256. `findings`: what the
    newest look found, as [[property, code, piece], …].
    """

    stream = models.UUIDField(primary_key=True)
    case_number = models.TextField()
    query_number = models.TextField()
    code = models.TextField()
    region = models.TextField()
    agency = models.TextField()
    result = models.TextField()
    closed_on = models.DateField()
    due_on = models.DateField()
    status = models.TextField(default="waiting")
    number = models.TextField(default="", blank=True)
    year = models.IntegerField(default=0)
    serial = models.IntegerField(default=0)
    years = models.IntegerField(default=0)
    keep_until = models.DateField(null=True)
    version = models.IntegerField(default=0)
    stale = models.BooleanField(default=False)
    file = models.TextField(default="", blank=True)
    digest = models.TextField(default="", blank=True)
    size = models.BigIntegerField(default=0)
    pieces = models.IntegerField(default=0)
    filed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)

    objects = ScopedManager["ArchiveRecord"](Lock(case="stream", opened=("agency",)))

    class Meta:
        db_table = "archive_record"
        indexes = [
            models.Index(fields=["agency", "year", "serial"], name="archive_serial"),
            models.Index(fields=["number"], name="archive_by_number"),
            models.Index(
                fields=["due_on", "stream"],
                name="archive_open",
                condition=models.Q(status="waiting") | models.Q(stale=True),
            ),
        ]


class ArchiveNumber(models.Model):
    """The last serial of an agency and a year; its row is locked while one is taken. Derived."""

    pk = models.CompositePrimaryKey("agency", "year")
    agency = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "archive_number"
