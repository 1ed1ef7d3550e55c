"""A program's token: made once in clear, found again by its digest."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from banjie.engine.codec import OFFICE_ZONE
from banjie.records.accounts.models import Token, User
from banjie.web.roles import ROLES

MARK = "bj_"
"""Every token begins with it, so that one left in a file is found."""

SHOWN = 9
LONGEST_LIFE = 366

OF_WHOM = ("id", "username", "pseudonym", "kind", "is_active")
"""What is read of the owner at once; the rest is when somebody looks at it."""

KNOWN = """
SELECT t.*, u.username AS owner_username, u.pseudonym AS owner_pseudonym, u.kind AS owner_kind
FROM accounts_token t JOIN accounts_user u ON u.id = t.user_id AND u.is_active
WHERE t.digest = %s
"""


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
    token = _known(_digest(text))
    if token is None or token.expires_at <= now:
        return None
    today = now.astimezone(OFFICE_ZONE).date()
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def _known(digest: str) -> Token | None:
    """The token of this digest whose owner may sign in. By hand: every request asks, and composing this costs most."""
    for token in Token.objects.raw(KNOWN, [digest]):
        owner: Any = token
        values = (token.user_id, owner.owner_username, owner.owner_pseudonym, owner.owner_kind, True)
        token.user = User.from_db(DEFAULT_DB_ALIAS, OF_WHOM, values)
        return token
    return None


def user_of_token(text: str, now: datetime) -> User | None:
    """Whose token this is, or None."""
    token = token_of(text, now)
    return token.user if token else None


def _digest(text: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(text.encode()).hexdigest()
