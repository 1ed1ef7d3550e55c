"""Outages (停机): the list, registering one, and its confirmation by a second person."""

import uuid
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from banjie import words
from banjie.duties.supervision import excusing, jurisdiction, queries
from banjie.duties.supervision import outages as registered
from banjie.duties.supervision.models import Outage
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.desk.supervision.asks import Registering
from banjie.faces.desk.supervision.home import MOST, units_in
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.queries import display_name, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class Line:
    """An outage in the list; `command_id` where this reader may confirm it."""

    row: Outage
    unit: str
    registered_by: str
    confirmed_by: str
    command_id: UUID | None


@for_role("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def outages(request: Request) -> HttpResponse:
    """The outages of one's region, and a form to register one."""
    by, language = asking(request), language_of(request)
    region = jurisdiction.place_of(by.unit)[1]
    may = bool(by.posts & set(registered.REGISTER))
    form = Registering(units_in({region}, language), language, request.POST if request.method == "POST" else None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given, status = form.cleaned_data, 409
            what = registered.What(
                given["number"], region, given["unit"], form.moment("since"), form.moment("until"), given["evidence"]
            )
            try:
                registered.register(what, by, given["command_id"], clock.now())
            except BadInput as no:
                status = 422
                for field, code in no.problems:
                    form.add_error(field if field in form.fields else None, words.problem(code, language))
            except NotPossible as no:
                refusal = words.refusal(no, language)
            else:
                messages.success(request, _("The outage is registered. It excuses once somebody else confirms it."))
                return redirect("desk:outages")
    return _page(request, by, form if may else None, refusal, status)


@for_role("supervisor", "e_government")
@require_POST
@says_no
def confirm(request: Request, outage_id: UUID) -> HttpResponse:
    """A second person confirms."""
    by = asking(request)
    command_id = command_id_of(request.POST)
    excused = excusing.confirm(outage_id, by, command_id, clock.now())
    told = ngettext("Confirmed. %(number)d card is excused.", "Confirmed. %(number)d cards are excused.", excused)
    messages.success(request, told % {"number": excused})
    return redirect("desk:outages")


def _page(
    request: Request, by: Actor, form: Registering | None, refusal: words.Refusal | None, status: int
) -> HttpResponse:
    language = language_of(request)
    units = unit_names(language)
    confirms = bool(by.posts & set(registered.CONFIRM))
    lines = [
        Line(
            each,
            units.get(each.unit, _("everybody in the region")),
            display_name(each.registered_by, language) or "",
            display_name(each.confirmed_by, language) or "" if each.confirmed_by else "",
            uuid.uuid4() if confirms and not each.confirmed_by and each.registered_by != by.id else None,
        )
        for each in queries.outages(by)[:MOST]
    ]
    return render(
        request, "desk/supervision/outages.html", {"outages": lines, "form": form, "refusal": refusal}, status=status
    )
