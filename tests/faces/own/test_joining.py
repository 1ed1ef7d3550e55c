"""Signing up, a forgotten password, and what is known of me: as one meets them in a browser."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from banjie.records.accounts import passwords
from banjie.records.accounts.models import User
from banjie.records.parties import queries
from banjie.records.parties.models import Party
from banjie.store.log import read
from banjie.web import clock
from tests.cast import demo_id_card, demo_uscc
from tests.faces.pages import errors_of, text_of

pytestmark = pytest.mark.database

PASSWORD = "three unlike words"
PERSON = {
    "name": "白小禾",
    "id_number": demo_id_card(71),
    "phone": "13800000071",
    "username": "bai.he",
    "password": PASSWORD,
    "privacy": "on",
    "true_particulars": "on",
}
ENTERPRISE = {
    **PERSON,
    "name": "云岭县示范商行",
    "id_number": demo_uscc(71),
    "legal_representative": "白小禾",
    "username": "shangxing",
}
CODE = re.compile(r"<code>(\d{12})</code>")


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


@pytest.mark.parametrize(("kind", "told"), [("person", PERSON), ("enterprise", ENTERPRISE)])
def test_somebody_signs_up_and_is_in(installed, kind, told):
    client = Client()

    page = client.post(f"/account/sign-up/{kind}/", told, follow=True)

    assert page.redirect_chain[-1][0] == "/account/welcome/"
    assert "注册成功" in text_of(page)
    row = Party.objects.get()
    user = User.objects.get(username=told["username"])
    assert (row.id, row.kind, row.level) == (user.pseudonym, kind, "declared")
    assert queries.particulars(row)["name"] == told["name"]
    assert read.plain(read.entries(row.stream)[0])["consents"] == ["privacy", "true_particulars"]
    home = client.get("/account/")
    assert (told["name"] in text_of(home)) is (kind == "enterprise")
    assert told["phone"] not in home.content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(installed):
    told = {**PERSON, "id_number": "999921198108040318", "username": "白禾", "password": "short"}
    del told["privacy"]

    page = Client().post("/account/sign-up/person/", told)

    assert page.status_code == 422
    assert errors_of(page).keys() == {"id_number", "username", "password", "privacy"}
    content = page.content.decode()
    assert 'value="白小禾"' in content
    assert "short" not in content
    assert not User.objects.exists()


def test_signing_up_does_not_tell_whose_number_is_known(installed):
    Client().post("/account/sign-up/person/", PERSON)

    page = Client().post("/account/sign-up/person/", {**PERSON, "username": "somebody.else"}, follow=True)
    taken = Client().post("/account/sign-up/person/", PERSON)

    assert "注册成功" in text_of(page)
    assert errors_of(taken).keys() == {"username"}


def test_too_many_sign_ups_from_one_place_wait(installed):
    for _ in range(20):
        assert Client().post("/account/sign-up/person/", {}).status_code == 422

    late = Client().post("/account/sign-up/person/", PERSON)

    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert Client().post("/account/sign-up/person/", PERSON, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_recovery_codes_are_shown_once_and_each_sets_one_new_password(installed):
    client = Client()
    client.post("/account/sign-up/person/", PERSON)
    codes = CODE.findall(client.post("/account/welcome/").content.decode())
    assert len(set(codes)) == 10
    assert not CODE.search(client.get("/account/welcome/").content.decode())

    told = {"username": "Bai.He", "code": codes[0], "password": "four other unlike words"}
    done = Client().post("/account/forgotten/", told)
    again = Client().post("/account/forgotten/", {**told, "password": "five other unlike words"})

    assert "新密码已经设置" in text_of(done)
    assert again.status_code == 422
    assert User.objects.get(username="bai.he").check_password("four other unlike words")
    assert client.get("/account/").status_code == 302  # whoever was signed in is not any more
    assert str(codes[1]) not in str(list(User.objects.values()))


def test_a_code_from_the_window_is_good_for_an_hour_and_once(installed):
    Client().post("/account/sign-up/person/", PERSON)
    user = User.objects.get(username="bai.he")
    code = passwords.give_reset_code(user, clock.now())
    told = {"username": "bai.he", "code": code.lower(), "password": "four other unlike words"}

    assert Client().post("/account/forgotten/", told).status_code == 200
    assert Client().post("/account/forgotten/", told).status_code == 422
    late = passwords.give_reset_code(user, clock.now() - passwords.LIFE)
    assert passwords.may_reset("bai.he", late, clock.now()) is None


def test_a_forgotten_password_tells_nobody_who_has_an_account(installed):
    Client().post("/account/sign-up/person/", PERSON)
    User.objects.create_user("officer", PASSWORD, "staff", display_name="某某")
    told = {"code": "000000000000", "password": "four other unlike words"}

    pages = [
        re.sub(r'(csrfmiddlewaretoken|name="username")[^>]*', "", page.content.decode())
        for name in ("bai.he", "nobody", "officer")
        if (page := Client().post("/account/forgotten/", {**told, "username": name})).status_code == 422
    ]

    assert len(pages) == 3
    assert len(set(pages)) == 1
    for _ in range(4):
        Client().post("/account/forgotten/", {**told, "username": "nobody"})
    assert Client().post("/account/forgotten/", {**told, "username": "nobody"}).status_code == 429


def test_the_password_is_changed_by_whoever_knows_it_and_other_sessions_end(installed):
    here, elsewhere = Client(), Client()
    here.post("/account/sign-up/person/", PERSON)
    elsewhere.post("/sign-in/", {"username": "bai.he", "password": PASSWORD})

    wrong = here.post("/account/password/", {"present": "no", "password": "four other unlike words"})
    done = here.post("/account/password/", {"present": PASSWORD, "password": "four other unlike words"})

    assert errors_of(wrong).keys() == {"present"}
    assert done.status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_my_particulars_are_masked_until_i_say_why_and_that_is_recorded(installed):
    client = Client()
    client.post("/account/sign-up/person/", PERSON)
    row = Party.objects.get()

    without = client.post("/account/show/", {"reason": ""})
    page = client.post("/account/show/", {"reason": "抄到申请表上"})

    assert without.status_code == 422
    assert PERSON["id_number"] not in without.content.decode()
    assert PERSON["id_number"] in text_of(page)
    assert "no-store" in page.headers["Cache-Control"]
    assert [each.kind for each in read.entries(row.stream)] == ["opened", "unmasked"]
    assert PERSON["id_number"] not in client.get("/account/").content.decode()


def test_i_change_how_i_am_reached_and_not_who_i_am(installed):
    client = Client()
    client.post("/account/sign-up/person/", PERSON)

    changed = {"phone": "13900000099", "address": "云岭县城关镇1号", "name": "别人"}
    assert client.post("/account/reached/", changed).status_code == 302
    bad = client.post("/account/reached/", {"phone": "1" * 201})

    told = queries.particulars(Party.objects.get())
    assert (told["phone"], told["name"]) == ("13900000099", "白小禾")
    assert errors_of(bad).keys() == {"phone"}


@pytest.mark.parametrize(
    "address",
    ["", "show/", "reached/", "welcome/", "password/", "security/", "mandates/", "mandates/give/", "codes/on/"],
)
def test_a_visitor_is_asked_to_sign_in(installed, address):
    answer = Client().get(f"/account/{address}")

    assert answer.status_code in (302, 405)
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "name", ["email", "signup", "password/reset", "login", "3rdparty", "confirm-email", "sessions"]
)
def test_nothing_of_the_library_is_offered_that_we_do_not_route(installed, name):
    for prefix in ("/account/", "/accounts/"):
        assert Client().get(f"{prefix}{name}/").status_code == 404
