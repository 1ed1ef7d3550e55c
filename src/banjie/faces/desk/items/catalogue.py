"""The items of a region: what waits for their keeper, the list, an item with its versions, and what is done with it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import worklist
from banjie.duties.queue import queries as queue
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items import differences, mine, told
from banjie.faces.desk.items.drafts import OFFICES
from banjie.faces.desk.items.offered import agencies_of
from banjie.faces.desk.items.taken_away import taken_away
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import documents, drafts, flow, inherited, levels, lists, queries
from banjie.records.catalogue.models import Draft, Finding, Item, ProcedureVersion, UpstreamChange
from banjie.records.catalogue.register import Entry, ListKind, basic_code, list_of
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role

PAGE = 20
DRAFTS = 10
TASKS = 20
ONLINE = frozenset({"computer", "mobile"})
"""The channels by which one applies online."""
CHUNK = 100


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A published item in the list."""

    code: str
    name: str
    version: int
    effective_from: date
    state: str
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list, with how many findings it has."""

    draft: Draft
    findings: int
    signatures: int


@dataclass(frozen=True, slots=True)
class Task:
    """Something around a published item has changed: what, what to do, and which item it is."""

    code: str
    name: str
    refusal: words.Refusal
    on: date


@dataclass(frozen=True, slots=True)
class Upstream:
    """A newer version of a base item, with what is new in it; `may_take_over` by the keeper."""

    item: str
    name: str
    version: int
    source: str
    on: date
    lines: list[differences.Line]
    command_id: UUID


# The list


@for_role(*OFFICES)
@require_safe
@says_no
def items(request: Request) -> HttpResponse:
    """What waits for the keeper, the drafts, and the published items of the region; `?q=` looks in names and codes."""
    actor, language, today = asking(request), language_of(request), clock.today()
    region = mine.region_of(actor)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    after = request.GET.get("after", "").replace("\x00", "")[:50]
    page = list(islice(_published(region, wanted, after), PAGE + 1))
    found = Draft.objects.filter(region=region, published_version=0).order_by("-changed_at", "id")
    if wanted:
        found = found.filter(Q(name__icontains=wanted) | Q(code__istartswith=wanted))
    number = _number(request.GET.get("drafts", ""))
    count = found.count()
    chosen = found[(number - 1) * DRAFTS : number * DRAFTS]
    breaches = Finding.objects.filter(region=region, settled_on=None).order_by("found_on", "code")
    shown = {
        "q": wanted,
        "items": page[:PAGE],
        "next": page[PAGE - 1].code if len(page) > PAGE else "",
        "is_first": not after,
        "drafts": [DraftLine(each, told.count(each, today), each.sign_offs.count()) for each in chosen],
        "draft_count": count,
        "draft_page": number,
        "draft_pages": max(1, -(-count // DRAFTS)),
        "is_keeper": mine.is_keeper(actor),
        "tasks": [_task(each, language) for each in breaches[:TASKS]],
        "task_count": breaches.count(),
        "upstream": upstream(UpstreamChange.objects.filter(item__region=region), language),
        "claimed": inherited.claim_rate(region),
    }
    return render(request, "desk/items/items.html", shown)


def _published(region: str, wanted: str, after: str) -> Iterator[ItemLine]:
    """The newest versions of the region's items, by code."""
    newest = ProcedureVersion.objects.filter(code=OuterRef("code")).order_by("-version").values("version")[:1]
    rows = ProcedureVersion.objects.filter(version=Subquery(newest)).order_by("code").defer("content")
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | Q(english__icontains=wanted) | Q(code__istartswith=wanted))
    states = dict(Item.objects.filter(region=region).values_list("code", "state"))
    while chunk := list(rows.filter(code__gt=after)[:CHUNK]):
        for row in chunk:
            if queries.procedure(row.digest).region == region:
                state = states.get(row.code[:31], "in_use")
                yield ItemLine(row.code, row.name, row.version, row.effective_from, state, row.withdrawn_on)
        after = chunk[-1].code


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 5 and int(text) else 1


def _task(finding: Finding, language: str) -> Task:
    refusal = words.refusal_of(finding.reason, finding.facts, language)
    unsaid = words.label("phrases", "nothing_published", language)
    refusal = words.Refusal(refusal.code, refusal.what.removesuffix(unsaid).strip(), refusal.next)
    return Task(finding.code, _name(finding.code), refusal, finding.found_on)


def _name(code: str) -> str:
    rows = ProcedureVersion.objects.filter(code__startswith=code).order_by("code", "-version")
    return rows.values_list("name", flat=True).first() or code


def upstream(changes: Any, language: str) -> list[Upstream]:
    """The open ones of these upstream changes in words."""
    found = []
    for each in changes.filter(settled_on=None).select_related("item__base").order_by("opened_on", "item_id")[:TASKS]:
        lines = [
            differences.Line(told.field_name(field, language), *(told.value(side, field, language) for side in sides))
            for field, sides in each.diff.items()
        ]
        base = each.item.base
        found.append(Upstream(each.item_id, base.name, each.version, base.source, each.opened_on, lines, uuid.uuid4()))
    return found


@for_role(*OFFICES)
@require_safe
@says_no
def offline(request: Request) -> HttpResponse:
    """The items in force of the region for which nobody can apply online, and whether they may be so (M215)."""
    region, today = mine.region_of(asking(request)), clock.today()
    here = [each for each in queries.published(today) if each.region == region]
    found = [each for each in here if not ONLINE & set(each.guide.channels)]
    listed = lists.standing(region, today).get(ListKind.ONLINE_NEGATIVE, {})
    shown = {
        "items": found,
        "all": len(here),
        "is_listed": {each.code for each in found if basic_code(each.code) in listed},
    }
    return render(request, "desk/items/offline.html", shown)


# An item


@for_role(*OFFICES)
@require_safe
@says_no
def item(request: Request, code: str) -> HttpResponse:
    """An item: its versions, its place on the lists, its claim, its drafts, its flow."""
    actor, language, today = asking(request), language_of(request), clock.today()
    versions = mine.versions_of(code, actor)
    newest = versions[0]
    procedure = queries.procedure(newest.digest)
    claim = Item.objects.select_related("base").filter(code=code[:31]).first()
    standing = lists.standing(procedure.region, today)
    kind = list_of(procedure.item_type, standing)
    entry: Entry | None = standing.get(kind, {}).get(basic_code(code))
    breaches = Finding.objects.filter(code=code, settled_on=None).order_by("found_on")
    shown = {
        "code": code,
        "procedure": procedure,
        "counted": queue.counted(code, today),
        "doors": queue.doors_of(code),
        "versions": versions,
        "running": worklist.running(code),
        "others": versions[1:],
        "in_force": next((each.version for each in versions if _is_in_force(each, today)), 0),
        "claim": claim,
        "upstream": upstream(UpstreamChange.objects.filter(item_id=code[:31]), language),
        "tasks": [_task(each, language) for each in breaches],
        "list_kind": kind,
        "keeps_list": kind in standing,
        "entry": entry,
        "holder": dict(agencies_of(procedure.region, language)).get(entry.holder, entry.holder) if entry else "",
        "drafts": Draft.objects.filter(code=code, region=procedure.region, published_version=0).order_by("-changed_at"),
        "is_keeper": mine.is_keeper(actor),
        "today": today,
        "command_id": uuid.uuid4(),
        **chart_of(procedure, language),
    }
    return render(request, "desk/items/item.html", shown)


def _is_in_force(row: ProcedureVersion, today: date) -> bool:
    return row.effective_from <= today and (row.withdrawn_on is None or row.withdrawn_on > today)


def chart_of(procedure: Procedure, language: str) -> dict[str, Any]:
    """The flow as a drawing and in sentences; nothing for one that goes in a circle."""
    try:
        # The drawing is our own, and every text in it is written by an XML writer.
        drawing = mark_safe(flow.svg(procedure, language))
        return {"chart": drawing, "chart_in_words": flow.in_words(procedure, language)}
    except NotPossible as no:
        return {"chart": "", "chart_refusal": words.refusal(no, language)}


@for_role(*OFFICES)
@require_safe
@says_no
def compared(request: Request, code: str) -> HttpResponse:
    """Two versions compared: `?one=1&other=2`, the newest two by default."""
    versions = {each.version: each for each in mine.versions_of(code, asking(request))}
    numbers = sorted(versions)
    one = _number(request.GET.get("one", "")) if "one" in request.GET else numbers[max(0, len(numbers) - 2)]
    other = _number(request.GET.get("other", "")) if "other" in request.GET else numbers[-1]
    if one not in versions or other not in versions:
        raise NotPossible("no_such_version", version=one if one not in versions else other)
    first, second = (queries.procedure(versions[each].digest) for each in (one, other))
    shown = {
        "name": versions[other].name,
        "code": code,
        "lines": differences.lines(first, second, language_of(request)),
        "one": f"v{one}",
        "other": f"v{other}",
    }
    return render(request, "desk/items/differences.html", shown)


@for_role(*OFFICES)
@require_safe
@says_no
def export(request: Request, code: str, version: int, kind: str) -> HttpResponse:
    """A published version as a file."""
    row = next((each for each in mine.versions_of(code, asking(request)) if each.version == version), None)
    if row is None:
        raise NotPossible("no_such_version", version=version)
    state = Item.objects.filter(code=code[:31]).values_list("state", flat=True).first() or "in_use"
    return taken_away(queries.procedure(row.digest), kind, state, language_of(request))


@for_role("staff")
@require_safe
@says_no
def handbook(request: Request, code: str) -> HttpResponse:
    """The business handbook and the survey guide of the version in force, for whoever works here."""
    language = language_of(request)
    procedure = queries.procedure(queries.in_force(code, clock.today()).digest)
    shown = {
        "procedure": procedure,
        "name": (language == "en" and procedure.english) or procedure.name,
        "digest": documents.digest_of(procedure),
        "pages": documents.handbooks_of(procedure, language),
        "survey": documents.survey_guide_of(procedure, language),
    }
    return render(request, "desk/items/handbook.html", shown)


# What a keeper does with it


@for_role("catalogue_keeper")
@require_POST
@says_no
def next_version(request: Request, code: str) -> HttpResponse:
    """Begin the next version as a draft."""
    actor = asking(request)
    mine.versions_of(code, actor)
    try:
        effective_from = date.fromisoformat(request.POST.get("effective_from", ""))
    except ValueError:
        messages.warning(request, _("Give the day from which the next version is to be in force."))
        return redirect("desk:item", code)
    draft = drafts.next_version(code, actor, clock.now(), effective_from)
    return redirect("desk:draft", draft.id)


@for_role("catalogue_keeper")
@require_POST
@says_no
def take_over(request: Request, code: str) -> HttpResponse:
    """Claim the newest version of the base item; what it changes comes with the next version of the item."""
    row = _claimed(request, code)
    at, by = clock.now(), asking(request).id
    levels.claim(code, row.region, row.agency, by=by, at=at, command_id=command_id_of(request.POST))
    messages.success(
        request, _("Claimed. Begin the next version: what the higher catalogue changed is to be taken over there.")
    )
    return redirect("desk:items")


@for_role("catalogue_keeper")
@require_POST
@says_no
def turn(request: Request, code: str, what: str) -> HttpResponse:
    """Suspend an item, or resume it, with the reason."""
    acts = {"suspend": levels.suspend, "resume": levels.resume}
    if what not in acts:
        raise Http404
    row = _claimed(request, code[:31])
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:1000]
    at, by = clock.now(), asking(request).id
    try:
        acts[what](row.code, reason, by=by, at=at, command_id=command_id_of(request.POST))
    except NotPossible as no:
        refusal = words.refusal(no, language_of(request))
        messages.warning(request, f"{refusal.what} {refusal.next}")
        return redirect("desk:item", code)
    messages.success(request, _("Recorded: the item is %(state)s.") % {"state": _state(row.code, request)})
    return redirect("desk:item", code)


def _claimed(request: Request, code: str) -> Item:
    row = Item.objects.filter(code=code, region=mine.region_of(asking(request))).first()
    if row is None:
        raise NotPossible("unknown_item")
    return row


def _state(code: str, request: Request) -> str:
    return words.label("item_states", Item.objects.get(code=code).state, language_of(request))
