"""The rows of supervision. Derived: `rebuild` makes each again from the log. No personal datum stands here.

What was written (an explanation, the reasons of an appeal) lies sealed beside the facts; a person is a pseudonym.
"""

from django.db import models

from banjie.cases.scope import KeptManager, RoomRow
from banjie.store.postgresql.guarding import Lock


class Card(RoomRow):
    """A finding and what becomes of it (预警、黄牌、红牌). Derived from streams of kind "card": their id is its key.

    `case`: the stream of the case, None of a pattern over many; `unit`, `agency`, `region`: whose it is; `person`: the
    pseudonym of the member of staff, "" of nobody in particular; `on`: the day it came true. `status`: fired, issued,
    explained, rectified, appealed, closed; `before_appeal`: where it stood. `due_on`: until when the unit must have
    answered; `appeal_until`: until when it may appeal; `next_due_at`: when time itself acts (UTC microseconds).
    """

    stream = models.UUIDField(primary_key=True)
    rule = models.TextField()
    case = models.UUIDField(null=True)
    number = models.TextField(blank=True)
    unit = models.TextField()
    agency = models.TextField(blank=True)
    region = models.TextField(blank=True)
    person = models.TextField(blank=True)
    on = models.DateField()
    colour = models.TextField()
    status = models.TextField()
    result = models.TextField(blank=True)
    before_appeal = models.TextField(blank=True)
    issued_by = models.TextField(blank=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    appeal_until = models.DateField(null=True)
    has_appealed = models.BooleanField(default=False)
    closed_on = models.DateField(null=True)
    next_due_at = models.BigIntegerField(null=True)

    objects = KeptManager["Card"](Lock(opened=("region", "unit", "agency", "person")))

    class Meta:
        db_table = "card"
        indexes = [
            models.Index(fields=["region", "status", "on"], name="card_region_status"),
            models.Index(fields=["unit", "status"], name="card_unit_status"),
            models.Index(fields=["case"], name="card_case"),
            models.Index(fields=["next_due_at"], name="card_next_due", condition=models.Q(next_due_at__isnull=False)),
        ]


class Order(RoomRow):
    """A supervision order (督办单) to a unit. Derived from streams of kind "order".

    `card`, `number`: what it is about, where it is about a card or a case. `level`: who has to answer now (unit,
    section_head, head_of_agency, supervision_office); `due_on`: until when. `status`: open, replied, closed.
    """

    stream = models.UUIDField(primary_key=True)
    card = models.UUIDField(null=True)
    number = models.TextField(blank=True)
    unit = models.TextField()
    agency = models.TextField(blank=True)
    region = models.TextField(blank=True)
    issued_by = models.TextField(blank=True)
    issued_on = models.DateField()
    level = models.TextField()
    due_on = models.DateField(null=True)
    status = models.TextField()
    result = models.TextField(blank=True)
    closed_on = models.DateField(null=True)
    next_due_at = models.BigIntegerField(null=True)

    objects = KeptManager["Order"](Lock(opened=("region", "unit", "agency")))

    class Meta:
        db_table = "supervision_order"
        indexes = [
            models.Index(fields=["region", "status", "due_on"], name="order_region_status"),
            models.Index(fields=["unit", "status"], name="order_unit_status"),
            models.Index(fields=["next_due_at"], name="order_next_due", condition=models.Q(next_due_at__isnull=False)),
        ]


class Outage(models.Model):
    """A time in which the system could not be used (停机). Derived from streams of kind "outage".

    `number`: how late entries cite it; `unit`: whom it struck, "" for everybody in the region; `evidence`: the number
    of the paper that proves it. It excuses nobody before a second person has confirmed it.
    """

    stream = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    region = models.TextField()
    unit = models.TextField(blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    evidence = models.TextField()
    registered_by = models.TextField()
    confirmed_by = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        db_table = "outage"
        indexes = [models.Index(fields=["region", "since"], name="outage_region")]


class Watch(RoomRow):
    """When somebody has to look at a case, because a limit of it will have passed: an index. Derived."""

    stream = models.UUIDField(primary_key=True)
    next_due_at = models.BigIntegerField()

    objects = KeptManager["Watch"]()

    class Meta:
        db_table = "watch"
        verbose_name_plural = "watches"
        indexes = [models.Index(fields=["next_due_at"], name="watch_next_due")]


class KeptTrace(RoomRow):
    """What the detectors of gaming need of one case (`detectors.trace`), as plain data without a name. Derived.

    `stale`: the case has moved on since it was made; `looked`: the detectors have seen it as it is; `is_open`: neither
    decided nor closed, so that silence alone changes what can be said of it.
    """

    stream = models.UUIDField(primary_key=True)
    region = models.TextField(blank=True)
    filed_on = models.DateField(null=True)
    is_open = models.BooleanField(default=True)
    stale = models.BooleanField(default=True)
    looked = models.BooleanField(default=False)
    plain = models.TextField(blank=True)

    objects = KeptManager["KeptTrace"]()

    class Meta:
        db_table = "kept_trace"
        indexes = [
            models.Index(fields=["stream"], name="kept_trace_stale", condition=models.Q(stale=True)),
            models.Index(fields=["region", "filed_on"], name="kept_trace_region"),
            models.Index(fields=["region"], name="kept_trace_open", condition=models.Q(is_open=True)),
        ]


class Look(models.Model):
    """The last day on which the detectors looked at a region. Derived: forgetting it costs one more look."""

    region = models.TextField(primary_key=True)
    on = models.DateField()

    class Meta:
        db_table = "look"
