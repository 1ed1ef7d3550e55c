"""Procedures and calendars in their versions: copies of what was published into the log."""

from django.db import models


class ProcedureVersion(models.Model):
    """A published version of an item's variant (实施清单的一个版本).

    Derived: `rebuild` recreates every row from the streams of kind "procedure", byte for byte. `content` is the
    canonical JSON of the engine's Procedure and `digest` its SHA-256; the other columns are indexes to find it. All
    versions of one code share one `stream`. `withdrawn_on`: from this day no application is taken under it; running
    cases go on.
    """

    code = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    english = models.CharField(max_length=200, blank=True)
    effective_from = models.DateField()
    withdrawn_on = models.DateField(null=True)
    published_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    stream = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="procedure_version_once")]


class CalendarVersion(models.Model):
    """A version of a calendar: which days of which years are working days, as known when it was loaded.

    Derived: `rebuild` recreates every row from the streams of kind "calendar", byte for byte. Cases count by the
    version they name; the newest of its region (`position` in the stream) is the one a new case starts with.
    """

    version = models.CharField(max_length=40, unique=True)
    region = models.CharField(max_length=12)
    loaded_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    stream = models.UUIDField()
    position = models.PositiveIntegerField()


class Edition(models.Model):
    """How often the catalogue has changed: one row. No truth, only a hint for whoever keeps what they read of it."""

    number = models.BigIntegerField()

    class Meta:
        db_table = "catalogue_edition"
