"""What the demo remembers of itself: by what it was founded, which case came of which filing, how far it has come."""

from django.db import models


class Filed(models.Model):
    """A filing of the county's life that was handed in, and the case it opened. Derived: a repeat finds it again."""

    name = models.TextField(primary_key=True)
    stream = models.UUIDField(unique=True)

    class Meta:
        db_table = "demo_filed"


class Waking(models.Model):
    """How far the telling has come: one row. Derived. `beat_at`: when whoever tells was last at work (UTC µs)."""

    told = models.IntegerField(default=0)
    planned = models.IntegerField(default=0)
    until = models.DateTimeField()
    beat_at = models.BigIntegerField()
    is_over = models.BooleanField(default=False)

    class Meta:
        db_table = "demo_waking"


class Founding(models.Model):
    """By what the county was founded last: one row. `edition`: the digest of the rulebook and of the demo's people."""

    edition = models.CharField(max_length=64)

    class Meta:
        db_table = "demo_founding"
