"""Progress by number: for anybody stages and dates; with the code of the receipt everything, to read.

What is open to the holder of a receipt is kept in their session for a quarter of an hour, by query number alone.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.cases import queries, tracking
from banjie.cases.numbers import is_query_number
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import paper_files
from banjie.faces.forms.dates import DATES, handed_out_dates, handed_out_dates_pdf, shown_dates
from banjie.faces.forms.page import CasePage, Pair
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.parties.queries import masked
from banjie.web import clock, throttle
from banjie.web.request import Request
from banjie.web.roles import for_role
from banjie.words import Refusal

QUERY_NUMBER_LENGTH = 14
CASE_NUMBER_LENGTH = 43
OPEN_FOR = 15 * 60
"""Seconds for which a code opens its case in one browser: the machine may be a public one."""
SESSION = "followed"


@for_role("public")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: Request) -> HttpResponse:
    """How far a case is, by either number: stage and dates, nothing about a person. With the code on to all of it."""
    given = request.POST if request.method == "POST" else request.GET
    number, language = given.get("number", "").strip().upper()[:64], language_of(request)
    if not number:
        return _page(request, "")
    page, refusal = _progress(number, language)
    if request.method != "POST":
        return _page(request, number, page, refusal, status=404 if refusal else 200)
    address = request.META.get("REMOTE_ADDR", "")
    if not throttle.count_try(f"tracking {page.state.query_number if page else number}", address):
        answer = _page(request, number, page, refusal, problem="too_many", status=429)
        answer.headers["Retry-After"] = str(throttle.SECONDS)
        return answer
    if page is None:
        return _page(request, number, None, refusal, status=404)
    if not tracking.is_code_of(page.view.stream, request.POST.get("code", "")):
        return _page(request, number, page, problem="wrong", status=422)
    throttle.forgive(f"tracking {page.state.query_number}", address)
    _open(request, page.state.query_number)
    return redirect("portal:followed", page.state.query_number)


@for_role("public")
@never_cache
@require_safe
@says_no
def followed(request: Request, number: str) -> HttpResponse:
    """The case for the holder of its receipt: as its applicant reads it, with nothing to open or ask for."""
    page = _followed_page(request, number)
    if page is None:
        return _to_the_code(number)
    return render(request, "portal/case.html", {"page": page, "asks": [], "face": "portal", "is_followed": True})


@for_role("public")
@never_cache
@require_safe
@says_no
def followed_dates(request: Request, number: str) -> HttpResponse:
    """What the dates of the case rest on, for the holder of its receipt."""
    page = _followed_page(request, number)
    if page is None:
        return _to_the_code(number)
    names = ("followed", *(f"followed_{each}" for each in DATES))
    places = (reverse(f"portal:{each}", args=[number]) for each in names)
    return shown_dates(request, page, *places)


@for_role("public")
@never_cache
@require_safe
@says_no
def followed_dates_file(request: Request, number: str) -> HttpResponse:
    """The same as a file that anybody can check."""
    page = _followed_page(request, number)
    return _to_the_code(number) if page is None else handed_out_dates(page)


@for_role("public")
@never_cache
@require_safe
@says_no
def followed_dates_pdf(request: Request, number: str) -> HttpResponse:
    """The same as a PDF."""
    page = _followed_page(request, number)
    return _to_the_code(number) if page is None else handed_out_dates_pdf(request, page)


@for_role("public")
@never_cache
@require_safe
@says_no
def followed_paper_pdf(request: Request, number: str, position: int) -> HttpResponse:
    """A paper of the case as a PDF, for the holder of its receipt."""
    page = _followed_page(request, number)
    if page is None:
        return _to_the_code(number)
    return paper_files.handed_out(page, position, paper_files.BETWEEN_OFFICES)


@for_role("public")
@require_POST
def close(request: Request, number: str) -> HttpResponse:
    """Nobody at this browser sees the case any more without its code."""
    request.session[SESSION] = {each: until for each, until in _followed(request).items() if each != number}
    return redirect("portal:track")


class Followed(CasePage):
    """A case for somebody who holds its receipt and is not known: whoever applied shows masked."""

    @property
    def receipt_address(self) -> str:
        """Where the receipt of the dates is had."""
        return reverse("portal:followed_dates", args=[self.state.query_number])

    @property
    def applicant(self) -> list[Pair]:
        """The particulars, all of them masked that say who or where somebody is."""
        given = self._handed_in[0] or {}
        hidden = masked(given)
        return [
            Pair(self.label("fields", each), hidden[each]) for each in ("name", "id_number", "phone") if given.get(each)
        ]


def _followed_page(request: Request, number: str) -> Followed | None:
    """The case that is open in this browser; None where its code has to be given (again)."""
    if not _is_open(request, number):
        return None
    return Followed(queries.view(queries.stream_of(number), clock.now()), None, language_of(request), "applicant")


def _to_the_code(number: str) -> HttpResponse:
    return redirect(f"{reverse('portal:track')}?number={number}" if len(number) <= 64 else "portal:track")


def _open(request: Request, number: str) -> None:
    until = int(clock.now().timestamp()) + OPEN_FOR
    request.session.cycle_key()
    request.session[SESSION] = {**_followed(request), number: until}


def _is_open(request: Request, number: str) -> bool:
    return number in _followed(request)


def _followed(request: Request) -> dict[str, int]:
    now = clock.now().timestamp()
    known: dict[str, int] = request.session.get(SESSION, {})
    return {number: until for number, until in known.items() if until > now}


def _page(
    request: Request, number: str, page: CasePage | None = None, refusal: Refusal | None = None, problem: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    said = {
        "wrong": _("This is not the code of this case. Compare it with the receipt; nothing else is needed."),
        "too_many": _("Too many tries. Wait a quarter of an hour, or sign in to see your case."),
    }
    shown: dict[str, Any] = {
        "number": number,
        "page": page,
        "refusal": refusal,
        "is_slip": bool(number) and _is_slip(number),
        "problem": said.get(problem, ""),
    }
    return render(request, "portal/track.html", shown, status=status)


def _progress(number: str, language: str) -> tuple[CasePage | None, Refusal | None]:
    try:
        view = queries.view(queries.stream_of(number), clock.now())
    except NotPossible as no:
        return None, words.refusal(no, language)
    return CasePage(view, None, language, "applicant"), None


def _is_slip(number: str) -> bool:
    """Whether this cannot be a number of ours: a wrong length, or a check character that does not fit."""
    if len(number) == QUERY_NUMBER_LENGTH:
        return not is_query_number(number)
    return len(number) != CASE_NUMBER_LENGTH
