"""The record of each version is signed by the installation's key (SM2 with SM3): the worker's work, a few at a time.

The signature lies sealed beside the facts: over a record that names a person it would let anybody guess who it is.
"""

import json
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.duties.licences import recording
from banjie.duties.licences.models import Version
from banjie.duties.licences.queries import content_of
from banjie.engine import codec
from banjie.engine.codec import canonical
from banjie.records.parties import sealing
from banjie.store.keys.read import open_personal
from banjie.store.signing.provider import provider

BITE = 20
"""Records signed at once: a third of a second."""
BY = "licences"


def work(now: datetime, most: int = BITE) -> int:
    """Sign up to so many records that are not signed yet; how many were. Safe to kill, and two workers never double."""
    waiting = Version.objects.kept().filter(signature="").exclude(content="").order_by("stream", "version")
    return sum(_signed(row.stream, row.version, now) for row in waiting[:most])


def is_signed(row: Version) -> bool | None:
    """Whether the signature of this version's record is ours and the record is the one that was signed.

    None where there is nothing to check: not signed yet, or erased.
    """
    said = content_of(row) if row.signature else None
    sealed = open_personal(row.stream, [row.signature])[row.signature] if said else None
    if said is None or sealed is None:
        return None
    told, ours = json.loads(sealed), provider()
    # The key that lies beside a signature proves nothing: whoever forges the one has the other.
    is_ours = told["key"] == ours.public_pem
    return is_ours and ours.verify(canonical(said["record"]), bytes.fromhex(told["signature"]))


def signature_of(row: Version) -> dict[str, str] | None:
    """The algorithm, the signature (hexadecimal DER) and the public key of a version's record; None without one."""
    sealed = open_personal(row.stream, [row.signature])[row.signature] if row.signature else None
    return None if sealed is None else json.loads(sealed)


def _signed(stream: UUID, version: int, now: datetime) -> int:
    row = Version.objects.kept().get(stream=stream, version=version)
    said = content_of(row)
    if said is None:
        return 0
    with_key = provider()
    signature = with_key.sign(canonical(said["record"]))
    with transaction.atomic():
        key = sealing.key_of(stream)
        if key is None or not recording.held(stream):  # erased meanwhile
            return 0
        command = uuid5(stream, f"signed|{version}")
        told = {"algorithm": with_key.algorithm, "signature": signature.hex(), "key": with_key.public_pem}
        body = {
            "at": codec.microseconds(now),
            "by": BY,
            "version": version,
            "signature": sealing.seal(key, f"signature/{version}", told),
        }
        if not recording.record(stream, "signed", body, command):
            transaction.set_rollback(True)  # another worker was first: what was sealed goes with it
            return 0
    return 1
