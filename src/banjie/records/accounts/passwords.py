"""Setting a new password without the old one: with a recovery code, or with a code given at the window."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from banjie.records.accounts.models import Kind, ResetCode, User

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LIFE = timedelta(hours=1)


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes, each good once, in place of those there were. They are shown now, and can be read again by nobody."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        codes: list[str] = RecoveryCodes.activate(user).generate_codes()
        return codes


def recovery_codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    known = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(known.wrap().get_unused_codes()) if known else 0


def give_reset_code(user: User, at: datetime) -> str:
    """A code with which a person sets a new password within the hour, shown once. The window has seen who asks."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(10))
    told = {"digest": _digest(user, text), "expires_at": at + LIFE}
    ResetCode.objects.update_or_create(user=user, defaults=told)
    return text


def may_reset(username: str, code: str, at: datetime) -> User | None:
    """The account whose code this is, and the code is used up; None for every other, of whatever kind.

    Staff are given a new password by whoever keeps their accounts: a sheet of codes does not stand for a post.
    """
    user = User.objects.filter(username=username.strip().lower(), kind=Kind.APPLICANT, is_active=True).first()
    if user is None:
        return None
    plain = "".join(code.split()).replace("-", "").upper()
    with transaction.atomic():
        given = ResetCode.objects.filter(user=user, digest=_digest(user, plain), expires_at__gt=at)
        if given.delete()[0]:
            return user
        known = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
        return user if known and known.wrap().validate_code(plain) else None


def _digest(user: User, text: str) -> str:
    # 50 random bits for an hour, behind the throttle: no slow hash is needed.
    return hashlib.sha256(f"{user.pk}\x00{text}".encode()).hexdigest()
