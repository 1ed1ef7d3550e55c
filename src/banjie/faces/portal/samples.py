"""Samples and blank forms of the materials (样表、空白表格), for everybody, to look at and to print."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie.records.catalogue import samples
from banjie.web.request import Request
from banjie.web.roles import for_role


@for_role("public")
@require_safe
def sample(request: Request, name: str) -> HttpResponse:
    """A material as somebody invented has filled it in."""
    return _shown(request, name, is_blank=False)


@for_role("public")
@require_safe
def blank(request: Request, name: str) -> HttpResponse:
    """The form to fill in by hand."""
    return _shown(request, name, is_blank=True)


def _shown(request: Request, name: str, is_blank: bool) -> HttpResponse:
    try:
        found = samples.sample(name)
    except LookupError:
        raise Http404 from None
    if is_blank and not found.blank:
        raise Http404
    return render(request, "portal/sample.html", {"name": name, "sample": found, "is_blank": is_blank})
