"""The tables of the log: what happened, in which order it became visible, and how far each follower has read.

`log` is the truth; it holds bytes and knows no case. `unfed`, `feed` and the rest are made from it. Every identifier of
a stream is a UUID of version 7; every instant is an integer of UTC microseconds.
"""

from django.db import models


class Entry(models.Model):
    """One fact of one stream. Truth: appended, never changed; both databases refuse anything else.

    `position` counts from 1 within the stream. `command_id` and `nth` (from 0) name the command and the place of the
    fact among what came of it: a repeat cannot be recorded twice. `at` is when it happened in law, `recorded_at` what
    the store's clock said. `body` is the exact canonical bytes; `hash` links it to `prev` (see `chain`).
    """

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.IntegerField()
    stream_kind = models.TextField()
    kind = models.TextField()
    at = models.BigIntegerField()
    recorded_at = models.BigIntegerField()
    actor = models.TextField()
    assertion = models.TextField(default="", db_default="")
    command_id = models.UUIDField()
    nth = models.IntegerField()
    installation = models.TextField()
    body = models.BinaryField()
    alg = models.TextField()
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "log"
        constraints = [
            models.UniqueConstraint(fields=["stream", "command_id", "nth"], name="log_command_once"),
        ]


class Unfed(models.Model):
    """A fact that is not in the feed yet. Written by a trigger on `log`, emptied by the sequencer.

    The order of arrival is the column `seq`, which Django does not see; on SQLite it is the only key.
    """

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.IntegerField()

    class Meta:
        db_table = "unfed"


class Feed(models.Model):
    """The facts of all streams in one order without gaps, from 1. Written by the sequencer alone."""

    no = models.BigIntegerField(primary_key=True)
    stream = models.UUIDField()
    position = models.IntegerField()

    class Meta:
        db_table = "feed"
        constraints = [models.UniqueConstraint(fields=["stream", "position"], name="feed_once")]


class Bookmark(models.Model):
    """How far a follower has read: every fact up to `no` is handled, waits in `parked`, or is none of its business."""

    follower = models.TextField(primary_key=True)
    no = models.BigIntegerField()

    class Meta:
        db_table = "bookmark"


class Parked(models.Model):
    """A stream that waits for one follower, because its handler failed at `no`; later facts wait behind it.

    `parked`: the tries are used up and a person must look. Otherwise it is tried again at `retry_at`. `error` is the
    class of what was raised, and its code where it has one: never its text, which may hold personal data.
    """

    pk = models.CompositePrimaryKey("follower", "stream")
    follower = models.TextField()
    stream = models.UUIDField()
    no = models.BigIntegerField()
    attempts = models.IntegerField()
    retry_at = models.BigIntegerField()
    parked = models.BooleanField()
    error = models.TextField()
    since = models.BigIntegerField()

    class Meta:
        db_table = "parked"


class Installation(models.Model):
    """This installation: one row, made once. `id` stands in every fact; `demo` can never change."""

    id = models.TextField(primary_key=True)
    demo = models.BooleanField()
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "installation"


class Pulse(models.Model):
    """The worker's pulse: one row, the store's clock beside the machine's steady one, in microseconds.

    `boot`: the start of the machine from which `steady_at` counts. `leapt`: by how much the store's clock was seen to
    leap, 0 while it is right. `confirmed_at`: when a person last confirmed it.
    """

    store_at = models.BigIntegerField()
    steady_at = models.BigIntegerField()
    boot = models.TextField()
    leapt = models.BigIntegerField(default=0)
    confirmed_at = models.BigIntegerField(default=0)

    class Meta:
        db_table = "pulse"
