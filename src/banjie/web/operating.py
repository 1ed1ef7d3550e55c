"""What the operator looks after: streams that a follower has put aside, each to be tried again by a person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banjie.engine.codec import instant
from banjie.store.log import follow
from banjie.web.roles import for_role


@for_role("operator")
@never_cache
@require_GET
def operating(request: HttpRequest) -> HttpResponse:
    """The parked streams, oldest first: who follows, since when, what failed. No personal data stands in an error."""
    waiting = [{"waiting": each, "since": instant(each.since)} for each in follow.parked()]
    return render(request, "web/operating.html", {"waiting": waiting})


@for_role("operator")
@require_POST
def try_again(request: HttpRequest, follower: str, stream: UUID) -> HttpResponse:
    """Let a parked stream be tried again at the worker's next turn."""
    if follow.unpark(follower, stream):
        messages.success(request, _("It will be tried again in a moment."))
    return redirect("operating")
