"""New drafts: of a base item that is claimed, from a workbook, from another county's item."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.law import Procedure
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.desk.items import mine, organisation
from banjie.faces.desk.items.offered import agencies_of, units_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import adopt, drafts, levels, queries, spreadsheet
from banjie.records.catalogue.models import BaseItem, Draft, Item
from banjie.records.catalogue.search import search
from banjie.records.organisation.models import Agency
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

MOST_HITS = 20
LONGEST = {"code": 50, "region": 12, "name": 200, "english": 200}
SERIAL = re.compile(r"0[1-9]|[1-9]\d")


@for_role("catalogue_keeper")
@require_safe
@says_no
def new(request: Request) -> HttpResponse:
    """The three ways to a new draft; `?q=` looks for an item of another county."""
    return _page(request)


def _page(request: Request, status: int = 200, **more: Any) -> HttpResponse:
    actor, language = asking(request), language_of(request)
    region = mine.region_of(actor)
    wanted = request.GET.get("q", "").strip()[:60]
    shown = {
        "agencies": agencies_of(region, language),
        "bases": _bases(region),
        "are_there_any": BaseItem.objects.exists(),
        "q": wanted,
        "hits": _elsewhere(wanted, region, language),
        "command_id": uuid4(),
        **more,
    }
    return render(request, "desk/items/new.html", shown, status=status)


def _bases(region: str) -> list[BaseItem]:
    """The base items that nobody in this region has claimed, by code."""
    claimed = Item.objects.filter(region=region).values("base_id")
    return list(BaseItem.objects.filter(cancelled_on=None).exclude(code__in=claimed).order_by("code"))


# A base item


@for_role("catalogue_keeper")
@require_POST
@says_no
def claim(request: Request) -> HttpResponse:
    """Claim a base item for an agency of the region, and begin a draft with what it gives."""
    actor, at = asking(request), clock.now()
    region = mine.region_of(actor)
    agency = Agency.objects.filter(id=request.POST.get("agency", ""), region_id=region).first()
    base = BaseItem.objects.filter(code=request.POST.get("base", ""), cancelled_on=None).first()
    if agency is None or base is None:
        return _page(request, 422, problem=_("Choose a base item and an agency."))
    code = f"{agency.credit_code}{level_of(region)}{base.code}"
    procedure = blank(base, agency, f"{code}01", clock.today())
    mine.require_own(procedure, actor)
    levels.claim(code, region, agency.id, by=actor.id, at=at, command_id=uuid4())
    draft = drafts.open_draft(procedure, actor, at, origin=f"{base.code} v{base.version}")
    return redirect("desk:draft", draft.id)


def level_of(region: str) -> str:
    """The level an item is exercised at, as its code has it: 3 city, 4 county, 5 town, 6 village."""
    if len(region) > 6:
        return "5" if len(region) <= 9 else "6"
    return "3" if region.endswith("00") else "4"


def blank(base: BaseItem, agency: Agency, code: str, effective_from: date) -> Procedure:
    """A procedure that says nothing yet but what its base item gives, and that its agency receives and decides it."""
    plain: dict[str, Any] = {
        "code": code,
        "version": 1,
        "name": base.name,
        "region": agency.region_id,
        "item_type": base.item_type,
        "effective_from": effective_from.isoformat(),
        "home": agency.id,
        "statutory_limit": {"number": 20, "unit": "working_day"},
        "basis": [],
        "units": [],
        "agencies": [],
        "guide": {},
        **dict.fromkeys(("receives", "decides", "seals", "supervises", "serves", "contact"), ""),
    }
    for field, value in base.fields.items():
        holder = plain["guide"] if field.startswith("guide.") else plain
        holder[field.removeprefix("guide.")] = value
    return organisation.with_names(codec.from_plain(Procedure, plain))


# A workbook


@dataclass(frozen=True, slots=True)
class BadRow:
    """What is wrong in an uploaded workbook, and where."""

    sheet: str
    row: int
    column: str
    value: str
    said: str


@for_role("catalogue_keeper")
@require_POST
@says_no
def upload(request: Request) -> HttpResponse:
    """Take in a workbook: a draft for each item, or a report of every bad row and nothing at all."""
    actor, language, at = asking(request), language_of(request), clock.now()
    file = request.FILES.get("file")
    if file is None:
        return _page(request, 422, file_problem=_("Choose a workbook (.xlsx)."))
    try:
        found = spreadsheet.read(file.read())
    except NotPossible as no:
        return _page(request, 422, refusal=words.refusal(no, language))
    bad = [BadRow(each.sheet, each.row, each.column, each.value, each.said(language)) for each in found.problems]
    bad = bad or [row for each in found.procedures for row in _not_ours(each, actor, language)]
    if bad:
        return _page(request, 422, bad_rows=bad, file_name=file.name)
    with transaction.atomic():
        made = [
            drafts.open_draft(organisation.with_names(each), actor, at, origin=(file.name or "")[:80])
            for each in found.procedures
        ]
    number = len(made)
    told = ngettext("%(number)d draft begun.", "%(number)d drafts begun.", number) % {"number": number}
    messages.success(request, told)
    return redirect("desk:draft", made[0].id) if number == 1 else redirect("desk:items")


def _not_ours(procedure: Procedure, actor: Actor, language: str) -> list[BadRow]:
    """What of a procedure that can be read this keeper may not bring in, or no draft has room for."""
    sheet = words.label("workbook", "items", language)
    found = [
        BadRow(sheet, 0, field, str(getattr(procedure, field))[:80], words.problem("too_long", language))
        for field, most in LONGEST.items()
        if len(getattr(procedure, field)) > most
    ]
    try:
        mine.require_own(procedure, actor)
    except NotPossible as no:
        refusal = words.refusal(no, language)
        found.append(BadRow(sheet, 0, "region", procedure.code[:80], refusal.what))
    return found


# Another county's item


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An item of another county."""

    code: str
    name: str
    agency: str


def _elsewhere(wanted: str, region: str, language: str) -> list[Elsewhere]:
    if not wanted:
        return []
    today, after = clock.today(), ""
    found: list[Elsewhere] = []
    while len(found) < MOST_HITS:
        try:
            results = search(wanted, today, MOST_HITS, after, language)
        except BadInput:
            return []
        for hit in results.items:
            procedure = queries.procedure(queries.in_force(hit.code, today).digest)
            if procedure.region != region:
                agency = procedure.agency(procedure.agency_of(procedure.decides))
                found.append(Elsewhere(hit.code, hit.name, agency.name))
        after = results.after
        if not after:
            break
    return found[:MOST_HITS]


@for_role("catalogue_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def from_elsewhere(request: Request, code: str) -> HttpResponse:
    """A draft from another county's item: which of our units does what each of theirs does."""
    actor, language, today = asking(request), language_of(request), clock.today()
    region = mine.region_of(actor)
    source = queries.procedure(queries.in_force(code, today).digest)
    own_units = dict(units_of(region, language))
    agencies = dict(agencies_of(region, language))
    wrong: list[str] = []
    if request.method == "POST":
        agency = Agency.objects.filter(id=request.POST.get("agency", ""), region_id=region).first()
        serial = request.POST.get("serial", "")
        effective_from = _day(request.POST.get("effective_from", ""))
        if agency is None:
            wrong.append("agency")
        if not SERIAL.fullmatch(serial):
            wrong.append("serial")
        if effective_from is None:
            wrong.append("effective_from")
        if agency and effective_from and not wrong:
            own_code = f"{agency.credit_code}{level_of(region)}{source.code[19:31]}{serial}"
            draft = _adopted(request, source, agency, own_code, effective_from, own_units)
            return redirect("desk:draft", draft.id)
    shown = {
        "source": source,
        "units": [(each, request.POST.get(f"unit.{each.id}", "")) for each in source.units],
        "own_units": list(own_units.items()),
        "agencies": list(agencies.items()),
        "agency": request.POST.get("agency", ""),
        "serial": request.POST.get("serial", source.code[31:] or "01"),
        "effective_from": request.POST.get("effective_from", today.isoformat()),
        "wrong": wrong,
    }
    return render(request, "desk/items/from_elsewhere.html", shown, status=422 if wrong else 200)


def _adopted(
    request: Request, source: Procedure, agency: Agency, code: str, effective_from: date, own: dict[str, str]
) -> Draft:
    actor = asking(request)
    told = {each.id: request.POST.get(f"unit.{each.id}", "") for each in source.units}
    procedure = adopt.draft_from(
        source,
        region=agency.region_id,
        code=code,
        effective_from=effective_from,
        organisation=organisation.as_loaded(),
        units={theirs: ours for theirs, ours in told.items() if ours in own},
    )
    mine.require_own(procedure, actor)
    return drafts.open_draft(procedure, actor, clock.now(), origin=f"{source.code} v{source.version}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
