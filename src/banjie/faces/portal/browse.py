"""Finding an item: in one's own words, by what has happened (人生事件), by department, or in the whole list."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie.cases.scope import Scope
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import drafts
from banjie.faces.forms.finding import Line, agencies, everything, lines_of, looked_for, of_agency
from banjie.faces.forms.library import with_one_document
from banjie.faces.forms.routes import is_open_online, is_wholly_online
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import waiting
from banjie.records.catalogue.life_events import codes_of, life_events, with_items
from banjie.records.catalogue.queries import published
from banjie.records.organisation.models import Agency
from banjie.web import clock
from banjie.web.request import Request
from banjie.web.roles import for_role, held_by

NEWEST = 3
"""How many of somebody's cases stand on the first page."""


@for_role("public")
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """The first page: a search, one's own cases, life events, departments. With `?q=` what it finds, each with why."""
    looked = looked_for(request) if request.GET.get("q", "").strip() else None
    if looked is not None:
        return render(request, "portal/found.html", {"looked": looked})
    today, language = clock.today(), language_of(request)
    shown = {
        "events": with_items(today),
        "departments": _by_region(agencies(today), language),
        "cases": [],
        "drafts": 0,
    }
    if "applicant" in held_by(request) and request.actor is not None:
        shown["cases"] = waiting(Scope.of(request.actor), (), language, NEWEST)
        shown["drafts"] = len(drafts.of(drafts.owner_of(request.actor), today))
    return render(request, "portal/home.html", shown)


@for_role("public")
@require_safe
def items(request: Request) -> HttpResponse:
    """Every item that can be applied for today."""
    return render(request, "portal/items.html", {"looked": everything(request)})


@for_role("public")
@require_safe
@says_no
def life_event(request: Request, event: str) -> HttpResponse:
    """The items that go with a life event; several can be applied for with one form."""
    today, language = clock.today(), language_of(request)
    row = next((each for each in life_events(today) if each.id == event), None)
    if row is None:
        raise NotPossible("unknown_item")
    lines = lines_of(codes_of(row, today), today, language)
    return render(request, "portal/life_event.html", {"event": row, "lines": lines})


@for_role("public")
@require_safe
@says_no
def department(request: Request, agency: str) -> HttpResponse:
    """The items of an agency."""
    row = Agency.objects.filter(id=agency).select_related("region").first()
    if row is None:
        raise NotPossible("unknown_item")
    lines = of_agency(row, clock.today(), language_of(request))
    return render(request, "portal/department.html", {"agency": row, "lines": lines})


@for_role("public")
@require_safe
def online(request: Request) -> HttpResponse:
    """What can be applied for online, what is done online altogether, and what cannot, with the reason (M215)."""
    today, language = clock.today(), language_of(request)
    rules = {each.code: each for each in published(today)}
    lines = lines_of([(each.code, each.version) for each in rules.values()], today, language)

    def those(keep: Iterable[bool]) -> list[Line]:
        return [line for line, is_one in zip(lines, keep, strict=True) if is_one]

    shown = {
        "all": lines,
        "open": those(is_open_online(rules[each.item.code]) for each in lines),
        "whole": those(is_wholly_online(rules[each.item.code]) for each in lines),
        "one": those(with_one_document(rules[each.item.code], today) for each in lines),
        "closed": those(not is_open_online(rules[each.item.code]) for each in lines),
        "on": today,
    }
    return render(request, "portal/online.html", shown)


def _by_region(rows: Iterable[Agency], language: str) -> list[tuple[str, list[Agency]]]:
    found: dict[str, list[Agency]] = {}
    for each in rows:
        region = (language == "en" and each.region.english) or each.region.name
        found.setdefault(region, []).append(each)
    return list(found.items())
