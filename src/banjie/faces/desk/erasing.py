"""Erasing the personal data of a closed case: the data steward's page, who takes part in no case."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from banjie import words
from banjie.cases import queries
from banjie.cases.handle import handle
from banjie.engine import commands as c
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue.queries import names_of
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class Found:
    """What the steward is told of a case: what tells it from others, and why it cannot be erased now (None: it can)."""

    number: str
    query_number: str
    item: str
    stage: str
    received_on: date | None
    closed_on: date | None
    refusal: words.Refusal | None


@for_role("data_steward")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def erase(request: Request) -> HttpResponse:
    """`?number=` finds a case; its form, with the basis and a tick, destroys the key of its personal data for good."""
    actor, language = asking(request), language_of(request)
    number = (request.POST if request.method == "POST" else request.GET).get("number", "").strip()[:60]
    shown: dict[str, Any] = {"number": number, "command_id": uuid.uuid4()}
    if not number:
        return render(request, "desk/erase.html", shown)
    view = queries.view(queries.stream_of(number), clock.now())
    if request.method == "POST":
        basis, sure = request.POST.get("basis", "").replace("\x00", "").strip(), "sure" in request.POST
        shown |= {
            "basis": basis,
            "basis_problem": "" if basis else words.problem("needed", language),
            "unsure": not sure,
        }
        command_id = command_id_of(request.POST)
        if basis and sure:
            try:
                handle(view.stream, c.Erase(command_id=command_id, at=clock.now(), by=actor, basis=basis))
            except BadInput as bad:
                shown["basis_problem"] = words.problem(bad.problems[0][1], language)
            except NotPossible as no:
                shown["refusal"] = words.refusal(no, language)
            else:
                messages.success(request, _("The personal data of %(number)s are gone for good.") % {"number": number})
                return redirect("desk:erase")
    state = view.state
    key = (state.procedure, state.procedure_version)
    why = view.offers(actor)["erase"].no
    shown["found"] = Found(
        state.number,
        state.query_number,
        names_of([key], language).get(key, state.procedure),
        words.label("stages", state.stage.value, language),
        state.received_on,
        state.closed_on,
        words.refusal(why, language) if isinstance(why, NotPossible) else None,
    )
    return render(request, "desk/erase.html", shown, status=422 if request.method == "POST" else 200)
