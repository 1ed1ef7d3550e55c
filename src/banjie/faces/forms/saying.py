"""A "no" as a page of its own, where there is no page it could stand on."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from banjie import words
from banjie.engine.not_possible import NotPossible

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]

NOT_THERE = frozenset(
    {
        "file_not_found",
        "item_cancelled",
        "item_devolved",
        "item_moved",
        "item_off_the_list",
        "item_suspended",
        "no_procedure_in_force",
        "no_such_card",
        "no_such_draft",
        "no_such_draw",
        "no_such_grant",
        "no_such_list",
        "no_such_order",
        "no_such_paper",
        "no_such_plan",
        "no_such_round",
        "no_such_seal",
        "no_such_version",
        "unknown_bundle",
        "unknown_licence",
        "no_such_copy",
        "unknown_matter",
        "unknown_case",
        "unknown_item",
        "version_withdrawn",
    }
)
"""Codes of what is not there, or not for whoever asks: the same 404 for both."""


def language_of(request: HttpRequest) -> str:
    """The catalogue's language of this page."""
    return words.language_of(get_language() or words.DEFAULT)


def says_no(view: View[R, P]) -> View[R, P]:
    """A view that answers a NotPossible it did not catch with its words: 404 for what is not there, else 409.

    What somebody who is signed in is shown is kept by no shared cache.
    """

    @wraps(view)
    def answering(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except NotPossible as no:
            response = said(request, no)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            # Not no-store: with it browsers forget what was typed when somebody goes back.
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return answering  # type: ignore[return-value]


def said(request: HttpRequest, no: NotPossible) -> HttpResponse:
    """The page that says it."""
    shown = {"refusal": words.refusal(no, language_of(request))}
    return render(request, "web/no.html", shown, status=404 if no.code in NOT_THERE else 409)
