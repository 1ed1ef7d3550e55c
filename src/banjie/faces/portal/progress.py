"""How the cases of every item are going, and who supervises it: public, without a word about a person."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.cases.progress import Counted, Progress, counted
from banjie.faces.forms.saying import language_of
from banjie.records import catalogue
from banjie.web.request import Request
from banjie.web.roles import for_role
from banjie.words.names import name_of

KEPT_FOR = 10 * 60
"""Seconds for which the counts are kept; the page says as of when they are."""
KEY = "public-progress"


@dataclass(frozen=True, slots=True)
class Line:
    """An item of an agency with its counts, and the unit that supervises it."""

    code: str
    name: str
    agency: str
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
    lines = [_line(each, language) for each in known.items]
    lines.sort(key=lambda line: (-line.count.received, line.name))
    sums = {name: sum(getattr(each, name) for each in known.items) for name in ("received", "accepted", "decided")}
    return render(request, "portal/progress.html", {"lines": lines, "counted": known, "sums": sums})


def _line(count: Counted, language: str) -> Line:
    procedure = catalogue.law(count.procedure, count.version).procedure
    names = words.names_of(procedure, language)
    name = name_of(names, "procedure", procedure.code) or procedure.name
    agency, supervises = name_of(names, "agency", procedure.home), name_of(names, "unit", procedure.supervises)
    return Line(procedure.code, name, agency, count, supervises)
