"""The frame of every page: the demo's banner, the language, signing in, and errors in words."""

import re

import pytest
from django.conf import settings
from django.test import Client

from banjie.store.log.install import create_installation
from banjie.web.messages import compile_messages
from tests.county import County
from tests.databases import Database
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

PAGES = ("/", "/track/", "/sign-in/", "/nothing-here/")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_a_demo_carries_its_banner(county: County, address: str) -> None:
    assert "演示 · demo" in text_of(county.client().get(address))


def test_a_real_installation_carries_none(database: Database) -> None:
    compile_messages()
    create_installation(demo=False)

    assert "demo" not in text_of(Client().get("/sign-in/"))


def test_chinese_is_spoken_unless_english_is_chosen_and_the_choice_is_kept(county: County) -> None:
    client = county.client("applicant")
    assert '<html lang="zh-Hans">' in client.get("/").content.decode()

    response = client.post("/language/", {"language": "en", "next": "/cases/"})

    assert response["Location"] == "/cases/"
    assert '<html lang="en">' in client.get("/cases/").content.decode()
    assert "My cases" in text_of(client.get("/cases/"))


def test_a_wrong_password_is_told_without_saying_which_was_wrong(county: County) -> None:
    client = county.client()

    known = client.post("/sign-in/", {"username": "shanju", "password": "wrong"})
    unknown = client.post("/sign-in/", {"username": "nobody", "password": "wrong"})

    assert "请核对用户名和密码后重试" in text_of(known)
    assert text_of(known) == text_of(unknown)


def test_an_address_without_a_page_says_what_to_do(county: County) -> None:
    response = county.client().get("/nothing-here/")

    assert response.status_code == 404
    assert "用编号查询办件" in text_of(response)


def test_a_form_from_another_session_is_told_that_nothing_was_recorded(county: County) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/sign-in/", {"username": "shanju", "password": "x"})

    assert response.status_code == 403
    assert "没有记录任何内容" in text_of(response)


def test_too_many_fields_are_refused_in_words(county: County) -> None:
    too_many = range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    response = county.client().post("/sign-in/", {f"field{number}": "x" for number in too_many})

    assert response.status_code == 413
    assert "一次提交的内容太多" in text_of(response)


def test_no_page_carries_a_script_or_an_inline_style(county: County) -> None:
    for address in (*PAGES, f"/items/{county.code()}/"):
        page = county.client().get(address)
        assert not re.search(rb"<script(?![^>]*( src=| type=\"application/json\"))", page.content)
        assert b"style=" not in page.content
        assert "default-src 'none'" in page["Content-Security-Policy"]


def test_pages_of_somebody_signed_in_are_kept_by_no_shared_cache(county: County) -> None:
    assert "private" in county.client("applicant").get("/cases/")["Cache-Control"]
