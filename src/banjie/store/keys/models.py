"""The tables of keys and personal data: what can be read only as long as its key exists."""

from django.db import models
from django.db.models.functions import Substr


class DataKey(models.Model):
    """The key of one stream's personal data, wrapped under a key of the keyring. Truth.

    Destroying it sets `wrapped` to NULL for ever: the databases refuse to change or remove a destroyed key's row.
    """

    pk = models.CompositePrimaryKey("stream", "key_id")
    stream = models.UUIDField()
    key_id = models.TextField()
    alg = models.TextField()
    wrapped = models.BinaryField(null=True)
    created_at = models.BigIntegerField()
    destroyed_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "data_key"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="data_key_lives_or_is_destroyed",
            ),
        ]
        indexes = [
            # Under which wrapping key it lies: a rotation and the end of a key ask for nothing else.
            models.Index(
                Substr("wrapped", 1, 8, output_field=models.BinaryField()),
                name="data_key_wrapper",
                condition=models.Q(wrapped__isnull=False),
            ),
        ]


class Personal(models.Model):
    """One personal datum, sealed. Truth: the fact in the log holds only `ref` and a commitment.

    `blind`: a keyed digest by which it can be found (equality only); NULL where it need not be, or no longer may.
    """

    pk = models.CompositePrimaryKey("stream", "ref")
    stream = models.UUIDField()
    ref = models.TextField()
    key_id = models.TextField()
    alg = models.TextField()
    ciphertext = models.BinaryField()
    blind = models.BinaryField(null=True)

    class Meta:
        db_table = "personal"
        indexes = [
            models.Index(fields=["blind"], name="personal_blind", condition=models.Q(blind__isnull=False)),
        ]
