"""What somebody sent after their session had ended, or from a page older than their sign-in, is shown to be sent again.

It is not kept anywhere: it stands in the page that goes back to the browser it came from.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

MOST_FIELDS = 500
"""More is no form of ours that somebody typed into."""


def sent_in_vain(request: HttpRequest, status: int) -> HttpResponse:
    """The page that says nothing is lost, with everything that was typed and a fresh mark of the session.

    A password is not sent back: its form is opened anew.
    """
    if any("password" in name for name in request.POST):
        return redirect(request.path)
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    shown = {
        "fields": [each for each in typed if each[0] != "csrfmiddlewaretoken"][:MOST_FIELDS],
        "files": [each.name for name in request.FILES for each in request.FILES.getlist(name)],
        "address": request.get_full_path(),
        "is_signed_in": request.user.is_authenticated,
    }
    answer = render(request, "web/sent_in_vain.html", shown, status=status)
    answer.headers["Cache-Control"] = "no-store"
    if "HX-Request" in request.headers:
        # htmx swaps nothing for a refusal, and here the whole page is meant.
        answer.status_code = 200
        for name, value in (("HX-Retarget", "main"), ("HX-Reselect", "main"), ("HX-Reswap", "outerHTML")):
            answer.headers[name] = value
    return answer


def is_from_us(request: HttpRequest) -> bool:
    """Whether a page of ours sent it, as the browser says: what another site made up is not shown to be sent again."""
    origin = request.headers.get("Origin", "")
    return origin != "null" and urlsplit(origin).netloc == request.get_host()


def no_mark(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django asks for this page where a form came without the mark of the session (CSRF)."""
    if is_from_us(request):
        return sent_in_vain(request, 403)
    return render(request, "403_csrf.html", status=403)
