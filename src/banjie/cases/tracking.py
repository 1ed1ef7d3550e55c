"""The tracking code on a receipt (查询密码): with it and the number, whoever holds the receipt reads the case.

Made when the receipt is first shown and sealed under the case's own data key, beside what was handed in: it stands in
no fact, no log and no address, and goes when that key goes. It opens a case for reading, never for acting.
"""

import json
import secrets
from hmac import compare_digest
from uuid import UUID

from django.db import transaction

from banjie.engine.codec import canonical
from banjie.store.keys.datakey import ALG
from banjie.store.keys.models import DataKey, Personal
from banjie.store.keys.read import data_key, open_personal

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1, I and L: it is read from paper."""
LENGTH = 10
"""49 random bits, behind a throttle."""
GROUP = 5
REF = "tracking-code"


def code_of(stream: UUID) -> str:
    """The code of a case in two groups (K7QXM-2R9TD), made now if there is none; "" once its data are erased.

    The caller has made sure that whoever asks may hold the receipt.
    """
    known = _known(stream) or _made(stream)
    return "-".join(known[start : start + GROUP] for start in range(0, len(known), GROUP))


def is_code_of(stream: UUID, typed: str) -> bool:
    """Whether this is the code of the case, however it was spaced and capitalised; compared in constant time."""
    given = "".join(each for each in typed.upper() if each.isalnum())[: 2 * LENGTH]
    known = _known(stream)
    return compare_digest((known or "-" * LENGTH).encode(), given.encode()) and bool(known)


def _known(stream: UUID) -> str:
    sealed = open_personal(stream, [REF])[REF]
    return str(json.loads(sealed)) if sealed else ""


def _made(stream: UUID) -> str:
    """A new code, written down; that of whoever was first where two receipts are shown at once."""
    key_id = DataKey.objects.filter(stream=stream, wrapped__isnull=False).values_list("key_id", flat=True).first()
    key = data_key(stream, key_id) if key_id else None
    if key is None:
        return ""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    _commitment, ciphertext = key.seal(REF, canonical(code))
    row = Personal(stream=stream, ref=REF, key_id=key.key_id, alg=ALG, ciphertext=ciphertext)
    with transaction.atomic():
        Personal.objects.bulk_create([row], ignore_conflicts=True)
    return _known(stream)
