"""The gate on what is taken on somebody's word: commitments outside excluded classes, gaps in secondary papers only."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine.law import Material, Procedure
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import gate
from tests.records.catalogue.test_gate import around, item

DISPATCH, HYGIENE = "labour-dispatch", "public-place-hygiene"


def codes(procedure: Procedure) -> set[str]:
    """The reasons of the gate, by code."""
    return {no.code for no in gate.problems(procedure, around())}


def with_commitment(procedure: Procedure, **changes: Any) -> Procedure:
    assert procedure.commitment is not None
    return replace(procedure, commitment=replace(procedure.commitment, **changes))


def late(procedure: Procedure, material: str, limit: Limit | None) -> Procedure:
    """The item with one material that may be late."""
    materials: tuple[Material, ...] = tuple(
        replace(each, may_be_late=limit) if each.id == material else each for each in procedure.materials
    )
    return replace(procedure, materials=materials)


@pytest.mark.parametrize("name", [DISPATCH, HYGIENE, "entertainment-venue", "fireworks-retail"])
def test_the_items_of_the_demo_that_take_somebodys_word_pass(name: str) -> None:
    assert codes(item(name)) == set()


@pytest.mark.requirement("M165")
@pytest.mark.parametrize("risks", [("public_safety",), ("ordinary", "ecology"), ()])
def test_no_commitment_where_the_class_excludes_it_or_nobody_stated_one(risks: tuple[str, ...]) -> None:
    assert codes(replace(item(HYGIENE), risks=risks)) == {"commitment_of_grave_class"}


def test_a_class_that_does_not_exist_is_named() -> None:
    assert codes(replace(item("fireworks-retail"), risks=("danger",))) == {"unknown_risk"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content": " "}, "commitment_incomplete"),
        ({"power": ""}, "commitment_incomplete"),
        ({"of": "something"}, "commitment_incomplete"),
        ({"materials": (), "criteria": ()}, "commitment_incomplete"),
        ({"steps": ("nowhere",)}, "commitment_names_unknown"),
        ({"verify_within": None}, "commitment_without_limit"),
        ({"of": "proof"}, "commitment_of_no_proof"),
        ({"when": "nobody == 1"}, "unasked_question"),
    ],
)
def test_a_commitment_that_tells_too_little_or_too_much_is_refused(changes: dict[str, Any], code: str) -> None:
    assert code in codes(with_commitment(item(HYGIENE), **changes))


def test_a_permit_on_commitment_is_a_business_permit() -> None:
    good = item(HYGIENE)
    assert codes(replace(good, guide=replace(good.guide, category="social"))) == {"permit_outside_business"}


@pytest.mark.parametrize(
    ("material", "why"),
    [("application_form", "is_the_form"), ("business_licence", "shows_who_applies"), ("articles", "")],
)
def test_a_principal_material_may_not_be_late(material: str, why: str) -> None:
    found = list(gate.problems(late(item(DISPATCH), material, Limit(5, Unit.WORKING_DAY)), around()))
    assert [no.facts.get("why") for no in found if no.code == "late_material_is_principal"] == ([why] if why else [])


def test_the_only_proof_of_a_criterion_may_not_be_late() -> None:
    found = gate.problems(late(item(HYGIENE), "hygiene_rules", Limit(5, Unit.WORKING_DAY)), around())
    assert [(no.code, no.facts["why"]) for no in found] == [("late_material_is_principal", "only_proof")]


@pytest.mark.parametrize(
    ("limit", "committed", "why"),
    [
        (Limit(5, Unit.CALENDAR_DAY), Limit(15, Unit.WORKING_DAY), "not_in_working_days"),
        (Limit(0, Unit.WORKING_DAY), Limit(15, Unit.WORKING_DAY), "not_in_working_days"),
        (Limit(5, Unit.WORKING_DAY), Limit(2, Unit.WORKING_DAY), "no_room"),
    ],
)
def test_a_later_limit_that_leaves_no_room_is_refused(limit: Limit, committed: Limit, why: str) -> None:
    broken = replace(late(item(DISPATCH), "sample_agreement", limit), committed_limit=committed, steps=())
    found = [no for no in gate.problems(broken, around()) if no.code == "late_limit_unusable"]
    assert [no.facts["why"] for no in found] == [why]
