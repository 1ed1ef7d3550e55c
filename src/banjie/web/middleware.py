"""What happens to every request: one line in the log, and who asks is found out once."""

import re
import secrets
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.module_loading import import_string

from banjie.engine.commands import Actor
from banjie.store.postgresql import reading
from banjie.web import metrics
from banjie.web.request import stands_as

Handler = Callable[[Any], HttpResponse]

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
NO_ROUTE = "(no such page)"
ACTING_FOR = "acting_for"
"""In the session: the pseudonym of the party somebody has chosen to act for."""

log = structlog.get_logger("banjie.request")


def request_log(get_response: Handler) -> Handler:
    """Log each request in one line: method, route, status, duration, who. No path, no query, no body: they may tell.

    The route is the pattern of the address (`case/<number>/`), never the address itself. A request id that comes in is
    kept where it is well formed, so that a line can be followed through a proxy.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        request.request_id = request_id  # type: ignore[attr-defined]
        started = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = get_response(request)
            seconds = perf_counter() - started
            match = request.resolver_match
            route = NO_ROUTE if match is None else match.route or "/"
            who: Actor | None = getattr(request, "actor", None)
            method = request.method if request.method in metrics.METHODS else "other"
            log.info(
                "request",
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                actor=who.id if who else "",
            )
            metrics.request(method, route, response.status_code, seconds)
        response.headers["X-Request-ID"] = request_id
        return response

    return middleware


def narrowly(get_response: Handler) -> Handler:
    """Let the database show each request the rows of those alone for whom it says that it reads (store/postgresql)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        names = set[str]()
        with reading.narrowly(names):
            response = get_response(request)
        if response.streaming and not getattr(response, "is_async", False):
            response.streaming_content = _streamed(iter(response.streaming_content), names)  # type: ignore[attr-defined]
        return response

    return middleware


def _streamed(parts: Iterator[bytes], names: set[str]) -> Iterator[bytes]:
    """The parts of a long answer, each made as narrowly as the rest of its request."""
    while True:
        with reading.narrowly(names):
            part = next(parts, None)
        if part is None:
            return
        yield part


def language(get_response: Handler) -> Handler:
    """Speak Chinese, and English to whoever has chosen it: what a browser was installed with decides nothing.

    The JSON API has no pages and speaks as its `Accept-Language` asks.
    """
    spoken = {code for code, _ in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in spoken else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            if not response.has_header("Content-Language"):
                response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
            return response

    return middleware


def actor(get_response: Handler) -> Handler:
    """Put `request.actor` on each request: the engine's Actor of whoever is signed in, or None.

    Asked of settings.ACTOR_RESOLVER, for web stands below the organisation and cannot import it. A visitor without a
    session costs no query.
    """
    resolve: Callable[..., Actor | None] = import_string(settings.ACTOR_RESOLVER)

    def middleware(request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        is_known, myself = has_session and request.user.is_authenticated, None
        if is_known:
            # As whom somebody signed in stands in the row of the session; who they are is looked up in any case.
            myself = resolve(request.user)
            session: Any = request.session
            if session.posts and session.posts != stands_as(myself):
                session.end("posts_changed")
                request.user, is_known, myself = AnonymousUser(), False, None
        # Whom somebody has chosen to act for is looked up on every request: what has ended opens nothing any more.
        chosen = request.session.get(ACTING_FOR, "") if is_known else ""
        request.actor = resolve(request.user, on_behalf_of=chosen) if chosen else myself  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def no_page_of_its_own(get_response: Handler) -> Handler:
    """Say in words where somebody opened the address of a button, or sent something to a page: Django's 405 is empty.

    Programs get it as it is; `Allow` and the status stay.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content or not request.accepts("text/html"):
            return response
        is_button = "POST" in response["Allow"]
        shown = {"is_button": is_button, "back": _page_above(request.path_info) if is_button else ""}
        page = render(request, "405.html", shown, status=405)
        page.headers["Allow"] = response["Allow"]
        return page

    return middleware


def _page_above(path: str) -> str:
    """The nearest address above this one that there is; "" where that is the first page."""
    parts = path.strip("/").split("/")
    for many in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:many])}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return ""
