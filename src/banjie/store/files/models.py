"""The table of files: where each one's key and description lie; the bytes lie encrypted under FILES_DIR."""

from django.db import models


class File(models.Model):
    """One file. Truth, together with the encrypted bytes on the disk.

    `wrapped` is the file's own key: under the keyring while nobody but its owner has it (`wrapped_by` "keyring"),
    under the data key `key_id` of `stream` once it belongs to one ("stream"), so that it dies with that key.
    `commitment` is what facts say of its content.
    """

    id = models.UUIDField(primary_key=True)
    stream = models.UUIDField(null=True)
    owner = models.TextField()
    wrapped_by = models.TextField()
    key_id = models.TextField()
    alg = models.TextField()
    wrapped = models.BinaryField()
    commitment = models.TextField()
    size = models.BigIntegerField()
    media_type = models.TextField()
    name_ciphertext = models.BinaryField()
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "file"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped_by="keyring", stream__isnull=True)
                | models.Q(wrapped_by="stream", stream__isnull=False),
                name="file_key_has_one_keeper",
            ),
        ]
        indexes = [
            models.Index(fields=["stream"], name="file_stream", condition=models.Q(stream__isnull=False)),
            models.Index(fields=["created_at"], name="file_unbound", condition=models.Q(stream__isnull=True)),
        ]
