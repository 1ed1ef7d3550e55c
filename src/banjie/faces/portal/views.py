"""Public progress by number, and an applicant's cases.

One button, one view, one command, one call. Which buttons stand on a page is the engine's to say.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.cases import queries
from banjie.cases.numbers import is_query_number
from banjie.cases.scope import Scope
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import shared
from banjie.faces.forms.asking import Ask, carry_out, show
from banjie.faces.forms.asking import page_of as case_page
from banjie.faces.forms.files import handed_out
from banjie.faces.forms.page import CasePage
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import waiting
from banjie.faces.portal import asks
from banjie.faces.portal.apply import FACE
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.words import Refusal

QUERY_NUMBER_LENGTH = 14
CASE_NUMBER_LENGTH = 43


@for_role("public")
@require_safe
def track(request: Request) -> HttpResponse:
    """How far a case is, by its number or query number: stage and dates, and nothing about a person."""
    number, language = request.GET.get("number", "").strip().upper()[:64], language_of(request)
    if not number:
        return render(request, "portal/track.html", {"number": "", "page": None, "refusal": None, "is_slip": False})
    page, refusal = _progress(number, language)
    shown = {"number": number, "page": page, "refusal": refusal, "is_slip": _is_slip(number)}
    return render(request, "portal/track.html", shown, status=404 if refusal else 200)


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


@for_role("applicant")
@require_safe
@says_no
def cases(request: Request) -> HttpResponse:
    """My cases, newest first."""
    shown = waiting(Scope.of(asking(request)), (), language_of(request))
    return render(request, "portal/cases.html", {"cases": shown})


@for_role("applicant")
@require_safe
@says_no
def case(request: Request, number: str) -> HttpResponse:
    """My case: where it stands, what is asked of me, whom to ask, and everything that happened."""
    return show(FACE, request, number)


@for_role("applicant")
@require_safe
@says_no
def file(request: Request, number: str, file_id: str) -> HttpResponse:
    """A file I handed in."""
    return handed_out(case_page(FACE, request, number), file_id)


# What an applicant asks for


@for_role("applicant")
@says_no
def submit_correction(request: Request, number: str) -> HttpResponse:
    """补正."""
    return _ask(request, number, shared.SubmitCorrection)


@for_role("applicant")
@says_no
def report_rectified(request: Request, number: str) -> HttpResponse:
    """报告整改完成."""
    return _ask(request, number, asks.ReportRectified)


@for_role("applicant")
@says_no
def request_hearing(request: Request, number: str) -> HttpResponse:
    """要求听证."""
    return _ask(request, number, asks.RequestHearing)


@for_role("applicant")
@says_no
def waive_hearing(request: Request, number: str) -> HttpResponse:
    """放弃听证."""
    return _ask(request, number, asks.WaiveHearing)


@for_role("applicant")
@says_no
def make_statement(request: Request, number: str) -> HttpResponse:
    """陈述、申辩."""
    return _ask(request, number, asks.MakeStatement)


@for_role("applicant")
@says_no
def withdraw(request: Request, number: str) -> HttpResponse:
    """撤回申请."""
    return _ask(request, number, asks.Withdraw)


def _ask(request: Request, number: str, ask: type[Ask]) -> HttpResponse:
    return carry_out(FACE, request, number, ask)
