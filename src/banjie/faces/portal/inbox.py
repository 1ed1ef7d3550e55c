"""The applicant's inbox: a sentence for every fact that concerns them, the newest first."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.duties.notices import queries as notices
from banjie.faces.forms.page import CasePage, Told
from banjie.faces.forms.saying import language_of, says_no
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class Message:
    """A fact somebody was told of, with the case it belongs to."""

    item: str
    number: str
    told: Told


@for_role("applicant")
@require_safe
@says_no
def inbox(request: Request) -> HttpResponse:
    """What the applicant was told, across all their cases."""
    actor, language, now = asking(request), language_of(request), clock.now()
    pages: dict[UUID, CasePage] = {}
    lines: dict[UUID, dict[int, Told]] = {}
    messages = []
    for each in notices.inbox(Scope.of(actor)):
        if each.stream not in pages:
            view = queries.view(each.stream, now)
            is_third_party = actor.id in view.state.third_parties
            page = CasePage(view, actor, language, "third_party" if is_third_party else "applicant")
            pages[each.stream] = page
            lines[each.stream] = {told.position: told for told in page.history}
        told = lines[each.stream].get(each.position)
        if told:
            page = pages[each.stream]
            english = language == "en" and page.procedure.english
            messages.append(Message(english or page.procedure.name, page.state.query_number, told))
    return render(request, "portal/inbox.html", {"inbox": messages})
