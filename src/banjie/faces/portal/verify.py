"""Checking a paper or a licence, for anybody: by its number, by the code printed on it, by the file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import uploads, verifying
from banjie.faces.forms.saying import language_of
from banjie.faces.forms.verifying import Answer, Verdict
from banjie.web import clock, throttle
from banjie.web.request import Request
from banjie.web.roles import for_role
from banjie.words import Refusal

IN_VAIN = (Answer.UNKNOWN, Answer.WRONG_NUMBER, Answer.NOT_OURS, Answer.NO_PDF)
"""Answers that somebody who guesses gets: counted, so that nobody guesses for long."""


@for_role("public")
@never_cache
@require_safe
def verify(request: Request) -> HttpResponse:
    """The page, and what is said of the number that was typed."""
    number = request.GET.get("number", "").strip()
    if not number:
        return _page(request)
    if throttle.rests(*_who(request)):
        return _waits(request, number)
    return _answered(request, verifying.by_number(number, clock.now(), language_of(request)), number)


@for_role("public")
@never_cache
@require_POST
def verify_file(request: Request) -> HttpResponse:
    """What is said of a file: it is read, answered, and kept nowhere."""
    given = request.FILES.get("file")
    if given is None and uploads.is_too_large(request):
        return _page(request, problem=words.refusal(uploads.too_much(), language_of(request)), status=413)
    if given is None or not given.size:
        return _page(request, problem=words.refusal(NotPossible("upload_empty"), language_of(request)), status=422)
    if given.size > verifying.LARGEST:
        most = f"{verifying.LARGEST // 1024 // 1024} MB"
        return _page(
            request, problem=words.refusal(NotPossible("too_large", most=most), language_of(request)), status=413
        )
    if throttle.rests(*_who(request)):
        return _waits(request)
    return _answered(request, verifying.by_file(given.read(), clock.now(), language_of(request)))


@for_role("public")
@never_cache
@require_safe
def paper(request: Request, token: str) -> HttpResponse:
    """Where the code printed on a paper leads: what this very paper is worth today."""
    return _answered(request, verifying.by_token(token, clock.now(), language_of(request)))


def _answered(request: Request, verdict: Verdict, number: str = "") -> HttpResponse:
    if verdict.answer in IN_VAIN:
        throttle.count_try(*_who(request))
    not_found = verdict.answer in (Answer.UNKNOWN, Answer.WRONG_NUMBER)
    return _page(request, verdict, number, status=404 if not_found else 200)


def _waits(request: Request, number: str = "") -> HttpResponse:
    told = words.refusal(NotPossible("too_many_checks"), language_of(request))
    answer = _page(request, None, number, told, 429)
    answer.headers["Retry-After"] = str(throttle.seconds_left(*_who(request)))
    return answer


def _who(request: Request) -> tuple[str, str]:
    # Counted for each address by itself: nobody who guesses keeps others from looking.
    address = request.META.get("REMOTE_ADDR", "")
    return f"verify {address}", address


def _page(
    request: Request, verdict: Verdict | None = None, number: str = "", problem: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = {"verdict": verdict, "number": number, "problem": problem}
    return render(request, "portal/verify.html", shown, status=status)
