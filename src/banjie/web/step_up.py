"""A step that counts is taken only by whoever has just shown who they are; others are asked again.

For pages: `@freshly` below the mark of its role. For a seal or a decision: `is_fresh(request)`.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


def is_fresh(request: HttpRequest) -> bool:
    """Whether whoever asks has signed in, or shown again who they are, within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    return request.user.is_authenticated and not is_reauthentication_required(request, app="banjie")


def assertion(request: HttpRequest) -> str:
    """How whoever asks has just shown who they are, to stand in a fact: method@instant/session; "" if they have not.

    The instant is UTC microseconds, the session a digest of its key: nobody can sign in with it.
    """
    if not is_fresh(request):
        return ""
    records = get_authentication_records(request, request.user)
    newest = records[-1] if records else {}
    digest = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16]
    return f"{newest.get('method', 'provider')}@{int(float(newest.get('at', 0)) * 1_000_000)}/{digest}"


def freshly(
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """A page for whoever `is_fresh`; others show who they are first and come back.

    What was posted is not kept meanwhile: nothing personal waits in a session. Let the page that leads here be fresh.
    """

    @wraps(view)
    def asked(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_fresh(request) else show_again(request)

    return asked


def show_again(request: HttpRequest, back: str = "") -> HttpResponse:
    """To the page that asks again: by password, or by whatever this person has; and from there `back`, or back here."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        return redirect("sign_in")
    return redirect(f"{methods[0]['url']}?{urlencode({'next': back or request.get_full_path()})}")
