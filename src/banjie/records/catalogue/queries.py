"""What is in force on a day, and the Law the engine is handed."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from banjie.engine import codec
from banjie.engine.calendar import Calendar, as_known
from banjie.engine.law import Law, Procedure, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit
from banjie.records.catalogue import edition as editions
from banjie.records.catalogue import inherited, lists, proceedings
from banjie.records.catalogue.models import CalendarVersion, ProcedureVersion, ProceedingVersion
from banjie.records.catalogue.naming import value_in_words
from banjie.records.catalogue.notices import calendar_of
from banjie.records.catalogue.versions import digest_of
from banjie.records.organisation.queries import region_profile

PAGE = 50
NATIONAL = "CN"
"""The region of the national calendar, by which every region counts that has loaded none of its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list of items, in one language."""

    code: str
    version: int
    name: str
    summary: str
    item_type: str
    agency: str
    statutory_limit: Limit
    committed_limit: Limit | None
    instant: bool
    fee: str
    visits: int


def in_force(code: str, on: date) -> ProcedureVersion:
    """The version by which an application of this day is taken: the newest that has come into force by then.

    NotPossible: unknown_item, no_procedure_in_force (not yet), version_withdrawn (an older one does not come back);
    of its item item_suspended, item_cancelled, item_moved; by the lists of its region (清单之外无权力)
    item_off_the_list, item_devolved. Running cases keep their own version.
    """
    come = ProcedureVersion.objects.filter(code=code, effective_from__lte=on)
    row = come.defer("content").order_by("-version").first()
    if row is None:
        first = ProcedureVersion.objects.filter(code=code).order_by("effective_from").first()
        if first is None:
            raise NotPossible("unknown_item")
        raise NotPossible("no_procedure_in_force", effective_from=first.effective_from)
    if row.withdrawn_on and row.withdrawn_on <= on:
        raise NotPossible("version_withdrawn", on=row.withdrawn_on)
    if no := _off_the_list(row.digest, on, editions.current()):
        raise no
    return row


def items(on: date, language: str = "zh-hans", after: str = "", limit: int = PAGE) -> list[Item]:
    """The items one can apply for on a day, by code; the next page begins `after` the last code of this one."""
    found = _live(on)
    lines: list[Item] = []
    edition, is_last = editions.current(), False
    while len(lines) < limit and not is_last:
        page = list(found.filter(code__gt=after).values_list("code", "digest")[:limit])
        is_last, after = len(page) < limit, page[-1][0] if page else after
        lines += [_line(procedure(digest), language) for _, digest in page if not _off_the_list(digest, on, edition)]
    return lines[:limit]


def lines_of(versions: Collection[tuple[str, int]], on: date, language: str = "zh-hans") -> dict[str, Item]:
    """The lines of these versions by code, without those that cannot be applied for on a day by the lists."""
    wanted, edition = set(versions), editions.current()
    rows = ProcedureVersion.objects.filter(code__in=[code for code, _ in wanted])
    return {
        code: _line(procedure(digest), language)
        for code, version, digest in rows.values_list("code", "version", "digest")
        if (code, version) in wanted and not _off_the_list(digest, on, edition)
    }


def names_of(versions: Collection[tuple[str, int]], language: str = "zh-hans") -> dict[tuple[str, int], str]:
    """What these versions of items are called, whatever has become of them. One statement, or two with proceedings."""
    wanted, english = set(versions), language.lower().startswith("en")
    found: dict[tuple[str, int], str] = {}
    for model in (ProcedureVersion, ProceedingVersion):
        if missing := wanted - found.keys():
            rows = model.objects.filter(code__in={code for code, _ in missing})
            for code, version, name, other in rows.values_list("code", "version", "name", "english"):
                if (code, version) in missing:
                    found[code, version] = (english and other) or name
    return found


def newest_names(codes: Collection[str], language: str = "zh-hans") -> dict[str, str]:
    """What these items are called by their newest version. One statement, or two with proceedings."""
    english = language.lower().startswith("en")
    found: dict[str, str] = {}
    for model in (ProcedureVersion, ProceedingVersion):
        if missing := set(codes) - found.keys():
            rows = model.objects.filter(code__in=missing).order_by("version")
            for code, name, other in rows.values_list("code", "name", "english"):
                found[code] = (english and other) or name
    return found


def published(on: date) -> list[Procedure]:
    """Every procedure in force on a day, by code, whether or not the lists of its region let it be applied for."""
    return [procedure(digest) for digest in _live(on).values_list("digest", flat=True)]


def _live(on: date) -> QuerySet[ProcedureVersion]:
    """The newest version of each code that has come into force by a day and is not withdrawn, by code."""
    come = ProcedureVersion.objects.filter(effective_from__lte=on)
    newest = come.filter(code=OuterRef("code")).order_by("-version").values("version")[:1]
    live = Q(withdrawn_on=None) | Q(withdrawn_on__gt=on)
    return come.filter(live, version=Subquery(newest)).order_by("code")


def _off_the_list(digest: str, on: date, edition: int) -> NotPossible | None:
    rules = procedure(digest)
    if no := inherited.closed_in(on, edition).get(rules.code[:31]):
        return no
    return lists.off_the_list(rules, lists.standing_in(rules.region, on, edition))


def _line(rules: Procedure, language: str) -> Item:
    english = language.lower().startswith("en")
    agency = rules.agency(rules.agency_of(rules.decides))
    return Item(
        code=rules.code,
        version=rules.version,
        name=(english and rules.english) or rules.name,
        summary=(english and rules.summary_english) or rules.summary,
        item_type=rules.item_type,
        agency=(english and agency.english) or agency.name,
        statutory_limit=rules.statutory_limit,
        committed_limit=rules.committed_limit,
        instant=rules.instant,
        fee=value_in_words("", "fee", rules.fee, language),
        visits=rules.visits,
    )


def law(code: str, version: int) -> Law:
    """The Law of a published version with every calendar a case may count by, as loaded by now.

    Two small reads of indexes; what they point at is kept in the process by digest, so it is never out of date.
    NotPossible: unknown_item, no_such_version, no_calendar_loaded.
    """
    return _law_of(digest_of(code, version))


def procedure_of(code: str, version: int) -> Procedure:
    """The procedure of a published version, for whoever counts no days. NotPossible unknown_item, no_such_version."""
    return procedure(digest_of(code, version))


def laws(versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Law]:
    """The Laws of these versions, as `law` gives each, in two statements for any number of them."""
    wanted = set(versions)
    rows = ProcedureVersion.objects.filter(code__in={code for code, _ in wanted})
    digests = {(code, version): digest for code, version, digest in rows.values_list("code", "version", "digest")}
    if wanted - digests.keys():
        more = ProceedingVersion.objects.filter(code__in={code for code, _ in wanted - digests.keys()})
        digests |= {(code, version): digest for code, version, digest in more.values_list("code", "version", "digest")}
    loaded = list(CalendarVersion.objects.order_by("position").values_list("version", "digest", "region"))
    found = {}
    for each in wanted & digests.keys():
        profile = region_profile(procedure(digests[each]).region)
        found[each] = _law(digests[each], _standing_last(loaded, profile.calendar_region), profile)
    return found


def law_in_force(code: str, on: date) -> Law:
    """The Law by which an application of this day is taken; NotPossible as in `in_force` and `law`."""
    try:
        return _law_of(in_force(code, on).digest)
    except NotPossible as no:
        proceeding = proceedings.in_force(code, on) if no.code == "unknown_item" else None
        if proceeding is None:
            raise
        return _law_of(proceeding.digest)


@lru_cache(maxsize=4096)
def law_of_edition(code: str, on: date, edition: int) -> Law:
    """`law_in_force` as of this edition of the catalogue, kept in the process while nothing changes."""
    return law_in_force(code, on)


def current_calendar(region: str) -> Calendar:
    """The calendar a new case of this region starts with; NotPossible("no_calendar_loaded")."""
    return _calendar(_calendars(region_profile(region).calendar_region)[-1][1])


def calendar_as_known(region: str, at: datetime) -> Calendar:
    """The calendar this region counted by at an instant: a date told then is told again with it, whatever was loaded
    since; NotPossible("no_calendar_loaded") where none was."""
    return as_known([_calendar(digest) for _, digest in _calendars(region_profile(region).calendar_region)], at)


def official_years(versions: Collection[str]) -> dict[str, frozenset[int]]:
    """The official years of these versions of calendars. One statement, and none for no version."""
    wanted = set(versions)
    rows = CalendarVersion.objects.filter(version__in=wanted).values_list("version", "digest") if wanted else ()
    return {
        version: frozenset(year for year, each in _calendar(digest).years.items() if each.official)
        for version, digest in rows
    }


def may_move(years: Mapping[str, frozenset[int]], version: str, since: date, due: date | None) -> bool:
    """Whether a date of a list may still move (暂定): a year from its start to it is not official in that version."""
    return due is not None and any(year not in years.get(version, ()) for year in range(since.year, due.year + 1))


def _law_of(digest: str) -> Law:
    profile = region_profile(procedure(digest).region)
    return _law(digest, _calendars(profile.calendar_region), profile)


def _calendars(region: str) -> tuple[tuple[str, str], ...]:
    """The versions a region's cases may count by, with their digests, the one a new case starts with last.

    The national ones stand before the region's own: it begins with those, and cases of that time keep theirs.
    NotPossible("no_calendar_loaded").
    """
    with connection.cursor() as cursor:  # written out: every case asks, and composing it took longer than reading
        cursor.execute(CALENDARS, [NATIONAL, region])
        return _standing_last(cursor.fetchall(), region)


CALENDARS = "SELECT version, digest, region FROM catalogue_calendarversion WHERE region IN (%s, %s) ORDER BY position"


def _standing_last(loaded: Sequence[tuple[str, str, str]], region: str) -> tuple[tuple[str, str], ...]:
    rows = [each for each in loaded if each[2] in (NATIONAL, region)]
    if not rows:
        raise NotPossible("no_calendar_loaded", region=region)
    return tuple((version, digest) for version, digest, of in sorted(rows, key=lambda each: each[2] != NATIONAL))


@lru_cache(maxsize=512)
def _law(digest: str, calendars: tuple[tuple[str, str], ...], profile: Region) -> Law:
    known = {version: _calendar(each) for version, each in calendars}
    return Law(procedure(digest), known, profile, calendars[-1][0], digest)


@lru_cache(maxsize=512)
def procedure(digest: str) -> Procedure:
    """The Procedure with this digest, read once per process; LookupError, or ValueError where the row was altered."""
    content = ProcedureVersion.objects.filter(digest=digest).values_list("content", flat=True).first()
    content = content or ProceedingVersion.objects.filter(digest=digest).values_list("content", flat=True).first()
    return codec.from_plain(Procedure, json.loads(_checked(digest, content)))


@lru_cache(maxsize=64)
def _calendar(digest: str) -> Calendar:
    row = CalendarVersion.objects.filter(digest=digest).values_list("content", "loaded_at").first()
    content, loaded_at = row or (None, None)
    return replace(calendar_of(json.loads(_checked(digest, content))), known_from=loaded_at)


def _checked(digest: str, content: bytes | memoryview | None) -> bytes:
    if content is None:
        raise LookupError(f"nothing with the digest {digest} is published")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"the row with the digest {digest} holds something else: rebuild it from the log")
    return bytes(content)
