"""Second factors: one-time codes, recovery codes, and posts that need one."""

import re
import time

import pytest
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory

from banjie.records.accounts.models import User
from banjie.web import step_up
from tests.faces.conftest import county as county
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

PASSWORD = "yunling-2026"
KEY = re.compile(r"<code>([A-Z2-7]{32})</code>")


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


def sign_in(client: Client, username: str = "baihe", password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def code_of(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def turned_on(client: Client) -> str:
    """Turn one-time codes on; their key."""
    page = client.get("/account/codes/on/")
    assert page.status_code == 200, page
    secret = KEY.findall(page.content.decode())[0]
    assert client.post("/account/codes/on/", {"code": code_of(secret)}).status_code == 302
    return secret


@pytest.fixture
def client(county):
    browser = Client()
    assert sign_in(browser).status_code == 302
    return browser


def test_one_time_codes_are_turned_on_and_asked_for_from_then_on(client):
    secret = turned_on(client)
    elsewhere = Client()

    first = sign_in(elsewhere, next="/cases/")

    assert first.headers["Location"].startswith("/account/second-factor/")
    assert elsewhere.get("/account/").status_code == 302
    wrong = elsewhere.post("/account/second-factor/", {"code": "000000"})
    assert "验证码不对" in text_of(wrong)
    right = elsewhere.post("/account/second-factor/", {"code": code_of(secret, later=1)})
    assert right.headers["Location"] == "/cases/"
    assert elsewhere.get("/account/").status_code == 200


def test_a_code_is_good_once_and_guessing_rests(client):
    secret = turned_on(client)
    one, other = Client(), Client()
    for each in (one, other):
        sign_in(each)

    assert one.post("/account/second-factor/", {"code": code_of(secret, later=1)}).status_code == 302
    assert other.post("/account/second-factor/", {"code": code_of(secret, later=1)}).status_code == 200
    for _ in range(6):
        page = other.post("/account/second-factor/", {"code": "000000"})
    assert "次数太多" in text_of(page)


def test_a_used_code_is_used_in_every_process_and_so_is_each_before_it(client):
    secret = turned_on(client)
    newest, set_up_with = code_of(secret, later=1), code_of(secret)
    one, other, third = Client(), Client(), Client()
    for each in (one, other, third):
        sign_in(each)

    cache.clear()  # another process, or this one started anew
    assert other.post("/account/second-factor/", {"code": set_up_with}).status_code == 200
    assert one.post("/account/second-factor/", {"code": newest}).status_code == 302
    for code in (newest, code_of(secret), set_up_with):
        cache.clear()
        assert third.post("/account/second-factor/", {"code": code}).status_code == 200
    assert client.post("/account/again/code/", {"code": newest, "next": "/"}).status_code == 200


def test_a_session_from_before_gains_nothing_by_setting_up_another_factor(county, settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"decider"})
    before, owner = Client(), Client()
    sign_in(before, "gaoyuan")
    sign_in(owner, "gaoyuan")
    user = User.objects.get(username="gaoyuan")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "1", "credential": {}})

    turned_on(before)

    assert before.get("/desk/").headers["Location"] == "/account/second-factor-needed/"


def test_the_key_is_sealed_and_gone_from_the_session(client):
    secret = turned_on(client)

    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret, later=1))
    assert secret not in str(dict(client.session))


def test_the_code_is_drawn_without_style_or_script(client):
    page = client.get("/account/codes/on/").content.decode()
    drawing = page[page.index('<svg class="segno') if '<svg class="segno' in page else page.rindex("<svg") :]
    drawing = drawing[: drawing.index("</svg>")]

    assert "path" in drawing
    assert "style" not in drawing
    assert "<script" not in drawing


def test_recovery_codes_stand_in_and_new_ones_end_the_old(client):
    secret = turned_on(client)
    page = client.post("/account/recovery-codes/")
    codes = re.findall(r"<code>(\d{12})</code>", page.content.decode())
    newer = re.findall(r"<code>(\d{12})</code>", client.post("/account/recovery-codes/").content.decode())

    elsewhere = Client()
    sign_in(elsewhere)

    assert elsewhere.post("/account/second-factor/", {"code": codes[0]}).status_code == 200
    assert elsewhere.post("/account/second-factor/", {"code": newer[0]}).status_code == 302
    assert len(codes) == len(newer) == 10
    assert secret


def test_codes_are_turned_off_only_by_whoever_shows_again_who_they_are(client, settings):
    turned_on(client)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    asked = client.get("/account/codes/off/")
    again = client.get(asked.headers["Location"])

    assert asked.headers["Location"].startswith("/account/again/")
    assert "再次确认" in text_of(again)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    assert client.post("/account/again/", {"password": "wrong", "next": "/account/codes/off/"}).status_code == 200
    back = client.post("/account/again/", {"password": PASSWORD, "next": "/account/codes/off/"})
    assert back.headers["Location"] == "/account/codes/off/"
    assert client.post("/account/codes/off/").status_code == 302
    assert not Authenticator.objects.filter(type="totp").exists()


def test_a_step_that_counts_is_for_whoever_has_just_signed_in(client, settings):
    @step_up.freshly
    def seal(request):
        return HttpResponse("sealed")

    request = RequestFactory().get("/seal/")
    request.session, request.user = client.session, User.objects.get(username="baihe")

    with request_context(request):
        assert seal(request).content == b"sealed"
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
        answer = seal(request)

    assert answer.headers["Location"] == "/account/again/?next=%2Fseal%2F"


def test_a_post_that_needs_a_second_factor_waits_for_it(county, settings):
    settings.SECOND_FACTOR_POSTS = frozenset({"decider"})
    decider, clerk = Client(), Client()
    sign_in(decider, "gaoyuan")
    sign_in(clerk, "zhouning")

    assert clerk.get("/hall/").status_code == 200
    sent = decider.get("/desk/")
    assert sent.headers["Location"] == "/account/second-factor-needed/"
    assert "二次验证" in text_of(decider.get("/account/second-factor-needed/"))
    secret = turned_on(decider)
    assert decider.get("/desk/").status_code == 200, "who has just set it up has shown it"

    again = Client()
    assert sign_in(again, "gaoyuan").headers["Location"].startswith("/account/second-factor/")
    assert again.get("/desk/").status_code == 302
    shown = again.post("/account/second-factor/", {"code": code_of(secret, later=1)})
    assert shown.status_code == 302
    assert again.get("/desk/").status_code == 200
    assert decider.post("/sign-out/").status_code == 302


def test_a_closed_account_is_opened_by_nothing(client, county):
    secret = turned_on(client)
    elsewhere = Client()
    sign_in(elsewhere)
    User.objects.filter(username="baihe").update(is_active=False)

    answer = elsewhere.post("/account/second-factor/", {"code": code_of(secret, later=1)}, follow=True)

    assert "登录" in text_of(answer)
    assert elsewhere.get("/account/").status_code == 302
    request = RequestFactory().get("/")
    request.session, request.user = elsewhere.session, User.objects.get(username="baihe")
    with request_context(request):
        stopped = perform_login(request, Login(user=request.user))
    assert stopped.headers["Location"] == "/account/not-arrived/account_closed/"
