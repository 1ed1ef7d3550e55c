"""Who stands at which window on a day, by lot (人员随机轮岗): nobody waits for an applicant they know (M303)."""

import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banjie.duties.inspections.models import Standing
from banjie.duties.inspections.recording import once, record, told
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.lots import drawn
from banjie.engine.not_possible import NotPossible
from banjie.records.organisation import windows
from banjie.records.organisation.queries import staff_of_unit

STREAM_KIND = "rotation"


def draw_places(on: date, by: Actor, command_id: UUID, at: datetime) -> list[Standing]:
    """Draw who stands at which window of the head's unit on a day. A repeat returns the first draw.

    Where there are fewer clerks than windows, the last windows stay empty. NotPossible needs_section_head, day_is_over,
    already_drawn, nobody_to_draw (fewer than two clerks, or no window).
    """
    require_staff(by, "section_head")
    if on < at.astimezone(OFFICE_ZONE).date():
        raise NotPossible("day_is_over")
    stream = command_id

    def act() -> None:
        if Standing.objects.filter(unit=by.unit, on=on).exists():
            raise NotPossible("already_drawn")
        people = sorted(each.user.pseudonym for each in staff_of_unit(by.unit, "clerk", on))
        places = [each.id for each in windows.of_unit(by.unit)]
        if len(people) < 2 or not places:
            raise NotPossible("nobody_to_draw")
        seed = secrets.token_hex(16)
        body = told(by, at, unit=by.unit, on=on.isoformat(), windows=places, people=people, seed=seed)
        record(STREAM_KIND, stream, "drawn", body, command_id, 0)
        Standing.objects.bulk_create(standing(stream, body))

    once(stream, command_id, act)
    return of_day(by.unit, on)


def of_day(unit: str, on: date) -> list[Standing]:
    """Who stands where on this day, by window; empty where nothing was drawn."""
    return list(Standing.objects.filter(unit=unit, on=on).order_by("window"))


def standing(stream: UUID, body: dict[str, Any]) -> list[Standing]:
    """The rows that a `drawn` fact makes, not saved: drawn again from its seed."""
    order = drawn(body["people"], len(body["windows"]), body["seed"], f"{body['unit']}/{body['on']}")
    on = date.fromisoformat(body["on"])
    return [
        Standing(unit=body["unit"], on=on, window=window, person=person, stream=stream)
        for window, person in zip(body["windows"], order, strict=False)
    ]
