"""T28: sessions are neither planted nor used again, guessing takes long, every unsafe address asks for its mark."""

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import util
from time import process_time

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import checks
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from banjie.config import settings as module
from banjie.records.accounts import password_rules, sessions
from banjie.records.accounts.models import PastPassword, Session, User
from banjie.records.organisation.models import Staff
from banjie.web import clock, throttle
from banjie.web.models import Tries
from tests.faces.pages import text_of
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.database

SOAK = bool(os.environ.get("BANJIE_SOAK"))
COOKIE = settings.SESSION_COOKIE_NAME

NO_MARK = {
    "language": "stands on every page and changes how pages look",
    "look": "stands on every page and changes how pages look",
    "log_add_checkpoint": "acts for nobody who is signed in: the log's own signature says who asks",
    "carrier_calls": "no session: the carrier's signature says who calls",
    "payment_calls": "no session: the provider's signature says who calls",
}
"""Addresses that take a POST without the mark of a session, and why that gives nobody anything."""


@pytest.fixture(autouse=True)
def whole_house(pages: None) -> Iterator[None]:
    """All addresses of the house, not those of tests/web."""
    with override_settings(ROOT_URLCONF="banjie.config.urls"):
        yield


class Slow(PBKDF2PasswordHasher):
    """Slow enough that a password that is not looked at would be noticed."""

    iterations = 60_000


def sign_in(client: Client, username: str = "clerk", password: str = PASSWORD, address: str = "192.0.2.7") -> int:
    told = {"username": username, "password": password}
    return client.post("/sign-in/", told, REMOTE_ADDR=address).status_code


def signed_in(username: str = "clerk", **more: str) -> Client:
    client = Client()
    assert sign_in(client, username, **more) == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# Planting and using again


def test_a_planted_session_is_nobodys(people):
    visitor, owner = Client(), Client()
    visitor.cookies[COOKIE] = owner.cookies[COOKIE] = "planted0planted0planted0planted0"

    assert sign_in(owner) == 302

    assert owner.cookies[COOKIE].value != "planted0planted0planted0planted0"
    assert is_in(owner)
    assert not is_in(visitor)
    anonymous = sessions.SessionStore()
    anonymous["kept"] = 1
    anonymous.save()
    fixed, owner = anonymous.session_key, Client()
    owner.cookies[COOKIE] = fixed
    sign_in(owner)
    assert owner.cookies[COOKIE].value != fixed
    assert not Session.objects.filter(session_key=fixed).exists()


@pytest.mark.parametrize("how", ["sign_out", "password", "posts", "unit_left", "suspension", "everywhere", "ended"])
def test_a_session_that_is_over_opens_nothing_again(people, how):
    one, other = signed_in(), signed_in()
    taken = one.cookies[COOKIE].value
    if how == "sign_out":
        one.post("/sign-out/")
    elif how == "password":
        told = {"present": PASSWORD, "password": "Another horse battery 7"}
        assert other.post("/account/password/", told).status_code == 302
    elif how == "posts":
        Staff.objects.filter(user=people["clerk"]).update(posts=["officer"])
    elif how == "unit_left":
        Staff.objects.filter(user=people["clerk"]).update(until=clock.today() - timedelta(days=1))
    elif how == "suspension":
        User.objects.filter(pk=people["clerk"].pk).update(is_active=False)
    elif how == "everywhere":
        assert other.post("/account/signed-in/end/").status_code == 302
    else:
        row = Session.objects.get(session_key=taken)
        assert other.post(f"/account/signed-in/{sessions.name_of(row)}/end/").status_code == 302

    again = Client()
    again.cookies[COOKIE] = taken

    assert not is_in(again)
    assert not is_in(one)
    # Who changed the password stays; so does the browser that ended another.
    assert is_in(other) == (how in ("sign_out", "password", "ended"))


def test_one_sees_where_one_is_signed_in_and_ends_only_ones_own(people):
    mine, theirs = signed_in("shanju"), signed_in("clerk")
    row = Session.objects.get(session_key=theirs.cookies[COOKIE].value)

    page = mine.get("/account/signed-in/")

    assert "当前浏览器" in text_of(page)
    assert theirs.cookies[COOKIE].value not in page.content.decode()
    assert mine.cookies[COOKIE].value not in page.content.decode()
    assert mine.post(f"/account/signed-in/{sessions.name_of(row)}/end/").status_code == 404
    assert is_in(theirs)


# Time


@pytest.mark.parametrize(("who", "idle"), [("clerk", 1800), ("machine", 1800), ("shanju", 7200)])
def test_a_session_ends_when_nothing_is_done_in_it(people, who, idle):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = signed_in(who)
        for _ in range(3):
            traveller.shift(timedelta(seconds=idle - 10))
            assert is_in(client)
        traveller.shift(timedelta(seconds=idle + 10))

        sent = client.get("/account/")

        assert sent.headers["Location"] == "/sign-in/?ended=idle&next=/account/"
        assert "有一段时间没有操作" in text_of(client.get(sent.headers["Location"]))
        assert not is_in(client)


def test_a_session_ends_some_hours_after_signing_in_whatever_is_done_in_it(people):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = signed_in()
        for _ in range(settings.SESSION_COOKIE_AGE // 1740 + 1):
            assert is_in(client)
            traveller.shift(timedelta(minutes=29))

        assert not is_in(client)


def test_staying_costs_one_statement_a_minute(people):
    def asked(client: Client) -> list[str]:
        with CaptureQueriesContext(connection) as statements:
            client.get("/account/security/")
        return [each["sql"] for each in statements if "accounts_session" in each["sql"]]

    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = signed_in("shanju")
        first = asked(client)
        traveller.shift(timedelta(seconds=61))
        second, third = asked(client), asked(client)

    assert [each.split()[0] for each in first] == [each.split()[0] for each in third] == ["SELECT"]
    assert [each.split()[0] for each in second] == ["SELECT", "UPDATE"]


def test_staff_are_signed_in_with_so_many_browsers_and_no_more(people):
    browsers = [signed_in() for _ in range(settings.STAFF_SESSIONS + 1)]
    citizens = [signed_in("shanju") for _ in range(settings.STAFF_SESSIONS + 1)]

    assert [is_in(each) for each in browsers] == [False] + [True] * settings.STAFF_SESSIONS
    assert all(is_in(each) for each in citizens)
    ended = Client()
    ended.cookies[COOKIE] = Session.objects.get(ended="signed_in_elsewhere").session_key
    assert "超过了每人的上限" in text_of(ended.get("/account/", follow=True))


def test_a_request_that_was_under_way_does_not_bring_an_ended_session_back(people):
    client = signed_in()
    store = sessions.SessionStore(client.cookies[COOKIE].value)
    store["written"] = "late"
    sessions.end(sessions.of(people["clerk"], clock.now()), "ended_by_owner")

    with pytest.raises(sessions.UpdateError):
        store.save()

    assert not is_in(client)


def test_what_is_over_is_swept_away(people):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        signed_in()
        sign_in(Client(), password="wrong")
        assert (sessions.sweep(clock.now()), throttle.sweep(clock.now())) == (0, 0)
        traveller.shift(timedelta(days=91))

        assert sessions.sweep(clock.now()) == 1
        assert throttle.sweep(clock.now()) > 0
        assert not Tries.objects.exists()


# Guessing


def test_each_further_mistake_waits_longer_in_every_process(people):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(5):
            assert sign_in(Client(), password="wrong") == 422
        cache.clear()
        assert sign_in(Client()) == 429
        waits = []
        for _ in range(4):
            waits.append(throttle.seconds_left("clerk", "192.0.2.7") // 60)
            traveller.shift(timedelta(seconds=throttle.seconds_left("clerk", "192.0.2.7")))
            assert sign_in(Client(), password="wrong") == 422

        assert waits == [15, 30, 60, 60]
        traveller.shift(timedelta(hours=1, seconds=1))
        assert sign_in(Client()) == 302


def test_guessing_from_everywhere_keeps_strangers_out_and_the_owner_in(people):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert sign_in(Client(), address="198.51.100.1") == 302  # where the owner has been before
        answers = [throttle.count_try("clerk", f"203.0.113.{number}") for number in range(21)]

        assert answers == [True] * 20 + [False]
        assert sign_in(Client(), address="203.0.113.99") == 429
        assert sign_in(Client(), address="198.51.100.1") == 302
        for number in range(60):
            throttle.count_try("clerk", f"192.0.2.{number}")
        assert throttle.seconds_left("clerk", "203.0.113.99") <= throttle.LONGEST_OF_ALL + 1
        traveller.shift(timedelta(seconds=throttle.LONGEST_OF_ALL + 1))
        assert sign_in(Client(), address="203.0.113.99") == 302
        # Neither a name nor an address stands in the table.
        assert "clerk" not in str(list(Tries.objects.values()))
        assert "203.0.113" not in str(list(Tries.objects.values()))


def test_whether_a_name_exists_cannot_be_measured(people):
    """In work of this process, which a busy machine does not change, and in questions to the database, one by one."""
    times: dict[str, list[float]] = {"clerk": [], "nobody": []}
    asked: dict[str, set[int]] = {"clerk": set(), "nobody": set()}
    rounds = 200 if SOAK else 9
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.Slow"]):
        people["clerk"].set_password(PASSWORD)
        people["clerk"].save()
        sign_in(Client(), "another", "wrong")  # what a process asks once in its life
        for number in range(rounds):
            for name, taken in times.items():
                Tries.objects.all().delete()
                with CaptureQueriesContext(connection) as queries:
                    started = process_time()
                    assert sign_in(Client(), name, "wrong", f"192.0.2.{number % 250}") == 422
                    taken.append(process_time() - started)
                asked[name].add(len(queries))

    known, unknown = (statistics.median(each) for each in times.values())
    assert abs(known - unknown) < 0.35 * max(known, unknown)
    assert asked["clerk"] == asked["nobody"]


# What staff owe


def test_staff_show_a_second_factor_wherever_nobody_has_said_otherwise(people):
    clerk, officer, operator, citizen = (signed_in(each) for each in ("clerk", "officer", "machine", "shanju"))

    with override_settings(SECOND_FACTOR_POSTS=None):
        for client in (clerk, operator):
            assert client.get("/operating/").headers["Location"] == "/account/second-factor-needed/"
        assert citizen.get("/cases/").status_code == 200
    with override_settings(SECOND_FACTOR_POSTS=frozenset({"officer"})):
        assert clerk.get("/hall/").status_code == 200
        assert officer.get("/desk/").headers["Location"] == "/account/second-factor-needed/"


def test_a_password_of_staff_is_changed_after_ninety_days_and_a_citizens_never(people):
    with override_settings(PASSWORD_DAYS=90), time_machine.travel(clock.now() + timedelta(days=91)):
        assert signed_in("clerk").get("/hall/").headers["Location"] == "/account/password/"
        assert signed_in("shanju").get("/cases/").status_code == 200
    with override_settings(PASSWORD_DAYS=0), time_machine.travel(clock.now() + timedelta(days=91)):
        assert signed_in("clerk").get("/hall/").status_code == 200


def test_the_last_five_passwords_of_staff_are_not_set_again(people):
    clerk, given = people["clerk"], [f"Correct horse {number} battery" for number in range(7)]
    for each in given:
        clerk.set_password(each)
        clerk.save(update_fields=["password", "password_set_at"])

    rule = password_rules.History()

    assert PastPassword.objects.filter(user=clerk).count() == 5
    for each in given[2:]:
        with pytest.raises(password_rules.ValidationError):
            rule.validate(each, clerk)
    rule.validate(given[0], clerk)
    rule.validate(given[6], people["applicant"])
    for weak in ("all small letters", "ALL CAPITALS AND"):
        with pytest.raises(password_rules.ValidationError):
            password_rules.Classes().validate(weak, clerk)
    password_rules.Classes().validate("all small letters", people["applicant"])


# Every unsafe address, and every cookie


def addresses() -> Iterator[tuple[str, URLPattern]]:
    def walk(patterns: list, before: str) -> Iterator[tuple[str, URLPattern]]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, before + str(each.pattern))
            else:
                yield before + str(each.pattern), each

    yield from walk(get_resolver("banjie.config.urls").url_patterns, "")


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What stands in for the page that says no, which would be drawn three hundred times."""
    return HttpResponse("no mark", status=403)


@override_settings(CSRF_FAILURE_VIEW=f"{__name__}.refused")
def test_no_address_takes_a_post_without_the_mark_but_those_named_here(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["clerk"])
    took, walked = [], 0
    for route, pattern in addresses():
        if getattr(pattern.callback, "csrf_exempt", False) or route.startswith("api/"):
            if pattern.name not in NO_MARK and not route.startswith("api/"):
                took.append(f"{route}: takes a POST without a mark, and nobody says why")
            continue
        walked += 1
        path = "/" + _filled(route)
        for method in ("post", "put", "patch", "delete") if SOAK else ("post",):
            answer = getattr(client, method)(path)
            if answer.status_code not in (403, 404):
                took.append(f"{method} {path}: {answer.status_code}")

    assert took == []
    assert walked > 200


def _filled(route: str) -> str:
    """An address with something in each place that a converter takes."""
    values = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "date": "2026-03-02"}
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "x"), route)


def test_the_api_knows_no_session(people):
    client = signed_in()

    answer = client.get("/api/v1/cases", headers={"accept": "application/json"})

    assert answer.status_code == 401


def test_cookies_are_for_our_pages_and_no_script(people):
    with override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):
        client = Client()
        client.get("/sign-in/", secure=True)
        client.post("/sign-in/", {"username": "clerk", "password": PASSWORD}, secure=True)

    for name in (COOKIE, settings.CSRF_COOKIE_NAME):
        told = client.cookies[name]
        assert told["httponly"]
        assert told["samesite"] == "Lax"
        assert told["secure"]
        assert told["domain"] == ""


def test_an_installation_behind_tls_passes_every_check_of_a_deployment(database, monkeypatch):
    monkeypatch.setenv("BANJIE_TLS", "1")
    monkeypatch.setenv("BANJIE_SECRET_KEY", "Zq3-" * 5 + "n0tTheSame_EverAgain.xYw7!" * 2)
    spec = util.spec_from_file_location("banjie_settings_behind_tls", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    behind_tls = util.module_from_spec(spec)
    spec.loader.exec_module(behind_tls)
    told = {name: getattr(behind_tls, name) for name in vars(behind_tls) if name.startswith(("SE", "CSRF", "X_", "SI"))}

    with override_settings(**told, DEBUG=False):
        found = checks.run_checks(tags=["security"], include_deployment_checks=True)

    assert behind_tls.SILENCED_SYSTEM_CHECKS == []
    assert found == []


@pytest.mark.skipif(not SOAK, reason="two seconds of another process; the settings alone are checked above")
def test_the_command_says_so_too(tmp_path):
    told = {
        "BANJIE_TLS": "1",
        "BANJIE_DATA_DIR": str(tmp_path),
        "BANJIE_SECRET_KEY": "Zq3-" * 8 + "not_the_same.xYw7!" * 2,
    }
    command = [sys.executable, "-m", "banjie.command", "manage", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "0 silenced" in done.stdout
