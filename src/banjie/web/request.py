"""What a request carries when it reaches a view: HttpRequest plus what our middleware has put on it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest

from banjie.engine.commands import Actor


class Request(HttpRequest):
    """For the type checker only: views may say `request: Request`.

    `actor`: who asks, or None for somebody who is not signed in or holds no post any more. `request_id` stands in every
    log line of this request and in the answer's X-Request-ID.
    """

    actor: Actor | None
    request_id: str


def asking(request: HttpRequest) -> Actor:
    """Who asks; for views that are not public, where somebody always does (AssertionError otherwise)."""
    actor: Actor | None = getattr(request, "actor", None)
    assert actor is not None, "a page for which nobody need be signed in asks for the actor"
    return actor


def command_id_of(given: Mapping[str, Any], name: str = "command_id") -> UUID:
    """The id of the command a form carries, so that a second press changes nothing; a new one where it carries none."""
    try:
        return UUID(given.get(name, ""))
    except ValueError:
        return uuid4()


MOST_PAGES = 100_000


def page_asked(request: HttpRequest) -> int:
    """Which page of a list is asked for, from 1 on; the first for whatever is no number, or none a list could have."""
    given = request.GET.get("page", "")
    return min(max(int(given), 1), MOST_PAGES) if given.isdecimal() and len(given) < 10 else 1


def stands_as(actor: Actor | None) -> str:
    """A digest of what somebody may act as in their own name: kind, unit and posts. "" for nobody."""
    if actor is None:
        return ""
    told = (actor.kind.value, actor.unit or "", actor.agency or "", *sorted(actor.posts))
    return sha256("|".join(told).encode()).hexdigest()
