"""Filing an application: the page with its form, and the one call that hands it in."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render

from banjie import words
from banjie.cases.handle import submit
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.application import ApplicationForm
from banjie.faces.forms.saying import language_of
from banjie.faces.forms.uploads import is_too_large, of_files, too_much
from banjie.records import catalogue
from banjie.store.files.refused import Refused
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.words import Refusal


@dataclass(frozen=True, slots=True)
class Filing:
    """How a face files an application: its URL name space, the page's template, and whether it is the window."""

    name: str
    template: str
    is_window: bool


def applying(filing: Filing, request: Request, code: str, key: uuid.UUID) -> HttpResponse:
    """The form; handed in, the way to the receipt, or the form again with everything typed and every file received.

    `key` stands in the address: however often the same form is handed in, it is one application.
    """
    now, actor, language = clock.now(), asking(request), language_of(request)
    law = catalogue.law_in_force(code, now.date())
    if request.method != "POST":
        return _page(filing, request, ApplicationForm(law, actor, language, filing.is_window))
    form = ApplicationForm(law, actor, language, filing.is_window, request.POST, request.FILES)
    is_readable = form.is_valid()
    if is_too_large(request):
        return _page(filing, request, form, words.refusal(too_much(), language), status=413)
    if "keep" in request.POST:
        return _page(filing, request, form)
    if not is_readable or form.materials.has_faults:
        return _page(filing, request, form, words.refusal(NotPossible("bad_input"), language), status=422)
    return _handed_in(filing, request, form, code, key, now)


def _handed_in(
    filing: Filing, request: Request, form: ApplicationForm, code: str, key: uuid.UUID, at: datetime
) -> HttpResponse:
    command = form.command(key, at)
    try:
        done = submit(code, command, str(key), form.body(command))
    except BadInput as bad:
        form.add_problems(bad.problems)
        return _page(filing, request, form, words.refusal(bad, form.language), status=422)
    except Refused as refused:
        return _page(filing, request, form, words.refusal(of_files(refused), form.language), status=409)
    except NotPossible as no:
        return _page(filing, request, form, words.refusal(no, form.language), status=409)
    return redirect(f"{filing.name}:receipt", done.query_number)


def _page(
    filing: Filing, request: Request, form: ApplicationForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "procedure": form.procedure, "refusal": refusal}
    return render(request, filing.template, shown, status=status)
