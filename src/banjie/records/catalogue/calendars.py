"""Loading a calendar: which days are working days, from the yearly notices, confirmed by a second person."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.calendar import Calendar
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition
from banjie.records.catalogue.models import CalendarVersion
from banjie.records.catalogue.notice_file import BadNotice, Notice, Problem
from banjie.records.catalogue.notices import calendar_of, content_of
from banjie.records.catalogue.queries import NATIONAL
from banjie.records.organisation.models import Region
from banjie.records.organisation.queries import region_profile
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


# What a notice would change


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that is, or is not, a working day any more: what it was and what it is (code, the holiday's name)."""

    day: date
    was: tuple[str, str]
    now: tuple[str, str]
    works: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version of a calendar changes: days, and years that are official or are known only now."""

    days: tuple[DayChange, ...]
    official: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def is_any(self) -> bool:
        """Whether it changes anything."""
        return bool(self.days or self.official or self.added)


def newest(region: str) -> CalendarVersion | None:
    """The newest version of this very region, or None where it has none of its own."""
    return CalendarVersion.objects.filter(region=region).order_by("-position").first()


def counted_by(region: str) -> CalendarVersion | None:
    """The version a new case of a calendar's region counts by: its own, else the national one, else None."""
    return newest(region) or newest(NATIONAL)


def regions() -> list[str]:
    """The calendars that can be kept: the national one, and one for each region whose profile names its own."""
    codes = Region.objects.order_by("code").values_list("code", flat=True)
    return [NATIONAL, *sorted({_calendar_of_region(code) for code in codes} - {NATIONAL})]


def _calendar_of_region(code: str) -> str:
    try:
        return region_profile(code).calendar_region
    except LookupError:
        return NATIONAL  # a region without a profile has chosen nothing


def name_of(region: str, language: str) -> str:
    """What the region of a calendar is called; its code where no region has it."""
    row = Region.objects.filter(code=region).values_list("name", "english").first()
    name, english = row or (region, "")
    return (english if language.lower().startswith("en") else "") or name


def following(region: str) -> frozenset[str]:
    """The regions whose new cases count by the newest version of this calendar, or would, once it had one."""
    told = {code: _calendar_of_region(code) for code in Region.objects.values_list("code", flat=True)}
    if region != NATIONAL:
        return frozenset(code for code, calendar in told.items() if calendar == region)
    own = set(CalendarVersion.objects.exclude(region=NATIONAL).values_list("region", flat=True))
    return frozenset(code for code, calendar in told.items() if calendar not in own)


def content_with(notice: Notice, region: str, base: CalendarVersion | None) -> dict[str, Any]:
    """What the next version of a calendar holds: the years of the version before, with those of the notice.

    BadNotice where a year is missing between, an official year would be provisional again, or an overlay is another
    region's; NotPossible("calendar_unchanged").
    """
    before = plain_of(base) if base else {"years": [], "overlays": []}
    years = {each["year"]: each for each in before["years"]}
    problems = [
        Problem(0, str(each["year"]), "official_stays_official")
        for each in notice.years
        if each["status"] != "official" and years.get(each["year"], {}).get("status") == "official"
    ]
    years |= {each["year"]: each for each in notice.years}
    numbers = sorted(years)
    gaps = [each for each in range(numbers[0], numbers[-1] + 1) if each not in years] if numbers else []
    problems += [Problem(0, str(each), "year_missing_between") for each in gaps]
    if notice.overlays and region == NATIONAL:
        problems.append(Problem(0, notice.overlays[0]["region"], "overlay_of_a_region"))
    problems += [
        Problem(0, each["region"], "overlay_of_another")
        for each in notice.overlays
        if region not in (NATIONAL, each["region"])
    ]
    if problems:
        raise BadNotice(problems)
    overlays = notice.overlays or before["overlays"]
    plain = content_of(
        next_name(region, max(notice_years(notice), default=numbers[-1])), region, years.values(), overlays
    )
    if base and not changes(calendar_of(before), calendar_of(plain)).is_any:
        raise NotPossible("calendar_unchanged")
    return plain


def notice_years(notice: Notice) -> list[int]:
    """The years a notice is about, its overlays' too."""
    days = [str(each["from"]) for over in notice.overlays for each in over["holidays"]]
    return [each["year"] for each in notice.years] + [int(each[:4]) for each in days]


def next_name(region: str, year: int) -> str:
    """A name no version has yet: CN-2027.1, CN-2027.2, …"""
    taken = set(
        CalendarVersion.objects.filter(version__startswith=f"{region}-{year}.").values_list("version", flat=True)
    )
    return next(name for number in range(1, len(taken) + 2) if (name := f"{region}-{year}.{number}") not in taken)


def plain_of(row: CalendarVersion) -> dict[str, Any]:
    """The content of a version."""
    plain: dict[str, Any] = json.loads(bytes(row.content))
    return plain


def changes(before: Calendar, after: Calendar) -> Change:
    """What differs, day by day, in the years both know."""
    days = []
    for ordinal in range(max(before.first, after.first), min(before.last, after.last) + 1):
        day = date.fromordinal(ordinal)
        if before.is_workday(day) != after.is_workday(day):
            days.append(DayChange(day, before.reason(day), after.reason(day), after.is_workday(day)))
    official = tuple(each for each in after.years if after.is_official(each) and not before.is_official(each))
    return Change(tuple(days), official, tuple(each for each in after.years if each not in before.years))


WARN_FROM = (11, 1)
"""Month and day from which whoever keeps the calendar is warned: the notice comes out in November."""


def missing_year(on: date) -> dict[str, int]:
    """From 1 November: the calendars whose next year is not loaded, or not official, with that year."""
    if (on.month, on.day) < WARN_FROM:
        return {}
    year, found = on.year + 1, {}
    for region in regions():
        row = newest(region) if region != NATIONAL else counted_by(region)
        if region != NATIONAL and row is None:
            continue  # it follows the national one
        if row is None or not calendar_of(plain_of(row)).is_official(year):
            found[region] = year
    return found
