"""Accounts say nothing about people, and tokens cannot be read back."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from banjie.records.accounts.models import Kind, Token, User, new_pseudonym
from banjie.records.accounts.tokens import issue_token, token_of, user_of_token

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_pseudonym_says_nothing_and_is_never_the_same():
    made = {new_pseudonym() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch(r"p-[a-z2-7]{16}", each) for each in made)


@pytest.mark.database
def test_a_user_name_is_found_however_it_is_capitalised(database):
    user = User.objects.create_user(" ZhouNing", "correct horse battery")

    assert user.username == "zhouning"
    assert User.objects.get_by_natural_key("ZHOUNING") == user


@pytest.mark.database
def test_an_applicants_account_holds_no_name(database):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("somebody", display_name="白禾")


@pytest.mark.database
def test_nobody_signs_in_to_an_account_without_a_password(database):
    user = User.objects.create_user("linhao", kind=Kind.STAFF)

    assert not user.has_usable_password()
    assert not user.check_password("")


@pytest.mark.database
def test_a_token_is_kept_as_a_digest_only(database):
    user = User.objects.create_user("somebody")

    text = issue_token(user, "export", 30, NOW)

    row = Token.objects.get()
    assert text not in str(vars(row))
    assert text.startswith(row.prefix)
    assert user_of_token(text, NOW) == user


@pytest.mark.database
def test_a_token_ends_with_its_days_its_owner_and_its_row(database):
    user = User.objects.create_user("somebody")
    text = issue_token(user, "export", 30, NOW)

    assert user_of_token(text, NOW + timedelta(days=30)) is None
    assert user_of_token(text + "x", NOW) is None
    assert user_of_token("", NOW) is None
    User.objects.update(is_active=False)
    assert user_of_token(text, NOW) is None
    User.objects.update(is_active=True)
    Token.objects.all().delete()
    assert user_of_token(text, NOW) is None


@pytest.mark.database
def test_the_day_a_token_was_last_used_is_known(database):
    text = issue_token(User.objects.create_user("somebody"), "export", 30, NOW, ["clerk"])

    evening_in_utc = datetime(2026, 3, 3, 17, tzinfo=UTC)
    token = token_of(text, evening_in_utc)

    assert token is not None
    assert token.roles == ["clerk"]
    assert str(Token.objects.get().last_used_on) == "2026-03-04"


@pytest.mark.database
@pytest.mark.parametrize(("days", "scopes"), [(0, []), (400, []), (30, ["emperor"])])
def test_a_token_lives_a_year_at_most_and_lends_only_roles_there_are(database, days, scopes):
    user = User.objects.create_user("somebody")

    with pytest.raises(ValueError, match=r"token lives|not a role"):
        issue_token(user, "export", days, NOW, scopes)
    assert not Token.objects.exists()
