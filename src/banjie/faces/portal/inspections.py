"""What inspections found, and the draws anybody can draw again: public, without a word about an applicant."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.duties.inspections import circulars, queries, sampling, visits
from banjie.duties.inspections.models import Circular, Draw, Problem
from banjie.faces.forms.saying import language_of
from banjie.records.organisation.queries import unit_names
from banjie.web.request import Request
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class Line:
    """A problem as a circular tells it."""

    row: Problem
    kind: str
    unit: str
    about: str
    text: str


@for_role("public")
@require_safe
def inspections(request: Request) -> HttpResponse:
    """Circulars, and the draws of finished cases with what anybody needs to draw again."""
    drawn = Draw.objects.exclude(drawn_at=None).order_by("-since")[:24]
    shown = {"circulars": queries.circulars(), "draws": list(drawn)}
    return render(request, "portal/inspections.html", shown)


@for_role("public")
@require_safe
def circular(request: Request, number: str) -> HttpResponse:
    """One circular (通报)."""
    row = Circular.objects.filter(number=number).first()
    if row is None:
        raise Http404
    language = language_of(request)
    units = unit_names(language)
    lines = [
        Line(
            each,
            words.label("inspection_kinds", each.visit.kind, language),
            units.get(each.unit, each.unit),
            words.label("inspection_about", each.about, language),
            visits.written(each.visit_id, each.ref),
        )
        for each in circulars.problems_of(number)
    ]
    return render(request, "portal/circular.html", {"circular": row, "problems": lines})


@for_role("public")
@require_safe
def draw(request: Request, draw_id: UUID) -> HttpResponse:
    """Everything one needs to draw again, as JSON; 404 before it was drawn."""
    try:
        told = sampling.replayed(draw_id)
    except LookupError:
        raise Http404 from None
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
