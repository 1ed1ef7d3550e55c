"""The rows of the queue. Derived: `rebuild` makes each again from the log. No personal datum stands here."""

from django.db import models

from banjie.cases.scope import GuardedManager, KeptManager, RoomRow
from banjie.store.postgresql.guarding import Lock


class Slip(models.Model):
    """A hand-over slip (材料交接单): where it left for where, and whether it arrived. Derived.

    `missing`: how many of its papers did not arrive; the sender has to find them.
    """

    number = models.TextField(primary_key=True)
    stream = models.UUIDField()
    from_unit = models.TextField()
    to_unit = models.TextField()
    sent_at = models.DateTimeField()
    sent_by = models.TextField()
    papers = models.IntegerField()
    received_at = models.DateTimeField(null=True)
    missing = models.IntegerField(default=0)

    objects = GuardedManager["Slip"]()

    class Meta:
        db_table = "slip"
        indexes = [
            models.Index(fields=["to_unit", "received_at"], name="slip_to_unit"),
            models.Index(fields=["from_unit", "received_at"], name="slip_from_unit"),
        ]


class Inquiry(RoomRow):
    """A question somebody asked (首问责任): who answers for it now. Derived from streams of kind "inquiry".

    `code`: the item it was about, "" where it was about none; `first`: the pseudonym of whoever was asked first;
    `holder`: who is responsible now; `offered_to`: who is asked to take it over ("" for nobody). What was asked lies
    sealed in the stream under `ref`.
    """

    stream = models.UUIDField(primary_key=True)
    code = models.TextField(blank=True)
    place = models.TextField()
    first = models.TextField()
    holder = models.TextField()
    offered_to = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    hand_overs = models.IntegerField(default=0)
    ref = models.TextField(blank=True)

    objects = KeptManager["Inquiry"](Lock(opened=("holder", "offered_to")))

    class Meta:
        db_table = "inquiry"
        verbose_name_plural = "inquiries"
        indexes = [
            models.Index(fields=["holder", "answered_at"], name="inquiry_holder"),
            models.Index(fields=["offered_to"], name="inquiry_offered"),
            models.Index(fields=["code", "asked_at"], name="inquiry_code"),
        ]


class WrongDoor(models.Model):
    """Somebody came to the wrong window for an item (进错门、跑错路). Derived from streams of kind "inquiry".

    `code`: the item they wanted; `came_to`: the unit where they stood; `belongs_to`: the unit that does it; `told`:
    what had sent them here, as a code of the catalogue's `misdirections`.
    """

    stream = models.UUIDField(primary_key=True)
    code = models.TextField()
    came_to = models.TextField()
    belongs_to = models.TextField()
    told = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        db_table = "wrong_door"
        indexes = [models.Index(fields=["code", "at"], name="wrong_door_code")]
