"""The guide of an item for everybody: the page, the poster for the wall, one's situation, the standard."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie import words
from banjie.engine.forecast import opening
from banjie.engine.law import Law
from banjie.faces.forms import situation
from banjie.faces.forms.application import ApplicationForm, answers_of
from banjie.faces.forms.drafts import sealed_answers
from banjie.faces.forms.guide import criterion_shown, guide_of, shown_section
from banjie.faces.forms.library import only_sometimes, with_one_document
from banjie.faces.forms.routes import route_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.told import commitment_told
from banjie.faces.portal import kept
from banjie.records import catalogue
from banjie.records.catalogue import batches, documents, edition
from banjie.web import appearance, clock
from banjie.web.request import Request
from banjie.web.roles import for_role


@for_role("public")
@require_safe
@says_no
def item(request: Request, code: str) -> HttpResponse:
    """The guide of an item (办事指南), and by when one who files today has an answer."""
    today, language, number = clock.today(), language_of(request), edition.current()
    law = catalogue.law_of_edition(code, today, number)

    def rendered() -> HttpResponse:
        return _item(request, law, today, language)

    if not kept.may_be_kept(request):
        return rendered()
    look = appearance.of(request).mark
    key = ("item", request.path, law.digest, law.current_calendar, today, language, look, number)
    return kept.answered(request, key, rendered)


def _item(request: Request, law: Law, today: date, language: str) -> HttpResponse:
    procedure = law.procedure
    asked, problem = _day_asked(request)
    shown = {
        "procedure": procedure,
        "guide": guide_of(law, today, language, opening(law, asked) if asked else None),
        "asked": request.GET.get("on", "") or today.isoformat(),
        "problem": problem,
        "route": route_of(procedure, language),
        "asks": bool(situation.depended_on(procedure)),
        "commitment": commitment_told(law, language),
        "shown_in": batches.of_guide(procedure.code, procedure.version),
        "one_document": with_one_document(procedure, today),
        "only_sometimes": only_sometimes(procedure, language),
    }
    return render(request, "portal/item.html", shown)


def _day_asked(request: Request) -> tuple[date | None, str]:
    """The day somebody wants to file on (`?on=`), or what is wrong with it; nothing for today."""
    text = request.GET.get("on", "").strip()
    try:
        return (date.fromisoformat(text) if text else None), ""
    except ValueError:
        return None, words.problem("no_such_date", language_of(request))


@for_role("public")
@require_safe
@says_no
def wall(request: Request, code: str) -> HttpResponse:
    """The guide as a poster for the hall's wall (上墙), with a code that leads to the page."""
    today, language = clock.today(), language_of(request)
    law = catalogue.law_in_force(code, today)
    address = request.build_absolute_uri(reverse("portal:item", args=[code]))
    shown = {
        "procedure": law.procedure,
        "guide": guide_of(law, today, language),
        "route": route_of(law.procedure, language),
        "address": address,
        "size": "a3" if request.GET.get("size") == "a3" else "a4",
    }
    return render(request, "portal/wall.html", shown)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What follows from the answers: the materials by need, and where to apply with these answers."""

    materials: dict[str, list[situation.Why]]
    apply: str
    answered: int


@for_role("public")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def situation_page(request: Request, code: str) -> HttpResponse:
    """情形引导: the questions something depends on; sent, exactly the materials that follow, each with its reason.

    What is answered is kept nowhere: it goes along, sealed, in the address of the application.
    """
    today, language = clock.today(), language_of(request)
    law = catalogue.law_in_force(code, today)
    procedure, asked = law.procedure, situation.depended_on(law.procedure)
    if not asked:
        return HttpResponseRedirect(reverse("portal:item", args=[code]))
    names = [f"answers.{each.id}" for each in asked]
    data = QueryDict(mutable=True)
    for name in names:
        if name in request.POST:
            data.setlist(name, request.POST.getlist(name))
    form = ApplicationForm(law, situation.NOBODY, language, data=data if request.method == "POST" else None)
    given = {}
    if request.method == "POST":
        form.is_valid()
        given = answers_of(form.cleaned_data, procedure)
    found = situation.materials_of(procedure, given, language)
    apply = reverse("portal:open_form", args=[code])
    if given:
        apply += f"?given={sealed_answers(code, {name: data.getlist(name) for name in names if data.get(name)})}"
    shown = {
        "procedure": procedure,
        "route": route_of(procedure, language),
        "questions": [form[name] for name in names],
        "narrowed": Narrowed(situation.grouped(found), apply, len(given)),
        "is_sent": request.method == "POST",
    }
    template = "portal/narrowed.html" if request.headers.get("HX-Request") else "portal/situation.html"
    return render(request, template, shown)


@for_role("public")
@require_safe
@says_no
def standard(request: Request, code: str) -> HttpResponse:
    """The approval standard (审批标准) of the version in force."""
    language = language_of(request)
    procedure = catalogue.law_in_force(code, clock.today()).procedure
    paper = documents.standard_of(procedure, language)
    shown = {
        "procedure": procedure,
        "standard": paper,
        "criteria": [criterion_shown(each, procedure, language) for each in paper.criteria],
        "sections": [
            shown_section(each, procedure, language) for each in (paper.bases, paper.limits, paper.attributes)
        ],
    }
    return render(request, "portal/standard.html", shown)


@for_role("public")
@require_safe
def published(request: Request) -> HttpResponse:
    """Which guides were made public when, in which batch, on the portal and in the hall (上网上墙)."""
    return render(request, "portal/batches.html", {"batches": batches.shown(language_of(request))})
