"""Decisions anybody may look up (行政许可法 40): what was granted and ended, by whom, without a secret of anybody."""

import csv
import io
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie import words
from banjie.duties.publicity import queries
from banjie.faces.forms.saying import language_of
from banjie.records.organisation.models import Agency
from banjie.web.request import Request, page_asked
from banjie.web.roles import for_role

PAGE = 20
MOST = 1000
"""Lines of one file."""
BOM = "\ufeff"


@for_role("public")
@require_safe
def decisions(request: Request) -> HttpResponse:
    """Published decisions, narrowed by agency and days, a page at a time."""
    language, asked = language_of(request), _asked(request)
    page = page_asked(request)
    rows = list(queries.published(**asked)[(page - 1) * PAGE : page * PAGE + 1])
    english = language == "en"
    shown = {
        "decisions": queries.shown(rows[:PAGE], language),
        "agencies": [(each.id, (english and each.english) or each.name) for each in Agency.objects.order_by("name")],
        "asked": {name: request.GET.get(name, "") for name in ("agency", "since", "until")},
        "query": _query(request),
        "page": page,
        "has_next": len(rows) > PAGE,
        "held_back": [
            (words.label("publicity_grounds", ground, language), many) for ground, many in queries.held_back().items()
        ],
    }
    return render(request, "portal/decisions.html", shown)


@for_role("public")
@require_safe
def decisions_file(request: Request) -> HttpResponse:
    """The same as a CSV file, for programs and spreadsheets."""
    language, out = language_of(request), io.StringIO()
    write = csv.writer(out).writerow
    heads = (_("Decided"), _("Decision"), _("Item"), _("Agency"), _("Holder"), _("Credit code"), _("Licence"))
    write([*heads, _("Valid until"), _("Kind"), _("Published")])
    for each in queries.shown(list(queries.published(**_asked(request))[:MOST]), language):
        kind = words.label("publicity_kinds", each.row.kind, language)
        line = (each.row.decided_on, each.document, each.item, each.agency, each.holder, each.credit_code)
        write([_plain(value) for value in (*line, each.licence, each.valid_to or "", kind, each.row.published_on)])
    response = HttpResponse(BOM + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, "decisions.csv") or "attachment"
    return response


def _asked(request: Request) -> dict[str, Any]:
    return {
        "agency": request.GET.get("agency", "").replace("\x00", ""),
        "since": _day(request.GET.get("since", "")),
        "until": _day(request.GET.get("until", "")),
    }


def _query(request: Request) -> str:
    given = request.GET.copy()
    given.pop("page", None)
    return given.urlencode()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _plain(value: object) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
