"""The applicant's inbox: a sentence for every fact that concerns them, the newest first, each leading to its place.

What runs out soon stands among them and leads to the licence.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.duties.licences import queries as licences
from banjie.duties.licences import types
from banjie.duties.notices import queries as notices
from banjie.duties.notices import reading
from banjie.faces.forms.acting import as_known, sees_as
from banjie.faces.forms.page import CasePage, Told
from banjie.faces.forms.saying import language_of, says_no
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import AS_APPLICANT, for_role


@dataclass(frozen=True, slots=True)
class Message:
    """A fact somebody was told of, with the case it belongs to."""

    item: str
    number: str
    told: Told
    is_new: bool


@dataclass(frozen=True, slots=True)
class RunsOut:
    """A licence of theirs runs out: when they were told, which, its last day, and how many days were left."""

    at: datetime
    name: str
    licence: licences.Reminded
    is_new: bool


@for_role("applicant")
@require_safe
@says_no
def inbox(request: Request) -> HttpResponse:
    """What the applicant was told, across all their cases. It is read once its case is opened, or all is marked."""
    actor, language, now = asking(request), language_of(request), clock.now()
    unread = reading.unread_of(actor)
    pages: dict[UUID, CasePage] = {}
    lines: dict[UUID, dict[int, Told]] = {}
    found: list[Message] = []
    for each in notices.inbox(Scope.of(actor)):
        if each.stream not in pages:
            view = queries.view(each.stream, now)
            reader = as_known(actor, view.state)
            page = CasePage(view, reader, language, sees_as(actor, view.state))
            pages[each.stream] = page
            lines[each.stream] = {told.position: told for told in page.history}
        told = lines[each.stream].get(each.position)
        if told:
            page = pages[each.stream]
            is_new = (each.stream, each.position) in unread
            found.append(Message(page.title, page.state.query_number, told, is_new))
    reminders = _reminders(Scope.of(actor), unread, language)
    several: list[Message | RunsOut] = [*found, *reminders]
    several.sort(key=_when, reverse=True)
    return render(request, "portal/inbox.html", {"inbox": several, "is_anything_new": bool(unread)})


def _reminders(scope: Scope, unread: set[tuple[UUID, int]], language: str) -> list[RunsOut]:
    shown = []
    for each in notices.reminders(scope):
        known = licences.reminded(each.case, each.position)
        if known:
            type = types.of(known.type, clock.today())
            name = type.called(language) if type else known.type
            shown.append(RunsOut(each.at, name, known, (each.case, -each.position) in unread))
    return shown


def _when(each: Message | RunsOut) -> datetime:
    return each.told.at if isinstance(each, Message) else each.at


@for_role("applicant")
@require_POST
@says_no
def read(request: Request) -> HttpResponse:
    """Everything is read."""
    reading.mark(asking(request))
    messages.success(request, _("All messages are marked as read. They stay here."))
    return redirect("portal:inbox")


def unread(request: Request) -> int:
    """How many messages of whoever asks they have not read; 0 for a visitor and for the staff. For the page's head."""
    actor = getattr(request, "actor", None)
    return reading.unread(actor) if actor is not None and actor.kind in AS_APPLICANT else 0
