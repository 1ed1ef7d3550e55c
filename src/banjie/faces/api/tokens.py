"""Who asks: the bearer token names an account, the organisation says who that is today. A session is not looked at."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from ninja.security import HttpBearer

from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts.models import Token
from banjie.records.accounts.tokens import token_of
from banjie.web import clock
from banjie.web.roles import held_by

LONGEST = 200
"""Characters a token can have."""


class Bearer(HttpBearer):
    """`Authorization: Bearer …`, a token of `banjie token USER`. NotPossible("not_allowed") where it lends no role."""

    def __init__(self, roles: frozenset[str]) -> None:
        self.roles = roles
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The living token, and who asks on the request; None where the token is not good."""
        known = token_of(token, clock.now()) if len(token) <= LONGEST and token.isascii() else None
        if known is None:
            return None
        request.user = known.user
        request.actor = _narrowed(known)  # type: ignore[attr-defined]
        if not self.roles & _held(request, known):
            raise NotPossible("not_allowed")
        return known


def _narrowed(token: Token) -> Actor | None:
    """Who the owner is today, with no more posts than the token lends."""
    resolve: Callable[[Any], Actor | None] = import_string(settings.ACTOR_RESOLVER)
    actor = resolve(token.user)
    if actor is None or not token.roles:
        return actor
    return dataclasses.replace(actor, posts=actor.posts & set(token.roles))


def _held(request: HttpRequest, token: Token) -> frozenset[str]:
    """The roles of the owner that the token lends. A post that is lent makes its holder staff."""
    held = held_by(request)
    if not token.roles:
        return held
    lent = held & set(token.roles)
    return lent | {"staff"} if lent and "staff" in held else lent
