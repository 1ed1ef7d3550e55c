"""What the security administrator does with accounts of staff: opening, closing, a new password, without a factor."""

import secrets
from datetime import UTC, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts import names, sessions, trail
from banjie.records.accounts.models import Kind, User

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When a password was set that must be replaced at once."""

LETTERS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")


def open_account(by: User, username: str, name: str, at: datetime, command_id: UUID) -> User:
    """A new account of staff, without a password and without a post. BadInput; NotPossible as `_require` says."""
    _require(by)
    problems = [("username", code)] if (code := names.problem(username)) else []
    if not name.strip():
        problems.append(("name", "needed"))
    if problems:
        raise BadInput(problems)
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, kind=Kind.STAFF, display_name=name.strip()[:60])
            trail.record(user, "opened", by.pseudonym, at, command_id)
    except IntegrityError:
        raise BadInput([("username", "user_name_taken")]) from None
    return user


def new_password(by: User, user: User, at: datetime, command_id: UUID) -> str:
    """A password for whoever has forgotten theirs, shown once: the first thing they do is to set another."""
    _require(by, user)
    with transaction.atomic():
        text = for_once(user)
        trail.record(user, "password_changed", by.pseudonym, at, command_id)
    return text


def for_once(user: User) -> str:
    """A password made for this account, which its owner replaces before anything else. The caller records why."""
    text = _made()
    user.set_password(text)
    user.password_set_at = LONG_AGO
    user.save(update_fields=["password", "password_set_at"])
    return text


def reset_second_factor(by: User, user: User, at: datetime, command_id: UUID) -> None:
    """Whoever has lost their telephone sets up another second factor at their next sign-in; their sessions end."""
    _require(by, user)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        sessions.end(sessions.of(user, at), "ended_by_administrator")
        trail.record(user, "second_factor_reset", by.pseudonym, at, command_id)


def close(by: User, user: User, at: datetime, command_id: UUID) -> None:
    """Nobody signs in to this account from now on, and whoever is signed in is out."""
    _require(by, user)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        sessions.end(sessions.of(user, at), "ended_by_administrator")
        trail.record(user, "closed", by.pseudonym, at, command_id)


def open_again(by: User, user: User, at: datetime, command_id: UUID) -> None:
    """The account can be signed in to again."""
    _require(by, user)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)
        trail.record(user, "opened_again", by.pseudonym, at, command_id)


def _require(by: User, user: User | None = None) -> None:
    """NotPossible needs_security_administrator, own_account, not_an_account_of_staff."""
    if by.kind != Kind.SECURITY or not by.is_active:
        raise NotPossible("needs_security_administrator")
    if user is not None and user.pk == by.pk:
        raise NotPossible("own_account")
    if user is not None and user.kind == Kind.APPLICANT:
        raise NotPossible("not_an_account_of_staff")


def _made() -> str:
    chosen = [secrets.choice(letters) for letters in LETTERS for _ in range(4)]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
