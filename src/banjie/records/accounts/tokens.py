"""A program's token: made once in clear, found again by its digest."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from banjie.engine.codec import OFFICE_ZONE
from banjie.records.accounts.models import Token, User
from banjie.web.roles import ROLES

MARK = "bj_"
"""Every token begins with it, so that one left in a file is found."""

SHOWN = 9
LONGEST_LIFE = 366


def issue_token(user: User, label: str, days: int, at: datetime, scopes: Iterable[str] = ()) -> str:
    """Make a token and return its text, which cannot be shown again.

    `scopes`: the roles it may use; none means every role its owner holds. ValueError for more than a year, for a life
    of no days or for an unknown role.
    """
    roles = sorted(set(scopes))
    if not 1 <= days <= LONGEST_LIFE:
        raise ValueError(f"a token lives between 1 and {LONGEST_LIFE} days, not {days}")
    if unknown := set(roles) - ROLES:
        raise ValueError(f"not a role: {sorted(unknown)}")
    text = MARK + secrets.token_urlsafe(32)
    Token.objects.create(
        user=user,
        label=label,
        prefix=text[:SHOWN],
        digest=_digest(text),
        roles=roles,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    return text


def token_of(text: str, now: datetime) -> Token | None:
    """The living token of this text, with its owner, or None: unknown, expired, or the owner may not sign in."""
    if not text.startswith(MARK):
        return None
    token = Token.objects.select_related("user").filter(digest=_digest(text)).first()
    if token is None or token.expires_at <= now or not token.user.is_active:
        return None
    today = now.astimezone(OFFICE_ZONE).date()
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def user_of_token(text: str, now: datetime) -> User | None:
    """Whose token this is, or None."""
    token = token_of(text, now)
    return token.user if token else None


def _digest(text: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(text.encode()).hexdigest()
