"""What the operator looks after: a clock that leapt, and streams that a follower has put aside; both take a person."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banjie.engine.codec import instant
from banjie.store.evidence import witnesses, witnessing
from banjie.store.log import clock, follow, pulse
from banjie.web.clock import today
from banjie.web.evidence.silence import silence
from banjie.web.roles import for_role


@for_role("operator")
@never_cache
@require_GET
def operating(request: HttpRequest) -> HttpResponse:
    """A clock that leapt, and the parked streams, oldest first: who follows, since when, what failed. No personal data
    stands in an error."""
    waiting = [{"waiting": each, "since": instant(each.since)} for each in follow.parked()]
    leapt = pulse.leapt_by()
    told = {"waiting": waiting, "leapt": leapt, "command_id": uuid4(), "store_now": instant(clock.now())}
    missing: Callable[[date], dict[str, int]] = import_string(settings.CALENDAR_RESOLVER)
    told["calendar_missing"] = sorted(set(missing(today()).values()))
    told |= silence()
    told["grave"] = any(each.is_grave for each in witnesses.heard()) or bool(witnessing.split_views())
    if leapt:
        told["by"] = timesince(instant(0), instant(abs(leapt)))
        told["forward"] = leapt > 0
    return render(request, "web/operating.html", told)


@for_role("operator")
@require_POST
def confirm_clock(request: HttpRequest) -> HttpResponse:
    """The operator has looked: the server's clock is right as it stands, and work goes on. A fact with their name."""
    try:
        command_id = UUID(request.POST.get("command_id", ""))
    except ValueError:
        command_id = uuid4()
    pulse.confirm(request.user.pseudonym, command_id)  # type: ignore[union-attr]
    messages.success(request, _("The clock is confirmed. Work goes on within seconds."))
    return redirect("operating")


@for_role("operator")
@require_POST
def try_again(request: HttpRequest, follower: str, stream: UUID) -> HttpResponse:
    """Let a parked stream be tried again at the worker's next turn."""
    if follow.unpark(follower, stream):
        messages.success(request, _("It will be tried again in a moment."))
    return redirect("operating")
