"""What of the agency's decisions waits to be public, and what is held back. One button, one view, one call."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.duties.publicity import publishing, queries
from banjie.engine.not_possible import BadInput
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.made_public import GROUNDS
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of, page_asked
from banjie.web.roles import for_role

MOST = 50
"""Of what waits, is late or held back."""
PAGE = 20
"""Of what is public."""


@for_role("decider", "head_of_agency")
@require_safe
@says_no
def publicity(request: Request) -> HttpResponse:
    """Waiting, late, held back, and the newest published."""
    return _page(request)


@for_role("decider", "head_of_agency")
@require_POST
@says_no
def hold_back(request: Request, stream: uuid.UUID) -> HttpResponse:
    """Hold a decision back, or take it down, on a ground of the law."""
    try:
        publishing.hold_back(
            stream, request.POST.get("ground", ""), asking(request), clock.now(), command_id_of(request.POST)
        )
    except BadInput as bad:
        return _page(request, 422, problem=words.problem(bad.problems[0][1], language_of(request)), at=stream)
    return redirect("desk:publicity")


@for_role("decider", "head_of_agency")
@require_POST
@says_no
def release(request: Request, stream: uuid.UUID) -> HttpResponse:
    """Let it be published after all."""
    publishing.release(stream, asking(request), clock.now(), command_id_of(request.POST))
    return redirect("desk:publicity")


def _page(request: Request, status: int = 200, **more: object) -> HttpResponse:
    language, today = language_of(request), clock.today()
    lists, page = queries.of_agency(asking(request), today), page_asked(request)
    public = list(lists.pop("published")[(page - 1) * PAGE : page * PAGE + 1])
    found = {name: queries.shown(list(rows[:MOST]), language) for name, rows in lists.items()}
    found["published"] = queries.shown(public[:PAGE], language)
    grounds = [(each, words.label("publicity_grounds", each, language)) for each in GROUNDS]
    shown = {
        **found,
        "page": page,
        "has_next": len(public) > PAGE,
        "grounds": grounds,
        "command_id": uuid.uuid4(),
        "today": today,
        **more,
    }
    return render(request, "desk/publicity/home.html", shown, status=status)
