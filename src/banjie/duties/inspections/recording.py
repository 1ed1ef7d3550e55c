"""How this room records: one stream a matter, one fact an act, a repeat recognised by its command."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.models import Unit
from banjie.store.log import read
from banjie.store.log.append import Conflict, append

LONGEST = 2000


def record(kind: str, stream: UUID, fact: str, body: dict[str, Any], command_id: UUID, position: int) -> None:
    """Append one fact at this position of its stream; NotPossible("changed_meanwhile") where somebody was first."""
    facts = [(fact, codec.canonical(body))]
    try:
        append(stream, kind, facts, command_id=command_id, at=body["at"], actor=body["by"], expected_position=position)
    except Conflict as other:
        raise NotPossible("changed_meanwhile") from other


def once(stream: UUID, command_id: UUID, act: Callable[[], None]) -> bool:
    """Carry it out in one transaction, unless this stream knows the command already; whether it was carried out."""
    try:
        with transaction.atomic():
            if knows(stream, command_id):
                return False
            act()
    except IntegrityError as other:
        raise NotPossible("changed_meanwhile") from other
    return True


def knows(stream: UUID, command_id: UUID) -> bool:
    """Whether this stream holds a fact of this command."""
    return any(each.command_id == command_id for each in read.entries(stream))


def told(by: Actor, at: datetime, **more: Any) -> dict[str, Any]:
    """The body of a fact: when, by whom, and what."""
    return {"at": codec.microseconds(at), "by": by.id, **more}


def require_supervisor(by: Actor) -> str:
    """The region in which this supervisor looks. NotPossible staff_only, needs_supervisor."""
    require_staff(by, "supervisor")
    return region_of(by.unit)


def region_of(unit: str) -> str:
    """The code of a unit's region; NotPossible("no_such_unit")."""
    region = Unit.objects.filter(id=unit).values_list("agency__region_id", flat=True).first()
    if region is None:
        raise NotPossible("no_such_unit")
    return str(region)


def text(field: str, value: str) -> str:
    """What somebody wrote, stripped. BadInput needed, too_long."""
    value = value.replace("\x00", "").strip()
    if not value:
        raise BadInput([(field, "needed")])
    if len(value) > LONGEST:
        raise BadInput([(field, "too_long")])
    return value
