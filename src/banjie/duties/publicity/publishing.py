"""When a decision becomes public, and what is held back: facts of a stream a decision, kind "disclosure"."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from banjie.cases.disclosures import STREAM_KIND
from banjie.duties.publicity.models import Disclosure
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.made_public import GROUNDS
from banjie.store.log import read
from banjie.store.log.append import append

ACTOR = "publicity"
BITE = 50
MAY_HOLD_BACK = frozenset({"decider", "head_of_agency"})


def work(now: datetime, most: int = BITE) -> int:
    """Publish what may be published by now, the oldest first; how many. Two workers double nothing."""
    return sum(publish(stream, now) for stream in waiting(now)[:most])


def waiting(now: datetime) -> "QuerySet[Disclosure, UUID]":
    """What may be published by now, the oldest first."""
    today = now.astimezone(OFFICE_ZONE).date()
    rows = Disclosure.objects.kept().filter(status="due", after_on__lt=today).order_by("after_on", "stream")
    return rows.values_list("stream", flat=True)


def publish(stream: UUID, now: datetime) -> bool:
    """Make one decision public; False for one that is public, or held back, meanwhile."""
    with transaction.atomic():
        row = _locked(stream)
        if row is None or row.status != "due":
            return False
        on = now.astimezone(OFFICE_ZONE).date()
        _told(row, "published", {"at": microseconds(now), "on": on.isoformat()}, ACTOR, uuid5(stream, "published"))
        return True


def hold_back(stream: UUID, ground: str, by: Actor, now: datetime, command_id: UUID) -> Disclosure:
    """Hold a decision back, or take it down again: on a ground of the law, by who decides for the agency.

    BadInput for another ground; NotPossible unknown_disclosure, may_not_hold_back.
    """
    if ground not in GROUNDS:
        raise BadInput([("ground", "unknown_choice")])
    if not by.posts & MAY_HOLD_BACK:
        raise NotPossible("may_not_hold_back")
    with transaction.atomic():
        row = _of(stream, by)
        if row.status == "held_back":
            return row
        return _told(row, "held_back", {"at": microseconds(now), "ground": ground}, by.id, command_id)


def release(stream: UUID, by: Actor, now: datetime, command_id: UUID) -> Disclosure:
    """Let what was held back be published after all. NotPossible unknown_disclosure, may_not_hold_back."""
    if not by.posts & MAY_HOLD_BACK:
        raise NotPossible("may_not_hold_back")
    with transaction.atomic():
        row = _of(stream, by)
        if row.status != "held_back":
            return row
        return _told(row, "released", {"at": microseconds(now)}, by.id, command_id)


def changed(row: Disclosure, kind: str, body: dict[str, Any]) -> None:
    """Let a fact change a row; saves nothing."""
    if kind == "published":
        row.status, row.published_on = "published", date.fromisoformat(body["on"])
    elif kind == "held_back":
        row.status, row.ground, row.published_on = "held_back", body["ground"], None
    elif kind == "released":
        row.status, row.ground = "due", ""


def facts_of(stream: UUID) -> list[tuple[str, dict[str, Any]]]:
    """What was done with a disclosure, oldest first."""
    return [(each.kind, read.plain(each)) for each in read.entries(stream)]


def _told(row: Disclosure, kind: str, body: dict[str, Any], actor: str, command_id: UUID) -> Disclosure:
    known = {each.command_id for each in read.entries(row.stream)}
    if command_id not in known:
        fact = (kind, codec.canonical({**body, "case": row.case.hex, "position": row.position}))
        append(row.stream, STREAM_KIND, [fact], command_id=command_id, at=body["at"], actor=actor)
        changed(row, kind, body)
        row.save()
    return row


def _locked(stream: UUID) -> Disclosure | None:
    return Disclosure.objects.kept().select_for_update().filter(stream=stream).first()


def _of(stream: UUID, by: Actor) -> Disclosure:
    row = _locked(stream)
    if row is None or row.agency != by.agency:
        raise NotPossible("unknown_disclosure")
    return row
