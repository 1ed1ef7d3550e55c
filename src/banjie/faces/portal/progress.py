"""How the cases of every item are going, and who supervises it: public, without a word about a person."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie.cases.progress import Counted, Progress, counted
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.saying import language_of
from banjie.records import catalogue
from banjie.records.catalogue.queries import names_of
from banjie.records.organisation.queries import unit_names
from banjie.web.request import Request
from banjie.web.roles import for_role

KEPT_FOR = 10 * 60
"""Seconds for which the counts are kept; the page says as of when they are."""
KEY = "public-progress"


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its counts, its address while it is offered, and the unit that supervises it."""

    code: str
    name: str
    count: Counted
    supervises: str


@for_role("public")
@require_safe
def progress(request: Request) -> HttpResponse:
    """Counts per item with their definitions, and where one complains."""
    language = language_of(request)
    known = cache.get(KEY)
    if not isinstance(known, Progress):
        known = counted()
        cache.set(KEY, known, KEPT_FOR)
    names = names_of([(each.procedure, each.version) for each in known.items], language)
    units = unit_names(language)
    lines = [
        Line(
            each.procedure,
            names.get((each.procedure, each.version), each.procedure),
            each,
            units.get(_supervises(each), ""),
        )
        for each in known.items
    ]
    lines.sort(key=lambda line: (-line.count.received, line.name))
    sums = {name: sum(getattr(each, name) for each in known.items) for name in ("received", "accepted", "decided")}
    return render(request, "portal/progress.html", {"lines": lines, "counted": known, "sums": sums})


def _supervises(count: Counted) -> str:
    try:
        return catalogue.law(count.procedure, count.version).procedure.supervises
    except NotPossible:
        return ""
