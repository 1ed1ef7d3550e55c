"""Base item, item, variant: what is inherited stays locked, and an upstream change is a task with its difference."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from banjie.engine import codec
from banjie.engine.guide import Basis
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from banjie.records import catalogue
from banjie.records.catalogue import inherited, levels, publication, versions
from banjie.records.catalogue.models import BaseItem, Item, UpstreamChange
from banjie.records.catalogue.rebuild import rebuild
from banjie.records.catalogue.surroundings import around
from tests.cast import SIGNED
from tests.records.conftest import AT

pytestmark = pytest.mark.database

DAY = date(2026, 3, 2)
PROVINCE = "云岭省政务服务事项目录"


def given(**changes: Any) -> dict[str, Any]:
    return {"by": "p-keeper", "at": AT, "command_id": uuid4(), **changes}


def given_fields(food: Procedure) -> dict[str, Any]:
    plain = codec.to_plain(food)
    return {
        "basis": plain["basis"],
        "guide.item_name": plain["guide"]["item_name"],
        "guide.conditions": plain["guide"]["conditions"],
        "licence": plain["licence"],
    }


def claimed(food: Procedure) -> Item:
    levels.declare(food.code[19:31], 1, PROVINCE, given_fields(food), **given())
    return levels.claim(food.code[:31], food.region, "approval-bureau", **given())


def publish(procedure: Procedure) -> object:
    return catalogue.publish(procedure, "p-keeper", AT, uuid4(), SIGNED)


def code_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(NotPossible) as no:
        attempt()
    return no.value.code


def test_an_inherited_field_is_locked_and_a_local_one_is_not(food):
    claimed(food)
    changed = replace(food, guide=replace(food.guide, conditions="本县另有规定"))

    with pytest.raises(NotPossible) as no:
        publish(changed)

    assert no.value.code == "inherited_field_changed"
    assert no.value.facts == {"field": "guide.conditions", "source": PROVINCE, "version": 1}
    publish(replace(food, guide=replace(food.guide, enquiries="另一个电话")))


@pytest.mark.requirement("M055")
def test_a_reform_that_contradicts_the_stored_basis_is_refused(food):
    """不破法规破常规: a shorter promise is the county's own; the limit of the law is not."""
    limit = codec.to_plain(food)["statutory_limit"]
    levels.declare(food.code[19:31], 1, PROVINCE, {**given_fields(food), "statutory_limit": limit}, **given())
    levels.claim(food.code[:31], food.region, "approval-bureau", **given())
    reform = Basis(of="reform", title="秒批改革方案")
    bases = (*food.guide.bases, reform)

    assert code_of(lambda: publish(replace(food, guide=replace(food.guide, bases=bases)))) == "reform_without_basis"
    longer = replace(food, statutory_limit=Limit(20, Unit.WORKING_DAY))
    assert code_of(lambda: publish(longer)) == "inherited_field_changed"
    named = replace(reform, article="第三条")
    publish(replace(food, guide=replace(food.guide, bases=(*food.guide.bases, named))))


def test_an_upstream_change_opens_a_task_with_the_difference_and_claiming_settles_it(food):
    claimed(food)
    fields = {**given_fields(food), "guide.conditions": "符合新条件"}

    levels.declare(food.code[19:31], 2, PROVINCE, fields, **given(at=AT + timedelta(days=1)))

    task = UpstreamChange.objects.get()
    assert task.diff == {"guide.conditions": [given_fields(food)["guide.conditions"], "符合新条件"]}
    assert (task.item_id, task.version, task.settled_on) == (food.code[:31], 2, None)
    assert inherited.claim_rate(food.region) == (0, 1)

    levels.claim(food.code[:31], food.region, "approval-bureau", **given(at=AT + timedelta(days=2)))

    assert UpstreamChange.objects.get().settled_on == (AT + timedelta(days=2)).astimezone(codec.OFFICE_ZONE).date()
    assert inherited.claim_rate(food.region) == (1, 1)
    assert code_of(lambda: publish(food)) == "inherited_field_changed"
    publish(replace(food, guide=replace(food.guide, conditions="符合新条件")))


def test_a_base_item_is_declared_in_rising_versions_of_inherited_fields(food):
    base = food.code[19:31]
    levels.declare(base, 2, PROVINCE, given_fields(food), **given())

    assert levels.declare(base, 2, PROVINCE, given_fields(food), **given()).version == 2
    assert code_of(lambda: levels.declare(base, 1, PROVINCE, {}, **given())) == "version_not_greater"
    assert code_of(lambda: levels.declare(base, 3, PROVINCE, {"visits": 0}, **given())) == "field_not_inherited"
    assert code_of(lambda: levels.declare("00013112700Y", 1, PROVINCE, {}, **given())) == "base_code_malformed"


def test_an_item_claims_what_is_there(food):
    def claim(code: str) -> str:
        return code_of(lambda: levels.claim(code, food.region, "approval-bureau", **given()))

    assert claim(food.code[:31]) == "unknown_base_item"
    assert claim("12") == "code_malformed"
    levels.declare(food.code[19:31], 1, PROVINCE, given_fields(food), **given())
    levels.cancel_base(food.code[19:31], "国发〔2026〕1号", **given())
    assert claim(food.code[:31]) == "already_cancelled"


def test_a_suspended_item_takes_no_application_and_its_cases_go_on(food):
    claimed(food)
    publish(food)
    levels.suspend(food.code[:31], "机构调整", **given())

    assert code_of(lambda: catalogue.in_force(food.code, DAY)) == "item_suspended"
    assert [each.code for each in catalogue.items(DAY)] == []
    assert versions.of(versions.version_of(food.code, 1)) == food  # by which a running case goes on

    levels.resume(food.code[:31], "调整完毕", **given())
    assert catalogue.in_force(food.code, DAY).code == food.code
    assert [each.code for each in catalogue.items(DAY)] == [food.code]
    levels.cancel(food.code[:31], "国务院取消", **given())
    assert code_of(lambda: catalogue.in_force(food.code, DAY)) == "item_cancelled"
    assert code_of(lambda: levels.resume(food.code[:31], "x", **given())) == "item_state"
    assert code_of(lambda: levels.cancel(food.code[:31], "x", **given())) == "item_state"


def test_every_turn_carries_a_reason(food):
    claimed(food)

    assert code_of(lambda: levels.suspend(food.code[:31], " ", **given())) == "reason_needed"
    assert Item.objects.get().state == "in_use"


def test_an_item_that_moves_says_who_finishes_its_running_cases(food):
    claimed(food)
    publish(food)
    health = "11999921009900400E4" + food.code[19:31]
    assert code_of(lambda: levels.move(food.code[:31], health, "health", "三定", **given())) == "item_not_claimed"
    levels.claim(health, food.region, "health", **given())

    assert code_of(lambda: levels.move(food.code[:31], health, "", "三定", **given())) == "finisher_needed"
    levels.move(food.code[:31], health, "approval-bureau", "三定", **given())

    with pytest.raises(NotPossible) as no:
        catalogue.in_force(food.code, DAY)
    assert (no.value.code, no.value.facts["item"]) == ("item_moved", health)
    assert Item.objects.get(code=food.code[:31]).finishes == "approval-bureau"


def test_a_cancelled_base_item_ends_its_items_and_breaks_who_waits_for_it(food):
    claimed(food)
    publish(food)
    levels.cancel_base(food.code[19:31], "国发〔2026〕1号", **given())

    assert code_of(lambda: catalogue.in_force(food.code, DAY)) == "item_cancelled"
    assert food.code[19:31] in around(food, DAY).cancelled
    assert code_of(lambda: levels.cancel_base(food.code[19:31], "x", **given())) == "already_cancelled"


def test_the_rows_can_be_made_again_from_the_log(food):
    claimed(food)
    levels.declare(food.code[19:31], 2, PROVINCE, {**given_fields(food), "licence": "X"}, **given(at=AT))
    levels.suspend(food.code[:31], "机构调整", **given())
    rows = [
        sorted(map(repr, model.objects.values(*[f.attname for f in model._meta.fields if f.name != "id"])))
        for model in (BaseItem, Item, UpstreamChange)
    ]
    Item.objects.update(agency="elsewhere")

    rebuild()

    assert rows == [
        sorted(map(repr, model.objects.values(*[f.attname for f in model._meta.fields if f.name != "id"])))
        for model in (BaseItem, Item, UpstreamChange)
    ]


@pytest.mark.requirement("M038")
def test_one_number_is_one_item(food):
    publish(food)

    twin = replace(food, name="另一事项")
    assert code_of(lambda: publish(twin)) == "version_not_greater"
    assert publication.OFFICES.keys() == SIGNED.keys()
