"""Detectors of gaming: each sees its bold case and leaves its honest twin alone; an honest county is left in peace.

The county and the bold cases are made by tests/synthetic_county through the engine; how often the detectors are right
in the large is measured by `make detectors`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
import yaml

from banjie import words
from banjie.duties.supervision.detectors import DETECTORS, suspicions
from banjie.duties.supervision.detectors.background import Background
from banjie.duties.supervision.detectors.blocked_node import blocked
from banjie.duties.supervision.detectors.signs import Suspicion, bounds_of, surprise
from banjie.duties.supervision.detectors.trace import Line, Trace, minutes, trace
from banjie.engine.codec import OFFICE_ZONE, canonical, from_plain, to_plain
from banjie.engine.timelimits import ONE_DAY
from tests.engine.office import CONSULTATION, REGION, REVIEW, accepted, assign, finish, with_steps
from tests.engine.story import RULEBOOK, calendar, day, instant
from tests.synthetic_county.county import KINDS, OUTAGES, county
from tests.synthetic_county.life import Life, Told, Twist
from tests.synthetic_county.offices import DAY, Office, office_of

BOUNDS = bounds_of(yaml.safe_load((RULEBOOK / "supervision/detectors.yaml").read_text("utf-8"))[0]["detectors"], "test")
FILED = 60 * DAY + 30.0
"""A working minute in the middle of the county's half year."""


@cache
def honest():
    """An honest county, told once."""
    return county(900, cases=1020, honest=True)


@cache
def honest_traces() -> tuple[Trace, ...]:
    return tuple(of(each) for each in honest().cases)


def honest_end() -> datetime:
    return datetime.combine(honest().until, time(9), OFFICE_ZONE)


def of(told: Told) -> Trace:
    return trace(told.stream, (Line(*line) for line in told.lines), told.law)


def office() -> Office:
    """An ordinary office of the county, three officers strong and nobody sick."""
    plain = office_of("o1", Random("an office"))
    plain.pace, plain.puts_off, plain.meets, plain.quick = 1.0, 0.0, False, 0.0
    plain.writes_later, plain.sick, plain.officers = 0.0, frozenset(), 3
    return plain


def told(item: str, twist: str = "", oddity: str = "", seed: int = 1, filed: float = FILED) -> list[Told]:
    """A case of an item, with misconduct at its boldest or an oddity; with what the party files again."""
    by = Twist(twist, 1.0) if twist else None
    life = Life(office(), item, Random(f"pair/{seed}"), UUID(int=(7 << 100) | seed << 20), "p-pair", filed, by, oddity)
    cases = [life.tell()]
    if life.refile is not None:
        again = UUID(int=(8 << 100) | seed << 20)
        cases.append(Life(office(), item, Random(seed), again, "p-pair", life.refile, None, "slow").tell())
    return cases


def seen(detector: str, cases: Sequence[Told]) -> list[Suspicion]:
    """What the detector says of these cases, before the background of an honest county."""
    mine = [of(each) for each in cases]
    return seen_of(detector, mine)


def seen_of(detector: str, mine: Sequence[Trace]) -> list[Suspicion]:
    background = Background((*honest_traces(), *mine), calendar(), honest().until, OUTAGES)
    streams = {each.stream for each in mine}
    found = DETECTORS[detector](mine, background, BOUNDS[detector])
    shown = [each for each in found if each.score >= BOUNDS[detector].look]
    return [each for each in shown if each.stream is None or each.stream in streams]


def positions(suspicion: Suspicion, cases: Sequence[Told]) -> list[str]:
    """The kinds of the facts a suspicion points at."""
    facts = {(case.stream, position): type(fact).__name__ for case in cases for position, fact, _ in case.lines}
    return [facts[place] for place in suspicion.places]


# An honest county


def test_an_honest_county_of_a_thousand_cases_gets_at_most_one_false_card_in_a_thousand() -> None:
    background = Background(honest_traces(), calendar(), honest().until, OUTAGES)

    found = list(suspicions(honest_traces(), background, BOUNDS))

    assert len(honest_traces()) >= 1000
    cards = [each for each in found if each.score >= BOUNDS[each.detector].card]
    assert len(cards) <= len(honest_traces()) / 1000
    assert len(found) <= len(honest_traces()) / 50, "and a supervisor is not swamped with suspicions either"


def test_the_generator_shares_nothing_with_the_detectors() -> None:
    for path in (Path(__file__).parents[2] / "synthetic_county").glob("*.py"):
        text = path.read_text("utf-8")
        assert "duties" not in text
        assert "rulebook/supervision" not in text
    assert set(KINDS) == set(DETECTORS) == set(BOUNDS)


# Pairs: the bold case, and the honest one that looks like it


def test_a_case_typed_in_at_one_sitting_is_seen_and_a_quick_counter_is_not() -> None:
    bold, twin = told("eatery", "back_filled"), told("eatery", oddity="quick")

    (found,) = seen("back_filled", bold)

    assert found.person.startswith("o1-window-")
    assert positions(found, bold) == ["Submitted", "Granted"]
    assert seen("back_filled", twin) == []


def test_steps_typed_in_together_after_a_silence_are_seen_and_a_day_written_up_at_its_end_is_not() -> None:
    bold, twin = told("eatery", "off_system"), told("eatery", oddity="typed_at_day_end")

    (found,) = seen("off_system", bold)

    assert {"bunch", "quiet"} <= {each.code for each in found.signs if each.worth > 1}
    assert positions(found, bold)[0] == "Assigned"
    assert seen("off_system", twin) == []


def test_a_pause_on_the_last_day_after_idling_is_seen_and_a_late_test_after_long_work_is_not() -> None:
    bold, twin = told("lab", "last_day_pause"), told("lab", oddity="late_test")

    (found,) = seen("last_day_pause", bold)

    assert positions(found, bold) == ["Paused"]
    assert any(each.pauses for each in map(of, twin)), "the honest one pauses late too"
    assert seen("last_day_pause", twin) == []


def test_a_chain_of_pauses_is_seen_and_a_test_repeated_once_is_not() -> None:
    bold, twin = told("lab", "pause_chain"), told("lab", oddity="retest")

    (found,) = seen("pause_chain", bold)

    assert len(positions(found, bold)) >= 3
    assert len(of(twin[0]).pauses) == 2
    assert seen("pause_chain", twin) == []


def test_defects_named_in_slices_are_seen_and_a_second_notice_for_a_changed_application_is_not() -> None:
    bold, twin = told("double", "second_correction"), told("double", oddity="changed_application")

    (found,) = seen("second_correction", bold)

    assert set(positions(found, bold)) == {"CorrectionRequested"}
    assert len(of(twin[0]).notices) == 2
    assert seen("second_correction", twin) == []


def test_a_coaxed_withdrawal_is_seen_and_whoever_files_a_better_application_later_is_not() -> None:
    bold = told("chain", "coaxed_withdrawal")
    twins = [each for seed in range(40) if len(each := told("chain", oddity="own_reasons", seed=seed)) == 2]

    (found,) = seen("coaxed_withdrawal", bold)

    assert positions(found, bold)[1:] == ["Withdrawn", "Submitted"]
    assert len(twins) >= 3
    assert all(seen("coaxed_withdrawal", each) == [] for each in twins[:3])


def test_a_month_decided_on_last_days_is_seen_and_one_decided_in_weekly_meetings_is_not() -> None:
    bold = [told("double", "mass_closing", seed=seed, filed=(45 + seed) * DAY + 50)[0] for seed in range(14)]
    house = office()
    house.meets = True
    twin = [
        Life(house, "double", Random(seed), UUID(int=(9 << 100) | seed << 20), "p-x", (45 + seed) * DAY + 50).tell()
        for seed in range(14)
    ]

    found = seen("mass_closing", bold)

    assert {each.unit for each in found} == {"o1-decide"}
    assert all(each.stream is None and len(each.places) > 3 for each in found)
    assert seen("mass_closing", twin) == []


def test_both_checks_by_one_person_are_seen_and_one_who_was_alone_is_not() -> None:
    bold, twin = told("double", "one_person"), told("double", oddity="alone")
    colleague = told("double", seed=2)[0]

    found = seen("one_person", [*bold, colleague])
    alone = [of(each) for each in twin]
    away = {act.at.astimezone(OFFICE_ZONE).date() for act in alone[0].acts}

    assert [each.stream for each in found] == [bold[0].stream]
    assert positions(found[0], bold) == ["StepFinished", "StepFinished"]
    assert len({each.by for each in alone[0].nodes}) == 1
    elsewhere = [
        each for each in honest_traces() if not {act.at.astimezone(OFFICE_ZONE).date() for act in each.acts} & away
    ]
    background = Background((*elsewhere, *alone), calendar(), honest().until)
    weighed = DETECTORS["one_person"](alone, background, BOUNDS["one_person"])
    assert [each for each in weighed if each.score >= BOUNDS["one_person"].look] == []


@pytest.mark.requirement("M133")
def test_a_node_that_stands_beyond_its_share_is_shown_with_its_unit_and_slow_work_inside_it_is_not() -> None:
    bold, twin = told("chain", "blocked_node"), told("chain", oddity="slow")
    running = replace(bold[0], lines=[each for each in bold[0].lines if type(each[1]).__name__ != "StepFinished"][:4])
    stands = of(running)
    opened = next(each for each in stands.nodes if each.slug == "fire")

    (found,) = seen("blocked_node", bold)
    now = blocked([stands], opened.opened_on + timedelta(days=21), calendar())
    inside = blocked([stands], opened.opened_on + ONE_DAY, calendar())

    assert found.unit == "o1-fire"
    assert ("fire", "o1-fire") in {(each.node.slug, each.node.unit) for each in now}
    assert all(each.over > 0 for each in now)
    assert inside == []
    assert seen("blocked_node", twin) == []


def test_a_consultation_that_ended_in_silence_stands_with_nobody() -> None:
    law = with_steps(replace(CONSULTATION, after=("review",)), REVIEW)
    story = accepted(law)
    assign(story, "review", "03-03 09:00")
    finish(story, "review", "03-04 09:00")
    story.advance("03-31 00:00")
    case = trace(UUID(int=1), [Line(number, each, each.at) for number, each in enumerate(story.facts, 1)], law)

    silent = next(each for each in case.nodes if each.slug == "consultation")

    assert (silent.by, silent.ended_on) == ("", story.state.steps["consultation"].finished_on)
    assert silent.ended_on is not None
    assert blocked([case], day("03-31"), calendar()) == []


# Fairness


def test_a_late_entry_after_a_registered_outage_is_never_back_filling() -> None:
    lawful = [each for each in honest_traces() if each.late]

    assert lawful
    assert {each.outage for case in lawful for each in case.late} <= OUTAGES
    assert not seen_of("back_filled", lawful)


def test_a_single_late_entry_in_a_case_that_took_its_time_is_no_back_filling_whenever_it_was_told() -> None:
    case = next(each for each in honest().cases if of(each).late and of(each).decision)
    unexcused = replace(of(case), late=tuple(replace(each, outage="of-nobody") for each in of(case).late))
    told_in_one_go = replace(case, lines=[(number, fact, honest_end()) for number, fact, _ in case.lines])

    assert not seen_of("back_filled", [unexcused])
    again = of(told_in_one_go)
    assert max(each.recorded_at - each.paper_at for each in again.late) < timedelta(days=3)
    assert not seen_of("back_filled", [replace(again, late=unexcused.late)])
    assert all(each.recorded_at - each.paper_at < timedelta(days=1) for each in unexcused.late)


def test_a_pause_of_a_promise_of_two_days_is_not_looked_at() -> None:
    mark = of(told("lab", "last_day_pause")[0])

    short = replace(mark, pauses=tuple(replace(each, limit=2) for each in mark.pauses))

    assert seen_of("last_day_pause", [mark])
    assert not seen_of("last_day_pause", [short])


def test_what_was_granted_at_once_on_a_commitment_is_never_back_filling() -> None:
    bold = of(told("eatery", "back_filled")[0])

    assert seen_of("back_filled", [bold])
    assert not seen_of("back_filled", [replace(bold, on_commitment=True)])
    assert not seen_of("off_system", [replace(bold, on_commitment=True)])


def test_a_hearing_somebody_asked_for_is_no_pause_of_the_office() -> None:
    mark = of(told("lab", "last_day_pause")[0])
    asked = replace(mark, pauses=tuple(replace(each, asked=True, ground="hearing") for each in mark.pauses))

    assert seen_of("last_day_pause", [mark])
    assert not seen_of("last_day_pause", [asked])


def test_one_odd_case_is_no_habit_and_many_are() -> None:
    assert surprise(1, 12, 60, 600) < 1
    assert surprise(10, 12, 60, 600) > 5
    assert surprise(3, 3, 3, 3) == 0, "nobody to compare with"


# Traces and evidence


def test_a_trace_is_kept_as_plain_data_and_comes_back_the_same() -> None:
    for each in honest_traces()[:40]:
        assert from_plain(Trace, to_plain(each)) == each
        canonical(to_plain(each))


def test_minutes_across_days_are_those_the_hall_was_open() -> None:
    def between(one: str, two: str) -> int:
        return minutes(instant(one), instant(two), calendar(), REGION)

    assert between("03-06 16:30", "03-06 19:30") == 180
    assert between("03-06 16:30", "03-09 09:30") == 60, "the weekend does not count"
    assert between("03-05 16:30", "03-09 09:30") == 60 + 390
    assert between("03-07 10:00", "03-09 09:30") == 30, "from a rest day on"


def test_a_suspicion_says_what_was_measured_and_names_nobody() -> None:
    bold = told("eatery", "back_filled")
    (found,) = seen("back_filled", bold)

    finding = found.finding

    assert finding.evidence[0].values["score"] == found.score
    assert {"detected_fact"} <= {each.code for each in finding.evidence}
    assert all(isinstance(value, int) for each in finding.evidence for value in each.values.values())
    assert replace(finding, on=finding.on + ONE_DAY).key == finding.key
    assert "云岭" not in str(finding)


def test_every_detector_and_every_sign_can_be_said_in_both_languages() -> None:
    rules = {each["code"]: each for each in yaml.safe_load((RULEBOOK / "supervision/rules.yaml").read_text("utf-8"))}

    for name, bounds in BOUNDS.items():
        assert rules[name]["name"]
        assert rules[name]["english"]
        for code in bounds.signs:
            for language in ("en", "zh-Hans"):
                assert words.label("evidence", f"{name}_{code}", language) != f"{name}_{code}"
