"""Moving the keys of files that belong to nothing yet under the newest wrapping key, after a rotation."""

from django.db import transaction

from banjie.store.files.models import File
from banjie.store.files.receive import KEYRING
from banjie.store.files.seal import keyring_label
from banjie.store.keys.keyring import keyring


def rewrap(limit: int = 1000) -> int:
    """Wrap up to `limit` keys anew and return how many; 0 when all are under the newest key. Safe to repeat.

    Files of a stream lie under its data key, which `keys.rewrap` moves.
    """
    ring = keyring()
    with transaction.atomic():
        rows = File.objects.select_for_update().filter(wrapped_by=KEYRING, key_id__in=ring.older)
        found = list(rows[:limit])
        for row in found:
            label = keyring_label(row.id, row.alg)
            row.wrapped, row.key_id = ring.wrap(label, ring.unwrap(label, bytes(row.wrapped))), ring.newest
        File.objects.bulk_update(found, ["wrapped", "key_id"], batch_size=200)
    return len(found)


class UnboundFiles:
    """The keys of files that belong to nothing yet."""

    name = "files"

    def rewrap(self, limit: int = 1000) -> int:
        """Wrap up to `limit` of them anew."""
        return rewrap(limit)

    def left(self, key_id: str) -> int:
        """How many lie under this key."""
        return File.objects.filter(wrapped_by=KEYRING, key_id=key_id).count()
