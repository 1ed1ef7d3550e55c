"""The rows of the delivery. Derived: `rebuild` makes each again from the log. No personal datum stands here."""

from django.db import models

from banjie.cases.scope import RoomRow, ScopedManager
from banjie.store.postgresql.guarding import Lock


class Delivery(RoomRow):
    """How the result of a case reaches its applicant. Derived from the case's stream of kind "delivery".

    `method`: window, post, agent, electronic. `state`: chosen, sent (dispatched, or in the inbox), came_back, delivered
    (proved, and the case does not know yet), served. `own`: the stream of its facts; `address`: where the address for
    the post lies sealed there, "" where it is the one of the application.
    """

    stream = models.UUIDField(primary_key=True)
    own = models.UUIDField(unique=True)
    method = models.CharField(max_length=12)
    state = models.CharField(max_length=10)
    address = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    by = models.TextField(blank=True)
    trouble = models.CharField(max_length=60, blank=True)

    objects = ScopedManager["Delivery"](Lock(case="stream"))

    class Meta:
        db_table = "delivery"
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["state", "changed_at"], name="delivery_state")]


class Parcel(RoomRow):
    """One parcel with a result. Derived. `stream`: the case; `by`: who dispatched it, of which `unit` and `agency`.

    `state`: asked (the carrier does not know it for sure), ordered, collected, in_transit, delivered, failed, returned,
    cancelled. `payer`: government or applicant; `cost` in fen. `proof`: where the carrier's proof lies sealed.
    `next_at` (UTC microseconds), `tries`, `trouble`: when the carrier is asked again; they alone are no facts.
    """

    parcel = models.UUIDField(primary_key=True)
    stream = models.UUIDField()
    own = models.UUIDField()
    code = models.TextField()
    unit = models.TextField()
    agency = models.TextField()
    by = models.TextField()
    payer = models.CharField(max_length=10)
    cost = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10)
    number = models.CharField(max_length=60, blank=True)
    dispatched_at = models.DateTimeField()
    stands_since = models.DateTimeField()
    proof = models.TextField(blank=True)
    next_at = models.BigIntegerField(null=True)
    tries = models.IntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True)

    objects = ScopedManager["Parcel"](Lock(case="stream"))

    class Meta:
        db_table = "parcel"
        indexes = [
            models.Index(fields=["next_at"], name="parcel_next"),
            models.Index(fields=["stream", "dispatched_at"], name="parcel_stream"),
            models.Index(fields=["payer", "dispatched_at"], name="parcel_payer"),
        ]
