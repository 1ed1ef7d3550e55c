"""清单之外无权力: an item, fee, proof, intermediary's product or prerequisite that stands on no list binds nobody."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from banjie.engine.guide import Fee, Intermediary, Prerequisite, Proof
from banjie.engine.law import Duty, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.catalogue import adjustments, lists, register
from banjie.records.catalogue.models import Finding, ProcedureVersion
from banjie.records.catalogue.register import Entry, ListKind
from tests.cast import SIGNED
from tests.records.conftest import AT

pytestmark = pytest.mark.database

DAY = date(2026, 3, 2)


@pytest.fixture
def listed(food: Procedure) -> Procedure:
    """The food licence, in a county that keeps its lists."""
    command = {"by": "p-keeper", "at": AT, "command_id": uuid4()}
    adjustments.load_lists(food.region, on=date(2025, 1, 1), reason="首次编制", notice="公告 1 号", **command)
    return food


def publish(procedure: Procedure) -> ProcedureVersion:
    return catalogue.publish(procedure, "p-keeper", AT, uuid4(), SIGNED)


def adjust(region: str, kind: ListKind, change: register.Change, days: int = 0) -> None:
    at = AT + timedelta(days=days)
    adjustments.adjust(
        region, kind, [change], "动态调整", "公告 2 号", "p-keeper", at, uuid4(), on=DAY + timedelta(days=days)
    )


def refused(procedure: Procedure) -> str:
    with pytest.raises(NotPossible) as no:
        publish(procedure)
    assert not ProcedureVersion.objects.exists()
    return no.value.code


def with_guide(good: Procedure, **changes: Any) -> Procedure:
    return replace(good, guide=replace(good.guide, **changes))


@pytest.mark.requirement("M015", "M001", "M002")
def test_what_stands_on_its_lists_is_published(listed):
    assert publish(listed).version == 1
    assert catalogue.in_force(listed.code, DAY).version == 1


@pytest.mark.requirement("M015")
def test_an_item_that_stands_on_no_list_is_no_item(listed):
    nowhere = replace(listed, code=listed.code[:19] + "000131999000")

    assert refused(nowhere) == "item_not_listed"


@pytest.mark.requirement("M009", "M015")
def test_a_fee_may_be_asked_only_where_it_is_listed(listed):
    fee = Fee(name="工本费", standard="10 元/证", basis="某省收费目录", listed="certificate-fee")

    assert refused(with_guide(listed, fees=(fee,))) == "fee_not_listed"
    adjust(listed.region, ListKind.FEE, register.add(Entry(kind=ListKind.FEE, id=fee.listed, name=fee.name, basis="x")))
    publish(with_guide(listed, fees=(fee,)))


@pytest.mark.requirement("M009", "M220")
def test_a_fee_has_the_standard_of_the_list_or_is_not_published(listed):
    fee = Fee(name="工本费", standard="10 元/证", basis="某省收费目录", listed="certificate-fee", amount=1000, per="证")
    entry = Entry(kind=ListKind.FEE, id=fee.listed, name=fee.name, basis="x", amount=1000, per="证")
    adjust(listed.region, ListKind.FEE, register.add(entry))

    assert refused(with_guide(listed, fees=(replace(fee, amount=1001),))) == "fee_differs_from_list"
    assert refused(with_guide(listed, fees=(replace(fee, per="页"),))) == "fee_differs_from_list"
    publish(with_guide(listed, fees=(fee,)))


@pytest.mark.requirement("M006", "M015")
def test_a_proof_may_be_demanded_only_where_the_list_of_proofs_has_it(listed):
    """Its own register: that the guide asks for the material is not enough."""
    proof = Proof(name="无犯罪记录证明", material=listed.materials[0].id, basis="某条例", listed="no-record")

    assert refused(with_guide(listed, proofs=(proof,))) == "proof_not_listed"
    adjust(listed.region, ListKind.PROOF, register.add(Entry(kind=ListKind.PROOF, id="no-record", name="x", basis="x")))
    publish(with_guide(listed, proofs=(proof,)))


@pytest.mark.requirement("M004", "M015")
def test_an_intermediarys_product_may_be_demanded_only_where_it_is_listed(listed):
    product = Intermediary(name="检测报告", material=listed.materials[0].id, basis="某条例", listed="test-report")

    assert refused(with_guide(listed, intermediaries=(product,))) == "intermediary_not_listed"
    entry = Entry(kind=ListKind.INTERMEDIARY, id="test-report", name="检测报告", basis="某条例")
    adjust(listed.region, ListKind.INTERMEDIARY, register.add(entry))
    publish(with_guide(listed, intermediaries=(product,)))


@pytest.mark.requirement("M011", "M015")
def test_a_prerequisite_may_be_declared_only_where_it_is_listed(listed):
    before = Prerequisite(item="000131127004", name="公司登记", agency="x", basis="某法 1", listed="000131127999")

    assert refused(with_guide(listed, prerequisites=(before,))) == "prerequisite_not_listed"
    entry = Entry(kind=ListKind.PREREQUISITE, id="000131127999", name="公司登记", basis="某法 1")
    adjust(listed.region, ListKind.PREREQUISITE, register.add(entry))
    publish(with_guide(listed, prerequisites=(before,)))


@pytest.mark.requirement("M014")
def test_only_what_stands_on_the_negative_list_may_refuse_to_be_done_online(listed):
    offline = with_guide(listed, channels=("window",), online_depth=(), offline_reason="须当场核验")

    assert refused(offline) == "offline_not_listed"
    entry = Entry(kind=ListKind.ONLINE_NEGATIVE, id=listed.code[19:31], name=listed.name, basis="某条例")
    adjust(listed.region, ListKind.ONLINE_NEGATIVE, register.add(entry))
    publish(offline)


def test_duties_are_merged_only_for_listed_registrations(listed):
    merged = replace(
        with_guide(listed, merge_reason="登记类事项审核合一"), merged=frozenset({Duty.REVIEW, Duty.DECIDE})
    )

    assert refused(merged) == "merge_not_listed"


@pytest.mark.requirement("M015", "M001")
def test_no_case_begins_on_an_item_that_has_left_its_list_and_its_keeper_has_a_task(listed):
    publish(listed)
    kind = register.list_of(listed.item_type, lists.latest(listed.region))

    adjust(listed.region, kind, register.cancel(listed.code[19:31]), days=1)

    with pytest.raises(NotPossible) as no:
        catalogue.in_force(listed.code, DAY + timedelta(days=1))
    assert no.value.code == "item_off_the_list"
    (task,) = Finding.objects.filter(settled_on=None)
    assert (task.code, task.reason) == (listed.code, "item_not_listed")
