"""`banjie token USER`: a bearer token for the API, shown once and kept only as a digest."""

from datetime import timedelta

import pytest

from banjie.records.accounts.models import Kind, Token, User
from banjie.records.accounts.tokens import token_of
from banjie.web import clock

pytestmark = pytest.mark.database


@pytest.fixture
def user(installed) -> User:
    """An applicant with an account."""
    return User.objects.create_user("shanju", kind=Kind.APPLICANT)


def test_a_token_is_shown_once_and_works(user, banjie):
    code, out, err = banjie("token", "shanju", "--label", "cash desk", "--days", "30")

    text = out.strip()
    token = token_of(text, clock.now())
    assert (code, err) == (0, "")
    assert token is not None
    assert (token.user, token.label, token.roles) == (user, "cash desk", [])
    assert token_of(text, clock.now() + timedelta(days=29)) is not None
    assert token_of(text, clock.now() + timedelta(days=31)) is None


def test_what_is_kept_does_not_give_it_away(user, banjie):
    text = banjie("token", "shanju")[1].strip()

    kept = str(Token.objects.values_list())

    assert text not in kept
    assert text[9:] not in kept


def test_a_name_is_found_however_it_is_written(user, banjie):
    assert banjie("token", " ShanJu ")[0] == 0


@pytest.mark.parametrize("arguments", [("nobody",), ("shanju", "--days", "0"), ("shanju", "--days", "367")])
def test_nothing_is_issued_to_nobody_or_for_ever(user, banjie, arguments):
    code, out, err = banjie("token", *arguments)

    assert (code, out) == (1, "")
    assert "Nothing was issued" in err
    assert Token.objects.count() == 0


def test_nothing_is_issued_to_whoever_may_not_sign_in(user, banjie):
    User.objects.update(is_active=False)

    assert banjie("token", "shanju")[0] == 1
    assert Token.objects.count() == 0
