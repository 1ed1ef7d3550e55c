"""First-inquiry responsibility (首问责任制): who is asked first answers, until somebody else has taken it over.

An inquiry is a stream of its own: Inquired, HandedOver (offered to somebody), TakenOver (by that person), Answered.
Handing over lets nobody go: until it is taken, whoever has it stays responsible. Misdirected (进错门) is a stream of
one fact. What was asked and answered lies sealed beside the facts. The id of the command that opens a stream is the
stream's id, so that a second press opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from banjie.duties.queue.models import Inquiry, WrongDoor
from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records import catalogue
from banjie.records.organisation.queries import in_office
from banjie.records.parties import sealing
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "inquiry"
HOW_SENT = ("guide", "hotline", "other_window", "signs", "nobody")
"""What sent somebody to the wrong window: the guide, the hotline, another window, the signs in the hall, nobody."""
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Door:
    """A wrong door: the item, where they came, where it belongs, what had sent them."""

    code: str
    came_to: str
    belongs_to: str
    told: str


def inquire(by: Actor, question: str, code: str, command_id: UUID, at: datetime) -> Inquiry:
    """Somebody asked this member of staff first: they are responsible. `code`: the item, "" for none.

    A repeat of the command returns the first inquiry. BadInput; NotPossible staff_only, unknown_item.
    """
    require_staff(by)
    _checked("question", question)
    if code:
        catalogue.in_force(code, at.date())
    with transaction.atomic():
        stream = command_id
        known = Inquiry.objects.kept().filter(stream=stream).first()
        if known:
            return known
        body = {
            "at": codec.microseconds(at),
            "by": by.id,
            "place": by.unit,
            "code": code,
            "question": sealing.seal(sealing.new_key(stream), "question", question.strip()),
        }
        return _recorded(stream, "inquired", body, command_id, by.id)


def hand_over(inquiry: UUID, to: str, by: Actor, command_id: UUID, at: datetime) -> Inquiry:
    """Ask somebody to take it over; who has it stays responsible until they do.

    NotPossible not_yours_to_answer, inquiry_answered, hand_over_to_oneself, no_such_colleague.
    """
    with transaction.atomic():
        row = _held(inquiry, by)
        if to == by.id:
            raise NotPossible("hand_over_to_oneself")
        if not in_office(at.date()).filter(user__pseudonym=to).exists():
            raise NotPossible("no_such_colleague")
        return _recorded(row.stream, "handed_over", _told(at, by, to=to), command_id, by.id)


def take_over(inquiry: UUID, by: Actor, command_id: UUID, at: datetime) -> Inquiry:
    """Whoever was asked to takes it over, and is responsible from now on. NotPossible not_offered_to_you."""
    with transaction.atomic():
        row = _locked(inquiry)
        if row.offered_to != by.id:
            if row.holder == by.id and _knows(row.stream, command_id):
                return row
            raise NotPossible("not_offered_to_you")
        return _recorded(row.stream, "taken_over", _told(at, by), command_id, by.id)


def answer(inquiry: UUID, text: str, by: Actor, command_id: UUID, at: datetime) -> Inquiry:
    """Whoever is responsible has answered. BadInput; NotPossible not_yours_to_answer, inquiry_answered."""
    _checked("answer", text)
    with transaction.atomic():
        row = _locked(inquiry)
        if row.answered_at and _knows(row.stream, command_id):
            return row
        row = _held(inquiry, by)
        key = sealing.key_of(row.stream)
        assert key is not None, "nobody erases an inquiry"
        told = _told(at, by, answer=sealing.seal(key, "answer", text.strip()))
        return _recorded(row.stream, "answered", told, command_id, by.id)


def misdirected(door: Door, by: Actor, command_id: UUID, at: datetime) -> None:
    """Somebody stood at the wrong window: recorded against the item, whose guide may be unclear (M053).

    BadInput; NotPossible staff_only, unknown_item, right_door. Safe to repeat.
    """
    require_staff(by)
    catalogue.in_force(door.code, at.date())
    if door.told not in HOW_SENT:
        raise BadInput([("told", "unknown_choice")])
    if not door.belongs_to:
        raise BadInput([("belongs_to", "needed")])
    if door.came_to == door.belongs_to:
        raise NotPossible("right_door")
    body = _told(at, by, code=door.code, came_to=door.came_to, belongs_to=door.belongs_to, told=door.told)
    with transaction.atomic():
        stream = command_id
        if not WrongDoor.objects.filter(stream=stream).exists():
            _append(stream, "misdirected", body, command_id, by.id)
            wrong_door(stream, body).save(force_insert=True)


# Rows from facts


def inquired(stream: UUID, body: dict[str, Any]) -> Inquiry:
    """The row that an `inquired` fact makes, not saved."""
    return Inquiry(
        stream=stream,
        code=body["code"],
        place=body["place"],
        first=body["by"],
        holder=body["by"],
        asked_at=codec.instant(body["at"]),
        ref=body["question"]["ref"],
    )


def changed(row: Inquiry, kind: str, body: dict[str, Any]) -> None:
    """Let a later fact change a row; saves nothing."""
    if kind == "handed_over":
        row.offered_to = body["to"]
    elif kind == "taken_over":
        row.holder, row.offered_to, row.hand_overs = body["by"], "", row.hand_overs + 1
    elif kind == "answered":
        row.answered_at, row.offered_to = codec.instant(body["at"]), ""


def wrong_door(stream: UUID, body: dict[str, Any]) -> WrongDoor:
    """The row that a `misdirected` fact makes, not saved."""
    return WrongDoor(
        stream=stream,
        code=body["code"],
        came_to=body["came_to"],
        belongs_to=body["belongs_to"],
        told=body["told"],
        at=codec.instant(body["at"]),
        by=body["by"],
    )


def question_of(row: Inquiry) -> str:
    """What was asked, in clear; "" where it was erased."""
    return str(sealing.opened(row.stream, row.ref) or "")


def _recorded(stream: UUID, kind: str, body: dict[str, Any], command_id: UUID, by: str) -> Inquiry:
    _append(stream, kind, body, command_id, by)
    if kind == "inquired":
        row = inquired(stream, body)
        row.save(force_insert=True)
        return row
    row = Inquiry.objects.kept().get(stream=stream)
    changed(row, kind, body)
    row.save()
    return row


def _append(stream: UUID, kind: str, body: dict[str, Any], command_id: UUID, by: str) -> None:
    append(stream, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=body["at"], actor=by)


def _told(at: datetime, by: Actor, **more: Any) -> dict[str, Any]:
    return {"at": codec.microseconds(at), "by": by.id, **more}


def _knows(stream: UUID, command_id: UUID) -> bool:
    return any(each.command_id == command_id for each in read.entries(stream))


def _locked(inquiry: UUID) -> Inquiry:
    row = Inquiry.objects.kept().select_for_update().filter(stream=inquiry).first()
    if row is None:
        raise NotPossible("not_yours_to_answer")
    return row


def _held(inquiry: UUID, by: Actor) -> Inquiry:
    row = _locked(inquiry)
    if row.holder != by.id:
        raise NotPossible("not_yours_to_answer")
    if row.answered_at is not None:
        raise NotPossible("inquiry_answered")
    return row


def _checked(field: str, text: str) -> None:
    if not text.strip():
        raise BadInput([(field, "needed")])
    if len(text) > LONGEST:
        raise BadInput([(field, "too_long")])
