"""Mandates (委托书): somebody acts for a party because it said so, and that can be looked up for ever.

The giver names the agent by name and identity number and hands over a code; whoever accepts must have both the code and
that number, so a code that is lost opens nothing, and a number that somebody only claims opens nothing either. A
mandate on paper is recorded at the window by whoever has seen it. Each change is a fact on the mandate's own stream.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.parties import sealing
from banjie.records.parties.models import Mandate, MandateKind, Party
from banjie.store.keys.blind import blind_index, keyed_digest
from banjie.store.log import ids
from banjie.store.log.append import append

STREAM_KIND = "mandate"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12
LONGEST = timedelta(days=3 * 366)
ITEM_LENGTH = 31


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mandate says: why, for which items (none: every item), from which day to which day, both included.

    `may_commit`: whether it says that the agent may sign commitments (告知承诺), which no mandate covers by silence.
    """

    kind: MandateKind
    since: date
    until: date | None = None
    items: tuple[str, ...] = ()
    may_commit: bool = False


def give(by: Actor, name: str, id_number: str, terms: Terms, at: datetime) -> tuple[Mandate, str]:
    """The party gives a mandate electronically; the row, and the code for the agent, shown once.

    BadInput for terms that cannot be; NotPossible party_themselves_only where somebody acts for another,
    no_such_party, mandate_to_oneself.
    """
    if by.kind is not ActorKind.APPLICANT:
        raise NotPossible("party_themselves_only")
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return _given(by.id, by.id, name, id_number, terms, at, code=code), "-".join(
        code[start : start + 4] for start in range(0, CODE_LENGTH, 4)
    )


def record_paper(giver: str, agent: str, terms: Terms, paper: str, by: Actor, at: datetime) -> Mandate:
    """A clerk has seen the signed paper and both parties' papers: the mandate stands at once.

    BadInput; NotPossible staff_only, needs_clerk, no_such_party, party_erased, mandate_to_oneself.
    """
    require_staff(by, "clerk")
    if not paper.strip():
        raise BadInput([("paper", "needed")])
    row = Party.objects.filter(id=agent).first()
    told = sealing.opened(row.stream, row.ref) if row else None
    if told is None:
        raise NotPossible("no_such_party")
    with transaction.atomic():
        mandate = _given(giver, by.id, told["name"], told["id_number"], terms, at, paper=paper.strip())
        return _accepted(mandate, agent, by.id, at)


def accept(by: Actor, code: str, at: datetime) -> Mandate:
    """The agent accepts with the code they were given.

    NotPossible mandate_not_found: the same for a code that is none, one that was used or ended, and one that names
    somebody else.
    """
    plain = "".join(code.split()).replace("-", "").upper()[:100]
    with transaction.atomic():
        digest = _digest(plain)
        row = Mandate.objects.select_for_update().filter(code=digest, accepted_at=None, ended_at=None).first()
        own = Party.objects.filter(id=by.id).first()
        named = sealing.opened(row.stream, row.ref) if row else None
        mine = sealing.opened(own.stream, own.ref) if own else None
        if by.kind is not ActorKind.APPLICANT or row is None or named is None or mine is None:
            raise NotPossible("mandate_not_found")
        if _same(named["id_number"]) != _same(mine["id_number"]) or _is_over(row, _day(at)):
            raise NotPossible("mandate_not_found")
        return _accepted(row, by.id, by.id, at)


def end(stream: UUID, by: Actor, at: datetime) -> Mandate:
    """End a mandate from now on: the giver revokes it, the agent lays it down, or a clerk records the paper.

    Safe to repeat. NotPossible mandate_not_found for everybody else.
    """
    with transaction.atomic():
        row = Mandate.objects.select_for_update().filter(stream=stream).first()
        is_staff = by.kind is ActorKind.STAFF and bool(by.posts & {"clerk"})
        if row is None or not (is_staff or by.id in (row.giver, row.agent)):
            raise NotPossible("mandate_not_found")
        if by.kind is ActorKind.AGENT and by.id != row.agent:
            raise NotPossible("mandate_not_found")
        if row.ended_at is None:
            _append(row, "ended", {"at": codec.microseconds(at), "by": by.id})
        return row


def let_go(row: Mandate, *, by: str, at: datetime) -> None:
    """One of its parties is erased: it ends, and the name that stands in it goes. Part of the caller's transaction."""
    if row.ended_at is None:
        _append(row, "ended", {"at": codec.microseconds(at), "by": by})
    key_id = sealing.destroyed(row.stream)
    if key_id:
        _append(row, "erased", {"at": codec.microseconds(at), "by": by, "key_id": key_id})


def of_party(party: str) -> list[Mandate]:
    """Every mandate a party has given or accepted, held to the end of the transaction, the oldest first."""
    rows = Mandate.objects.select_for_update().filter(Q(giver=party) | Q(agent=party))
    return list(rows.order_by("stream"))


def standing(on: date) -> QuerySet[Mandate]:
    """The mandates that count on a day: accepted, not ended, begun and not over."""
    running = Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))
    return Mandate.objects.filter(running, accepted_at__isnull=False, ended_at=None)


def allows(row: Mandate, item: str) -> bool:
    """Whether a mandate reaches an item (its code, or that of a variant of it)."""
    return not row.items or item[:ITEM_LENGTH] in row.items


# Rows from facts


def given(stream: UUID, body: dict[str, Any]) -> Mandate:
    """The row that a `given` fact makes, not saved."""
    return Mandate(
        stream=stream,
        giver=body["giver"],
        kind=body["kind"],
        items=body["items"],
        since=date.fromisoformat(body["since"]),
        until=date.fromisoformat(body["until"]) if body["until"] else None,
        may_commit=body.get("may_commit", False),
        consent=body["consent"],
        paper=body["paper"],
        recorded_by=body["by"],
        given_at=codec.instant(body["at"]),
        code=body["code"],
        ref=body["named"]["ref"],
    )


def changed(row: Mandate, kind: str, body: dict[str, Any]) -> None:
    """Let a later fact change a row; saves nothing."""
    if kind == "accepted":
        row.agent, row.accepted_at, row.code = body["agent"], codec.instant(body["at"]), ""
    elif kind == "ended":
        row.ended_at, row.ended_by, row.code = codec.instant(body["at"]), body["by"], ""
    elif kind == "erased":
        row.ref = ""


def _given(
    giver: str, by: str, name: str, id_number: str, terms: Terms, at: datetime, code: str = "", paper: str = ""
) -> Mandate:
    when, stream = codec.microseconds(at), ids.uuid7()
    problems = _problems(name, id_number, terms, _day(at))
    if problems:
        raise BadInput(problems)
    with transaction.atomic():
        row = Party.objects.select_for_update().filter(id=giver).first()
        told = sealing.opened(row.stream, row.ref) if row else None
        if told is None:
            raise NotPossible("no_such_party")
        if _same(told["id_number"]) == _same(id_number):
            raise NotPossible("mandate_to_oneself")
        named = {"name": name.strip(), "id_number": id_number.strip().upper()}
        body = {
            "at": when,
            "by": by,
            "giver": giver,
            "kind": terms.kind.value,
            "items": sorted({each[:ITEM_LENGTH] for each in terms.items}),
            "since": terms.since.isoformat(),
            "until": terms.until.isoformat() if terms.until else "",
            **({"may_commit": True} if terms.may_commit else {}),
            "consent": "paper" if paper else "electronic",
            "paper": paper,
            "code": _digest(code) if code else "",
            "named": sealing.seal(sealing.new_key(stream), "named", named),
        }
        append(stream, STREAM_KIND, [("given", codec.canonical(body))], command_id=uuid4(), at=when, actor=by)
        mandate = given(stream, body)
        mandate.save(force_insert=True)
        return mandate


def _problems(name: str, id_number: str, terms: Terms, today: date) -> list[tuple[str, str]]:
    found = [(field, "needed") for field, value in (("name", name), ("id_number", id_number)) if not value.strip()]
    found += [
        (field, "too_long") for field, value in (("name", name), ("id_number", id_number)) if len(value.strip()) > 200
    ]
    is_open_ended = terms.kind is MandateKind.LEGAL_REPRESENTATIVE
    if terms.until is None:
        return found if is_open_ended else [*found, ("until", "needed")]
    if terms.until < max(terms.since, today):
        found.append(("until", "ends_before_it_begins"))
    elif terms.until - terms.since > LONGEST:
        found.append(("until", "mandate_too_long"))
    return found


def _accepted(row: Mandate, agent: str, by: str, at: datetime) -> Mandate:
    if agent == row.giver:
        raise NotPossible("mandate_to_oneself")
    return _append(row, "accepted", {"at": codec.microseconds(at), "by": by, "agent": agent})


def _append(row: Mandate, kind: str, body: dict[str, Any]) -> Mandate:
    fact = (kind, codec.canonical(body))
    append(row.stream, STREAM_KIND, [fact], command_id=uuid4(), at=body["at"], actor=body["by"])
    changed(row, kind, body)
    row.save(force_update=True)
    return row


def _is_over(row: Mandate, on: date) -> bool:
    return row.until is not None and row.until < on


def _same(id_number: str) -> bytes:
    return blind_index("named", id_number)


def _digest(code: str) -> str:
    return keyed_digest("mandate code", code.encode())


def _day(at: datetime) -> date:
    return at.astimezone(codec.OFFICE_ZONE).date()
