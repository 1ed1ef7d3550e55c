"""Who asked whom first, and who came to the wrong door: inquiries (首问责任) and misdirected visits (进错门)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.duties.queue import inquiries, queries
from banjie.duties.queue.inquiries import Door
from banjie.duties.queue.models import Inquiry
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.asking import Offered
from banjie.faces.forms.saying import language_of, says_no
from banjie.records import catalogue
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.queries import display_names, staff_of_unit, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class InquiryShown:
    """An inquiry in the list: what was asked, about which item, who was asked first, who is asked to take it over."""

    id: uuid.UUID
    item: str
    question: str
    asked_at: datetime
    first: str
    offered_to: str
    is_offered_to_me: bool
    command_id: uuid.UUID


class Asked(forms.Form):
    """What somebody asked, and about which item."""

    def __init__(self, language: str, code: str, data: Any = None) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        self.fields["code"] = forms.CharField(widget=forms.HiddenInput, initial=code, required=False)
        self.fields["question"] = forms.CharField(
            label=_("What was asked"),
            help_text=_("No names or numbers of people. You answer for it until somebody else has taken it over."),
            widget=forms.Textarea(attrs={"rows": 2}),
            required=False,
        )


class Came(forms.Form):
    """Where somebody stood, and what had sent them there."""

    def __init__(self, language: str, unit: str, data: Any = None) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        units = sorted(unit_names(language).items(), key=lambda each: each[1])
        told = [(each, words.label("misdirections", each, language)) for each in inquiries.HOW_SENT]
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        self.fields["came_to"] = forms.ChoiceField(label=_("Where they stood first"), choices=units, initial=unit)
        self.fields["told"] = Offered(
            label=_("What had sent them there"), choices=told, widget=forms.RadioSelect(), required=False
        )


@for_role("staff")
@require_safe
def list_of(request: Request) -> HttpResponse:
    """The inquiries that wait for the reader, and a form for one more; `?code=` says about which item."""
    return _list(request, Asked(language_of(request), request.GET.get("code", "")[:40]))


def _list(request: Request, form: Asked, refusal: words.Refusal | None = None, status: int = 200) -> HttpResponse:
    actor, language = asking(request), language_of(request)
    rows = list(queries.mine(actor))
    names = display_names([one for each in rows for one in (each.first, each.offered_to)], language)
    code = str(form["code"].value() or "")
    items = newest_names([each.code for each in rows if each.code] + ([code] if code else []), language)
    colleagues = [
        (each.user.pseudonym, each.user.display_name)
        for each in staff_of_unit(actor.unit)
        if each.user.pseudonym != actor.id
    ]
    shown = {
        "inquiries": [_shown(each, actor.id, names, items) for each in rows],
        "colleagues": colleagues,
        "form": form,
        "item": items.get(code, ""),
        "refusal": refusal,
    }
    return render(request, "hall/inquiries.html", shown, status=status)


def _shown(row: Inquiry, me: str, names: dict[str, str], items: Any) -> InquiryShown:
    return InquiryShown(
        row.stream,
        items.get(row.code, ""),
        inquiries.question_of(row),
        row.asked_at,
        names.get(row.first, row.first),
        names.get(row.offered_to, ""),
        row.offered_to == me,
        uuid.uuid4(),
    )


@for_role("staff")
@require_POST
@says_no
def inquire(request: Request) -> HttpResponse:
    """首问登记."""
    language = language_of(request)
    form = Asked(language, "", request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            inquiries.inquire(asking(request), given["question"], given["code"], given["command_id"], clock.now())
        except BadInput as bad:
            for path, code in bad.problems:
                form.add_error(path, words.problem(code, language))
        else:
            messages.success(request, _("Recorded. You answer for it until somebody else has taken it over."))
            return redirect("hall:inquiries")
    return _list(request, form, words.refusal(NotPossible("bad_input"), language), 422)


@for_role("staff")
@require_POST
@says_no
def hand_over(request: Request, inquiry: uuid.UUID) -> HttpResponse:
    """移交首问事项."""
    inquiries.hand_over(inquiry, request.POST.get("to", ""), asking(request), command_id_of(request.POST), clock.now())
    messages.success(request, _("Offered. Until they have taken it over, it stays yours."))
    return redirect("hall:inquiries")


@for_role("staff")
@require_POST
@says_no
def take_over(request: Request, inquiry: uuid.UUID) -> HttpResponse:
    """接手首问事项."""
    inquiries.take_over(inquiry, asking(request), command_id_of(request.POST), clock.now())
    messages.success(request, _("It is yours now."))
    return redirect("hall:inquiries")


@for_role("staff")
@require_POST
@says_no
def answer(request: Request, inquiry: uuid.UUID) -> HttpResponse:
    """答复首问事项."""
    language = language_of(request)
    try:
        inquiries.answer(
            inquiry, request.POST.get("answer", ""), asking(request), command_id_of(request.POST), clock.now()
        )
    except BadInput as bad:
        return _list(request, Asked(language, ""), words.refusal(bad, language), 422)
    messages.success(request, _("Answered."))
    return redirect("hall:inquiries")


@for_role("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def wrong_door(request: Request, code: str) -> HttpResponse:
    """进错门登记: recorded against the item, whose guide may be unclear."""
    actor, language = asking(request), language_of(request)
    law, refusal = catalogue.law_in_force(code, clock.today()), None
    form = Came(language, actor.unit, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        door = Door(code, given["came_to"], law.procedure.receives, given["told"])
        try:
            inquiries.misdirected(door, actor, given["command_id"], clock.now())
        except BadInput as bad:
            refusal = words.refusal(bad, language)
            for path, problem in bad.problems:
                form.add_error(path if path in form.fields else None, words.problem(problem, language))
        except NotPossible as no:
            refusal = words.refusal(no, language)
        else:
            messages.success(request, _("Recorded against the item: whoever keeps its guide sees it."))
            return redirect("hall:home" if "clerk" in actor.posts else "desk:home")
    units = unit_names(language)
    receives = units.get(law.procedure.receives, law.procedure.receives)
    shown = {"form": form, "procedure": law.procedure, "receives": receives, "refusal": refusal}
    return render(request, "hall/wrong_door.html", shown, status=422 if refusal or form.errors else 200)
