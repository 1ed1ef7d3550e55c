"""A form sends at most a thousand fields, and more only to a page that says so."""

from urllib.parse import urlencode

import pytest
from django.test import Client

pytestmark = pytest.mark.database


def a_form(number):
    return {f"f{each}": f"值{each}" for each in range(number)}


def test_a_page_that_says_so_takes_more_fields(installed):
    answer = _post("/many/", 2501)

    assert answer.content.decode() == "2501 fields, the last is 值2500"


def test_a_page_that_says_so_takes_no_more_than_it_says(installed):
    assert _post("/many/", 3001).status_code == 400


def test_any_other_page_takes_a_thousand(installed):
    assert _post("/few/", 1000).content == b"1000 fields"
    assert _post("/few/", 1001).status_code == 400


def test_the_mark_of_the_session_is_still_asked_for(installed):
    browser = Client(enforce_csrf_checks=True)

    assert _post("/many/", 2501, browser).status_code == 403


def _post(address, number, browser=None):
    sent = urlencode(a_form(number))
    return (browser or Client()).post(address, sent, content_type="application/x-www-form-urlencoded")
