"""Moving data keys under the newest wrapping key, so that an older one, and old backups with it, can be thrown away."""

from django.db import connection, transaction
from django.db.models import BinaryField
from django.db.models.functions import Substr

from banjie.store.keys import datakey
from banjie.store.keys.keyring import ID_BYTES, keyring
from banjie.store.keys.models import DataKey


def rewrap(limit: int = 1000) -> int:
    """Wrap up to `limit` living data keys anew and return how many; 0 when all are under the newest key.

    What they seal is not touched. Call it after `keyring.rotate` until it returns 0.
    """
    ring = keyring()
    newest = bytes.fromhex(ring.newest)
    wrapper = Substr("wrapped", 1, ID_BYTES, output_field=BinaryField())
    with transaction.atomic():
        rows = DataKey.objects.filter(wrapped__isnull=False).alias(wrapper=wrapper).exclude(wrapper=newest)
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        found = list(rows[:limit])
        for row in found:
            label = datakey.label(row.stream, row.key_id, row.alg)
            row.wrapped = ring.wrap(label, ring.unwrap(label, bytes(row.wrapped or b"")))
        DataKey.objects.bulk_update(found, ["wrapped"], batch_size=200)
    datakey.forget()
    return len(found)
