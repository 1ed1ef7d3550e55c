"""The rows of the fees. Derived: `rebuild` makes each again from the log. No personal datum stands here."""

from django.db import models

from banjie.cases.scope import RoomRow, ScopedManager
from banjie.store.postgresql.guarding import Lock


class Charge(RoomRow):
    """A fee charged on a case. Derived from the stream of kind "fee" with its id. `stream`: the case.

    `state`: open, paid, refund_owed, refunded, cancelled. `told`: what the case was told of it last. `receipt`: the
    number of its receipt, a paper in the register. Amounts in fen.
    """

    fee = models.UUIDField(primary_key=True)
    stream = models.UUIDField()
    code = models.TextField()
    number = models.TextField()
    listed = models.TextField()
    name = models.TextField()
    agency = models.TextField()
    units = models.BigIntegerField()
    reduced = models.BooleanField()
    amount = models.BigIntegerField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    paid_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=60, blank=True)
    told = models.CharField(max_length=12, blank=True)

    objects = ScopedManager["Charge"](Lock(case="stream"))

    class Meta:
        db_table = "fee"
        indexes = [
            models.Index(fields=["stream"], name="fee_stream"),
            models.Index(fields=["state", "told"], name="fee_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["receipt"], condition=~models.Q(receipt=""), name="fee_receipt_once"),
        ]


class Order(RoomRow):
    """One order of payment for a fee, under its own id at the provider. Derived. `stream`: the case.

    `state`: asked (the provider does not know it for sure), waiting, paid, failed, expired, refund_asked, refunded.
    `next_at` (UTC microseconds; None: nothing to ask), `tries` and `trouble` say when the worker asks the provider
    again and why it was in vain: they alone are not facts, and begin anew after a rebuild.
    """

    order = models.UUIDField(primary_key=True)
    fee = models.UUIDField()
    stream = models.UUIDField()
    method = models.CharField(max_length=6)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=12)
    page = models.TextField(blank=True)
    reference = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    next_at = models.BigIntegerField(null=True)
    tries = models.IntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True)

    objects = ScopedManager["Order"](Lock(case="stream"))

    class Meta:
        db_table = "pay_order"
        indexes = [
            models.Index(fields=["next_at"], name="pay_order_next"),
            models.Index(fields=["fee"], name="pay_order_fee"),
            models.Index(fields=["paid_at"], name="pay_order_paid"),
            models.Index(fields=["refunded_at"], name="pay_order_refunded"),
        ]


class Day(models.Model):
    """A county's day held against the provider's statement. Derived from the stream of kind "fee_day" of that day.

    `county`: the region of the agencies that are paid; "" what belongs to no order that is known, "*" the whole
    installation, as it was compared before each county had its own. `matched`: lines that agree; `open`: differences
    nobody has answered. Sums in fen, refunds taken off.
    """

    stream = models.UUIDField(primary_key=True)
    day = models.DateField()
    county = models.TextField()
    matched = models.IntegerField()
    ours = models.BigIntegerField()
    theirs = models.BigIntegerField()
    open = models.IntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        db_table = "fee_day"
        constraints = [models.UniqueConstraint(fields=["county", "day"], name="fee_day_once")]


class Difference(models.Model):
    """One line on which a day's statement and our record do not agree. Derived.

    `kind`: missing_here, missing_there, amount_differs. `line`: payment or refund. Ours and theirs in fen, None where
    there is none.
    """

    stream = models.UUIDField()
    nth = models.IntegerField()
    day = models.DateField()
    order = models.CharField(max_length=64)
    line = models.CharField(max_length=8)
    kind = models.CharField(max_length=16)
    ours = models.BigIntegerField(null=True)
    theirs = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    answer = models.CharField(max_length=30, blank=True)
    answered_by = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fee_difference"
        constraints = [models.UniqueConstraint(fields=["stream", "nth"], name="fee_difference_once")]
        indexes = [models.Index(fields=["answered_at", "day"], name="fee_difference_open")]
