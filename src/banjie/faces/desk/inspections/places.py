"""Windows by lot (人员随机轮岗): who stands where today and on the days to come."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from banjie import words
from banjie.duties.inspections import rotation
from banjie.faces.desk.inspections import asks
from banjie.faces.desk.inspections.saying import answered
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation import windows
from banjie.records.organisation.queries import display_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

AHEAD = 7


@for_role("clerk", "section_head")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def places(request: Request) -> HttpResponse:
    """The week's places of the reader's unit; its head draws them."""
    by, language, today = asking(request), language_of(request), clock.today()
    form = asks.Placing(language, today, request.POST if request.method == "POST" else None)

    def page(refusal: words.Refusal | None, status: int) -> HttpResponse:
        named = {
            each.id: each.english if language == "en" and each.english else each.name
            for each in windows.of_unit(by.unit)
        }
        days: list[Any] = []
        for ahead in range(AHEAD):
            day = today + timedelta(days=ahead)
            rows = rotation.of_day(by.unit, day)
            names = display_names([each.person for each in rows], language)
            if rows:
                lines = [
                    (named.get(each.window, each.window), names.get(each.person, ""), each.person == by.id)
                    for each in rows
                ]
                days.append((day, lines))
        shown = {"days": days, "form": form if "section_head" in by.posts else None, "refusal": refusal}
        return render(request, "desk/inspections/places.html", shown, status=status)

    if request.method != "POST":
        return page(None, 200)

    def act() -> None:
        given = form.cleaned_data
        rotation.draw_places(given["on"], by, given["command_id"], clock.now())

    return answered(request, form, act, _("Drawn."), reverse("desk:places"), page)
