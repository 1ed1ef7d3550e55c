"""The first page of a demo: who one can be, at one click; the guided tour; how far the county has woken.

All of it is there only in an installation that was created as a demo and runs with the secret key it made itself;
anywhere else these addresses are a 404. Nothing here changes a case but through the door.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.demo import life, tour
from banjie.demo.roles import GROUPS, ROLES
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts import sessions
from banjie.records.accounts.models import User
from banjie.store.log import queries
from banjie.web.roles import for_role

View = Callable[..., HttpResponse]


def is_open() -> bool:
    """Whether one-click log-ins are open: in a demo, never with a secret key that somebody set."""
    return bool(settings.DEMO_LOG_INS) and queries.installation().demo


def in_a_demo(view: View) -> View:
    """A 404 where the one-click log-ins are not open."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not is_open():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@for_role("public")
@never_cache
@require_safe
@in_a_demo
def home(request: HttpRequest) -> HttpResponse:
    """Who one can be, and the tour."""
    shown = {"groups": GROUPS, "steps": tour.STEPS, "my_tour": tour.of(request)}
    return render(request, "demo/home.html", shown)


@for_role("public")
@never_cache
@require_safe
@in_a_demo
def progress(request: HttpRequest) -> HttpResponse:
    """The line that says how far the county has woken, for a page that asks again."""
    return render(request, "web/waking.html", {"waking": life.waking()})


@for_role("public")
@never_cache
@require_POST
@in_a_demo
def sign_in(request: HttpRequest) -> HttpResponse:
    """Be one of the people of the demo county. A tour that is under way is left for now."""
    role = ROLES.get(request.POST.get("user", ""))
    if role is None:
        raise Http404
    mine = tour.of(request)
    _become(request, role.user)
    if mine:
        tour.keep(request, replace(mine, left=True))
    return redirect(role.lands)


@for_role("public")
@never_cache
@require_POST
@in_a_demo
def guided(request: HttpRequest) -> HttpResponse:
    """Begin the tour, go on, go back, go to its page, let the demo do the step, leave it, take it up."""
    asked, mine = request.POST.get("do", ""), tour.of(request)
    if asked == "begin" or mine is None:
        return _go(request, tour.begun())
    if asked == "leave":
        tour.keep(request, replace(mine, left=True))
        return redirect("demo:home")
    step = tour.STEPS[mine.step]
    if asked == "for_me" and step.for_me and step.is_done and not step.is_done(mine):
        try:
            step.for_me(mine)
        except NotPossible as no:
            refusal = words.refusal(no, getattr(request, "LANGUAGE_CODE", "zh-hans"))
            messages.warning(request, f"{refusal.what} {refusal.next}")
        return _go(request, tour.moved(mine, 0))
    if asked == "end":
        request.session.pop(tour.KEY, None)
        return redirect("demo:home")
    by = {"next": 1, "back": -1}.get(asked, 0)
    if by == 1 and step.is_done and not step.is_done(mine):
        messages.warning(request, _("This step is not done yet. Do it on the page, or let the demo do it for you."))
        by = 0
    return _go(request, tour.moved(mine, by))


def _go(request: HttpRequest, mine: tour.Tour) -> HttpResponse:
    """To the page of a step, as the person whose step it is."""
    step = tour.STEPS[mine.step]
    _become(request, step.user)
    tour.keep(request, mine)
    return redirect(step.page(mine) or reverse("demo:home"))


def _become(request: HttpRequest, username: str) -> None:
    """Sign in as one of the demo's people; the language one speaks stays."""
    if request.user.is_authenticated and request.user.get_username() == username:
        return
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    sessions.begin(request, user)
