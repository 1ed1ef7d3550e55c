"""The applicant's inbox. Derived: following the feed from its beginning recreates every message."""

from django.db import models

from banjie.cases.scope import ScopedManager


class Message(models.Model):
    """One fact that one person was told of. The sentence is made when it is read, from the fact itself.

    `who`: the pseudonym of the person; `at`: the legal time of the fact (UTC microseconds).
    """

    pk = models.CompositePrimaryKey("stream", "position", "who")
    stream = models.UUIDField()
    position = models.IntegerField()
    who = models.TextField()
    kind = models.TextField()
    at = models.BigIntegerField()

    objects = ScopedManager["Message"]()

    class Meta:
        db_table = "message"
        indexes = [models.Index(fields=["who", "-at"], name="message_who")]
