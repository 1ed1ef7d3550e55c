"""Loading a calendar: which days are working days, from the yearly notices, confirmed by a second person."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition
from banjie.records.catalogue.models import CalendarVersion
from banjie.records.catalogue.notices import calendar_of, content_of
from banjie.store.log import ids
from banjie.store.log.append import Conflict, append

STREAM_KIND = "calendar"


def load_calendar(
    version: str,
    years: Iterable[Mapping[str, Any]],
    *,
    by: str,
    at: datetime,
    second_person: str,
    command_id: UUID,
    region: str = "CN",
    overlays: Iterable[Mapping[str, Any]] = (),
) -> CalendarVersion:
    """Load a version of a region's calendar and return its row; new cases count by it from here on.

    `years` are shaped as the files of rulebook/calendars, `overlays` as {region, holidays, workdays}. NotPossible:
    second_person_needed, calendar_already_loaded (the same again returns the first row), changed_meanwhile; ValueError
    for years that leave a gap or days that do not exist.
    """
    if second_person == by:
        raise NotPossible("second_person_needed")
    plain = content_of(version, region, years, overlays)
    _ = calendar_of(plain)  # says what is wrong before anything is recorded
    content = codec.canonical(plain)
    with transaction.atomic():
        known = CalendarVersion.objects.filter(version=version).first()
        if known:
            if bytes(known.content) == content:
                return known
            raise NotPossible("calendar_already_loaded", version=version)
        last = CalendarVersion.objects.filter(region=region).order_by("-position").first()
        stream, position = (last.stream, last.position) if last else (ids.uuid7(), 0)
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "second": second_person, "calendar": plain}
        fact = ("loaded", codec.canonical(body))
        try:
            append(stream, STREAM_KIND, [fact], command_id=command_id, at=when, actor=by, expected_position=position)
            edition.move_on()
            row = loaded(stream, position + 1, body)
            row.save(force_insert=True)
        except (Conflict, IntegrityError) as other:
            raise NotPossible("changed_meanwhile") from other
    return row


def loaded(stream: UUID, position: int, body: dict[str, Any]) -> CalendarVersion:
    """The row that a `loaded` fact makes, not saved."""
    content = codec.canonical(body["calendar"])
    return CalendarVersion(
        version=body["calendar"]["version"],
        region=body["calendar"]["region"],
        loaded_at=codec.instant(body["at"]),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        stream=stream,
        position=position,
    )
