"""The register of parties: opened, changed, assured and erased, each a fact on the party's own stream."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from banjie.engine import applicant, codec
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts.models import new_pseudonym
from banjie.records.parties import mandates, sealing
from banjie.records.parties.models import ASSURED, Level, Party
from banjie.store.keys.blind import blind_index
from banjie.store.keys.models import Personal
from banjie.store.log import ids
from banjie.store.log.append import append

STREAM_KIND = "party"
PARTICULARS = (
    "kind",
    "name",
    "id_type",
    "id_number",
    "phone",
    "email",
    "address",
    "registered_address",
    "legal_representative",
)
REACHED_BY = ("phone", "email", "address", "registered_address", "legal_representative")
"""What a party may change itself; who they are is declared once, or assured."""


def open_party(
    particulars: Mapping[str, str],
    *,
    by: str,
    at: datetime,
    level: Level = Level.DECLARED,
    pseudonym: str = "",
    consents: Sequence[str] = (),
) -> Party:
    """A new party with its particulars sealed, under a pseudonym (of the account that holds it, or a new one).

    BadInput for particulars that cannot be right. NotPossible("party_known") where an assured party has this identity
    number; one that somebody only declared stands in nobody's way.
    """
    told = _checked(particulars, at)
    when, stream = codec.microseconds(at), ids.uuid7()
    with transaction.atomic():
        sealed = sealing.seal(sealing.new_key(stream), "described", told, told["id_number"])
        body = {
            "at": when,
            "by": by,
            "party": pseudonym or new_pseudonym(),
            "kind": told["kind"],
            "level": Level(level).value,
            "particulars": sealed,
            "consents": sorted(consents),
        }
        _append(stream, "opened", body, by)
        row = opened(stream, body)
        row.assured = _assured_by(row.level, told["id_number"])
        return _saved(row)


def describe(party: str, changes: Mapping[str, str], *, by: str, at: datetime) -> Party:
    """Change how a party is reached; what was there is kept no longer. BadInput; NotPossible party_erased."""
    with transaction.atomic():
        row = living(party)
        told = dict(sealing.opened(row.stream, row.ref) or {})
        told |= {name: value.strip() for name, value in changes.items() if name in REACHED_BY}
        told = _checked(told, at)
        return _described(row, "described", told, {}, by, at)


def assure(party: str, particulars: Mapping[str, str], level: Level, *, by: str, at: datetime) -> Party:
    """An identity provider or the window has looked: the name and number it saw are the party's from now on.

    NotPossible("party_known") where another assured party has this number, party_erased.
    """
    with transaction.atomic():
        row = living(party)
        before = dict(sealing.opened(row.stream, row.ref) or {})
        seen = {name: particulars[name].strip() for name in ("kind", "name", "id_type", "id_number")}
        told = _checked({**before, **seen}, at)
        return _described(row, "assured", told, {"level": Level(level).value}, by, at)


def erase(party: str, *, by: Actor, at: datetime, basis: str) -> None:
    """Forget a party (删除): its key is destroyed, its mandates end. The facts stay. Safe to repeat.

    NotPossible needs_data_steward; no_such_party.
    """
    if by.kind is not ActorKind.STAFF or "data_steward" not in by.posts:
        raise NotPossible("needs_data_steward")
    with transaction.atomic():
        row = _locked(party)
        if not row.ref:
            return
        for mandate in mandates.of_party(party):
            mandates.let_go(mandate, by=by.id, at=at)
        key_id = sealing.destroyed(row.stream)
        body = {"at": codec.microseconds(at), "by": by.id, "basis": basis, "key_id": key_id}
        _append(row.stream, "erased", body, by.id)
        row.ref, row.assured = "", None
        row.save()


def find_by_number(id_number: str) -> list[Party]:
    """The parties with exactly this identity number, assured ones first, then the oldest."""
    streams = Personal.objects.filter(blind=blind_index(sealing.FIELD, id_number)).values_list("stream", flat=True)
    found = Party.objects.filter(stream__in=list(streams)).exclude(ref="")
    return sorted(found, key=lambda each: (each.level not in ASSURED, each.opened_at, each.id))


def find_assured(id_number: str) -> Party | None:
    """The one assured party with this identity number."""
    return Party.objects.filter(assured=_index(id_number)).first()


def living(party: str) -> Party:
    """The row of a party, held to the end of the transaction; NotPossible no_such_party, party_erased."""
    row = _locked(party)
    if not row.ref:
        raise NotPossible("party_erased")
    return row


def record(row: Party, kind: str, body: dict[str, Any], by: str, at: datetime, command_id: UUID | None = None) -> None:
    """One more fact on the stream of a party; part of the caller's transaction."""
    _append(row.stream, kind, {"at": codec.microseconds(at), "by": by, **body}, by, command_id)


# Rows from facts


def opened(stream: UUID, body: dict[str, Any]) -> Party:
    """The row that an `opened` fact makes, not saved and without its index."""
    return Party(
        id=body["party"],
        stream=stream,
        kind=body["kind"],
        level=body["level"],
        opened_at=codec.instant(body["at"]),
        ref=body["particulars"]["ref"],
    )


def changed(row: Party, kind: str, body: dict[str, Any]) -> None:
    """Let a later fact change a row; saves nothing."""
    if kind in ("described", "assured"):
        row.ref = body["particulars"]["ref"]
        row.level = body.get("level", row.level)
        row.kind = body.get("kind", row.kind)
    elif kind == "erased":
        row.ref = ""


def index_again(row: Party) -> None:
    """The index of an assured party, made anew from what is sealed; none where the key is gone."""
    told = sealing.opened(row.stream, row.ref)
    row.assured = _assured_by(row.level, told["id_number"]) if told else None


def _described(row: Party, kind: str, told: dict[str, str], more: dict[str, str], by: str, at: datetime) -> Party:
    key = sealing.key_of(row.stream)
    assert key is not None, "a party that is not erased has a key"
    before = row.ref
    body = {
        "at": codec.microseconds(at),
        "by": by,
        "particulars": sealing.seal(key, kind, told, told["id_number"]),
        "kind": told["kind"],
        **more,
    }
    _append(row.stream, kind, body, by)
    sealing.forget_what_was(row.stream, before)
    changed(row, kind, body)
    row.assured = _assured_by(row.level, told["id_number"])
    return _saved(row)


def _saved(row: Party) -> Party:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise NotPossible("party_known") from taken
    return row


def _locked(party: str) -> Party:
    row = Party.objects.select_for_update().filter(id=party).first()
    if row is None:
        raise NotPossible("no_such_party")
    return row


def _append(stream: UUID, kind: str, body: dict[str, Any], by: str, command_id: UUID | None = None) -> None:
    facts = [(kind, codec.canonical(body))]
    append(stream, STREAM_KIND, facts, command_id=command_id or uuid4(), at=body["at"], actor=by)


def _assured_by(level: str, id_number: str) -> bytes | None:
    return _index(id_number) if level in ASSURED else None


def _index(id_number: str) -> bytes:
    return blind_index("assured party", id_number)


def _checked(particulars: Mapping[str, str], at: datetime) -> dict[str, str]:
    """The particulars without what is empty; BadInput for what cannot be right. An address may follow later."""
    told = {name: str(particulars.get(name) or "").strip() for name in PARTICULARS}
    told["id_number"] = told["id_number"].upper()
    asked = {**told, "address": told["address"] or "-"}
    problems = applicant.problems(asked, at.astimezone(codec.OFFICE_ZONE).date())
    if problems:
        raise BadInput(problems)
    return {name: value for name, value in told.items() if value}
