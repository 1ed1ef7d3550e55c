"""Joint handling (联合办理) at the desk: one page for all agencies; the window accepts, the head of government extends.

One button, one view, one command, one call.
"""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import bundles
from banjie.cases.scope import Scope
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.joint import BundlePage
from banjie.faces.forms.saying import language_of, says_no
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role


@for_role("staff")
@require_safe
@says_no
def bundle(request: Request, stream: uuid.UUID) -> HttpResponse:
    """The joint limit, every part with its unit and its share, and what whoever reads it can ask for."""
    return _page(request, stream)


@for_role("clerk")
@require_POST
@says_no
def accept(request: Request, stream: uuid.UUID) -> HttpResponse:
    """受理: every part that waits at this window, in one act."""
    _seen(request, stream)
    try:
        bundles.accept(stream, asking(request), clock.now(), command_id_of(request.POST))
    except NotPossible as no:
        return _page(request, stream, 409, refusal=words.refusal(no, language_of(request)))
    return redirect("desk:joint", stream)


@for_role("head_of_government")
@require_POST
@says_no
def extend(request: Request, stream: uuid.UUID) -> HttpResponse:
    """延期: the joint limit, once, with reasons."""
    _seen(request, stream)
    reasons, language = request.POST.get("reasons", "").replace("\x00", ""), language_of(request)
    try:
        bundles.extend(stream, reasons, asking(request), clock.now(), command_id_of(request.POST))
    except BadInput as bad:
        problem = words.problem(bad.problems[0][1], language)
        return _page(request, stream, 422, reasons=reasons, reasons_problem=problem)
    except NotPossible as no:
        return _page(request, stream, 409, reasons=reasons, refusal=words.refusal(no, language))
    return redirect("desk:joint", stream)


def _seen(request: Request, stream: uuid.UUID) -> bundles.BundleView:
    return bundles.seen(stream, Scope.of(asking(request)), clock.now())


def _page(request: Request, stream: uuid.UUID, status: int = 200, **more: Any) -> HttpResponse:
    page = BundlePage(_seen(request, stream), asking(request), language_of(request), "desk")
    return render(request, "desk/joint.html", {"bundle": page, **more}, status=status)
