"""The stories of the rulebook, played through the engine: every date, paper and refusal as worked out by hand."""

from datetime import date
from typing import Any

import pytest

from banjie.engine.clocks import INSTANTS, clocks, remedy_clocks
from tests.engine.scenario import FOLDER, run, scenarios
from tests.engine.story import read
from tests.properties import oracle

STORIES: list[Any] = [
    pytest.param(
        "s01-main-line", marks=pytest.mark.requirement("M093", "M113", "M122", "M125", "M157"), id="s01-main-line"
    ),
    pytest.param("s04-silence", marks=pytest.mark.requirement("M157"), id="s04-silence"),
    pytest.param("s07-extension", marks=pytest.mark.requirement("M157"), id="s07-extension"),
    "s07-extension/late",
    "s07-extension/early",
    "s07-extension/pause",
    "s07-extension/same-person",
    pytest.param("s11-hearing", marks=pytest.mark.requirement("M157"), id="s11-hearing"),
    "s11-hearing/wide",
    "s11-hearing/short",
    "s11-hearing/nobody",
    "s11-hearing/nobody-wide",
    pytest.param("s12-forwarding", marks=pytest.mark.requirement("M095", "M113", "M120", "M200"), id="s12-forwarding"),
    pytest.param("s12-forwarding/registers", marks=pytest.mark.requirement("M200"), id="s12-forwarding/registers"),
    pytest.param("t01-notice-in-time", marks=pytest.mark.requirement("M157"), id="t01-notice-in-time"),
    pytest.param("t07-rest-day-receipt", marks=pytest.mark.requirement("M158"), id="t07-rest-day-receipt"),
    pytest.param("t09-told-not-actual", marks=pytest.mark.requirement("M158"), id="t09-told-not-actual"),
    pytest.param("t19-total-clock", marks=pytest.mark.requirement("M150", "M151"), id="t19-total-clock"),
    pytest.param("t20-instant-item", marks=pytest.mark.requirement("M158"), id="t20-instant-item"),
    pytest.param("t21-hours-over-a-holiday", marks=pytest.mark.requirement("M158"), id="t21-hours-over-a-holiday"),
    pytest.param("t22-month-ends", marks=pytest.mark.requirement("M158"), id="t22-month-ends"),
    pytest.param("t23-calendar-days", marks=pytest.mark.requirement("M158"), id="t23-calendar-days"),
    pytest.param("t24-make-up-days", marks=pytest.mark.requirement("M158"), id="t24-make-up-days"),
    pytest.param("t34-public-service", marks=pytest.mark.requirement("M157"), id="t34-public-service"),
    pytest.param("t40-regional-hours", marks=pytest.mark.requirement("M158"), id="t40-regional-hours"),
]
NAMED = {each if isinstance(each, str) else each.values[0] for each in STORIES}
STORIES += sorted(scenarios().keys() - NAMED)  # the stories of one rule each that prove no row of the requirements


@pytest.mark.parametrize("name", STORIES)
def test_the_story_goes_as_it_is_told(name: str) -> None:
    """Every row as it says, and nobody's arithmetic alone: the oracle walks each clock of days, pauses and all."""
    story = run(scenarios()[name])

    for running in (*clocks(story.state, story.law), *remedy_clocks(story.state, story.law)):
        if running.limit.unit not in INSTANTS:
            pauses = [(each.stopped, each.resumed) for each in running.pauses]
            number, unit, stays = running.limit.number, str(running.limit.unit), running.limit.stays
            walked = oracle.due(running.start, number, unit, rests, pauses, stays)
            assert running.due == walked, (running.clock, running.step)


@pytest.mark.parametrize("name", sorted(scenarios()))
def test_no_date_and_no_outcome_rests_on_a_worker(name: str) -> None:
    """行政许可法 32(1)(4): what the law brings about comes about, whether a program looks or is down for days."""
    story = scenarios()[name]

    asleep, awake = run(story), run(story, worker=True)

    assert awake.facts == asleep.facts
    assert awake.state == asleep.state


def rests(day: date) -> bool:
    """A day off of the rulebook's own files, read here without the engine."""
    year = read(f"calendars/{day.year}.yaml")
    if day in year["workdays"]:
        return False
    return day.weekday() >= 5 or any(each["from"] <= day <= each["to"] for each in year["holidays"])


def test_every_story_of_the_rulebook_is_played_here_and_names_its_requirements() -> None:
    played = {each if isinstance(each, str) else each.values[0] for each in STORIES}
    marked = {
        (each.values[0], row)
        for each in STORIES
        if not isinstance(each, str)
        for mark in each.marks
        for row in mark.args
    }

    assert played == set(scenarios())
    assert [pair for pair in marked if pair[1] not in scenarios()[pair[0]].requirements] == []
    assert all((FOLDER / f"{name.split('/')[0]}.yaml").exists() for name in scenarios())
