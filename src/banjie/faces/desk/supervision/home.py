"""Where who supervises begins: the lights now by stage and unit, and what waits for an answer. Units see their own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.cases import lights as watching
from banjie.cases.lights import LIGHTS, STAGES, Counted
from banjie.cases.scope import Scope
from banjie.duties.supervision import jurisdiction, queries
from banjie.duties.supervision.models import Card, Order
from banjie.engine.commands import Actor
from banjie.faces.desk.supervision.asks import Reporting
from banjie.faces.desk.supervision.telling import rule_named
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.models import Unit
from banjie.records.organisation.queries import display_names, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

MOST = 50
WORST = ("red_plus", "red", "orange", "yellow", "blue", "green")
"""The lights from the one to look at first."""


@dataclass(frozen=True, slots=True)
class Row:
    """How many cases of a stage or a unit have each light; `key`: the stage or unit."""

    key: str
    name: str
    numbers: tuple[tuple[str, int], ...]
    total: int

    @property
    def some(self) -> list[tuple[str, int]]:
        """The lights that any case has."""
        return [each for each in self.numbers if each[1]]


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card in a list."""

    stream: UUID
    name: str
    colour: str
    status: str
    unit: str
    number: str
    on: date
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list."""

    stream: UUID
    unit: str
    level: str
    status: str
    number: str
    issued_on: date
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case with a light: what it is, who has it, until when; `contact`: the one person to ask (M156)."""

    number: str
    item: str
    stage: str
    unit: str
    contact: str
    due_on: date | None
    light: str
    is_open: bool


def reach(by: Actor) -> tuple[Collection[str] | None, Scope | None]:
    """Whose lights somebody sees: of every agency in the regions they supervise, or within their own scope."""
    regions = jurisdiction.regions_of(by)
    return (jurisdiction.agencies_in(regions), None) if regions else (None, Scope.of(by))


@for_role("staff")
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """The lights now, the findings nobody has looked at, and what waits for an answer."""
    by, language, on = asking(request), language_of(request), clock.today()
    counted = watching.counted(clock.now(), *reach(by))
    supervises = bool(jurisdiction.regions_of(by))
    rows = queries.cards(by)
    by_status = queries.by_status(by)
    waiting = ("fired", "appealed", "rectified") if supervises else ("issued", "explained")
    first = rows.filter(status__in=waiting).order_by("-on", "stream")[:MOST]
    open_orders = queries.orders(by).exclude(status="closed").order_by("due_on", "stream")[:MOST]
    units = unit_names(language)
    shown = {
        "supervises": supervises,
        "totals": _numbers(counted),
        "stages": [_row(each, words.label("watched", each, language), counted, "watched") for each in STAGES],
        "units": sorted(
            (_row(each, units.get(each, each), counted, "unit") for each in {one.unit for one in counted}),
            key=lambda each: ([-number for _light, number in each.numbers], each.name),
        ),
        "cards": card_lines(first, language, on),
        "statuses": [
            (each, words.label("card_statuses", each, language), by_status[each])
            for each in ("fired", "issued", "explained", "rectified", "appealed", "closed")
            if each in by_status
        ],
        "orders": order_lines(open_orders, language, on),
    }
    return render(request, "desk/supervision/home.html", shown)


@for_role("staff")
@require_safe
@says_no
def lights(request: Request, light: str) -> HttpResponse:
    """The cases with a light, those whose day passed longest ago first; `?stage=` and `?unit=` narrow it."""
    by, language, at = asking(request), language_of(request), clock.now()
    chosen = light.replace("-", "_")
    if chosen not in LIGHTS:
        chosen = WORST[0]
    stage, unit = (request.GET.get(name, "")[:60] for name in ("stage", "unit"))
    homes, scope = reach(by)
    found = watching.listed(chosen, at, homes, scope, stage=stage, unit=unit, most=MOST + 1)
    names = newest_names({each.procedure for each in found}, language)
    units, people = unit_names(language), display_names({each.contact for each in found}, language)
    narrowed = (words.label("watched", stage, language) if stage else "", units.get(unit, "") if unit else "")
    shown = {
        "light": chosen,
        "name": words.label("lights", chosen, language),
        "narrowed": [each for each in narrowed if each],
        "more": len(found) > MOST,
        "cases": [
            CaseLine(
                each.query_number,
                names.get(each.procedure, each.procedure),
                words.label("watched", each.watched, language),
                units.get(each.with_unit, each.with_unit),
                people.get(each.contact, ""),
                each.red_on - timedelta(days=1) if each.red_on else None,
                watching.light(each, at),
                scope is not None,
            )
            for each in found[:MOST]
        ],
    }
    return render(request, "desk/supervision/lights.html", shown)


@for_role("staff")
@require_safe
@says_no
def cards(request: Request) -> HttpResponse:
    """The cards one may see, the newest first; `?status=` narrows it. Who supervises can enter a finding here."""
    by, language, on = asking(request), language_of(request), clock.today()
    regions = jurisdiction.regions_of(by)
    status = request.GET.get("status", "")[:20]
    rows = queries.cards(by)
    rows = rows.filter(status=status) if status else rows
    shown = {
        "status": words.label("card_statuses", status, language) if status else "",
        "cards": card_lines(rows.order_by("-on", "stream")[:MOST], language, on),
        "form": Reporting(units_in(regions, language), language) if regions else None,
    }
    return render(request, "desk/supervision/cards.html", shown)


def card_lines(rows: Iterable[Card], language: str, on: date) -> list[CardLine]:
    """Cards as a list shows them."""
    units = unit_names(language)
    return [
        CardLine(
            each.stream,
            rule_named(each.rule, language),
            each.colour,
            words.label("card_statuses", each.status, language)
            if each.status != "closed"
            else words.label("card_results", each.result, language),
            units.get(each.unit, each.unit),
            each.number,
            each.on,
            each.due_on,
            each.due_on is not None and each.due_on < on,
        )
        for each in rows
    ]


def order_lines(rows: Iterable[Order], language: str, on: date) -> list[OrderLine]:
    """Orders as a list shows them."""
    units = unit_names(language)
    return [
        OrderLine(
            each.stream,
            units.get(each.unit, each.unit),
            words.label("order_levels", each.level, language),
            words.label("order_statuses", each.status, language)
            if each.status != "closed"
            else words.label("order_results", each.result, language),
            each.number,
            each.issued_on,
            each.due_on if each.status == "open" else None,
            each.status == "open" and each.due_on is not None and each.due_on < on,
        )
        for each in rows
    ]


def units_in(regions: Collection[str], language: str) -> list[tuple[str, str]]:
    """The units of these regions with their names, for a choice."""
    names = unit_names(language)
    found = Unit.objects.filter(agency__region_id__in=regions).order_by("agency_id", "id").values_list("id", flat=True)
    return [(each, names.get(each, each)) for each in found]


def _numbers(counted: Iterable[Counted]) -> tuple[tuple[str, int], ...]:
    found = dict.fromkeys(WORST, 0)
    for each in counted:
        if each.light in found:
            found[each.light] += each.cases
    return tuple(found.items())


def _row(key: str, name: str, counted: Iterable[Counted], by: str) -> Row:
    own = [each for each in counted if getattr(each, by) == key]
    return Row(key, name, _numbers(own), sum(each.cases for each in own))
