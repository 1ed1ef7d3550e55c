"""The demo county's items: each loads, can be published, and is complete enough to be a guide."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from banjie.engine import rules
from banjie.engine.law import Procedure
from banjie.engine.timelimits import Limit, Unit
from banjie.records import catalogue
from banjie.records.catalogue import codes, rulebook
from banjie.records.organisation import queries
from banjie.records.organisation.rulebook import BadRulebook, Organisation
from tests.cast import SIGNED
from tests.records.conftest import AT

FILES = sorted((Path(__file__).parents[3] / "rulebook" / "items").glob("*.yaml"))
DAY = date(2026, 3, 2)


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def item(request: pytest.FixtureRequest, demo_organisation: Organisation) -> Procedure:
    """One item after the other."""
    return rulebook.item(request.param, demo_organisation, lambda name: f"p-{name}")


def named(stem: str, organisation: Organisation) -> Procedure:
    (path,) = [each for each in FILES if each.stem == stem]
    return rulebook.item(path, organisation, lambda name: f"p-{name}")


def test_the_item_codes_are_all_different(demo_organisation):
    known = [rulebook.item(path, demo_organisation, str).code for path in FILES]

    assert len(set(known)) == len(known) >= 7


def test_the_code_agrees_with_the_deciding_agency(item, demo_organisation):
    (agency,) = [each for each in demo_organisation.agencies if each.id == item.agency_of(item.decides)]

    assert codes.problems(item.code, agency.credit_code, item.item_type) == []
    assert len(item.code) == 33


def test_the_promise_keeps_inside_the_law(item):
    if item.committed_limit:
        assert item.committed_limit.unit is item.statutory_limit.unit
        assert item.committed_limit.number <= item.statutory_limit.number


def test_the_guide_is_complete_in_both_languages(item):
    things = (*item.materials, *item.questions, *item.criteria, *item.steps, *item.pause_grounds, *item.decline_grounds)
    choices = [choice for question in item.questions for choice in question.choices]

    assert all((item.name, item.english, item.summary, item.summary_english, item.basis, item.fee))
    assert [each for each in (*things, *choices) if not each.english] == []
    assert [
        each for each in (*item.materials, *item.criteria, *item.steps, *item.pause_grounds) if not each.basis
    ] == []
    assert all(each.english for each in (*item.units, *item.agencies))


def test_every_material_proves_a_criterion(item):
    proving = {material for each in item.criteria for material in each.materials}
    # Who applies for somebody else shows that they may.
    assert {each.id for each in item.materials} - proving <= {"application_form", "mandate", "identity"}
    assert all(each.materials for each in item.criteria)


def test_every_expression_is_sound(item):
    assert rules.check(item) == []


def test_the_contact_works_at_the_window(item, demo_organisation):
    at_window = {f"p-{each.username}" for each in demo_organisation.staff if each.unit == item.receives}

    assert item.contact in at_window


@pytest.mark.parametrize("post", ["section_head", "officer"])
def test_every_step_has_people_for_it(item, demo_organisation, post):
    for step in item.steps:
        holders = [each for each in demo_organisation.staff if each.unit == step.unit and post in each.posts]
        assert len(holders) >= (step.people if post == "officer" else 1), step.slug


def test_who_decides_extends_and_makes_the_licence_is_in_office(item, demo_organisation):
    agency_of = {unit.id: agency.id for agency in demo_organisation.agencies for unit in agency.units}
    deciding = agency_of[item.decides]
    posts = {post for each in demo_organisation.staff if agency_of[each.unit] == deciding for post in each.posts}

    needed = {"decider"} | ({"licence_clerk"} if item.licence else set())
    assert posts >= needed | ({item.extension.authority} if item.extension else set())


@pytest.mark.database
def test_every_item_is_published(organised, calendar, demo_organisation):
    for path in FILES:
        item = rulebook.item(path, demo_organisation, queries.pseudonym_of)
        catalogue.publish(item, "p-one", AT, uuid4(), SIGNED)

        assert catalogue.law_in_force(item.code, DAY).procedure == item


def test_the_food_licence_keeps_order_78(demo_organisation):
    food = named("food-business-new", demo_organisation)

    assert food.statutory_limit == Limit(10, Unit.WORKING_DAY)
    assert food.committed_limit == Limit(8, Unit.WORKING_DAY)
    assert food.certificate_limit == Limit(5, Unit.WORKING_DAY)
    assert food.extension is not None
    assert food.extension.length == Limit(5, Unit.WORKING_DAY)
    assert food.licence_years == 5
    review, survey = food.steps
    assert (review.after, survey.after) == ((), ())
    assert (survey.people, survey.limit, survey.limit_from) == (2, Limit(5, Unit.WORKING_DAY), "assigned")
    assert not survey.may_pause_on
    assert not [each for each in food.materials if "健康证明" in each.name]


def test_an_agents_mandate_is_asked_only_where_there_is_an_agent(demo_organisation):
    food = named("food-business-new", demo_organisation)
    mandate = food.material("mandate")
    assert mandate is not None

    assert rules.applies(mandate.when, {"has_agent": True}, food.questions)
    assert not rules.applies(mandate.when, {"has_agent": False}, food.questions)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("statutory_limit: 10 working_day", "statutory_limit: 10 days", "statutory_limit"),
        ("    limit: 5 working_day", "    limit: soon", "limit"),
        ("receives: hall-window", "receives: hall-door", "hall-door"),
        ("contact: zhouning", "contact: nobody", "contact"),
        ("fee: 不收费", "fees: 不收费", "fees"),
        ("visits: 0", "visits: none", "visits"),
        ("    kind: review", "    kinds: review", "steps"),
    ],
)
def test_a_fault_in_an_items_file_is_named_with_file_and_key(demo_organisation, tmp_path, old, new, says):
    text = (Path(settings.RULEBOOK) / "items" / "food-business-new.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "food.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")

    def pseudonym(name: str) -> str:
        if name == "nobody":
            raise LookupError("no member of staff is called nobody")
        return f"p-{name}"

    with pytest.raises(BadRulebook, match=says) as fault:
        rulebook.item(path, demo_organisation, pseudonym)
    assert "food.yaml" in str(fault.value)
