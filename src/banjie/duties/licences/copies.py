"""A copy for a purpose (加注件): the holder hands a licence to somebody for one use, until a day, and can take it back.

It has a number of its own, by which anybody can check it; each check is on record. Use and recipient lie sealed.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from banjie.duties.licences import papers, recording, standing, types
from banjie.duties.licences.models import Licence, PurposeCopy
from banjie.duties.licences.queries import content_of, opened
from banjie.duties.licences.standing import Standing
from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.parties import sealing
from banjie.store.log import read

USUAL, LONGEST = timedelta(30), timedelta(180)
"""How long a copy is good for where nothing else is said, and at the most."""
LONGEST_TEXT = 60
MOST = 50
"""Copies of one licence that stand at the same time: more is not a use but a leak."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
APART = timedelta(minutes=1)
"""Checks of one copy closer together are one check: a page that is loaded again says nothing new."""


def make(
    stream: UUID, use: str, recipient: str, until: date | None, *, by: Actor, at: datetime, command_id: UUID
) -> PurposeCopy:
    """A copy of the newest version for this use; the command's id is the copy's, and a repeat returns the first.

    The caller has made sure that the licence is this person's. BadInput needed, too_long, until_out_of_range;
    NotPossible licence_not_valid, too_many_copies.
    """
    on = at.date()
    last = until or on + USUAL
    problems = [
        (name, code)
        for name, value in (("use", use), ("recipient", recipient))
        if (code := "needed" if not value.strip() else "too_long" if len(value) > LONGEST_TEXT else "")
    ]
    if not on <= last <= on + LONGEST:
        problems.append(("until", "until_out_of_range"))
    if problems:
        raise BadInput(problems)
    with transaction.atomic():
        known = PurposeCopy.objects.kept().filter(id=command_id).first()
        if known:
            return known
        row = recording.held(stream)
        key = sealing.key_of(stream)
        if row is None or key is None or standing.on(row, on) is not Standing.VALID:
            raise NotPossible("licence_not_valid")
        stands = PurposeCopy.objects.kept().filter(stream=stream, revoked_at=None, until__gte=on)
        if stands.count() >= MOST:
            raise NotPossible("too_many_copies", most=MOST)
        if row.valid_to:
            last = min(last, row.valid_to)
        terms = {"use": use.strip(), "recipient": recipient.strip()}
        body: dict[str, Any] = {
            "at": codec.microseconds(at),
            "by": by.id,
            "copy": command_id.hex,
            "number": _number(),
            "agency": row.agency,
            "version": row.version,
            "until": last.isoformat(),
            "terms": sealing.seal(key, f"copy/{command_id.hex}", terms),
        }
        body["paper"] = _paper(row, body, terms).hex
        recording.record(stream, "copied", body, command_id)
        return PurposeCopy.objects.kept().get(id=command_id)


def take_back(stream: UUID, copy: UUID, *, by: Actor, at: datetime, command_id: UUID) -> None:
    """The holder takes a copy back: from now on whoever checks it is told so. NotPossible no_such_copy."""
    with transaction.atomic():
        row = PurposeCopy.objects.kept().select_for_update().filter(id=copy, stream=stream).first()
        if row is None:
            raise NotPossible("no_such_copy")
        if row.revoked_at is None:
            body = {"at": codec.microseconds(at), "by": by.id, "copy": copy.hex}
            recording.record(stream, "copy_revoked", body, command_id)


def checked(copy: PurposeCopy, at: datetime) -> None:
    """Somebody has checked this copy: on record for its holder, at most once a minute."""
    with transaction.atomic():
        row = PurposeCopy.objects.kept().select_for_update().get(id=copy.id)
        if row.checked_at is None or at - row.checked_at >= APART:
            body = {"at": codec.microseconds(at), "by": "public", "copy": copy.id.hex}
            recording.record(copy.stream, "copy_checked", body, uuid4())


def terms_of(copy: PurposeCopy) -> dict[str, str]:
    """The use and the recipient in clear; empty once they are erased."""
    return opened(copy.stream, copy.ref) or {}


def _paper(row: Licence, body: dict[str, Any], terms: dict[str, str]) -> UUID:
    history = read.entries(row.stream)
    facts = (read.plain(each) for each in history if each.kind in recording.MAKE_A_VERSION)
    fact = next(each for each in facts if each["version"] == row.version)
    said, type = content_of(row), types.of(row.type, date.fromisoformat(fact["dated"]))
    assert said is not None
    assert type is not None
    return papers.copy(type, said, fact, body, terms, (row.stream, history[-1].position + 1))


def _number() -> str:
    """A number nobody can guess, in characters nobody mixes up: JZ and twelve of them (JZ 加注)."""
    return "JZ" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
