"""Opening an account together with the party that holds it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from banjie.engine.not_possible import BadInput
from banjie.records.accounts import names
from banjie.records.accounts.models import Kind, User, new_pseudonym
from banjie.records.parties import register
from banjie.records.parties.models import Level

CONSENTS = ("privacy", "true_particulars")
"""What somebody who signs up agrees to: how their data are used, and that what they say of themselves is true."""


def sign_up(
    username: str,
    password: str,
    particulars: Mapping[str, str],
    *,
    consents: Sequence[str],
    at: datetime,
    language: str = "",
) -> User:
    """A new account with its party, in one transaction; BadInput with everything that is wrong, and then nothing.

    Whether an identity number is known already is not told: somebody else could have asked.
    """
    problems = [("consents", "needed")] if set(CONSENTS) - set(consents) else []
    if wrong := names.problem(username):
        problems.append(("username", wrong))
    elif User.objects.filter(username=username.strip().lower()).exists():
        problems.append(("username", "user_name_taken"))
    problems += [("password", each) for each in _weaknesses(password, username)]
    pseudonym = new_pseudonym()
    try:
        with transaction.atomic():
            try:
                register.open_party(particulars, by=pseudonym, at=at, pseudonym=pseudonym, consents=consents)
            except BadInput as bad:
                raise BadInput([*bad.problems, *problems]) from bad
            if problems:
                raise BadInput(problems)
            return User.objects.create_user(username, password, Kind.APPLICANT, pseudonym=pseudonym, language=language)
    except IntegrityError as taken:
        raise BadInput([("username", "user_name_taken")]) from taken


def with_identity(particulars: Mapping[str, str], *, at: datetime, language: str = "") -> User:
    """The account of somebody an identity provider vouches for, known by their identity number alone, or a new one.

    An account that only declared this number is not theirs for that: it stays with whoever opened it. NotPossible
    party_erased.
    """
    with transaction.atomic():
        known = register.find_assured(particulars["id_number"])
        if known is not None:
            user = User.objects.filter(pseudonym=known.id).first()
            return user or _nameless(known.id, language)
        pseudonym = new_pseudonym()
        register.open_party(
            particulars, by=pseudonym, at=at, level=Level.IDENTITY_PROVIDER, pseudonym=pseudonym, consents=()
        )
        return _nameless(pseudonym, language)


def _nameless(pseudonym: str, language: str) -> User:
    """An account without a password, under a user name that says nothing."""
    return User.objects.create_user(pseudonym, None, Kind.APPLICANT, pseudonym=pseudonym, language=language)


def _weaknesses(password: str, username: str) -> list[str]:
    try:
        validate_password(password, User(username=username.strip().lower()))
    except ValidationError as weak:
        return [each.code or "password_weak" for each in weak.error_list]
    return []
