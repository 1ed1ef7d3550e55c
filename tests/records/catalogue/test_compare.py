"""Two procedures compared: every change is one difference, named by its element; and drafts made for another region."""

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from banjie.engine.guide import Fee
from banjie.engine.law import Material, Procedure
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import gate
from banjie.records.catalogue.adopt import UNITS, draft_from
from banjie.records.catalogue.compare import KEYS, Group, across, differences
from banjie.records.catalogue.gate import Around
from banjie.records.catalogue.naming import element_name, value_name
from banjie.records.catalogue.spreadsheet.shape import sheets
from banjie.words import LANGUAGES
from banjie.words.catalogue import catalogue
from tests.records.catalogue.rulebook_items import EVERY_ITEM, FOOD, ORGANISATION, item

DAYS = Unit.WORKING_DAY
Change = Callable[[Procedure], Procedure]


@EVERY_ITEM
def test_a_procedure_differs_from_itself_in_nothing(name: str) -> None:
    assert differences(item(name), item(name)) == []


@pytest.mark.parametrize(
    ("change", "path", "part", "field", "group"),
    [
        (lambda p: replace(p, committed_limit=Limit(3, DAYS)), "committed_limit", "", "committed_limit", Group.LIMITS),
        (lambda p: replace(p, extension=None), "extension", "", "extension", Group.LIMITS),
        (lambda p: replace(p, fee="收费"), "fee", "", "fee", Group.FEES),
        (lambda p: replace(p, name="别名"), "name", "", "name", Group.OTHER),
        (
            lambda p: replace(p, materials=(*p.materials[:1], replace(p.materials[1], copies=9), *p.materials[2:])),
            "materials.business_licence.copies",
            "materials",
            "copies",
            Group.MATERIALS,
        ),
        (
            lambda p: replace(p, materials=p.materials[1:]),
            "materials.application_form",
            "materials",
            "materials",
            Group.MATERIALS,
        ),
        (
            lambda p: replace(p, materials=(Material(id="new", name="新材料"), *p.materials)),
            "materials.new",
            "materials",
            "materials",
            Group.MATERIALS,
        ),
        (lambda p: replace(p, steps=p.steps[::-1]), "steps", "steps", "order", Group.STEPS),
        (
            lambda p: guide(p, fees=(Fee(name="工本费", standard="10元", basis="法", listed="f1"),)),
            "guide.fees.工本费",
            "fees",
            "fees",
            Group.FEES,
        ),
        (lambda p: guide(p, conditions="另外的条件"), "guide.conditions", "", "conditions", Group.OTHER),
    ],
)
def test_each_change_is_one_difference(change: Change, path: str, part: str, field: str, group: Group) -> None:
    before = item(FOOD)
    after = change(before)

    (found,) = differences(before, after)

    assert (found.path, found.part, found.field, found.group) == (path, part, field, group)
    assert found.one != found.other
    (back,) = differences(after, before)
    assert (back.one, back.other) == (found.other, found.one)


def test_an_insertion_in_the_middle_is_one_difference() -> None:
    before = item(FOOD)
    added = Material(id="new", name="新材料")
    after = replace(before, materials=(*before.materials[:3], added, *before.materials[3:]))

    assert [(each.path, each.one, each.other) for each in differences(before, after)] == [
        ("materials.new", None, added)
    ]


@pytest.mark.requirement("M052")
def test_the_same_item_of_two_regions_differs_in_materials_steps_limits_and_fees() -> None:
    one = item(FOOD)
    survey = next(each for each in one.steps if each.kind == "survey")
    other = guide(
        replace(
            one,
            code="another",
            region="999922",
            committed_limit=Limit(5, DAYS),
            materials=(*one.materials[1:], Material(id="health", name="健康证明")),
            steps=tuple(replace(each, unit="elsewhere") for each in one.steps if each is not survey),
        ),
        fees=(Fee(name="检测费", standard="100元", basis="某规定", listed="x"),),
    )

    found = across(one, other)

    assert set(found) == {Group.MATERIALS, Group.STEPS, Group.LIMITS, Group.FEES}
    assert {each.path for each in found[Group.MATERIALS]} == {"materials.application_form", "materials.health"}
    assert [each.path for each in found[Group.STEPS]] == [f"steps.{survey.slug}"]
    assert [each.path for each in found[Group.LIMITS]] == ["committed_limit"]
    assert [each.path for each in found[Group.FEES]] == ["guide.fees.检测费"]


def test_every_kind_of_element_in_a_list_has_a_key() -> None:
    listed = {sheet.type for sheet in sheets() if sheet.parent}

    assert {each.__name__ for each in listed} == set(KEYS)
    for each in listed:
        assert set(KEYS[each.__name__]) <= {field.name for field in dataclasses.fields(each)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_element_and_every_coded_value_has_words(language: str) -> None:
    missing = []
    for sheet in sheets():
        for column in sheet.columns:
            if element_name(column.part, column.name, language) == column.name:
                missing.append(f"{sheet.code}.{column.name}")
            for value in column.choices:
                if not value_name(column.part, column.name, value, language):
                    missing.append(f"{sheet.code}.{column.name}: {value}")

    assert missing == []
    assert "order" in catalogue(language)["elements"]


# A draft for another region


@EVERY_ITEM
def test_a_draft_keeps_what_the_law_says_and_names_what_is_local(name: str) -> None:
    original = item(name)
    units = {each.id: each.id for each in original.units}

    draft = adopted(original, units)

    assert (draft.version, draft.region, draft.code, draft.contact) == (1, "999922", "another", "")
    for field in ("statutory_limit", "committed_limit", "criteria", "questions", "materials", "steps", "forwarding"):
        assert getattr(draft, field) == getattr(original, field)
    assert draft.home == original.home
    assert {each.id for each in draft.units} == set(units)
    assert draft.guide.places == ()
    assert not any(each.listed for each in (*draft.guide.fees, *draft.guide.proofs, *draft.guide.intermediaries))
    local = {"contact", "guide.places", "guide.enquiries", "guide.complaints"}
    assert local <= set(draft.guide.examples)
    assert not set(UNITS) & set(draft.guide.examples)


def test_a_unit_the_other_region_has_not_named_is_left_open() -> None:
    original = item(FOOD)

    draft = adopted(original, {original.receives: original.receives, original.decides: "nowhere"})

    assert (draft.receives, draft.decides, draft.home) == (original.receives, "", original.home)
    assert {each.unit for each in draft.steps} == {""}
    assert {"decides", *(f"steps.{each.slug}.unit" for each in draft.steps)} <= set(draft.guide.examples)
    assert "receives" not in draft.guide.examples
    assert [each.id for each in draft.units] == [original.receives]


@EVERY_ITEM
def test_a_draft_cannot_be_published_before_it_is_completed(name: str) -> None:
    original = item(name)
    draft = adopted(original, {each.id: each.id for each in original.units})
    around = Around(units={unit.id: agency.id for agency in ORGANISATION.agencies for unit in agency.units})

    refused = {no.code: no.facts for no in gate.problems(draft, around)}

    assert set(refused["example_fields"]["fields"]) == set(draft.guide.examples)


def adopted(original: Procedure, units: dict[str, str]) -> Procedure:
    """The draft of another region that has the demo county's organisation."""
    return draft_from(
        original,
        region="999922",
        code="another",
        effective_from=date(2026, 6, 1),
        organisation=ORGANISATION,
        units=units,
    )


def guide(procedure: Procedure, **changes: object) -> Procedure:
    """The procedure with another guide."""
    return replace(procedure, guide=replace(procedure.guide, **changes))  # type: ignore[arg-type]
