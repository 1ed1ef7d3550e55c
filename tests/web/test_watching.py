"""What a watcher sees: health, figures and logs, and nothing of anybody's."""

import json
import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from banjie.web import health, logs, metrics

pytestmark = pytest.mark.database


@pytest.fixture
def lines(capsys):
    """The log lines written so far."""
    logs.set_up()
    capsys.readouterr()

    def read():
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read


# Health


def test_a_working_process_says_it_is_well(installed):
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": True, "migrations": True})


def test_a_database_that_lacks_a_migration_is_not_well(installed):
    health._seen_applied.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'catalogue'")

    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()["migrations"]) == (503, False)


def test_a_database_that_does_not_answer_is_not_well(installed, monkeypatch):
    connection.close()
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "NAME", "/nowhere/at/all")

        answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()["database"]) == (503, False)


# Figures


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
        ("", {}, 404),
        ("192.0.2.7", {"Authorization": "Bearer watcher"}, 200),
        ("192.0.2.7", {"Authorization": "Bearer watchers"}, 404),
        ("192.0.2.7", {"Authorization": "watcher"}, 404),
    ],
)
def test_figures_are_for_this_machine_and_for_whoever_names_the_token(installed, address, headers, status):
    with override_settings(METRICS_TOKEN="watcher"):
        answer = Client(headers=headers).get("/metrics", REMOTE_ADDR=address)

    assert answer.status_code == status


def test_an_empty_token_opens_nothing(installed):
    with override_settings(METRICS_TOKEN=""):
        answer = Client(headers={"Authorization": "Bearer "}).get("/metrics", REMOTE_ADDR="192.0.2.7")

    assert answer.status_code == 404


def test_commands_and_tries_are_counted():
    before = metrics.page().decode()
    assert 'outcome="a_code_of_this_test"' not in before

    metrics.command("accept", "a_code_of_this_test")
    metrics.retry()

    assert 'banjie_commands_total{kind="accept",outcome="a_code_of_this_test"} 1.0' in metrics.page().decode()


def test_gauges_are_asked_when_somebody_looks_and_one_that_fails_hides_no_other(lines, monkeypatch):
    monkeypatch.setattr(metrics, "_asked", {})
    metrics.measure("open_cases", lambda: 7)
    metrics.measure("parked_streams", lambda: {"inbox": 2})
    metrics.measure("feed_lag", lambda: 1 // 0)

    page = metrics.page().decode()

    assert "banjie_open_cases 7.0" in page
    assert 'banjie_parked_streams{follower="inbox"} 2.0' in page
    assert "banjie_feed_lag" not in page
    assert [line["fault"] for line in lines()] == ["ZeroDivisionError"]
    with pytest.raises(KeyError):
        metrics.measure("the weather", lambda: 1)


# Logs


def test_a_request_is_one_line_without_its_address(browser, people, lines):
    browser("clerk").get("/window/secret-number/?q=secret-query", headers={"X-Request-ID": "abc-12345678"})

    (line,) = lines()
    assert "secret" not in json.dumps(line)
    assert (line["method"], line["route"], line["status"]) == ("GET", "window/<str:number>/", 200)
    assert (line["actor"], line["request_id"]) == (people["clerk"].pseudonym, "abc-12345678")


@pytest.mark.parametrize("given", ["x", 'a"b-12345678', "a\tb-12345678", "ä" * 12, "a" * 65])
def test_a_malformed_request_id_is_replaced(installed, lines, given):
    answer = Client(headers={"X-Request-ID": given}).get("/anybody/")

    (line,) = lines()
    assert line["request_id"] == answer.headers["X-Request-ID"] != given
    assert len(line["request_id"]) == 24


def test_a_page_that_is_not_there_does_not_show_what_was_asked_for(installed, lines):
    Client().get("/secret-number/")

    written = lines()
    assert "secret" not in json.dumps(written)
    assert sorted(line["event"] for line in written) == ["request", "request failed"]


def test_a_failure_is_logged_without_anybodys_data(installed, lines):
    client = Client(raise_request_exception=False)

    assert client.get("/broken/").status_code == 500

    written = lines()
    text = json.dumps(written, ensure_ascii=False)
    assert "白禾" not in text
    assert "13800000003" not in text
    (line,) = [each for each in written if "fault" in each]
    assert (line["fault"], line["fault_says"]) == ("ValueError", "cannot read '…' of …")
    assert "broken" in line["fault_at"][-1]


def test_what_others_log_stays_on_one_line(lines):
    logging.getLogger("another.library").warning("first\nsecond\x1b[31m %s", '{"forged": true}')

    (line,) = lines()
    assert line["event"] == "first"
    assert line["level"] == "warning"
    assert line["logger"] == "another.library"


def test_what_must_not_be_logged_is_dropped():
    given = {"event": "x" * 500, "password": "p", "name": "白禾", "actor": "p-1"}

    kept = logs.scrub(None, "info", given)

    assert kept == {"event": "x" * 200 + "…", "actor": "p-1"}
