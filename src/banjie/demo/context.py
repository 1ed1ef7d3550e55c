"""What every page of a demo shows above itself: how far the county has woken, and the step of the tour."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from banjie.demo import life, tour, views
from banjie.demo.roles import ROLES, Text
from banjie.records.accounts.models import User


@dataclass(frozen=True, slots=True)
class Bar:
    """The step as the page shows it."""

    number: int
    of: int
    title: Text
    what: Text
    who: str
    is_done: bool
    can_do: bool
    is_elsewhere: bool
    is_last: bool


def demo(request: HttpRequest) -> dict[str, Any]:
    """`demo_is_open`, `waking` (life.Progress or None), `tour` (Bar or None), `has_tour`; nothing outside a demo."""
    if not views.is_open():
        return {}
    mine = tour.of(request)
    return {
        "demo_is_open": True,
        "waking": life.waking(),
        "has_tour": mine is not None,
        "tour": None if mine is None or mine.left else _bar(request, mine),
    }


def _bar(request: HttpRequest, mine: tour.Tour) -> Bar:
    step = tour.STEPS[mine.step]
    role = ROLES.get(step.user)
    name = role.name if role else User.objects.get(username=step.user).display_name
    user = request.user.get_username() if request.user.is_authenticated else ""
    return Bar(
        number=mine.step + 1,
        of=len(tour.STEPS),
        title=step.title,
        what=step.what,
        who=name,
        is_done=step.is_done is None or step.is_done(mine),
        can_do=step.for_me is not None,
        is_elsewhere=user != step.user or request.path == "/demo/",
        is_last=mine.step == len(tour.STEPS) - 1,
    )
