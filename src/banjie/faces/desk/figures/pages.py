"""One figure: what it means, how it goes, and the cases behind it; the limits of the items; a figure as a file."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.duties.statistics import compression, listing
from banjie.duties.statistics.definitions import definitions
from banjie.duties.statistics.figures import COUNTS
from banjie.duties.statistics.forecast import falling_due as due_on
from banjie.duties.statistics.values import table
from banjie.faces.desk.figures import drawn, sheet, shown
from banjie.faces.desk.figures.asking import READS, category_name, page_of
from banjie.faces.desk.figures.screen import late_cases, with_whom
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import cases_shown
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.queries import unit_names
from banjie.web.request import Request
from banjie.web.roles import for_role

MOST_LISTED = 200


@for_role(*READS)
@require_safe
@says_no
def figures(request: Request) -> HttpResponse:
    """Every figure of a period with its numerator, denominator and what was left out."""
    language = language_of(request)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    given = {"page": page, "figures": [shown.figure(each, page, language, told) for each in told.values()]}
    return render(request, "desk/figures/figures.html", given)


@for_role(*READS)
@require_safe
@says_no
def figure(request: Request, figure_code: str) -> HttpResponse:
    """One figure: its definition, its parts, month by month, by unit, category and item."""
    language, code = language_of(request), _known(figure_code)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    value = shown.figure(told.value(code), page, language, told)
    items = newest_names({each[0] for each in told.versions.known}, language)
    given = {
        "page": page,
        "figure": value,
        "definition": definitions()[code],
        "chart": drawn.of_figure(told, code, value.name) if code in COUNTS else None,
        "by": [
            (name, shown.grouped(told, code, by, page, names, language))
            for by, name, names in (
                ("category", _("By category"), {}),
                ("unit", _("By unit that decides"), unit_names(language)),
                ("item", _("By item"), items),
            )
        ],
        "parts": listing.parts(code),
        "seal": compression.seal() if code == "compression" else "",
    }
    return render(request, "desk/figures/figure.html", given)


@for_role(*READS)
@require_safe
@says_no
def cases(request: Request, figure_code: str, part: str) -> HttpResponse:
    """The cases behind a number: those one may see."""
    language, code = language_of(request), _known(figure_code)
    if part not in listing.parts(code):
        raise Http404(part)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    value = shown.figure(told.value(code), page, language, told)
    found = listing.behind(told, code, part, _cursor(request))
    given = {
        "page": page,
        "figure": value,
        "part": next(each for each in value.parts if each.part == part),
        "lines": list(zip(cases_shown(found.cases, language), found.cases, strict=True)),
        "opens": listing.open_to(page.asked, found.cases),
        "total": found.total,
        "after": found.after,
    }
    return render(request, "desk/figures/cases.html", given)


@for_role(*READS)
@require_safe
@says_no
def file(request: Request, figure_code: str) -> HttpResponse:
    """A figure as a CSV file: its definition first, then the numbers by month and by item."""
    language, code = language_of(request), _known(figure_code)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    items = newest_names({each[0] for each in told.versions.known}, language)
    content = sheet.of_figure(told, code, page, items, language)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"{code}-{page.asked.since.isoformat()}-{page.asked.until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@for_role(*READS)
@require_safe
@says_no
def limits(request: Request) -> HttpResponse:
    """Every item in force: what it promises, the ceiling over it, its exemption, and how much shorter it has become."""
    language = language_of(request)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    by_category = compression.grouped(told.compression, "category")
    given = {
        "page": page,
        "lines": shown.item_lines(told, language),
        "ceilings": told.profile.ceilings if told.profile else (),
        "compression": told.compression,
        "by_category": [(category_name(name, language), each) for name, each in by_category.items()],
        "projects": compression.of_project_types(),
        "seal": compression.seal(),
    }
    return render(request, "desk/figures/limits.html", given)


@for_role(*READS)
@require_safe
@says_no
def late(request: Request) -> HttpResponse:
    """Every case one may see that is past its day, with whoever has to act (M156)."""
    language = language_of(request)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    found = late_cases(page, told, language, most=MOST_LISTED)
    return render(request, "desk/figures/late.html", {"page": page, "late": found, "most": MOST_LISTED})


@for_role(*READS)
@require_safe
@says_no
def falling_due(request: Request, on: date) -> HttpResponse:
    """The cases that fall due on a day, the likeliest to be late first."""
    language = language_of(request)
    page = page_of(request, language)
    told = table(page.asked, page.on, page.region)
    found = due_on(page.asked, told.versions, page.on, on, told.calendar) if told.calendar else []
    lines = with_whom([each.case for each in found], page, language)
    likely = [None if each.likelihood is None else round(100 * each.likelihood) for each in found]
    given = {"page": page, "day": on, "lines": list(zip(lines, likely, strict=True))}
    return render(request, "desk/figures/falling_due.html", given)


def _known(code: str) -> str:
    if code not in definitions():
        raise Http404(code)
    return code


def _cursor(request: Request) -> UUID | None:
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None
