"""The rows of cases. `stream` leads every key, so that PostgreSQL can partition by ranges of it (an opening month).

Derived: `banjie rebuild` recreates every row of `case`, `task` and `participant` from the log, byte for byte. Dates
in them are indexes for finding cases, not the answer: a deadline is a function (`engine.timelimits`).
"""

from django.db import models

from banjie.cases.scope import ScopedManager


class Case(models.Model):
    """One case (办件) as its history has left it. Derived.

    `version`: the position of its newest fact; `head`: that fact's hash; together they guard every write.
    `home`: the agency that received it; never changes. `legal_due_on`: of the statutory limit that runs now (the lower
    agency's own until it hands the case up). `visits` … `done_at_once`: what is counted of it (`engine.measures`).
    `next_due_at`: when time itself acts next (UTC microseconds).
    """

    stream = models.UUIDField(primary_key=True)
    home = models.TextField()
    version = models.IntegerField()
    head = models.BinaryField()
    number = models.TextField()
    query_number = models.TextField()
    procedure = models.TextField()
    procedure_version = models.IntegerField()
    calendar = models.TextField()
    channel = models.TextField()
    unit = models.TextField()
    contact = models.TextField()
    stage = models.TextField()
    received_on = models.DateField()
    accepted_on = models.DateField(null=True)
    promised_due_on = models.DateField(null=True)
    legal_due_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    result = models.TextField()
    corrections = models.IntegerField()
    part_of = models.TextField()
    visits = models.IntegerField(default=0)
    materials = models.IntegerField(default=0)
    identity_only = models.BooleanField(default=False)
    hand_offs = models.IntegerField(default=0)
    done_at_once = models.BooleanField(default=False)
    next_due_at = models.BigIntegerField(null=True)

    objects = ScopedManager["Case"]()

    class Meta:
        db_table = "case"
        indexes = [
            models.Index(fields=["home", "stage", "received_on"], name="case_home_stage"),
            models.Index(fields=["number"], name="case_number"),
            models.Index(fields=["query_number"], name="case_query_number"),
            models.Index(fields=["next_due_at"], name="case_next_due", condition=models.Q(next_due_at__isnull=False)),
        ]


class Task(models.Model):
    """Something a unit or person has to do now: one row per open step. Derived.

    `people`: pseudonyms between bars ("|p-1|p-2|"), "" while nobody is assigned. `yellow_on`, `orange_on`, `red_on`:
    the days on which its light changes; the light is computed when it is read.
    """

    pk = models.CompositePrimaryKey("stream_id", "slug")
    stream = models.ForeignKey(Case, on_delete=models.DO_NOTHING, db_column="stream", db_index=False, related_name="+")
    slug = models.TextField()
    kind = models.TextField()
    unit = models.TextField()
    post = models.TextField()
    people = models.TextField()
    opened_on = models.DateField()
    due_on = models.DateField(null=True)
    yellow_on = models.DateField(null=True)
    orange_on = models.DateField(null=True)
    red_on = models.DateField(null=True)

    objects = ScopedManager["Task"]()

    class Meta:
        db_table = "task"
        indexes = [models.Index(fields=["unit", "due_on"], name="task_unit_due")]


class Participant(models.Model):
    """Which unit or person (pseudonym) may see a case, and in what capacity. Derived."""

    pk = models.CompositePrimaryKey("stream_id", "who", "capacity")
    stream = models.ForeignKey(Case, on_delete=models.DO_NOTHING, db_column="stream", db_index=False, related_name="+")
    who = models.TextField()
    capacity = models.TextField()

    objects = ScopedManager["Participant"]()

    class Meta:
        db_table = "participant"
        indexes = [models.Index(fields=["who", "stream"], name="participant_who")]


class Registration(models.Model):
    """A number given out, for ever: who asked with which key, and the stream it opened. Truth.

    `key`: digest of the asker and their idempotency key; `body`: keyed digest of what was handed in, so that the
    same key with another body is refused. No personal datum stands here.
    """

    number = models.TextField(primary_key=True)
    query_number = models.TextField(unique=True)
    stream = models.UUIDField(unique=True)
    key = models.TextField(unique=True)
    body = models.TextField()

    class Meta:
        db_table = "registration"


class Counter(models.Model):
    """The last serial number given out for an implementation code on an office day. Truth; contiguous by row lock."""

    pk = models.CompositePrimaryKey("code", "day")
    code = models.TextField()
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        db_table = "counter"
