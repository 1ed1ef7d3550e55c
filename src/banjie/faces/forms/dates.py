"""The receipt of the dates of a case (时限计算凭据), for whoever may see the case: a page to print, a file to check."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import override

from banjie import words
from banjie.cases.reckoning import receipt_of
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.reckoning import Plain
from banjie.faces.forms.page import CasePage, ClockShown
from banjie.faces.forms.paper_files import attachment
from banjie.store import papers
from banjie.store.evidence.standing import has_declared
from banjie.store.log.queries import installation
from banjie.web.request import Request

DATES = ("dates_file", "dates_pdf")
"""What the addresses are called where the receipt is had as a file and as a PDF."""
SHORT = 16
"""Digits of a hash that are printed."""


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Days in a row that did not count for one reason."""

    first: date
    last: date
    reason: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class ClockPrinted:
    """A clock on paper: as its date opens, and the days that did not count."""

    shown: ClockShown
    not_counted: tuple[NotCounted, ...]


@dataclass(frozen=True, slots=True)
class CalendarPrinted:
    """A calendar that was counted by: its version, and for each year the notice, or that there is none yet."""

    version: str
    years: tuple[tuple[int, bool, str], ...]


def shown_dates(request: Request, page: CasePage, back: str, file: str, pdf: str) -> HttpResponse:
    """The receipt to read and print; `back`: the page of the case, `file` and `pdf`: where those are had."""
    receipt = receipt_of(page.view)
    check = request.build_absolute_uri(reverse("check_a_date"))
    shown = {
        "page": page,
        "receipt": receipt,
        "clocks": [_printed(each) for each in page.clocks_and_remedies],
        "calendars": [_calendar(each) for each in receipt["calendars"]],
        "readings": _readings(receipt, page.language),
        "as_of": datetime.fromisoformat(receipt["as_of"]),
        "check": f"{check}#{receipt['digest']}",
        "back": back,
        "file": file,
        "pdf": pdf,
    }
    return render(request, "web/dates.html", shown)


def handed_out_dates(page: CasePage) -> HttpResponse:
    """The receipt as a file to keep, in its one text."""
    response = HttpResponse(file_of(receipt_of(page.view)), content_type="application/json")
    name = f"banjie-{page.state.query_number}-dates.json"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def handed_out_dates_pdf(request: Request, page: CasePage) -> HttpResponse:
    """The receipt as a PDF in Chinese, to keep or hand over: not registered and not sealed, for anybody can recount."""
    with override("zh-hans"):
        chinese = type(page)(page.view, page.actor, "zh-hans", page.audience)
        pdf = papers.typeset(papers.newest("clock_receipt"), _to_typeset(request, chinese))
    return attachment(pdf, f"banjie-{page.state.query_number}-dates.pdf")


def _to_typeset(request: Request, page: CasePage) -> Plain:
    receipt = receipt_of(page.view)
    as_of = datetime.fromisoformat(receipt["as_of"]).astimezone(OFFICE_ZONE)
    check = f"{request.build_absolute_uri(reverse('check_a_date'))}#{receipt['digest']}"
    procedure = page.procedure
    return {
        "kind": "clock_receipt",
        "at": microseconds(as_of),
        "on": as_of.date().isoformat(),
        "time": f"{as_of:%H:%M}",
        "agency": page.name("agency", procedure.home),
        "demo": installation().demo,
        "no_witness": has_declared(),
        "verify": {"address": check, "qr": papers.qr(check)},
        "record": {"position": page.view.version, "hash": page.view.lines[-1].hash[:SHORT]},
        "case": {"item": page.title, "number": page.state.number, "query_number": page.state.query_number},
        "stage": page.stage,
        "procedure": {
            "version": procedure.version,
            "from": procedure.effective_from.isoformat(),
            "digest": receipt["procedure"]["digest"][:SHORT],
        },
        "calendars": [_calendar_in_words(_calendar(each)) for each in receipt["calendars"]],
        "clocks": [_clock_to_typeset(_printed(each)) for each in page.clocks_and_remedies],
        "readings": [list(each) for each in _readings(receipt, page.language)],
        "digest": receipt["digest"],
    }


def _clock_to_typeset(clock: ClockPrinted) -> Plain:
    shown, told = clock.shown, clock.shown.explanation
    if told is None:
        problem = f"{shown.refusal.what}{shown.refusal.next}" if shown.refusal else ""
        return {"name": shown.name, "problem": problem}
    skipped = []
    for run in clock.not_counted:
        days = [words.day_in_words(each) for each in dict.fromkeys((run.first, run.last))]
        marked = f"{run.reason}，{words.label('misc', 'provisional')}" if run.provisional else run.reason
        skipped.append(f"{'至'.join(days)}（{marked}）")
    return {
        "name": shown.name,
        "summary": told.summary,
        "basis": told.basis,
        "story": list(shown.story),
        "skipped": "、".join(skipped),
    }


def _calendar_in_words(calendar: CalendarPrinted) -> str:
    provisional = words.label("misc", "provisional")
    years = [
        f"{year}年{'' if official else f'（{provisional}）'}{document}" for year, official, document in calendar.years
    ]
    return f"{calendar.version}：{'；'.join(years)}"


def file_of(receipt: Plain) -> bytes:
    """The bytes of the file: every part on a line of its own, so that a person can read it too."""
    return json.dumps(receipt, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _printed(clock: ClockShown) -> ClockPrinted:
    runs: list[NotCounted] = []
    for line in clock.explanation.lines if clock.explanation else ():
        if line.counted:
            continue
        if runs and (line.day - runs[-1].last).days == 1 and runs[-1].reason == line.reason:
            runs[-1] = NotCounted(runs[-1].first, line.day, line.reason, line.provisional)
        else:
            runs.append(NotCounted(line.day, line.day, line.reason, line.provisional))
    return ClockPrinted(clock, tuple(runs))


def _calendar(plain: Plain) -> CalendarPrinted:
    years = tuple((each["year"], each["official"], each["document"]) for each in plain["years"])
    return CalendarPrinted(plain["version"], years)


def _readings(receipt: Plain, language: str) -> list[tuple[str, str]]:
    """How the law is read where it leaves a choice, as it bound this case."""
    return [words.reading_in_words(name, value, language) for name, value in receipt["region"]["readings"].items()]
