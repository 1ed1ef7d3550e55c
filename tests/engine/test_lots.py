"""Who carries a step out can be drawn by lot, and anybody can draw again (人员随机轮岗, M303)."""

import hashlib
from collections import Counter

import pytest

from banjie.engine import commands as c
from banjie.engine.events import Assigned, Person
from banjie.engine.lots import Lot, drawn, require_drawn
from banjie.engine.not_possible import NotPossible
from tests.engine.office import OFFICER, OTHER_SURVEYOR, SURVEY_HEAD, SURVEYOR, THIRD_SURVEYOR
from tests.engine.test_examination import PARALLEL, accepted

SEED = "5f" * 16


def test_whoever_knows_the_seed_draws_the_same_with_any_tool() -> None:
    candidates = [f"p-{number}" for number in range(20)]

    placed = sorted(candidates, key=lambda each: hashlib.sha256(f"{SEED}|month|{each}".encode()).hexdigest())

    assert drawn(reversed(candidates), 3, SEED, "month") == tuple(placed[:3])
    assert drawn(candidates, 3, SEED, "another month") != tuple(placed[:3])
    assert sorted(drawn(candidates, 99, SEED, "month")) == sorted(candidates)


def test_a_lot_favours_nobody() -> None:
    counted = Counter(drawn(["p-a", "p-b", "p-c", "p-d"], 1, f"{seed:032x}", "case")[0] for seed in range(4000))

    assert all(900 < count < 1100 for count in counted.values()), counted


def lot_for(seed: str, *able: c.Actor) -> tuple[Lot, tuple[Person, ...]]:
    lot = Lot(tuple(sorted(each.id for each in able)), seed)
    names = drawn(lot.eligible, 2, seed, "9999-1/survey/1")
    return lot, tuple(Person(each, SURVEYOR.unit) for each in names)


@pytest.mark.requirement("M303")
def test_a_survey_is_assigned_by_lot_and_the_draw_is_on_record() -> None:
    story = accepted(PARALLEL)
    able = (SURVEYOR, OTHER_SURVEYOR, THIRD_SURVEYOR)
    lot = Lot(tuple(sorted(each.id for each in able)), SEED)
    names = drawn(lot.eligible, 2, SEED, f"{story.state.number}/survey/1")

    chosen = tuple(Person(each, SURVEYOR.unit) for each in names)
    (fact,) = story.do(c.Assign, SURVEY_HEAD, "03-02 11:00", step="survey", people=chosen, lot=lot)

    assert isinstance(fact, Assigned)
    assert fact.lot == lot
    assert {each.id for each in story.state.steps["survey"].people} == set(names)


@pytest.mark.parametrize("wrong", ["others", "seed", "no choice", "outsider", "twice"])
def test_what_a_lot_does_not_draw_is_not_assigned_by_it(wrong: str) -> None:
    story = accepted(PARALLEL)
    ids = tuple(sorted(each.id for each in (SURVEYOR, OTHER_SURVEYOR, THIRD_SURVEYOR)))
    about = f"{story.state.number}/survey/1"
    names = drawn(ids, 2, SEED, about)
    other = next(each for each in ids if each not in names)
    lot, chosen = {
        "others": (Lot(ids, SEED), (names[0], other)),
        "seed": (Lot(ids, "today"), names),
        "no choice": (Lot(names, SEED), names),
        "outsider": (Lot(ids, SEED), (names[0], OFFICER.id)),
        "twice": (Lot((*ids, ids[0]), SEED), names),
    }[wrong]

    told = story.no(
        c.Assign,
        SURVEY_HEAD,
        "03-02 11:00",
        step="survey",
        people=tuple(Person(each, SURVEYOR.unit) for each in chosen),
        lot=lot,
    )

    assert told.code == "not_drawn"


def test_a_lot_is_good_for_its_own_step_alone() -> None:
    lot, chosen = lot_for(SEED, SURVEYOR, OTHER_SURVEYOR, THIRD_SURVEYOR)
    ids = [each.id for each in chosen]

    require_drawn(lot, ids, "9999-1/survey/1")
    elsewhere = next(
        f"9999-{n}/survey/1"
        for n in range(2, 99)
        if set(drawn(lot.eligible, 2, SEED, f"9999-{n}/survey/1")) != set(ids)
    )
    with pytest.raises(NotPossible):
        require_drawn(lot, ids, elsewhere)
