"""An applicant's cases: where each stands, what is asked of them, what they may do.

One button, one view, one command, one call. Which buttons stand on a page is the engine's to say.
"""

from dataclasses import replace

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.cases.scope import Scope
from banjie.duties.notices import reading
from banjie.faces.forms import paper_files, shared, word
from banjie.faces.forms.asking import Ask, carry_out, page_of, show, shown
from banjie.faces.forms.dates import DATES, handed_out_dates, handed_out_dates_pdf, shown_dates
from banjie.faces.forms.files import handed_out
from banjie.faces.forms.papers import paper_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import waiting
from banjie.faces.portal import asks, copy, proof
from banjie.faces.portal.apply import FACE
from banjie.faces.portal.own_case import require_applicants
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@for_role("applicant")
@require_safe
@says_no
def cases(request: Request) -> HttpResponse:
    """My cases, newest first."""
    found = waiting(Scope.of(asking(request)), (), language_of(request))
    return render(request, "portal/cases.html", {"cases": found})


@for_role("applicant")
@require_safe
@says_no
def case(request: Request, number: str) -> HttpResponse:
    """My case: what is asked of me, where it stands, whom to ask, what happened. What it tells is read."""
    page = page_of(FACE, request, number)
    reading.mark(asking(request), page.view.stream)
    return shown(FACE, request, page)


@for_role("applicant")
@require_safe
@says_no
def file(request: Request, number: str, file_id: str) -> HttpResponse:
    """A file I handed in."""
    return handed_out(require_applicants(page_of(FACE, request, number)), file_id)


@for_role("applicant")
@require_safe
@says_no
def paper(request: Request, number: str, position: int) -> HttpResponse:
    """A paper that was made out to me, to read or print."""
    page = require_applicants(page_of(FACE, request, number))
    return render(request, "portal/paper.html", {"page": page, "paper": paper_of(page, position)})


@for_role("applicant")
@require_safe
@says_no
def paper_pdf(request: Request, number: str, position: int) -> HttpResponse:
    """The same as a PDF to keep: sealed, or a draft that says on every page that it is not."""
    page = require_applicants(page_of(FACE, request, number))
    return paper_files.handed_out(page, position, paper_files.BETWEEN_OFFICES)


@for_role("applicant")
@require_safe
@says_no
def dates(request: Request, number: str) -> HttpResponse:
    """What the dates of my case rest on, to read and print."""
    page = page_of(FACE, request, number)
    places = (reverse(f"portal:{each}", args=[page.state.query_number]) for each in ("case", *DATES))
    return shown_dates(request, page, *places)


@for_role("applicant")
@require_safe
@says_no
def dates_file(request: Request, number: str) -> HttpResponse:
    """The same as a file that anybody can check."""
    return handed_out_dates(page_of(FACE, request, number))


@for_role("applicant")
@require_safe
@says_no
def dates_pdf(request: Request, number: str) -> HttpResponse:
    """The same as a PDF to keep or hand over."""
    return handed_out_dates_pdf(request, page_of(FACE, request, number))


@for_role("applicant")
@require_safe
@says_no
def copy_of_file(request: Request, number: str) -> HttpResponseBase:
    """Everything of my case in one archive, to keep."""
    return copy.handed_out(require_applicants(page_of(FACE, request, number)))


@for_role("applicant")
@require_safe
@says_no
def proof_file(request: Request, number: str) -> HttpResponse:
    """What happened in my case, with the proof that it stands in the log, to keep and to check anywhere."""
    return proof.handed_out(require_applicants(page_of(FACE, request, number)))


# What is asked of an applicant


@for_role("applicant")
@says_no
def submit_correction(request: Request, number: str) -> HttpResponse:
    """补正."""
    return carry_out(FACE, request, number, shared.SubmitCorrection)


@for_role("applicant")
@says_no
def fill_gap(request: Request, number: str) -> HttpResponse:
    """补交后补材料."""
    return carry_out(FACE, request, number, word.FillGap)


@for_role("applicant")
@says_no
def report_rectified(request: Request, number: str) -> HttpResponse:
    """报告整改完成."""
    return carry_out(FACE, request, number, asks.ReportRectified)


# What an applicant may do


@for_role("applicant")
@says_no
def sign_commitment(request: Request, number: str) -> HttpResponse:
    """签署告知承诺."""
    return _right(request, number, word.SignCommitment)


@for_role("applicant")
@says_no
def promise_gaps(request: Request, number: str) -> HttpResponse:
    """承诺后补材料."""
    return _right(request, number, word.PromiseGaps)


@for_role("applicant")
@says_no
def request_hearing(request: Request, number: str) -> HttpResponse:
    """要求听证."""
    return _right(request, number, asks.RequestHearing)


@for_role("applicant")
@says_no
def waive_hearing(request: Request, number: str) -> HttpResponse:
    """放弃听证."""
    return _right(request, number, asks.WaiveHearing)


@for_role("applicant")
@says_no
def make_statement(request: Request, number: str) -> HttpResponse:
    """陈述、申辩."""
    return _right(request, number, asks.MakeStatement)


@for_role("applicant")
@says_no
def complain(request: Request, number: str) -> HttpResponse:
    """投诉."""
    return _right(request, number, asks.Complain)


@for_role("applicant")
@says_no
def withdraw(request: Request, number: str) -> HttpResponse:
    """撤回申请."""
    return _right(request, number, asks.Withdraw)


def _right(request: Request, number: str, ask: type[Ask]) -> HttpResponse:
    """The page that says what it means, with its form; sent, it is carried out."""
    face = replace(FACE, template="portal/right.html", asks=(ask,))
    if request.method == "POST":
        return carry_out(face, request, number, ask)
    return show(face, request, number)
