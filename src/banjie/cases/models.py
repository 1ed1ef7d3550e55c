"""The rows of cases. `stream` leads every key, so that PostgreSQL can partition by ranges of it (an opening month).

Derived: `banjie rebuild` recreates every row of `case`, `task` and `participant` from the log, byte for byte. Dates
in them are indexes for finding cases, not the answer: a deadline is a function (`engine.timelimits`).
"""

from django.db import models

from banjie.cases.scope import BundleManager, BundlePartManager, GuardedManager, KeptManager, RoomRow, ScopedManager
from banjie.store.postgresql.guarding import Lock

LIGHTS = [
    "home",
    "red_on",
    "yellow_on",
    "orange_on",
    "red_plus_on",
    "blue_from",
    "blue_until",
    "yellow_minute",
    "watched",
    "with_unit",
    "closed_on",
]
"""Everything a light is read from: lists and counts of open cases ask this index and no row."""


class Case(models.Model):
    """One case (办件) as its history has left it. Derived.

    `version`: the position of its newest fact; `head`: that fact's hash; together they guard every write.
    `home`: the agency that received it; never changes. `legal_due_on`: of the statutory limit that runs now (the lower
    agency's own until it hands the case up). `visits` … `done_at_once`: what is counted of it (`engine.measures`).
    `watched`: the stage it is watched at ("": over); `with_unit`: the unit whose turn it is; `yellow_on` …
    `blue_until`: the days on which its light changes (`engine.lights`), with the minute of the day where it is one of
    `yellow_on`: the light itself is computed when it is read (`cases.lights`).
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
    watched = models.TextField(default="")
    with_unit = models.TextField(default="")
    yellow_on = models.DateField(null=True)
    yellow_minute = models.IntegerField(null=True)
    orange_on = models.DateField(null=True)
    red_on = models.DateField(null=True)
    red_plus_on = models.DateField(null=True)
    blue_from = models.DateField(null=True)
    blue_until = models.DateField(null=True)
    next_due_at = models.BigIntegerField(null=True)

    objects = GuardedManager["Case"]()

    class Meta:
        db_table = "case"
        indexes = [
            models.Index(fields=["home", "stage", "received_on"], name="case_home_stage"),
            models.Index(fields=["number"], name="case_number"),
            models.Index(fields=["query_number"], name="case_query_number"),
            models.Index(
                fields=LIGHTS,
                name="case_lights",
                condition=models.Q(closed_on__isnull=True),
            ),
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

    objects = GuardedManager["Task"]()

    class Meta:
        db_table = "task"
        indexes = [models.Index(fields=["unit", "due_on"], name="task_unit_due")]


class Participant(models.Model):
    """Which unit or person (pseudonym) may see a case, and in what capacity. Derived."""

    pk = models.CompositePrimaryKey("stream_id", "who", "capacity")
    stream = models.ForeignKey(Case, on_delete=models.DO_NOTHING, db_column="stream", db_index=False, related_name="+")
    who = models.TextField()
    capacity = models.TextField()

    objects = GuardedManager["Participant"]()

    class Meta:
        db_table = "participant"
        indexes = [models.Index(fields=["who", "stream"], name="participant_who")]


class Registration(RoomRow):
    """A number given out, for ever: who asked with which key, and the stream it opened. Truth.

    `key`: digest of the asker and their idempotency key; `body`: keyed digest of what was handed in, so that the
    same key with another body is refused. No personal datum stands here.
    """

    number = models.TextField(primary_key=True)
    query_number = models.TextField(unique=True)
    stream = models.UUIDField(unique=True)
    key = models.TextField(unique=True)
    body = models.TextField()

    objects = KeptManager["Registration"]()

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


class Plan(RoomRow):
    """A change of law for running cases: another calendar, or another version of a procedure. Derived.

    Rows follow from the streams of kind "plan". `kind`: calendar or version. `scope`: the calendar's region, or the
    procedure's code. `before` and `target`: versions of the calendar, or numbers of versions. `content`: the calendar
    as it will be. `stage`: proposed, previewed, released, carried_out, dropped. `undoes`: the plan this one takes
    back. `cursor` and the counts say how far the worker is, in looking (until it is previewed) or in carrying out:
    `seen` cases were gone through, the dates of `moved` are others, `blocked` have to stay as they are.
    """

    stream = models.UUIDField(primary_key=True)
    kind = models.TextField()
    scope = models.TextField()
    before = models.TextField(blank=True)
    target = models.TextField()
    document = models.TextField(blank=True)
    reason = models.TextField()
    content = models.JSONField(null=True)
    stage = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    released_by = models.TextField(blank=True)
    released_unit = models.TextField(blank=True)
    released_agency = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undoes = models.UUIDField(null=True)
    undone_by = models.UUIDField(null=True)
    cursor = models.UUIDField(null=True)
    seen = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    blocked = models.IntegerField(default=0)

    objects = ScopedManager["Plan"]()

    class Meta:
        db_table = "plan"
        indexes = [models.Index(fields=["stage"], name="plan_stage")]


class PlanLine(RoomRow):
    """What a plan does to one case, as it was looked at, and what came of it. Neither truth nor derived.

    A computation of its moment, for the page that shows it: the truth of a case that was moved stands in its history.
    `since`: the day it was received. `moved`: [[clock, step, before, after], …]. `code` and `facts`: why it stays as
    it is. `account`: whether somebody of the applicant's side can read a message. `done`: "" as it was looked at, else
    moved, same, over or stays.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    stream = models.UUIDField()
    number = models.TextField()
    procedure = models.TextField()
    procedure_version = models.IntegerField()
    unit = models.TextField()
    since = models.DateField()
    account = models.BooleanField(default=False)
    moved = models.JSONField(default=list)
    code = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    done = models.TextField(blank=True)

    objects = ScopedManager["PlanLine"]()

    class Meta:
        db_table = "plan_line"
        constraints = [models.UniqueConstraint(fields=["plan", "stream"], name="plan_line_once")]


class Bundle(RoomRow):
    """A joint handling (联合办理) as its history has left it. Derived, but for the bookkeeping of the worker.

    `due_on`: of the joint limit, an index and not the answer. `stirred` counts what happened to it or to its parts,
    `settled` how far that was seen to; `retry_at`: not before this instant (UTC microseconds).
    """

    stream = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    matter = models.TextField()
    lead = models.TextField()
    contact = models.TextField()
    party = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    accepted_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    extended = models.BooleanField(default=False)
    closed_on = models.DateField(null=True)
    stirred = models.IntegerField(default=0)
    settled = models.IntegerField(default=0)
    retry_at = models.BigIntegerField(default=0)

    objects = BundleManager["Bundle"](Lock(own=("party",), through=("stream", "bundle_part", "bundle")))

    class Meta:
        db_table = "bundle"
        indexes = [
            models.Index(
                fields=["retry_at", "stream"],
                name="bundle_stirred",
                condition=models.Q(settled__lt=models.F("stirred")),
            ),
            models.Index(fields=["party"], name="bundle_party"),
        ]


class BundlePart(RoomRow):
    """A part of a joint handling: the item, who decides, and the case it has become. Derived."""

    pk = models.CompositePrimaryKey("bundle", "role")
    bundle = models.UUIDField()
    role = models.TextField()
    code = models.TextField()
    unit = models.TextField()
    agency = models.TextField()
    case = models.UUIDField(null=True, unique=True)
    accepted_on = models.DateField(null=True)
    share_due = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    objects = BundlePartManager["BundlePart"](Lock(case="case"))

    class Meta:
        db_table = "bundle_part"
        indexes = [
            models.Index(
                fields=["share_due"],
                name="bundle_part_late",
                condition=models.Q(decided_on__isnull=True, ended_on__isnull=True),
            ),
        ]
