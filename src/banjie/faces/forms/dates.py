"""The receipt of the dates of a case (时限计算凭据), for whoever may see the case: a page to print, a file to check."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from banjie import words
from banjie.cases.reckoning import receipt_of
from banjie.engine.reckoning import Plain
from banjie.faces.forms.page import CasePage, ClockShown
from banjie.web.request import Request


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


def shown_dates(request: Request, page: CasePage, back: str, file: str) -> HttpResponse:
    """The receipt to read and print; `back`: the page of the case, `file`: where the file is had."""
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
