"""Erasing personal data by destroying the key they are sealed under; the facts, their hashes and their chain stay."""

from uuid import UUID

from django.db import connection

from banjie.store.keys import datakey
from banjie.store.keys.models import DataKey, Personal
from banjie.store.log import clock


def destroy(stream: UUID, key_id: str) -> None:
    """Destroy a data key for ever, and everything by which what it sealed could be found. Safe to repeat.

    Part of the caller's transaction: RuntimeError outside one; LookupError for a key that never was. Other keys and
    streams are untouched. A backup made before still holds the wrapped key: it dies with the wrapping key of that
    time (`rewrap`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a key is destroyed inside the caller's transaction, and there is none")
    rows = DataKey.objects.filter(stream=stream, key_id=key_id)
    if not rows.filter(destroyed_at__isnull=True).update(wrapped=None, destroyed_at=clock.now()):
        if not rows.exists():
            raise LookupError(f"stream {stream} has no key {key_id}")
        return
    Personal.objects.filter(stream=stream, key_id=key_id, blind__isnull=False).update(blind=None)
    datakey.forget()
