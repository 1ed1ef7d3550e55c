"""The receipt of dates: everything a date rests on, counted anew from that alone; whatever is changed in it shows."""

import json
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine.clocks import clocks, remedy_clocks
from banjie.engine.codec import canonical
from banjie.engine.law import Clock, Law
from banjie.engine.reckoning import Difference, Recorded, differences, reckoning, sealed
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    APPLICANT,
    CLERK,
    EXPERTS,
    HEAD,
    LAW,
    OFFICER,
    SECTION_HEAD,
    accepted,
    carried,
    decided,
    filed,
    with_steps,
)
from tests.engine.scenario import run, scenarios
from tests.engine.story import Story, calendar, day, instant, with_procedure, with_region

PAUSING = with_steps(EXPERTS, grounds=("expert_review",))


def receipt(story: Story, at: str | datetime) -> dict[str, Any]:
    """The receipt of the case of a story at an instant."""
    story.advance(at)
    recorded = [Recorded(place, fact, f"{place:064x}") for place, fact in enumerate(story.facts, 1)]
    running = [*clocks(story.state, story.law), *remedy_clocks(story.state, story.law)]
    return reckoning(story.state, story.law, running, instant(at), recorded, "installation")


def paused(law: Law = PAUSING) -> Story:
    """A case whose clock stood from 4 to 11 March for an expert review, and was extended."""
    story = carried(law)
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-11"))
    story.advance("03-12 09:00")
    story.do(c.Extend, HEAD, "03-20 09:00", reasons="材料复杂，需要核实")
    return story


def the(document: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """One clock of a receipt."""
    found: dict[str, Any] = next(each for each in document["clocks"] if each["clock"] == clock.value)
    return found


# What stands in it


def test_it_names_every_input_of_a_date_and_what_follows() -> None:
    document = receipt(paused(), "03-23 10:00")

    legal = the(document, Clock.LEGAL)
    assert legal["start"]["on"] == "2026-03-02"
    assert document["log"]["facts"][legal["start"]["fact"] - 1]["kind"] == "accepted"
    (pause,) = legal["pauses"]
    assert (pause["ground"], pause["notice"][:8], pause["told_end"]) == ("expert_review", "Q1-pause", "2026-03-11")
    assert legal["excluded"] == [["2026-03-04", "2026-03-11"]]
    assert legal["base"]["number"] + legal["extension"]["length"]["number"] == legal["limit"]["number"]
    assert legal["result"]["due"] == legal["ledger"][-1]["day"]
    assert document["calendars"][0]["years"][0]["holidays"]["2026-02-17"] == "春节"
    assert document["region"]["readings"]["pause_edges"] == "half_open"
    assert document["log"]["head"]["position"] == len(document["log"]["facts"]) == len(paused().facts)


def test_it_agrees_with_itself_and_says_so() -> None:
    for at in ("03-10 10:00", "03-23 10:00", "06-30 10:00"):
        assert differences(receipt(paused(), at)) == []


@pytest.mark.parametrize("edges", ["half_open", "after_stop", "both"])
@pytest.mark.parametrize("told", ["told", "actual"])
@pytest.mark.parametrize("moves", [False, True])
def test_every_reading_is_counted_as_it_was_read(edges: str, told: str, moves: bool) -> None:
    law = with_region(PAUSING, pause_edges=edges, told_time=told, extension_moves_promise=moves)
    document = receipt(paused(law), "04-20 10:00")

    assert differences(document) == []
    readings = document["region"]["readings"]
    assert (readings["pause_edges"], readings["told_time"]) == (edges, told)


@pytest.mark.parametrize(
    "limit",
    [
        Limit(1, Unit.MONTH),
        Limit(30, Unit.CALENDAR_DAY),
        Limit(4, Unit.HOUR),
        Limit(90, Unit.MINUTE),
        Limit(0, Unit.HOUR),
    ],
    ids=lambda limit: limit.unit.value,
)
def test_a_limit_in_any_unit_is_counted_anew(limit: Limit) -> None:
    document = receipt(accepted(with_procedure(LAW, committed_limit=limit)), "03-09 10:00")

    assert differences(document) == []
    promised = the(document, Clock.PROMISED)
    assert (promised["result"]["due_at"] is not None) == (limit.unit in (Unit.HOUR, Unit.MINUTE))


def test_a_decided_case_has_the_times_to_challenge_too() -> None:
    document = receipt(decided(LAW), "03-20 10:00")

    assert differences(document) == []
    assert the(document, Clock.CERTIFICATE)["start"]["fact"] is not None


def test_a_date_no_calendar_reaches_is_null_and_that_can_be_checked() -> None:
    known = calendar("short", without=2027)
    law = replace(LAW, calendars={"short": known}, current_calendar="short")
    story = filed(law, "12-20 09:00")

    document = receipt(story, "12-21 10:00")

    assert differences(document) == []
    assert the(document, Clock.NOTICE)["result"]["due"] is not None or document["clocks"][0]["ledger"] is None


def test_a_taken_back_acceptance_starts_nothing() -> None:
    story = filed()
    story.do(c.Accept, CLERK, "03-03 09:00")
    story.do(c.TakeBack, CLERK, "03-03 09:01")
    story.do(c.Accept, CLERK, "03-04 09:00")

    document = receipt(story, "03-05 10:00")

    again = [each["position"] for each in document["log"]["facts"] if each["kind"] == "accepted"][-1]
    assert the(document, Clock.LEGAL)["start"] == {"on": "2026-03-04", "at": "2026-03-04T09:00:00+08:00", "fact": again}
    assert differences(document) == []


def test_nobody_is_named_in_it() -> None:
    story = paused()

    text = canonical(receipt(story, "03-23 10:00")).decode()

    for private in (*map(str, story.sealed.values()), APPLICANT.id, CLERK.id, SECTION_HEAD.id, OFFICER.id):
        assert f'"{private}"' not in text
    assert "山居小馆" not in text


# What was changed


def test_one_changed_byte_anywhere_is_found() -> None:
    text = canonical(receipt(paused(), "03-23 10:00"))
    rng = random.Random(7)
    places = rng.sample(range(len(text)), 400)

    missed = []
    for place in places:
        changed = text[:place] + bytes([text[place] ^ (1 << rng.randrange(3))]) + text[place + 1 :]
        try:
            document = json.loads(changed)
        except ValueError:  # no JSON any more, or no text
            continue
        if not differences(document):
            missed.append((place, text[place - 30 : place + 30]))

    assert missed == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("clocks", Clock.LEGAL, "result", "due"), "2026-05-01", "result.due"),
        (("clocks", Clock.LEGAL, "result", "used"), 2, "result.used"),
        (("clocks", Clock.LEGAL, "result", "provisional"), True, "result.provisional"),
        (("clocks", Clock.LEGAL, "start", "on"), "2026-03-03", "result.due"),
        (("clocks", Clock.LEGAL, "limit", "number"), 31, "limit"),
        (("clocks", Clock.LEGAL, "extension"), None, "limit"),
        (("clocks", Clock.LEGAL, "pauses"), [], "excluded"),
        (("clocks", Clock.LEGAL, "excluded"), [], "excluded"),
        (("clocks", Clock.PROMISED, "calendar"), "another", "calendar"),
        (("calendars", 0, "years", 0, "holidays"), {}, "result.due"),
        (("region", "readings", "pause_edges"), "after_stop", "excluded"),
    ],
)
def test_who_makes_the_digest_fit_is_still_found(path: tuple[Any, ...], value: Any, where: str) -> None:
    document = json.loads(canonical(receipt(paused(), "03-23 10:00")))
    part = document
    for step in path[:-1]:
        part = the(document, step) if isinstance(step, Clock) else part[step] if step != "clocks" else part
    part[path[-1]] = value

    found = differences(sealed(document))

    assert where in {each.where.split(".", 2)[-1] for each in found}, found
    assert "digest" not in {each.code for each in found}


def test_a_ledger_with_another_day_is_found() -> None:
    document = json.loads(canonical(receipt(paused(), "03-23 10:00")))
    legal = the(document, Clock.LEGAL)
    legal["ledger"][3]["reason"] = "holiday"

    (found,) = differences(sealed(document))

    assert (found.code, found.where.rpartition(".")[2]) == ("ledger", "3")


@pytest.mark.parametrize("document", [{}, [], None, "x", {"format": "another", "version": 1}, {"format": 1}])
def test_what_is_no_receipt_is_no_receipt(document: Any) -> None:
    (found,) = differences(document)

    assert found.code in ("malformed", "unknown_format")


def test_a_rule_nobody_knows_is_refused_and_not_passed_over() -> None:
    document = json.loads(canonical(receipt(paused(), "03-23 10:00")))
    the(document, Clock.LEGAL)["limit"]["rolls_backwards"] = True

    assert [each.code for each in differences(sealed(document))] == ["malformed"]


def test_a_difference_names_the_place_and_both_values() -> None:
    document = json.loads(canonical(receipt(paused(), "03-23 10:00")))
    said = the(document, Clock.LEGAL)["result"]["due"]
    other = (date.fromisoformat(said) + timedelta(days=1)).isoformat()
    place = document["clocks"].index(the(document, Clock.LEGAL))
    document["clocks"][place]["result"]["due"] = other

    assert differences(sealed(document)) == [Difference("result", f"clocks.{place}.result.due", other, said)]


@pytest.mark.parametrize("name", sorted(scenarios()))
def test_every_story_of_the_rulebook_has_a_receipt_that_agrees(name: str) -> None:
    story = run(scenarios()[name])
    assert story.state.last_at is not None

    document = receipt(story, story.state.last_at + timedelta(days=3))

    assert differences(document) == []
    began = {each["clock"]: each["start"]["fact"] for each in document["clocks"]}
    assert [clock for clock, fact in began.items() if fact is None] == []
