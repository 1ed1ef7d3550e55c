"""Applying: the form, and the receipt."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from banjie.faces.forms.asking import Face, page_of
from banjie.faces.forms.filing import Filing, applying
from banjie.faces.forms.page import receipt_of
from banjie.faces.forms.saying import says_no
from banjie.faces.portal import asks
from banjie.records import catalogue
from banjie.web import clock
from banjie.web.request import Request
from banjie.web.roles import for_role

FACE = Face("portal", "portal/case.html", "applicant", asks.ASKS)
FILING = Filing("portal", "portal/apply.html", is_window=False)


@for_role("applicant")
@require_safe
@says_no
def open_form(request: Request, code: str) -> HttpResponse:
    """A fresh form: its key stands in its address, so that a reload or a second press hands in once."""
    catalogue.in_force(code, clock.today())
    return redirect("portal:apply", code, uuid.uuid4())


@for_role("applicant")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def apply(request: Request, code: str, key: uuid.UUID) -> HttpResponse:
    """The application, on one page."""
    return applying(FILING, request, code, key)


@for_role("applicant")
@require_safe
@says_no
def receipt(request: Request, number: str) -> HttpResponse:
    """收件凭证: numbers, what was handed in, until when there is an answer, what happens next."""
    page = page_of(FACE, request, number)
    return render(request, "portal/receipt.html", {"page": page, "receipt": receipt_of(page)})
