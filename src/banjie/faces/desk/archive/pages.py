"""The register of the archive, and one record with everything that was done with its package.

One button, one view, one command, one call.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.duties.archive import checks, filing, queries
from banjie.duties.archive.models import ArchiveRecord
from banjie.engine.codec import instant
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.queries import display_name
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of, page_asked
from banjie.web.roles import for_role

STATUSES = ("waiting", "filed", "failed", "erased")
PAGE = 30


@dataclass(frozen=True, slots=True)
class Look:
    """One of the four looks: what it is called, and what it found, in words with the piece."""

    name: str
    findings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done with the package: what, by whom, when."""

    at: datetime
    what: str
    by: str
    more: str


@for_role("archivist")
@require_safe
@says_no
def archive(request: Request) -> HttpResponse:
    """The records of the reader's agency: counted, narrowed, a page at a time; and what may be appraised."""
    by, language, today = asking(request), language_of(request), clock.today()
    text, status = request.GET.get("q", "").strip().replace("\x00", ""), request.GET.get("status", "")
    status = status if status in STATUSES else ""
    page = page_asked(request)
    rows = list(queries.found(by, text, status)[(page - 1) * PAGE : page * PAGE + 1])
    names = newest_names({each.code for each in rows}, language)
    counts = queries.counted(by)
    shown = {
        "rows": [(each, names.get(each.code, each.code)) for each in rows[:PAGE]],
        "counts": [(each, words.label("archive_statuses", each, language), counts.get(each, 0)) for each in STATUSES],
        "q": text,
        "status": status,
        "page": page,
        "has_next": len(rows) > PAGE,
        "over": queries.over(by, today).count(),
        "refusal": None,
    }
    return render(request, "desk/archive/list.html", shown)


@for_role("archivist")
@require_safe
@says_no
def record(request: Request, stream: uuid.UUID) -> HttpResponse:
    """One record: its number and time of retention, the four looks, and what was done with its package."""
    return _page(request, stream)


@for_role("archivist")
@require_POST
@says_no
def file(request: Request, stream: uuid.UUID) -> HttpResponse:
    """Make the package now, as it can be made, and file it with what the looks find."""
    _row(request, stream)
    filing.file(stream, clock.now())
    return redirect("desk:archive_record", stream)


@for_role("archivist")
@require_POST
@says_no
def look(request: Request, stream: uuid.UUID) -> HttpResponse:
    """Look at a filed package again."""
    _row(request, stream)
    filing.look_again(stream, clock.now(), asking(request), command_id_of(request.POST))
    return redirect("desk:archive_record", stream)


@for_role("archivist")
@require_POST
@says_no
def hand_out(request: Request, stream: uuid.UUID) -> HttpResponse:
    """The package, for a purpose that stays on record."""
    try:
        row, data = filing.handed_out(
            stream, request.POST.get("purpose", ""), asking(request), clock.now(), command_id_of(request.POST)
        )
    except BadInput as bad:
        problem = words.problem(bad.problems[0][1], language_of(request))
        return _page(request, stream, 422, purpose_problem=problem)
    response = HttpResponse(data, content_type=filing.MEDIA)
    name = f"{row.number}-v{row.version}.zip"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request: Request, stream: uuid.UUID, status: int = 200, **more: Any) -> HttpResponse:
    language, row = language_of(request), _row(request, stream)
    found: dict[str, list[tuple[str, str]]] = {each: [] for each in checks.PROPERTIES}
    for what, code, piece in row.findings:
        found[what].append((words.label("archive_findings", code, language), piece))
    looks = [Look(words.label("archive_looks", each, language), tuple(found[each])) for each in checks.PROPERTIES]
    shown = {
        "row": row,
        "item": newest_names([row.code], language).get(row.code, row.code),
        "status": words.label("archive_statuses", row.status, language),
        "looks": looks,
        "done": [_done(kind, body, by, language) for kind, body, by in reversed(filing.facts_of(stream))],
        "purposes": [(each, words.label("archive_purposes", each, language)) for each in filing.PURPOSES],
        "command_id": uuid.uuid4(),
        **more,
    }
    return render(request, "desk/archive/record.html", shown, status=status)


def _done(kind: str, body: dict[str, Any], by: str, language: str) -> Done:
    more = words.label("archive_purposes", body["purpose"], language) if "purpose" in body else ""
    who = display_name(by, language) or words.label("misc", "by_the_platform", language)
    return Done(instant(body["at"]), words.label("archive_facts", kind, language), who, more)


def _row(request: Request, stream: uuid.UUID) -> ArchiveRecord:
    """The record, for its own agency."""
    row = queries.found(asking(request)).filter(stream=stream).first()
    if row is None:
        raise NotPossible("unknown_archive")
    return row
