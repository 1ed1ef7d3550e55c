"""The page that checks a receipt of dates, to use here or to keep."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from banjie import words
from banjie.web import verifier
from banjie.web.roles import for_role

NAME = "banjie-check-a-date.html"


@for_role("public")
@require_safe
def check_a_date(request: HttpRequest) -> HttpResponse:
    """One file that needs no network; with `?save=1` as a download. Its own policy lets nothing run but its script."""
    answer = HttpResponse(verifier.page(get_language() or words.DEFAULT), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = verifier.policy()
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if "save" in request.GET:
        answer.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return answer
