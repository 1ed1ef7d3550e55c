"""Signing in, out, and the language."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from banjie.records.accounts.models import User
from banjie.web import clock
from tests.web.conftest import PASSWORD, cookie

pytestmark = pytest.mark.database


def sign_in(client: Client, username="shanju", password=PASSWORD, address="192.0.2.7", **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more}, REMOTE_ADDR=address)


def told(answer) -> str:
    """What a page says, without what differs on every page."""
    return re.sub(
        r'(csrfmiddlewaretoken" value|id="username" name="username" value)="[^"]*"', "", answer.content.decode()
    )


def test_the_right_password_leads_on(people):
    client = Client()
    before = cookie(client)

    answer = sign_in(client, next="/applicants/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/applicants/")
    assert cookie(client) != before
    assert client.get("/applicants/").content == b"opened"


def test_a_wrong_password_and_an_unknown_name_read_the_same(people):
    wrong = sign_in(Client(), password="wrong")
    unknown = sign_in(Client(), username="nobody", password="wrong")

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert told(wrong) == told(unknown)


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)", "http:///x"])
def test_signing_in_never_leads_to_another_site(people, elsewhere):
    answer = sign_in(Client(), next=elsewhere)

    assert answer.headers["Location"] == "/"


def test_who_may_not_sign_in_cannot(people):
    User.objects.filter(username="shanju").update(is_active=False)

    assert sign_in(Client()).status_code == 422
    assert sign_in(Client(), username="no\x00body").status_code == 422


def test_after_five_wrong_passwords_even_the_right_one_waits(people):
    for _ in range(5):
        assert sign_in(Client(), password="wrong").status_code == 422

    late = sign_in(Client())

    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert cookie(Client()) == ""
    assert sign_in(Client(), username="SHANJU").status_code == 429
    assert sign_in(Client(), address="192.0.2.8").status_code == 302
    assert sign_in(Client(), username="clerk").status_code == 302


def test_after_a_quarter_of_an_hour_one_may_try_again(people):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(6):
            sign_in(Client(), password="wrong")
        traveller.shift(timedelta(minutes=15, seconds=1))

        assert sign_in(Client()).status_code == 302


def test_a_right_password_forgives_the_wrong_ones(people):
    for _ in range(3):
        for _ in range(4):
            sign_in(Client(), password="wrong")
        assert sign_in(Client()).status_code == 302


def test_signing_out_ends_the_session(browser):
    client = browser("clerk")
    session = cookie(client)

    assert client.get("/sign-out/").status_code == 405
    assert client.get("/staff/").content == b"opened"
    assert client.post("/sign-out/").status_code == 302
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    assert client.get("/staff/").status_code == 302


def test_signing_in_needs_the_forms_own_token(people):
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client).status_code == 403


def test_a_language_is_kept_and_comes_back_with_the_person(browser, people):
    client = browser("applicant")

    answer = client.post("/language/", {"language": "en", "next": "/anybody/"})

    assert answer.headers["Location"] == "/anybody/"
    assert 'lang="en"' in client.get("/sign-in/").content.decode()
    elsewhere = Client()
    sign_in(elsewhere)
    assert elsewhere.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_a_language_there_is_not_changes_nothing(browser, people):
    answer = browser("applicant").post("/language/", {"language": "tlh", "next": "https://example.com/"})

    assert answer.headers["Location"] == "/"
    assert User.objects.get(username="shanju").language == ""
