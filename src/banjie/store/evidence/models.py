"""The tables of evidence: the tree beside the feed, checkpoints and who cosigned them, and what we witness for others.

Both databases refuse to change or remove a checkpoint, a key, a cosignature, what we cosigned for others, a split view
and a declaration. Instants are UTC microseconds.
"""

from django.db import models


class Tile(models.Model):
    """Up to 256 neighbouring hashes of the tree. Derived: `banjie rebuild` makes them again from the feed.

    On level 0 the leaves, on each level above the roots of the full tiles below (C2SP tlog-tiles).
    """

    pk = models.CompositePrimaryKey("level", "no")
    level = models.SmallIntegerField()
    no = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "tile"


class CheckpointKey(models.Model):
    """A key that signs checkpoints. Truth: `note` names it, signed by itself and by the key before it."""

    generation = models.IntegerField(primary_key=True)
    public = models.BinaryField()
    note = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "checkpoint_key"


class Checkpoint(models.Model):
    """A signed checkpoint of the tree, numbered from 1 without gaps. Truth, kept for ever."""

    no = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    at = models.BigIntegerField()
    generation = models.IntegerField()
    note = models.TextField()

    class Meta:
        db_table = "checkpoint"


class Cosignature(models.Model):
    """What a witness put under a checkpoint of ours. Truth."""

    pk = models.CompositePrimaryKey("checkpoint", "witness")
    checkpoint = models.BigIntegerField()
    witness = models.TextField()
    line = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "cosignature"
        indexes = [models.Index(fields=["at"], name="cosignature_at")]


class Exchange(models.Model):
    """How we stand with a witness: what it was last heard to know, and when it is asked next. Kept by the worker.

    `trouble`: "" while it cosigns; otherwise why not (`witnesses` lists the words). `known`: the size it knows of us.
    """

    witness = models.TextField(primary_key=True)
    known = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_at = models.BigIntegerField(default=0)
    trouble = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        db_table = "witness_exchange"


class Witnessed(models.Model):
    """A checkpoint of another log that we cosigned. Truth: we never cosign one that does not follow from the newest."""

    no = models.BigAutoField(primary_key=True)
    origin = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "witnessed"
        constraints = [models.UniqueConstraint(fields=["origin", "size"], name="witnessed_once")]


class SplitView(models.Model):
    """Two checkpoints, signed by one log, of which one does not follow from the other. Truth.

    `held` is the one known here, `shown` the other, `by` who showed it. `is_proof`: they say two roots for one size,
    which cannot both be true, and anybody can see it. Otherwise a proof that the tree only grew was asked for and did
    not hold: a doubt, which is settled when the log later shows that it does.
    """

    no = models.BigAutoField(primary_key=True)
    origin = models.TextField()
    held = models.TextField()
    shown = models.TextField()
    shown_digest = models.TextField()
    size = models.BigIntegerField()
    is_proof = models.BooleanField()
    by = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "split_view"
        constraints = [models.UniqueConstraint(fields=["origin", "shown_digest", "is_proof"], name="split_view_once")]


class Declaration(models.Model):
    """The operator's word that this installation has no witness, or has one again: beside the fact in the log."""

    no = models.BigAutoField(primary_key=True)
    stream = models.UUIDField()
    has_no_witness = models.BooleanField()
    by = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "evidence_declaration"
