"""The applicant's inbox. Messages are derived: following the feed from its beginning recreates every one of them."""

from django.db import models

from banjie.cases.scope import GuardedManager


class Message(models.Model):
    """One fact that one person was told of. The sentence is made when it is read, from the fact itself.

    `who`: the pseudonym of the person; `at`: the legal time of the fact (UTC microseconds). `position`: of the fact in
    the case; below 0, of a fact in the history of the licence that the case led to (its place, negated).
    """

    pk = models.CompositePrimaryKey("stream", "position", "who")
    stream = models.UUIDField()
    position = models.IntegerField()
    who = models.TextField()
    kind = models.TextField()
    at = models.BigIntegerField()

    objects = GuardedManager["Message"]()

    class Meta:
        db_table = "message"
        indexes = [models.Index(fields=["who", "-at"], name="message_who")]


class Reading(models.Model):
    """One message that one account has read. Truth: no fact says it, and no rebuild takes it away.

    `reader`: the pseudonym of whoever read it, which is the agent where an agent did.
    """

    pk = models.CompositePrimaryKey("reader", "stream", "position")
    reader = models.TextField()
    stream = models.UUIDField()
    position = models.IntegerField()

    objects = GuardedManager["Reading"]()

    class Meta:
        db_table = "reading"
