"""Particulars in clear, for whoever says what for and why; each time is a fact, which the person can read.

Both ways lead here: to a party's particulars (`unmask`), and to those of a case's applicant (`cases.unmask`). What for
is a purpose of the rulebook, with its article; why is told in words, which may tell something about a person and so
are sealed with them. `Look` is the row of it, for the quota and for the page of the person who was looked at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import connection, transaction

from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation import access
from banjie.records.parties import queries, register, sealing
from banjie.records.parties.models import Look, QuotaLift
from banjie.store.log import read
from banjie.store.log.append import append
from banjie.store.log.read import LogEntry

LONGEST = 200
OWN = "own"
"""The purpose of whoever sees their own."""
SEALING = "sealing"
"""The purpose of a keeper who reads a paper before sealing it: no number in clear, and no quota."""
PAPER = "paper"
"""The purpose of staff who take a paper of their case away: no number in clear, and no quota."""
ARCHIVE = "archive"
"""The purpose of an archivist who hands a whole file out: everything in clear; on record there too, with what for."""
MATERIAL = "material"
"""The purpose of staff who open a file that was handed in with their case: what stands in it, and no quota."""
OF_PAPERS = (SEALING, PAPER)
"""Purposes of whoever reads what an office makes out: a name, and no number."""
UNCOUNTED = (OWN, *OF_PAPERS, ARCHIVE, MATERIAL)
"""Purposes that no quota counts."""
QUOTA_KIND = "look_quota"
LIFTED_FOR = ("many_cases", "emergency", "inspection", "stand_in")
"""Why somebody is given more looks, as a code of the words: no text, for nobody would know whom it tells of."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody says who wants to see particulars: checked, and without spaces around it."""

    purpose: str
    reason: str


def asked(actor: Actor, purpose: str, reason: str, at: datetime) -> Ask:
    """What for and why; BadInput where one is missing, too long or no purpose of the region."""
    given = reason.replace("\x00", "").strip()
    problems = []
    if actor.kind is ActorKind.STAFF:
        known = access.choice(access.region_of(actor.unit), _day(at)).purpose(purpose)
        if known is None or not known.chosen:
            problems.append(("purpose", "unknown_choice" if purpose else "needed"))
    if not given:
        problems.append(("reason", "needed"))
    if len(given) > LONGEST:
        problems.append(("reason", "too_long"))
    if problems:
        raise BadInput(problems)
    return Ask(purpose if actor.kind is ActorKind.STAFF else OWN, given)


def unmask(
    actor: Actor, party: str, reason: str, at: datetime, purpose: str = OWN, command_id: UUID | None = None
) -> Mapping[str, str]:
    """The particulars of a party in clear. Who asked, whose they are and why is recorded before anything is shown.

    A person sees their own; a member of staff those of a party they have to do with, which the caller has made sure of
    (a case of theirs within `Scope.of(actor)`). BadInput; NotPossible not_your_particulars, look_quota_used,
    no_such_party, party_erased.
    """
    if actor.kind is not ActorKind.STAFF and actor.id != party:
        raise NotPossible("not_your_particulars")
    ask = asked(actor, purpose, reason, at)
    require_quota(actor, at)
    with transaction.atomic():
        row = register.living(party)
        key = sealing.key_of(row.stream)
        assert key is not None, "a party that is not erased has a key"
        told = queries.particulars(row)
        body = {
            "unit": actor.unit,
            "purpose": ask.purpose,
            "fields": seen(told),
            "reason": sealing.seal(key, "reason", ask.reason),
        }
        count(actor, at)
        register.record(row, "unmasked", body, actor.id, at, command_id)
        keep(of_party(row.id, read.entries(row.stream)[-1]))
        return told


def seen(particulars: Mapping[str, str]) -> list[str]:
    """Which particulars there are to be seen, by their names."""
    return [name for name in register.PARTICULARS if particulars.get(name)]


# How often


def require_quota(actor: Actor, at: datetime) -> None:
    """NotPossible("look_quota_used") for staff who have looked so often today; the first time is a fact.

    Outside the caller's transaction, or what is recorded of it would go with what is refused.
    """
    if actor.kind is not ActorKind.STAFF:
        return
    most, used = allowed(actor, at), looked(actor.id, _day(at))
    if used < most:
        return
    stream = quota_stream(actor.id, _day(at))
    when = codec.microseconds(at)
    body = {"at": when, "by": actor.id, "unit": actor.unit, "quota": most, "on": str(_day(at))}
    with transaction.atomic():
        append(
            stream,
            QUOTA_KIND,
            [("used_up", codec.canonical(body))],
            command_id=uuid5(stream, f"used up/{most}"),
            at=when,
            actor=actor.id,
        )
    raise NotPossible("look_quota_used", quota=most)


def count(actor: Actor, at: datetime) -> None:
    """Make sure, inside the transaction of a look, that two at once do not pass the last one."""
    if actor.kind is not ActorKind.STAFF:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [actor.id])
    if looked(actor.id, _day(at)) >= (most := allowed(actor, at)):
        raise NotPossible("look_quota_used", quota=most)


def allowed(actor: Actor, at: datetime) -> int:
    """How often this member of staff may look today."""
    choice = access.choice(access.region_of(actor.unit), _day(at))
    more = QuotaLift.objects.filter(person=actor.id, on=_day(at)).values_list("more", flat=True)
    return choice.quota + sum(more)


def looked(person: str, on: date) -> int:
    """How often somebody has looked on a day."""
    return Look.objects.filter(by=person, on=on).exclude(purpose__in=UNCOUNTED).count()


def lift(by: str, region: str, person: str, more: int, why: str, at: datetime, command_id: UUID) -> None:
    """Let somebody look so many times more today; the caller has made sure that `by` may say so.

    BadInput for more than the region's most, or for no reason; NotPossible own_quota.
    """
    if by == person:
        raise NotPossible("own_quota")
    on = _day(at)
    most = access.choice(region, on).quota_lifted_by_most
    problems = [] if why in LIFTED_FOR else [("why", "unknown_choice" if why else "needed")]
    if not 1 <= more <= most:
        problems.append(("more", "not_in_range"))
    if problems:
        raise BadInput(problems)
    when = codec.microseconds(at)
    body = {"at": when, "by": by, "person": person, "on": str(on), "more": more, "why": why}
    with transaction.atomic():
        facts = [("lifted", codec.canonical(body))]
        told = append(quota_stream(person, on), QUOTA_KIND, facts, command_id=command_id, at=when, actor=by)
        _lifted(told[0])


def quota_stream(person: str, on: date) -> UUID:
    """The stream of somebody's looks on a day."""
    return uuid5(NAMESPACE_OID, f"look-quota/{person}/{on}")


# Rows


def of_party(party: str, entry: LogEntry) -> Look:
    """The row of a look at a party's particulars."""
    return _row(entry, party, None, "")


def of_case(entry: LogEntry) -> Look:
    """The row of a look at the particulars of a case's applicant."""
    body = read.plain(entry)
    case = body.get("case")
    return _row(entry, body.get("party", ""), UUID(case) if case else None, body.get("number", ""))


def keep(row: Look) -> None:
    """Keep a row; again changes nothing."""
    Look.objects.bulk_create([row], ignore_conflicts=True)


def of(party: str) -> list[Look]:
    """Who has looked at the particulars of this person, newest first, themselves included."""
    return list(Look.objects.filter(party=party).order_by("-at", "-position"))


def reason_of(row: Look) -> str | None:
    """Why, in their words; None where the key is gone."""
    opened = sealing.opened(row.sealed_in, row.ref)
    return None if opened is None else str(opened)


def rebuild() -> int:
    """Make every row again from its facts; how many. Part of the caller's transaction."""
    Look.objects.all().delete()
    QuotaLift.objects.all().delete()
    for stream in read.streams(register.STREAM_KIND):
        entries = read.entries(stream)
        party = read.plain(entries[0])["party"]
        for entry in entries:
            if entry.kind == "unmasked":
                keep(of_party(party, entry))
    for stream in read.streams("looks"):
        for entry in read.entries(stream):
            keep(of_case(entry))
    for stream in read.streams(QUOTA_KIND):
        for entry in read.entries(stream):
            if entry.kind == "lifted":
                _lifted(entry)
    return Look.objects.count()


def _row(entry: LogEntry, party: str, case: UUID | None, number: str) -> Look:
    body = read.plain(entry)
    at = codec.instant(entry.at)
    return Look(
        stream=entry.stream,
        position=entry.position,
        party=party,
        case=case,
        number=number,
        at=at,
        on=_day(at),
        by=body["by"],
        unit=body["unit"] or "",
        purpose=body.get("purpose") or (OWN if body["by"] == party else ""),
        fields=body.get("fields", []),
        sealed_in=case or entry.stream,
        ref=body["reason"]["ref"],
    )


def _lifted(entry: LogEntry) -> None:
    body: dict[str, Any] = json.loads(entry.body)
    row = QuotaLift(stream=entry.stream, position=entry.position, person=body["person"], on=body["on"])
    row.more, row.by, row.why = body["more"], body["by"], body["why"]
    QuotaLift.objects.bulk_create([row], ignore_conflicts=True)


def _day(at: datetime) -> date:
    return at.astimezone(OFFICE_ZONE).date()
