"""Applications that are not handed in yet: nobody's case, and only their owner's business."""

from django.db import models

from banjie.cases.scope import KeptManager, RoomRow
from banjie.store.postgresql.guarding import Lock


class ApplicationDraft(RoomRow):
    """A draft of an application. Truth, and no application: it starts no clock, and no officer sees it.

    `id` stands in the address of the form and is the idempotency key of what is handed in. `owner`: a pseudonym.
    `codes`: the items it applies for. What was typed lies in `sealed`, under the key in `wrapped` (store.keys.parcel).
    `numbers`: the query numbers given out, item by item, once it was handed in; then nothing that was typed is left.
    """

    id = models.UUIDField(primary_key=True)
    owner = models.CharField(max_length=64)
    codes = models.JSONField()
    page = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    sealed = models.BinaryField()
    numbers = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_on = models.DateField()

    objects = KeptManager["ApplicationDraft"](Lock(opened=("owner",)))

    class Meta:
        db_table = "application_draft"
        indexes = [
            models.Index(fields=["owner", "changed_at"], name="draft_owner"),
            models.Index(fields=["expires_on"], name="draft_expires"),
        ]


class DraftFile(RoomRow):
    """A file that a draft waits with: the sweeper of uploads leaves it alone as long as this row stands."""

    file = models.UUIDField(primary_key=True)
    draft = models.ForeignKey(ApplicationDraft, on_delete=models.CASCADE, related_name="files")

    objects = KeptManager["DraftFile"](Lock(through=("draft_id", "application_draft", "id")))

    class Meta:
        db_table = "application_draft_file"
