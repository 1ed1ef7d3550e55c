"""Credit standing: whose word is not taken (告知承诺、容缺) because they broke it once, until it is restored.

A bar is a stream of its own, one a case in which a promise was found broken; it names the party by pseudonym only.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from banjie.engine import codec
from banjie.records.parties import register
from banjie.records.parties.models import Bar
from banjie.store.log.append import append

STREAM_KIND = "standing"
FALSE_PROMISE = "false_promise"
BARS = UUID("3d0c6d5a-6f0e-5a44-9d1e-5b6f2a7c1e10")


def of(party: str, id_number: str = "") -> str:
    """Why the word of a party is not taken; "" for nothing known. Of a number: whoever has it under any account."""
    who = {party} - {""}
    if id_number.strip():
        who |= {each.id for each in register.find_by_number(id_number.strip().upper())}
    if not who:
        return ""
    return Bar.objects.filter(party__in=who, lifted_at=None).values_list("reason", flat=True).first() or ""


def bar(party: str, *, source: UUID, by: str, at: datetime) -> None:
    """The party broke its promise in this case. Safe to repeat; part of the caller's transaction."""
    stream = _stream(source)
    row = Bar.objects.filter(stream=stream).first()
    if row and row.lifted_at is None:
        return
    if row is None:
        body = {
            "at": codec.microseconds(at), "by": by, "party": party, "reason": FALSE_PROMISE, "source": source.hex,
        }  # fmt: skip
        _append(stream, "barred", body)
        barred(stream, body).save(force_insert=True)
    else:
        _change(row, "barred_again", {"at": codec.microseconds(at), "by": by})


def lift(source: UUID, *, by: str, at: datetime) -> None:
    """The credit is restored. Safe to repeat; part of the caller's transaction."""
    row = Bar.objects.filter(stream=_stream(source), lifted_at=None).first()
    if row:
        _change(row, "lifted", {"at": codec.microseconds(at), "by": by})


# Rows from facts


def barred(stream: UUID, body: dict[str, Any]) -> Bar:
    """The row that a `barred` fact makes, not saved."""
    return Bar(
        stream=stream,
        party=body["party"],
        reason=body["reason"],
        source=UUID(body["source"]),
        since=codec.instant(body["at"]),
    )


def changed(row: Bar, kind: str, body: dict[str, Any]) -> None:
    """Let a later fact change a row; saves nothing."""
    row.lifted_at = codec.instant(body["at"]) if kind == "lifted" else None
    if kind == "barred_again":
        row.since = codec.instant(body["at"])


def _change(row: Bar, kind: str, body: dict[str, Any]) -> None:
    _append(row.stream, kind, body)
    changed(row, kind, body)
    row.save(force_update=True)


def _append(stream: UUID, kind: str, body: dict[str, Any]) -> None:
    fact = (kind, codec.canonical(body))
    with transaction.atomic():
        append(stream, STREAM_KIND, [fact], command_id=uuid4(), at=body["at"], actor=body["by"])


def _stream(source: UUID) -> UUID:
    return uuid5(BARS, source.hex)
