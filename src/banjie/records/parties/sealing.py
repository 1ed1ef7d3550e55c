"""Personal data of a stream of this room: sealed under the stream's own key, beside the facts that refer to them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from banjie.engine.codec import canonical
from banjie.store.keys.blind import blind_index
from banjie.store.keys.datakey import ALG, DataKey, new_data_key, unwrap
from banjie.store.keys.destroy import destroy
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.keys.models import Personal
from banjie.store.keys.read import open_personal
from banjie.store.log import clock, read

FIELD = "party"
"""The blind index of the identity numbers of parties: they cannot be compared with those of cases."""


def new_key(stream: UUID) -> DataKey:
    """A key for a new stream, stored; part of the caller's transaction."""
    key, (key_id, alg, wrapped) = new_data_key(stream)
    DataKeyRow.objects.create(stream=stream, key_id=key_id, alg=alg, wrapped=wrapped, created_at=clock.now())
    return key


def key_of(stream: UUID) -> DataKey | None:
    """The living key of a stream; None where it was destroyed."""
    with connection.cursor() as cursor:
        cursor.execute(LIVING, [read.parameter(stream)])
        row = cursor.fetchone()
    return None if row is None else unwrap(stream, row[0], row[1], bytes(row[2]))


LIVING = "SELECT key_id, alg, wrapped FROM data_key WHERE stream = %s AND wrapped IS NOT NULL ORDER BY key_id LIMIT 1"


def seal(key: DataKey, what: str, value: Any, find_by: str = "", field: str = FIELD) -> dict[str, str]:
    """Seal a value and store it; how a fact refers to it. `find_by`: the identity number it may be found by, `field`:
    whose numbers these are (see `FIELD`)."""
    ref = f"{what}/{uuid4().hex}"
    commitment, ciphertext = key.seal(ref, canonical(value))
    Personal.objects.create(
        stream=key.stream,
        ref=ref,
        key_id=key.key_id,
        alg=ALG,
        ciphertext=ciphertext,
        blind=blind_index(field, find_by) if find_by else None,
    )
    return {"ref": ref, "commitment": commitment}


def opened(stream: UUID, ref: str) -> Mapping[str, str] | None:
    """What lies there in clear; None where the key was destroyed."""
    value = open_personal(stream, [ref])[ref] if ref else None
    return None if value is None else json.loads(value)


def forget_what_was(stream: UUID, ref: str) -> None:
    """What was replaced is kept no longer: the fact and its commitment stay."""
    Personal.objects.filter(stream=stream, ref=ref).delete()


def destroyed(stream: UUID) -> str:
    """Destroy the stream's key for ever and return its id; "" where it was destroyed before."""
    key = key_of(stream)
    if key is None:
        return ""
    destroy(stream, key.key_id)
    return key.key_id
