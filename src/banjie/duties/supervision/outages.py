"""Outages (停机): registered with what proves them, confirmed by a second person, and then they excuse.

What an outage excuses is a question of dates: its days are taken out of the limits of those it struck, and a card that
would not have been fired without them is closed as excused (`excusing`). No date of a case moves by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from banjie.duties.supervision import jurisdiction, telling
from banjie.duties.supervision.models import Outage
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.guards import require_plain, require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import ONE_DAY, Span

STREAM_KIND = "outage"
REGISTER = ("supervisor", "head_of_agency", "e_government", "section_head")
"""Posts that may register an outage; supervisors and whoever runs the platform confirm it."""
CONFIRM = ("supervisor", "e_government")
PLAIN = ("number", "evidence")
"""What stands in the fact itself, and so is a number or a title and no sentence about anybody."""


@dataclass(frozen=True, slots=True)
class What:
    """An outage: its number, the region, the unit it struck ("": all), from when until when, and what proves it."""

    number: str
    region: str
    unit: str
    since: datetime
    until: datetime
    evidence: str


def register(what: What, by: Actor, command_id: UUID, at: datetime) -> Outage:
    """登记停机. BadInput; NotPossible not_for_your_post, outage_number_taken, unknown_unit."""
    require_staff(by)
    require_post(by, REGISTER)
    problems = [(name, "needed") for name in PLAIN if not getattr(what, name).strip()]
    if what.until <= what.since or what.until > at:
        problems.append(("until", "not_after_the_beginning"))
    if problems:
        raise BadInput(problems)
    for name in PLAIN:
        require_plain(name, getattr(what, name))
    if what.unit and jurisdiction.place_of(what.unit)[1] != what.region:
        raise NotPossible("unknown_unit", unit=what.unit)
    with transaction.atomic():
        known = Outage.objects.filter(stream=command_id).first()
        if known:
            return known
        if Outage.objects.filter(number=what.number.strip()).exists():
            raise NotPossible("outage_number_taken", number=what.number.strip())
        body = {
            "number": what.number.strip(),
            "region": what.region,
            "unit": what.unit,
            "since": codec.microseconds(what.since),
            "until": codec.microseconds(what.until),
            "evidence": what.evidence.strip(),
        }
        record(command_id, "registered", at, by.id, command_id, body)
    return Outage.objects.get(stream=command_id)


def spans(region: str) -> Mapping[str, Sequence[Span]]:
    """The days on which the system was out in a region, by unit ("": everybody): of confirmed outages alone."""
    found: dict[str, list[Span]] = {}
    regions = {region, jurisdiction.choosing(region)} if region else set()
    for row in Outage.objects.filter(region__in=regions).exclude(confirmed_by="").order_by("since"):
        first, last = (each.astimezone(OFFICE_ZONE).date() for each in (row.since, row.until))
        found.setdefault(row.unit, []).append(Span(first, last + ONE_DAY))
    return found


# Rows from facts


def changed(row: Outage | None, stream: UUID, kind: str, body: Mapping[str, Any]) -> Outage:
    """The row as this fact leaves it; saves nothing."""
    if kind == "registered":
        told = {name: body[name] for name in ("number", "region", "unit", "evidence")}
        since, until = codec.instant(body["since"]), codec.instant(body["until"])
        return Outage(stream=stream, registered_by=body["by"], since=since, until=until, **told)
    assert row is not None, "an outage begins with its registration"
    row.confirmed_by, row.confirmed_on = body["by"], codec.instant(body["at"]).date()
    return row


def require_post(by: Actor, posts: Sequence[str]) -> None:
    """NotPossible("not_for_your_post") for whoever holds none of these."""
    if not by.posts & set(posts):
        raise NotPossible("not_for_your_post")


def record(stream: UUID, kind: str, at: datetime, by: str, command_id: UUID, body: Mapping[str, Any]) -> None:
    """Append a fact and let it change the row. Part of the caller's transaction."""
    telling.tell(stream, STREAM_KIND, kind, at, by, command_id, body)
    known = None if kind == "registered" else Outage.objects.get(stream=stream)
    changed(known, stream, kind, {"at": codec.microseconds(at), "by": by, **body}).save(force_insert=known is None)
