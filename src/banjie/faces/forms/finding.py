"""Looking for an item: in one's own words, by life event, by agency; each found with four answers and its numbers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Substr

from banjie import words
from banjie.engine.law import Procedure
from banjie.engine.not_possible import BadInput
from banjie.faces.forms.routes import Route, route_of
from banjie.faces.forms.saying import language_of
from banjie.records import catalogue
from banjie.records.catalogue import queries
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.catalogue.search import Found, search
from banjie.records.organisation.models import Agency
from banjie.web import clock
from banjie.web.request import Request

PAGE = 20
MOST_ITEMS = 500
CREDIT_CODE = 18
"""Characters at the beginning of an item's code that say whose item it is."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Where to do it, whom to ask, what it is, how it is done (哪里办、找谁办、办什么、怎么办), a line each (M054)."""

    where: str
    whom: str
    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item with the words by which it was found (none where everything is listed), its answers and its way."""

    item: queries.Item
    found: tuple[Found, ...] = ()
    answers: Answers | None = None
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What is shown: what was typed, the items, how the next page is asked for ("": it is the last), what was wrong."""

    q: str
    lines: tuple[Line, ...]
    after: str = ""
    is_first: bool = True
    problem: str = ""


def looked_for(request: Request) -> Looked:
    """The items that `?q=` finds today, the best first, from `?after=` on; all of them where nothing is looked for."""
    today, language = clock.today(), language_of(request)
    wanted, after = request.GET.get("q", "").strip()[:200], request.GET.get("after", "")[:40]
    if not wanted:
        return everything(request)
    try:
        results = search(wanted, today, PAGE, after, language)
    except BadInput:
        return Looked(wanted, (), problem=words.problem("too_long", language))
    except ValueError:  # an address that was put together by hand: from the beginning
        after = ""
        results = search(wanted, today, PAGE, after, language)
    found = {(hit.code, hit.version): hit.found for hit in results.items}
    return Looked(wanted, tuple(lines_of(found, today, language, found)), results.after, not after)


def everything(request: Request) -> Looked:
    """Every item that can be applied for today, by code."""
    items = catalogue.items(clock.today(), language_of(request), limit=MOST_ITEMS)
    return Looked("", tuple(_with_answers(items, language_of(request))))


def lines_of(
    versions: Iterable[tuple[str, int]], on: date, language: str,
    found: dict[tuple[str, int], tuple[Found, ...]] | None = None,
) -> list[Line]:  # fmt: skip
    """The lines of these versions in their order, without those that cannot be applied for on a day."""
    versions = list(versions)
    items = queries.lines_of(versions, on, language)
    wanted = [items[code] for code, _version in versions if code in items]
    return _with_answers(wanted, language, found or {})


def of_agency(agency: Agency, on: date, language: str) -> list[Line]:
    """The items an agency offers on a day, by code."""
    items = catalogue.items(on, language, after=agency.credit_code, limit=MOST_ITEMS)
    return _with_answers([each for each in items if each.code.startswith(agency.credit_code)], language)


def agencies(on: date) -> list[Agency]:
    """The agencies that have published an item in force by a day, by region."""
    prefix = Substr("code", 1, CREDIT_CODE)
    rows = ProcedureVersion.objects.filter(effective_from__lte=on).annotate(whose=prefix)
    whose = set(rows.values_list("whose", flat=True).distinct())
    return list(Agency.objects.filter(credit_code__in=whose).select_related("region").order_by("region_id", "name"))


def _with_answers(
    items: Collection[queries.Item], language: str, found: dict[tuple[str, int], tuple[Found, ...]] | None = None
) -> list[Line]:
    rules = _procedures([(each.code, each.version) for each in items])
    lines = []
    for item in items:
        key = (item.code, item.version)
        why = (found or {}).get(key, ())
        lines.append(Line(item, why, answers_of(rules[key], language), route_of(rules[key], language)))
    return lines


def _procedures(versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Procedure]:
    rows = ProcedureVersion.objects.filter(code__in=[code for code, _ in versions])
    known = {(code, version): digest for code, version, digest in rows.values_list("code", "version", "digest")}
    return {each: queries.procedure(known[each]) for each in versions}


def answers_of(procedure: Procedure, language: str) -> Answers:
    """The four answers of an item, each in a line."""
    guide, english = procedure.guide, language == "en"
    called = words.names_of(procedure, language)
    unit = called("unit", procedure.receives) if callable(called) else ""
    place = guide.places[0] if guide.places else None
    between = " · "
    ways = [words.label("element_values", f"channels.{each}", language) for each in guide.channels]
    return Answers(
        where=between.join(each for each in ((place.name, place.address) if place else ()) if each),
        whom=between.join(each for each in (unit, place.phone if place else "") if each),
        what=guide.result_name or (english and procedure.english) or procedure.name,
        how=words.label("phrases", "between_names", language).join(ways),
    )
