"""A draft: how it stands, its sections to edit, its preview, sign-off and publication."""

import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items import differences, mine, told, typed
from banjie.faces.desk.items.layout import Sheet
from banjie.faces.desk.items.offered import offered
from banjie.faces.desk.items.organisation import with_names
from banjie.faces.desk.items.sections import SECTIONS
from banjie.faces.desk.items.taken_away import taken_away
from banjie.faces.forms.guide import guide_of, law_of_draft
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import drafts, inherited, queries
from banjie.records.catalogue.models import Draft, Item, ProcedureVersion
from banjie.records.organisation.queries import display_name
from banjie.web import clock
from banjie.web.fields import takes_fields
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

OFFICES = ("catalogue_keeper", "centre", "e_government")
"""Who may look at a draft: those who sign it off."""
SHORT = 12
"""Characters of a digest that people compare."""


@for_role(*OFFICES)
@require_safe
@says_no
def draft(request: Request, draft_id: UUID) -> HttpResponse:
    """How a draft stands: what the gate says, section by section, who has signed, and when it takes effect."""
    return _overview(request, mine.draft_of(draft_id, asking(request)))


@for_role(*OFFICES)
@require_safe
@says_no
def compared(request: Request, draft_id: UUID) -> HttpResponse:
    """What the draft changes in the newest published version."""
    row = mine.draft_of(draft_id, asking(request))
    newest = ProcedureVersion.objects.filter(code=row.code).order_by("-version").first()
    if newest is None:
        raise NotPossible("unknown_item")
    procedure = drafts.procedure_of(row)
    found = differences.lines(queries.procedure(newest.digest), procedure, language_of(request))
    one, other = f"v{newest.version}", _("this draft")
    shown = {"draft": row, "name": row.name, "lines": found, "one": one, "other": other, "code": row.code}
    return render(request, "desk/items/differences.html", shown)


@for_role(*OFFICES)
@require_safe
@says_no
def preview(request: Request, draft_id: UUID) -> HttpResponse:
    """The public guide of the draft, as it would be read if it were published today."""
    row, language = mine.draft_of(draft_id, asking(request)), language_of(request)
    procedure = drafts.procedure_of(row)
    shown: dict[str, Any] = {"draft": row, "procedure": procedure}
    try:
        shown["guide"] = guide_of(law_of_draft(procedure), clock.today(), language)
    except NotPossible as no:
        shown["refusal"] = words.refusal(no, language, words.names_of(procedure, language))
    return render(request, "desk/items/preview.html", shown)


@for_role(*OFFICES)
@require_safe
@says_no
def export(request: Request, draft_id: UUID, kind: str) -> HttpResponse:
    """The draft as a file: to be read, or changed and sent back."""
    row = mine.draft_of(draft_id, asking(request))
    return taken_away(drafts.procedure_of(row), kind, "in_use", language_of(request))


# Editing


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else saved meanwhile: who, and where it differs from what was typed."""

    name: str
    lines: list[differences.Line]


@for_role("catalogue_keeper")
@takes_fields(5000)  # twenty a row, and up to two hundred rows
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def section(request: Request, draft_id: UUID, section: str) -> HttpResponse:
    """A section of the draft as a form; what is typed is kept whatever happens to it."""
    if section not in SECTIONS:
        raise Http404
    row = mine.draft_of(draft_id, asking(request))
    if row.published_version:
        return redirect("desk:draft", row.id)
    procedure = drafts.procedure_of(row)
    locked = _locked(procedure)
    if request.method != "POST":
        given: typed.Typed = {}
        for name in SECTIONS[section]:
            given |= typed.typed_of(_held(procedure, name), typed.shape_at(Procedure, name), name)
        return _page(request, row, procedure, section, given, locked)
    given = typed.posted(request.POST)
    if asked := request.POST.get("row"):
        given, place = _with_rows(given, asked, section)
        unsaved = _("Not saved yet: press “Save” when the rows are as they should be.")
        return _page(request, row, procedure, section, given, locked, open=place, notice=unsaved)
    return _save(request, row, procedure, section, given, locked)


def _save(
    request: Request, row: Draft, procedure: Procedure, section: str, given: typed.Typed, locked: dict[str, Any]
) -> HttpResponse:
    reading = typed.Reading(given)
    plain = codec.to_plain(procedure)
    guide = plain.setdefault("guide", {})
    for name in SECTIONS[section]:
        if name not in locked:
            value = reading.plain(typed.shape_at(Procedure, name), name)
            holder = guide if name.startswith("guide.") else plain
            holder[name.removeprefix("guide.")] = value
    if take := request.POST.get("inherit"):
        _take_over(plain, take, procedure)
    if reading.errors:
        return _page(request, row, procedure, section, given, locked, errors=reading.errors, status=422)
    confirmed = request.POST.get("confirm", "")
    guide["examples"] = [each for each in procedure.guide.examples if each != confirmed]
    changed = with_names(codec.from_plain(Procedure, plain))
    actor, seen = asking(request), request.POST.get("seen", "")
    mine.require_own(changed, actor)
    had_signatures = row.sign_offs.exists()
    try:
        saved = drafts.change(row.id, changed, seen, actor, clock.now())
    except NotPossible as no:
        if no.code != "draft_changed":
            raise
        again = mine.draft_of(row.id, actor)
        now = drafts.procedure_of(again)
        language = language_of(request)
        who = display_name(again.changed_by, language) or again.changed_by
        theirs = Theirs(who, differences.lines(now, changed, language, SECTIONS[section]))
        refusal = words.refusal(no, language)
        return _page(request, again, now, section, given, locked, refusal=refusal, theirs=theirs, status=409)
    _tell_saved(request, saved, had_signatures and saved.digest != row.digest)
    return redirect("desk:draft_section", row.id, section)


def _tell_saved(request: Request, saved: Draft, took_off: bool) -> None:
    number = told.count(saved, clock.today())
    if number:
        found = ngettext("%(number)d thing to mend.", "%(number)d things to mend.", number) % {"number": number}
    else:
        found = _("Nothing stands in the way of publication but the sign-off.")
    messages.success(request, f"{_('Saved.')} {found}")
    if took_off:
        messages.warning(request, _("The signatures were taken off: what was signed is no longer there."))


def _page(
    request: Request,
    row: Draft,
    procedure: Procedure,
    section: str,
    given: typed.Typed,
    locked: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    open: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form of a section, with what the gate says of the draft as it is saved."""
    language, today = language_of(request), clock.today()
    sheet = Sheet(
        typed=given,
        offered=offered(procedure, row.region, language, today),
        language=language,
        errors=errors or {},
        examples=procedure.guide.examples,
        open=open,
    )
    nodes = sheet.nodes([each for each in SECTIONS[section] if each not in locked])
    found = told.findings(row, procedure, today, language)
    shown = {
        "draft": row,
        "section": section,
        "nodes": nodes,
        "wrong": [each for node in nodes for each in node.wrong()],
        "inherited": _inherited_lines(procedure, section, locked, language),
        "sections": _sections(row, found),
        "here": [each for each in found if each.section == section],
        "elsewhere": [each for each in found if each.section != section],
        "flags": [each for each in told.flags(row, procedure, language) if each.section == section],
        **_beside(row, procedure, section, language),
        "seen": row.digest if "theirs" in more else request.POST.get("seen") or row.digest,
        **more,
    }
    return render(request, "desk/items/section.html", shown, status=status)


def _beside(row: Draft, procedure: Procedure, section: str, language: str) -> dict[str, Any]:
    """Where this section of the saved draft differs from the newest published version; nothing of a first."""
    newest = ProcedureVersion.objects.filter(code=row.code).order_by("-version").first()
    if newest is None:
        return {"published": 0}
    lines = differences.lines(queries.procedure(newest.digest), procedure, language, SECTIONS[section])
    return {"published": newest.version, "beside": lines}


def _with_rows(given: typed.Typed, asked: str, section: str) -> tuple[typed.Typed, str]:
    """The texts after a button of a row was pressed ("add guide.faq", "up steps.2"), and the row to unfold."""
    what, _space, path = asked.partition(" ")
    top, _dot, rest = path.removeprefix("guide.").partition(".")
    name = f"guide.{top}" if path.startswith("guide.") else top
    if name not in SECTIONS[section]:
        raise Http404
    rows = [each for each in rest.split(".") if each and not each.isdecimal()]
    try:
        shape = typed.shape_at(Procedure, ".".join((name, *rows)))
    except (KeyError, TypeError):
        raise Http404 from None
    if shape.kind is not typed.Kind.ROWS:
        raise Http404
    if what == "add":
        return typed.add_row(given, path, shape.of), f"{path}.{typed.row_count(given, path)}"
    above, _dot, number = path.rpartition(".")
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    place = int(number)
    if what == "out":
        return typed.without_row(given, above, place), ""
    by = {"up": -1, "down": 1}.get(what)
    if by is None:
        raise Http404
    return typed.moved_row(given, above, place, by), f"{above}.{place + by}"


def _held(procedure: Procedure, name: str) -> Any:
    value: Any = procedure
    for part in name.split("."):
        value = getattr(value, part)
    return value


# What the higher catalogue gives


def _locked(procedure: Procedure) -> dict[str, Any]:
    """The fields that the base item gives, each with its value and whose it is."""
    item = Item.objects.select_related("base").filter(code=procedure.code[:31]).first()
    if item is None:
        return {}
    source = _("from %(source)s, version %(version)d") % {"source": item.base.source, "version": item.base.version}
    return {name: {"value": value, "told": source} for name, value in item.base.fields.items()}


@dataclass(frozen=True, slots=True)
class Inherited:
    """A field of the base item: its value here, whose it is, and whether it says otherwise than there."""

    path: str
    name: str
    value: str
    source: str
    differs: bool


def _inherited_lines(procedure: Procedure, section: str, locked: dict[str, Any], language: str) -> list[Inherited]:
    changed = {no.facts["field"] for no in inherited.locked(procedure)}
    return [
        Inherited(
            name,
            told.field_name(name, language),
            told.value(_held(procedure, name), name, language),
            locked[name]["told"],
            name in changed,
        )
        for name in SECTIONS[section]
        if name in locked
    ]


def _take_over(plain: dict[str, Any], name: str, procedure: Procedure) -> None:
    """Let an inherited field say what the base item says."""
    item = Item.objects.select_related("base").filter(code=procedure.code[:31]).first()
    if item is None or name not in item.base.fields:
        raise Http404
    holder = plain["guide"] if name.startswith("guide.") else plain
    holder[name.removeprefix("guide.")] = item.base.fields[name]


# How it stands


def _overview(request: Request, row: Draft, refusal: words.Refusal | None = None, status: int = 200) -> HttpResponse:
    actor, language, today = asking(request), language_of(request), clock.today()
    procedure = drafts.procedure_of(row)
    is_over = bool(row.published_version)
    found = [] if is_over else told.findings(row, procedure, today, language)
    signed = told.signatures(row, actor, language)
    shown = {
        "draft": row,
        "digest": row.digest[:SHORT],
        "procedure": procedure,
        "changed_by": display_name(row.changed_by, language) or row.changed_by,
        "is_keeper": mine.is_keeper(actor),
        "is_published_before": ProcedureVersion.objects.filter(code=row.code).exists(),
        "findings": found,
        "flags": told.flags(row, procedure, language),
        "sections": _sections(row, found),
        "signed": signed,
        "unsigned": [each.office for each in signed if each.at is None],
        "may_publish": not is_over and not found and all(each.at for each in signed),
        "command_id": uuid.uuid4(),
        "refusal": refusal,
    }
    return render(request, "desk/items/draft.html", shown, status=status)


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section of the editor and how many findings it has."""

    name: str
    count: int


def _sections(row: Draft, found: list[told.Told]) -> list[SectionShown]:
    return [SectionShown(name, sum(each.section == name for each in found)) for name in SECTIONS]


# Sign-off and publication


@for_role(*OFFICES)
@require_POST
@says_no
def sign(request: Request, draft_id: UUID) -> HttpResponse:
    """An office signs the very content its person saw."""
    actor = asking(request)
    row = mine.draft_of(draft_id, actor)
    try:
        drafts.sign(row.id, request.POST.get("office", ""), request.POST.get("seen", ""), actor, clock.now())
    except NotPossible as no:
        return _refused(request, row, no)
    messages.success(request, _("Signed: %(digest)s.") % {"digest": row.digest[:SHORT]})
    return redirect("desk:draft", row.id)


@for_role("catalogue_keeper")
@require_POST
@says_no
def publish(request: Request, draft_id: UUID) -> HttpResponse:
    """Publish the draft; it takes effect on its day, and running cases stay on the version they were filed under."""
    actor = asking(request)
    row = mine.draft_of(draft_id, actor)
    mine.require_own(drafts.procedure_of(row), actor)
    try:
        command_id = UUID(request.POST.get("command_id", ""))
    except ValueError:
        return redirect("desk:draft", row.id)
    try:
        done = drafts.publish(row.id, request.POST.get("seen", ""), actor, clock.now(), command_id)
    except NotPossible as no:
        return _refused(request, row, no)
    day = words.day_in_words(done.effective_from, language_of(request))
    messages.success(
        request,
        _("Published as version %(version)d, in force from %(day)s. Running cases stay on theirs.")
        % {"version": done.version, "day": day},
    )
    return redirect("desk:item", done.code)


@for_role("catalogue_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def discard(request: Request, draft_id: UUID) -> HttpResponse:
    """Ask whether the draft is to be discarded, and discard it."""
    actor, language = asking(request), language_of(request)
    row = mine.draft_of(draft_id, actor)
    if request.method != "POST":
        if row.published_version:
            return redirect("desk:draft", row.id)
        shown = {
            "draft": row,
            "changed_by": display_name(row.changed_by, language) or row.changed_by,
            "signatures": row.sign_offs.count(),
        }
        return render(request, "desk/items/discard.html", shown)
    try:
        drafts.discard(row.id, request.POST.get("seen", ""), actor, clock.now())
    except NotPossible as no:
        return _refused(request, row, no)
    messages.success(request, _("Discarded: %(name)s.") % {"name": row.name or row.code})
    return redirect("desk:items")


def _refused(request: Request, row: Draft, no: NotPossible) -> HttpResponse:
    """The draft as it stands now, with why nothing was done."""
    again = mine.draft_of(row.id, asking(request))
    return _overview(request, again, words.refusal(no, language_of(request)), 409)
