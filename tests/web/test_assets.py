"""What a browser fetches is named by its content, sent small and kept for ever; the look needs no script."""

import gzip
import re

import pytest
from django.test import Client

from banjie.web import assets

pytestmark = pytest.mark.database


def test_a_page_asks_for_one_style_sheet(installed):
    page = Client().get("/sign-in/").content.decode()

    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert sheets == [assets.asset(assets.STYLES).address]
    assert re.fullmatch(r"/static/banjie/banjie\.[0-9a-f]{12}\.css", sheets[0])


def test_the_style_sheet_is_kept_for_ever_and_sent_small(installed):
    address = assets.asset(assets.STYLES).address

    whole = Client().get(address)
    packed = Client().get(address, headers={"Accept-Encoding": "br, gzip"})

    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert whole.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.content) == whole.content
    assert len(packed.content) < len(whole.content) / 3
    assert "Set-Cookie" not in whole.headers


@pytest.mark.parametrize("refuses", ["gzip;q=0", "identity", "br, gzip; q=0.0, deflate"])
def test_who_takes_no_gzip_gets_none(installed, refuses):
    answer = Client().get(assets.asset(assets.STYLES).address, headers={"Accept-Encoding": refuses})

    assert "Content-Encoding" not in answer.headers


def test_a_browser_that_has_it_is_told_so(installed):
    address = assets.asset(assets.STYLES).address
    first = Client().get(address, headers={"Accept-Encoding": "gzip"})

    again = Client().get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    plain = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert plain.status_code == 200, "what is packed and what is not are two answers"


def test_an_address_of_another_release_gets_what_there_is_and_does_not_keep_it(installed):
    answer = Client().get("/static/banjie/banjie.000000000000.css")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("address", ["/static/banjie/none.000000000000.css", "/static/../secret.000000000000.key"])
def test_what_is_not_there_is_not_found(installed, address):
    assert Client().get(address).status_code == 404


def test_another_content_has_another_address(installed, monkeypatch, request):
    before = assets.asset(assets.STYLES).address
    plain = assets.joined_styles()
    assets.asset.cache_clear()
    request.addfinalizer(assets.asset.cache_clear)
    monkeypatch.setattr(assets, "joined_styles", lambda: plain + "/* more */")

    assert assets.asset(assets.STYLES).address != before


def test_layers_are_named_before_they_are_filled():
    assert assets.joined_styles().startswith("@layer tokens, base, components;")


def test_the_look_is_remembered_and_stands_in_the_page(installed):
    browser = Client()

    answer = browser.post("/look/", {"theme": "dark", "elder": "1", "next": "/sign-in/"})
    page = browser.get("/sign-in/").content.decode()

    assert answer.headers["Location"] == "/sign-in/"
    assert '<html lang="zh-Hans" data-theme="dark" data-elder>' in page
    browser.post("/look/", {"theme": "auto", "elder": "0"})
    assert '<html lang="zh-Hans">' in browser.get("/sign-in/").content.decode()


@pytest.mark.parametrize("given", [{"theme": "pink"}, {"elder": "2"}, {"next": "https://elsewhere.example/"}, {}])
def test_a_look_nobody_offers_changes_nothing(installed, given):
    browser = Client()

    answer = browser.post("/look/", given)

    assert answer.headers["Location"] == "/"
    assert not browser.cookies


def test_a_visitor_who_only_reads_is_given_no_cookie(installed):
    answer = Client().get("/accessibility/")

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert Client().get("/accessibility/").content == answer.content, "so it can be kept, and named by its content"


def test_the_policy_lets_no_script_and_no_style_into_the_page(installed):
    policy = Client().get("/accessibility/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
