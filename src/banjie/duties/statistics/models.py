"""What a figure needs and no row of a case says. Derived: `rebuild` makes each again from the log. Nobody is named."""

from django.db import models

from banjie.cases.scope import GuardedManager


class Handled(models.Model):
    """How long the decision of a case took. Derived.

    `days`: working days after day 0 (of the limits) up to and including the day of the decision, whatever stood in
    between; `counted_days`: those of them on which the limit ran (`clocks`); both None where no calendar says.
    `minutes`: of an instant item, from the moment the application, or its correction, arrived to the decision, as
    long as the hall was open; None for every other item.
    """

    stream = models.UUIDField(primary_key=True)
    procedure = models.TextField()
    procedure_version = models.IntegerField()
    decided_on = models.DateField()
    days = models.IntegerField(null=True)
    counted_days = models.IntegerField(null=True)
    minutes = models.IntegerField(null=True)

    objects = GuardedManager["Handled"]()

    class Meta:
        db_table = "handled"
        verbose_name_plural = "handled"
        indexes = [models.Index(fields=["decided_on", "procedure"], name="handled_decided")]


class Surveyed(models.Model):
    """A survey on the spot that was finished (现场勘验): each attempt is one. Derived."""

    pk = models.CompositePrimaryKey("stream", "slug", "attempt")
    stream = models.UUIDField()
    slug = models.TextField()
    attempt = models.IntegerField()
    procedure = models.TextField()
    procedure_version = models.IntegerField()
    unit = models.TextField()
    finished_on = models.DateField()
    passed = models.BooleanField()

    objects = GuardedManager["Surveyed"]()

    class Meta:
        db_table = "surveyed"
        verbose_name_plural = "surveyed"
        indexes = [models.Index(fields=["finished_on", "procedure"], name="surveyed_finished")]
