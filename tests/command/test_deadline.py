"""`banjie deadline`: the due date, every day of it, and why; without a database."""

import json

import pytest

from banjie.records.catalogue import rulebook
from tests.command.conftest import in_a_process

LAST = max(each["year"] for each in rulebook.years())
"""The last year of the rulebook."""


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        # Over the Spring Festival of 2026, with its working Saturdays.
        ("--from 2026-02-13 --limit 5", "2026-02-27"),
        ("--from 2026-02-13 --limit 5 --unit working_day", "2026-02-27"),
        ("--from 2026-02-13 --limit 1", "2026-02-14"),
        # A pause takes out the days on which the clock stands: the 24th and 25th.
        ("--from 2026-02-13 --limit 5 --pause 2026-02-24..2026-02-26", "2026-03-02"),
        ("--from 2026-02-13 --limit 5 --pause 2026-02-24..2026-02-24", "2026-02-27"),
        ("--from 2026-02-13 --limit 5 --pause 2026-02-24..2026-02-25 --pause 2026-02-25..2026-02-26", "2026-03-02"),
        ("--from 2026-02-13 --limit 5 --pause 2026-02-24..2026-02-26 --pause 2026-02-25..2026-02-26", "2026-03-02"),
        # Calendar days and months that end on a rest day end on the next working day, or stay.
        ("--from 2026-02-05 --limit 10 --unit calendar_day", "2026-02-24"),
        ("--from 2026-02-05 --limit 10 --unit calendar_day --stays", "2026-02-15"),
        ("--from 2026-01-31 --limit 1 --unit month", "2026-02-28"),
        ("--from 2024-01-31 --limit 1 --unit month", "2024-02-29"),
        # Day 0 never counts, and nothing counted is due that day.
        ("--from 2026-02-13 --limit 0", "2026-02-13"),
        # The Golden Week of 2025 is one with the Mid-Autumn Festival: 1 to 8 October.
        ("--from 2025-09-30 --limit 1", "2025-10-09"),
    ],
)
def test_a_due_date_is_the_last_line(banjie, arguments, due):
    code, out, err = banjie("deadline", *arguments.split())

    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == due


def test_explained_every_day_is_counted_or_not_and_says_why(banjie):
    arguments = "--from 2026-02-13 --limit 5 --unit working_day --pause 2026-02-24..2026-02-26 --explain"

    code, out, _ = banjie("deadline", *arguments.split())

    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 18 + 1
    assert lines[0].split(maxsplit=3) == ["2026-02-13", "Fri", "–", "the day it began"]
    assert lines[1].split(maxsplit=3) == ["2026-02-14", "Sat", "1", "make-up working day"]
    assert "public holiday" in lines[2]
    assert lines[11].split(maxsplit=3) == ["2026-02-24", "Tue", "–", "the clock was stopped"]
    assert lines[13].split(maxsplit=3) == ["2026-02-26", "Thu", "2", "working day"]
    assert lines[-2:] == ["2026-03-02 Mon    5  working day", "2026-03-02"]


def test_it_is_explained_in_chinese(banjie):
    _, out, _ = banjie("deadline", "--from", "2026-02-13", "--limit", "1", "--explain", "--language", "zh-Hans")

    assert "调休" in out.splitlines()[1]


def test_a_program_gets_json(banjie):
    code, out, _ = banjie("deadline", "--from", "2026-02-13", "--limit", "2", "--json")

    told = json.loads(out)
    assert code == 0
    assert (told["due"], told["provisional"]) == ("2026-02-24", False)
    assert [day["day"] for day in told["ledger"] if day["counted"]] == ["2026-02-14", "2026-02-24"]
    assert told["ledger"][0] == {"day": "2026-02-13", "counted": False, "number": 0, "reason": "day_zero"}
    assert [day["reason"] for day in told["ledger"]] == ["day_zero", "make_up_day", *["holiday"] * 9, "working_day"]


def test_a_date_that_may_still_move_says_so(banjie):
    year = next(each["year"] for each in rulebook.years() if each["status"] == "provisional")

    _, out, _ = banjie("deadline", "--from", f"{year}-03-01", "--limit", "5")
    _, told, _ = banjie("deadline", "--from", f"{year}-03-01", "--limit", "5", "--json")

    assert out.splitlines()[0] == "provisional"
    assert json.loads(told)["provisional"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        f"--from {LAST + 1}-01-05 --limit 5",
        f"--from {LAST}-12-20 --limit 30",
        f"--from {LAST}-06-01 --limit 3650 --unit calendar_day",
        "--from 9999-12-31 --limit 5 --unit calendar_day",
        "--from 2026-02-13 --limit 99999 --unit month",
        "--from 0001-01-01 --limit 5",
    ],
)
def test_a_year_that_is_not_loaded_is_never_guessed(banjie, arguments):
    code, out, err = banjie("deadline", *arguments.split())
    json_code, told, _ = banjie("deadline", "--json", *arguments.split())

    assert (code, out) == (1, "")
    assert "is not loaded" in err
    assert (json_code, json.loads(told)["code"]) == (1, "calendar_not_loaded")


def test_a_region_whose_calendar_nobody_has_is_not_taken_for_another(banjie):
    code, out, err = banjie("deadline", "--from", "2026-04-17", "--limit", "5", "--region", "GX")

    assert (code, out) == (1, "")
    assert "GX" in err


def test_it_needs_no_database(monkeypatch):
    monkeypatch.setenv("BANJIE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")

    done = in_a_process("deadline", "--from", "2026-02-13", "--limit", "5")

    assert (done.returncode, done.stdout, done.stderr) == (0, "2026-02-27\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--from 2026-02-30 --limit 5", "'2026-02-30' is no date"),
        ("--from 20260213 --limit 5", "say YYYY-MM-DD"),
        ("--from 2026-W07-5 --limit 5", "say YYYY-MM-DD"),
        ("--from tomorrow --limit 5", "'tomorrow' is no date"),
        ("--from 2026-02-13 --limit -5", "say a whole number"),
        ("--from 2026-02-13 --limit 2.5", "say a whole number"),
        ("--from 2026-02-13 --limit ٥", "say a whole number"),
        ("--from 2026-02-13 --limit 100000", "say a whole number from 0 to 99999"),
        ("--from 2026-02-13 --limit 5 --unit week", "invalid choice: 'week'"),
        ("--from 2026-02-13 --limit 5 --pause 2026-02-26..2026-02-24", "ends on or after the day it begins"),
        ("--from 2026-02-13 --limit 5 --pause 2026-02-26", "say two days"),
        ("--from 2026-02-13 --limit 5 --pause ..", "'' is no date"),
        ("--limit 5", "--from"),
        ("--from 2026-02-13", "--limit"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(banjie, arguments, says):
    code, out, err = banjie("deadline", *arguments.split())

    assert (code, out) == (2, "")
    assert says in err.splitlines()[-1]
