"""The conformance suite of time limits, run against the engine: the files other systems run are answered here too.

`tools/make_conformance.py` writes the files, with the oracle's answers.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.properties.conformance import by_the_engine, by_the_oracle, calendar_of

FOLDER = Path(__file__).parents[2] / "conformance" / "timelimits"
FILES = sorted(path.name for path in FOLDER.glob("*.json") if path.name != "schema.json")

pytestmark = pytest.mark.property


@cache
def read(name: str) -> Any:
    """A file of the suite."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def cases() -> Iterator[tuple[Any, Any]]:
    """(case, its calendar) of every file."""
    for name in FILES:
        for each in read(name)["cases"]:
            yield each, read(name)["calendars"][each["calendar"]]


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_the_shape_that_the_schema_says(name: str) -> None:
    jsonschema_rs.validator_for(read("schema.json")).validate(read(name))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda case: case.pop("calendar"),
        lambda case: case.update(asks="when"),
        lambda case: case.update(start="13 February"),
        lambda case: case["limit"].update(unit="fortnight"),
        lambda case: case.update(expect={"due": "2026-02-14"}),
        lambda case: case.update(hint="Saturday"),
    ],
)
def test_the_schema_refuses_what_is_no_case(spoil: Any) -> None:
    document = deepcopy(read("due.json"))
    spoil(document["cases"][0])

    assert not jsonschema_rs.validator_for(read("schema.json")).is_valid(document)


@pytest.mark.parametrize("name", FILES)
def test_the_engine_answers_every_case_as_the_suite_does(name: str) -> None:
    document = read(name)
    calendars = {key: calendar_of(plain) for key, plain in document["calendars"].items()}

    for case in document["cases"]:
        plain = document["calendars"][case["calendar"]]
        assert by_the_engine(case, plain, calendars[case["calendar"]]) == case["expect"], (case["id"], case["rule"])


def test_the_answers_are_the_oracles_and_nobody_changed_one() -> None:
    """Of days every case; of minutes, which the oracle walks one by one, those that are over on the same day."""
    compared = 0
    for case, plain in cases():
        told = case["expect"].get("due_at", case.get("end", ""))
        if case["asks"] in ("due_at", "spent") and told[:10] != case["start"][:10]:
            continue
        assert by_the_oracle(case, plain) == case["expect"], (case["id"], case["rule"])
        compared += 1
    assert compared > 350


def test_there_are_enough_cases_of_every_kind_and_each_has_its_own_name() -> None:
    names = [case["id"] for case, _ in cases()]

    assert len(names) == len(set(names)) >= 300
    asked = {case["asks"] for case, _ in cases()}
    assert asked == {"due", "ledger", "count", "due_at", "spent", "elapsed", "latest_before"}
    assert {each["unit"] for case, _ in cases() if (each := case.get("limit"))} == {
        *("working_day", "calendar_day", "month", "hour", "minute")
    }


@pytest.mark.requirement("M158")
def test_the_days_of_a_report_are_counted_as_its_source_counts_them() -> None:
    """用时39天: from 6 March to 13 April, both counted."""
    (case,) = [case for case, _ in cases() if case["rule"].startswith("6 March to 13 April")]

    assert case["expect"] == {"days": 39}
    assert case["inclusive"]
