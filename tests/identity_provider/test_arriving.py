"""Signing in through a province's identity provider: a real OpenID Connect server, over HTTP."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import signing

from banjie.config.environment import Misconfigured
from banjie.config.identity_provider import origins, providers
from banjie.records.accounts.models import Kind, Session, User
from banjie.records.parties import queries, register, sign_up
from banjie.records.parties.models import Level, Party
from banjie.store.log import read
from banjie.web import clock
from tests.cast import demo_id_card
from tests.faces.pages import text_of
from tests.identity_provider.conftest import PEOPLE, Somebody, told_of

pytestmark = pytest.mark.database


def user_of(somebody: Somebody) -> User | None:
    """Whose account this browser is signed in to."""
    key = somebody.ours.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def everything_kept() -> str:
    """What the tables of accounts and sessions hold, sessions opened."""
    rows = [*User.objects.values(), *SocialAccount.objects.values()]
    sessions = [each.get_decoded() for each in Session.objects.all()]
    return json.dumps([*rows, *sessions], default=str, ensure_ascii=False)


def signed_in_a_moment_ago(somebody: Somebody, user: User) -> None:
    """As after the sign-in page, which keeps what was shown and when."""
    session = somebody.ours.session
    session["account_authentication_methods"] = [{"method": "password", "at": clock.now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.fixture
def assured(installed, provider):
    return provider


def test_somebody_the_province_vouches_for_is_signed_in_and_known(assured):
    bai = Somebody("bai")

    page = bai.arrives(next="/account/")

    user = user_of(bai)
    assert user is not None
    assert (user.kind, user.has_usable_password()) == (Kind.APPLICANT, False)
    row = Party.objects.get(id=user.pseudonym)
    told = queries.particulars(row)
    assert (row.level, told["name"], told["id_number"], told["phone"]) == (
        Level.IDENTITY_PROVIDER,
        "白小禾",
        demo_id_card(71),
        "13800000071",
    )
    assert page.redirect_chain[-1][0] == "/account/"
    assert "白*禾" in text_of(page)
    assert "白小禾" not in page.content.decode()
    again = Somebody("bai")
    again.arrives()
    assert user_of(again) == user
    assert User.objects.filter(pseudonym=user.pseudonym).count() == 1


def test_of_the_provider_a_digest_is_kept_and_nothing_else(assured):
    bai = Somebody("bai")
    bai.arrives()

    link = SocialAccount.objects.get()
    assert link.extra_data == {}
    assert (len(link.uid), SocialToken.objects.count(), EmailAddress.objects.count()) == (64, 0, 0)
    kept = everything_kept()
    for datum in (*PEOPLE["bai"].values(), "bai@example.com", '"bai"'):
        assert datum not in kept


def test_the_code_is_bound_to_this_browser_by_state_verifier_and_nonce(assured):
    bai = Somebody("bai")

    back = bai.goes()

    assert {"state", "nonce", "code_challenge", "scope"} <= bai.asked.keys()
    assert bai.asked["code_challenge_method"] == ["S256"]
    assert "auth_params" not in bai.asked
    thief = Somebody("bai")
    assert thief.ours.get(back, follow=True).status_code == 403
    assert user_of(thief) is None
    assert bai.ours.get(back, follow=True).status_code == 200
    assert bai.ours.get(back, follow=True).status_code == 403  # a code is good once


@pytest.mark.parametrize("change", ["state=forged", "code=forged", "error=server_error"])
def test_what_was_changed_on_the_way_signs_nobody_in(assured, change):
    bai = Somebody("bai")
    back = urlsplit(bai.goes())
    name, _, value = change.partition("=")
    query = {key: values[0] for key, values in parse_qs(back.query).items()} | {name: value}

    page = bai.ours.get(back.path, query, follow=True)

    assert page.status_code == 403
    assert "没有登录" in text_of(page)
    assert user_of(bai) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("fault", ["nonce", "expired", "issuer", "audience", "two people"])
def test_a_token_with_a_fault_signs_nobody_in(assured, fault):
    assured.suffers_from(fault)
    bai, before = Somebody("bai"), Party.objects.count()

    page = bai.arrives()

    assert page.status_code == 403, text_of(page)
    assert user_of(bai) is None
    assert (Party.objects.count(), SocialAccount.objects.count()) == (before, 0)
    assured.suffers_from("")
    bai.arrives()
    assert user_of(bai) is not None


def test_an_unsigned_token_is_not_looked_at(assured, monkeypatch):
    real = json.loads

    def unsigned(text, **more):
        told = real(text, **more)
        if isinstance(told, dict) and "id_token" in told:
            _, body, _ = told["id_token"].split(".")
            header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
            told["id_token"] = f"{header}.{body}."
        return told

    monkeypatch.setattr("requests.models.complexjson.loads", unsigned)
    bai = Somebody("bai")

    assert bai.arrives().status_code == 403
    assert user_of(bai) is None


def test_whoever_breaks_off_over_there_is_told_so_kindly(assured):
    bai = Somebody("bai")
    state = parse_qs(urlsplit(bai.goes()).query)["state"][0]

    page = bai.ours.get("/account/through/province/back/", {"error": "access_denied", "state": state}, follow=True)

    assert page.status_code == 200
    assert "取消" in text_of(page)


def test_a_provider_that_is_down_is_a_clear_page_and_nothing_is_lost(assured):
    bai, late = Somebody("bai"), Somebody("bai")
    back = late.goes()
    assured.stop()
    try:
        page = bai.ours.post("/account/through/province/", follow=True)
        coming_back = late.ours.get(back, follow=True)
    finally:
        assured.start()

    for each in (page, coming_back):
        assert each.status_code == 502
        assert "没有响应" in text_of(each)
        assert "没有丢失" in text_of(each)
    bai.arrives()
    assert user_of(bai) is not None


def test_an_account_that_only_declares_the_number_is_not_handed_over(assured):
    told = {"kind": "person", "name": "白小禾", "id_type": "id_card", "id_number": demo_id_card(71), "phone": "1"}
    squatter = sign_up.sign_up("squatter", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())
    bai = Somebody("bai")

    bai.arrives()

    owner = user_of(bai)
    assert owner is not None
    assert owner.pk != squatter.pk
    assured_party = register.find_assured(demo_id_card(71))
    assert assured_party is not None
    assert assured_party.id == owner.pseudonym
    assert Party.objects.get(id=squatter.pseudonym).level == Level.DECLARED


def test_a_party_the_window_has_seen_is_found_by_its_number(assured):
    told = {"kind": "person", "name": "汤小岚", "id_type": "id_card", "id_number": demo_id_card(72), "phone": "1"}
    known = register.open_party(told, by="p-clerk", at=clock.now(), level=Level.WINDOW)
    tang = Somebody("tang")

    tang.arrives()

    user = user_of(tang)
    assert user is not None
    assert user.pseudonym == known.id


def test_my_account_is_connected_and_assured(assured):
    told = {"kind": "person", "name": "白小禾", "id_type": "id_card", "id_number": demo_id_card(71), "phone": "1"}
    user = sign_up.sign_up("bai.he", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())
    bai = Somebody("bai")
    bai.ours.force_login(user)
    signed_in_a_moment_ago(bai, user)

    page = bai.arrives("/account/connect/province/")

    assert page.redirect_chain[-1][0] == "/account/"
    row = Party.objects.get(id=user.pseudonym)
    assert row.level == Level.IDENTITY_PROVIDER
    assert [each.kind for each in read.entries(row.stream)] == ["opened", "assured"]
    elsewhere = Somebody("bai")
    elsewhere.arrives()
    assert user_of(elsewhere) == user
    other = sign_up.sign_up("other.one", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())
    second = Somebody("bai")
    second.ours.force_login(other)
    signed_in_a_moment_ago(second, other)
    assert second.arrives("/account/connect/province/").status_code == 409
    assert Party.objects.get(id=other.pseudonym).level == Level.DECLARED


def test_nobody_becomes_somebody_else_by_connecting(assured):
    told = {"kind": "person", "name": "白小禾", "id_type": "id_card", "id_number": demo_id_card(71), "phone": "1"}
    user = sign_up.sign_up("bai.he", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())
    tang = Somebody("tang")
    tang.ours.force_login(user)
    signed_in_a_moment_ago(tang, user)

    page = tang.arrives("/account/connect/province/")

    assert page.status_code == 409
    row = Party.objects.get(id=user.pseudonym)
    assert (row.level, queries.particulars(row)["name"]) == (Level.DECLARED, "白小禾")
    assert not SocialAccount.objects.exists()


def test_connecting_is_for_whoever_has_just_shown_who_they_are(assured):
    told = {"kind": "person", "name": "白小禾", "id_type": "id_card", "id_number": demo_id_card(71), "phone": "1"}
    user = sign_up.sign_up("bai.he", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())
    bai = Somebody("bai")
    bai.ours.force_login(user)

    answer = bai.ours.post("/account/connect/province/")

    assert answer.headers["Location"] == "/account/again/?next=%2Faccount%2F"


@pytest.mark.parametrize("who", ["nameless", "wrong"])
def test_whoever_comes_without_a_number_that_can_be_right_is_sent_to_sign_up(assured, who):
    somebody = Somebody(who)

    page = somebody.arrives()

    assert page.status_code == 422
    assert user_of(somebody) is None
    assert not SocialAccount.objects.exists()


def test_a_provider_that_assures_nothing_makes_and_finds_no_account(installed, running_provider, settings, monkeypatch):
    told_of(running_provider, settings, monkeypatch)
    before, bai = User.objects.count(), Somebody("bai")

    page = bai.arrives()

    assert (page.status_code, User.objects.count()) == (404, before)
    assert user_of(bai) is None
    told = {"kind": "person", "name": "白小禾", "id_type": "id_card", "id_number": demo_id_card(71), "phone": "1"}
    user = sign_up.sign_up("bai.he", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())
    bai.ours.force_login(user)
    signed_in_a_moment_ago(bai, user)
    bai.arrives("/account/connect/province/")
    assert Party.objects.get(id=user.pseudonym).level == Level.DECLARED
    again = Somebody("bai")
    again.arrives()
    assert user_of(again) == user


def test_a_closed_account_is_not_opened_from_outside(assured):
    bai = Somebody("bai")
    bai.arrives()
    User.objects.filter(pk=user_of(bai).pk).update(is_active=False)

    again = Somebody("bai")

    assert again.arrives().status_code == 403
    assert user_of(again) is None


def test_a_log_in_that_took_too_long_begins_anew(assured):
    bai = Somebody("bai")
    back = bai.goes()

    with time_machine.travel(clock.now().timestamp() + 700, tick=True):
        page = bai.ours.get(back, follow=True)

    assert page.status_code == 403
    assert user_of(bai) is None


def test_without_a_provider_there_is_no_button_and_no_way(installed):
    somebody = Somebody("bai")

    assert somebody.ours.post("/account/through/province/").status_code == 404
    assert somebody.ours.get("/account/through/province/back/").status_code == 404
    assert "through/province" not in somebody.ours.get("/sign-in/").content.decode()


def test_the_sign_in_page_leads_there_and_our_policy_lets_it(assured, settings):
    page = Somebody("bai").ours.get("/sign-in/")

    assert "示范身份认证" in text_of(page)
    assert origins() == [assured.url]


@pytest.mark.parametrize(
    ("name", "value"),
    [("URL", "http://id.example.com"), ("URL", "ftp://x"), ("CLAIMS", "name"), ("CLAIMS", "password=pw")],
)
def test_a_provider_that_cannot_be_trusted_is_refused_at_the_start(monkeypatch, name, value):
    monkeypatch.setenv("BANJIE_OIDC_URL", "https://id.example.com")
    monkeypatch.setenv(f"BANJIE_OIDC_{name}", value)

    with pytest.raises(Misconfigured):
        providers()


def test_sessions_are_signed_and_hold_no_claims(assured):
    bai = Somebody("bai")
    bai.arrives()

    held = [
        signing.loads(each.session_data, salt="django.contrib.sessions.SessionStore") for each in Session.objects.all()
    ]
    assert held
    assert "白小禾" not in json.dumps(held, ensure_ascii=False)
