"""What the three rules flag cannot stay, and a clean-up round counts what it brought."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from banjie.engine.guide import Basis, Guide
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from banjie.records import catalogue
from banjie.records.catalogue import lists, register, rounds
from banjie.records.catalogue.cleanup import Flag, Measure, Outcome, Reason, flags, item_of, summed
from banjie.records.catalogue.models import Round, RoundItem
from banjie.records.catalogue.rebuild import rebuild
from banjie.records.catalogue.register import ListKind, add
from banjie.records.catalogue.rounds import Scoped
from banjie.records.organisation.models import Agency
from banjie.store.log import read
from tests.records.catalogue.test_lists import REGION, adjust, entry, put, with_code
from tests.records.conftest import AT

DAY = date(2026, 3, 2)
CLOSING = date(2026, 6, 1)
BUREAU = Scoped(unit="approval-bureau", name="行政审批局")
LAWFUL = Guide(bases=(Basis(of="item", title="食品安全法", article="35", level="law"),))


def basic(number: int, item_type: str = "01") -> str:
    return f"00{item_type}{number:08d}"


def item(food: Procedure, number: int, item_type: str = "01", **more: Any) -> Procedure:
    """A published item of its own name and code, set by law, on the power list where it exercises power."""
    told = {"guide": LAWFUL, "name": f"事项{number}", "item_type": item_type} | more
    return put(with_code(food, basic(number, item_type), **told))


def opened(*units: Scoped, name: str = "2026 年第一轮清理", command_id: UUID | None = None, **more: Any) -> Round:
    command = command_id or uuid4()
    return rounds.open_round(REGION, name, units or (BUREAU,), "p-keeper", AT, command, DAY, **more)


def settle(row: Round, procedure: Procedure, outcome: Outcome, **more: Any) -> None:
    told = {"reason": "经论证", "command_id": uuid4()} | more
    rounds.settle(row.stream, item_of(procedure.code), outcome, by="p-reviewer", at=AT, on=DAY, **told)


def find(row: Round, procedure: Procedure, reason: Reason, text: str = "可由镇街就近办理") -> None:
    rounds.find(row.stream, item_of(procedure.code), reason, text, "p-reviewer", AT, uuid4())


def close(row: Round, on: date = CLOSING, **more: Any) -> rounds.Report:
    told = {"command_id": uuid4()} | more
    return rounds.close(row.stream, "p-keeper", AT, on=on, **told)


def refused(act: Any, *args: Any, **more: Any) -> NotPossible:
    facts = sum(len(read.entries(each)) for each in read.streams("round"))
    with pytest.raises(NotPossible) as no:
        act(*args, **more)
    assert sum(len(read.entries(each)) for each in read.streams("round")) == facts
    return no.value


def powers(*procedures: Procedure) -> None:
    adjust(ListKind.POWER, *(add(entry(ListKind.POWER, each.code[19:31], each.name)) for each in procedures))


# The three rules


@pytest.mark.database
@pytest.mark.requirement("M016")
def test_what_is_not_on_the_power_list_can_only_be_cancelled(food):
    listed, unlisted = item(food, 1), item(food, 2)
    service = item(food, 3, "20")
    powers(listed)
    row = opened()

    assert rounds.flags_of(row, DAY) == [Flag(item_of(unlisted.code), Reason.NOT_LISTED)]
    for outcome in (Outcome.KEEP, Outcome.CHANGE):
        assert refused(settle, row, unlisted, outcome).code == "must_cancel_unlisted"
    settle(row, listed, Outcome.KEEP)
    settle(row, service, Outcome.KEEP)
    settle(row, unlisted, Outcome.CANCEL)
    catalogue.withdraw(unlisted.code, 1, "p-keeper", AT, uuid4())
    assert close(row).outcomes == {"keep": 2, "cancel": 1}


@pytest.mark.database
@pytest.mark.requirement("M017")
@pytest.mark.parametrize("bases", [(), (("item", "rule"),), (("item", "document"),), (("power", "law"),)])
def test_what_no_law_or_regulation_sets_can_only_be_cancelled(food, bases):
    guide = Guide(bases=tuple(Basis(of=of, title="县里文件", level=level) for of, level in bases))
    unlawful = item(food, 1, guide=guide)
    by_regulation = item(food, 2, guide=Guide(bases=(Basis(of="item", title="条例", level="regulation"),)))
    item(food, 3, "20", guide=Guide())
    row = opened()

    assert rounds.flags_of(row, DAY) == [Flag(item_of(unlawful.code), Reason.UNLAWFUL)]
    assert refused(settle, row, unlawful, Outcome.CHANGE).code == "must_cancel_unlawful"
    settle(row, by_regulation, Outcome.KEEP)


@pytest.mark.database
@pytest.mark.requirement("M017")
def test_what_was_set_twice_can_only_be_cancelled_but_for_the_first(food):
    guide = replace(LAWFUL, item_name="食品经营许可", variant="new")
    first, second = (item(food, number, guide=guide) for number in (1, 2))
    renewal = item(food, 3, guide=replace(guide, variant="renew"))
    elsewhere = item(food, 4, guide=guide, decides="city-licensing", units=(*food.units, city(food)))
    put(replace(first, code=first.code[:-2] + "02", name="热食类"))
    everybody = [BUREAU, Scoped(unit="city-approval-bureau", name="市行政审批局")]
    row = opened(*everybody)

    assert rounds.flags_of(row, DAY) == [Flag(item_of(second.code), Reason.DUPLICATE, item_of(first.code))]
    assert refused(settle, row, second, Outcome.KEEP).code == "must_cancel_duplicate"
    for each in (first, renewal, elsewhere):
        settle(row, each, Outcome.KEEP)


def city(food: Procedure) -> Any:
    return replace(food.units[0], id="city-licensing", name="农林水审批科", agency="city-approval-bureau")


@pytest.mark.database
@pytest.mark.requirement("M017")
def test_what_a_reviewer_finds_unreasonable_can_only_be_cancelled(food):
    one, other = item(food, 1), item(food, 2)
    row = opened()
    find(row, one, Reason.UNREASONABLE, "与营业执照登记内容相同")

    assert rounds.flags_of(row, DAY) == [Flag(item_of(one.code), Reason.UNREASONABLE, "与营业执照登记内容相同")]
    assert refused(settle, row, one, Outcome.KEEP).code == "must_cancel_unreasonable"
    assert refused(settle, row, one, Outcome.DEVOLVE, level="town", unit="清溪镇").code == "must_cancel_unreasonable"
    settle(row, one, Outcome.CANCEL)
    settle(row, other, Outcome.KEEP)


@pytest.mark.database
@pytest.mark.requirement("M018")
def test_what_can_be_devolved_must_be_and_the_receiver_is_recorded(food, calendar):
    one = item(food, 1)
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, basic(1))))
    powers(one)
    row = opened()
    find(row, one, Reason.DEVOLVABLE)

    assert refused(settle, row, one, Outcome.KEEP).code == "must_be_devolved"
    assert refused(settle, row, one, Outcome.DEVOLVE, level="town").code == "devolve_needs_receiver"
    assert refused(settle, row, one, Outcome.DEVOLVE, level="here", unit="清溪镇").code == "devolve_needs_receiver"
    settle(row, one, Outcome.DEVOLVE, level="town", unit="清溪镇")
    assert refused(close, row).code == "item_still_offered"
    changes = rounds.list_changes(row.stream)
    handed_down = [register.devolve(basic(1), "town", "清溪镇")]
    assert changes == {ListKind.LICENCE: handed_down, ListKind.POWER: handed_down}
    for kind, told in changes.items():
        adjust(kind, *told, on=CLOSING)

    assert close(row).outcomes == {"devolve": 1}

    held = row.items.get()
    assert (held.level, held.receiver) == ("town", "清溪镇")
    assert lists.standing(REGION, CLOSING)[ListKind.POWER][basic(1)].level == "town"


def test_without_a_power_list_nothing_is_off_it(food_like):
    assert flags([food_like], {}) == []
    assert [each.reason for each in flags([food_like], {ListKind.POWER: {}})] == [Reason.NOT_LISTED]


@pytest.fixture
def food_like(food: Procedure) -> Procedure:
    return replace(food, guide=LAWFUL)


# Rounds


@pytest.mark.database
@pytest.mark.requirement("M020", "M031")
def test_a_round_compares_every_item_before_and_after(food, calendar):
    kept, changed, gone = (item(food, number) for number in (1, 2, 3))
    powers(kept, changed, gone)
    row = opened()
    assert (rounds.report(row.stream, DAY).before, rounds.report(row.stream, DAY).outcomes) == (
        rounds.report(row.stream, DAY).after,
        {"": 3},
    )
    lighter = replace(
        changed,
        version=2,
        effective_from=CLOSING - timedelta(days=7),
        steps=food.steps[:1],
        materials=food.materials[:3],
        committed_limit=Limit(5, Unit.WORKING_DAY),
    )
    put(lighter)
    settle(row, kept, Outcome.KEEP)
    settle(row, changed, Outcome.CHANGE, reason="减环节、减材料、减时限")
    assert refused(close, row).code == "items_not_settled"
    settle(row, gone, Outcome.CANCEL)
    assert refused(close, row).code == "item_still_offered"
    adjust(ListKind.POWER, *rounds.list_changes(row.stream)[ListKind.POWER], on=CLOSING)

    told = close(row, next_on=date(2027, 6, 1))

    steps, materials = len(food.steps), len(food.materials)
    assert told.outcomes == {"keep": 1, "change": 1, "cancel": 1}
    assert (told.before.procedures, told.after.procedures, told.removed.procedures) == (2, 2, 1)
    assert (told.before.steps, told.after.steps, told.removed.steps) == (2 * steps, steps + 1, steps)
    assert (told.before.materials, told.after.materials) == (2 * materials, materials + 3)
    assert (told.before.committed, told.after.committed) == ({"working_day": 16}, {"working_day": 13})
    assert told.before.statutory == told.after.statutory == {"working_day": 20}
    assert rounds.report(row.stream, CLOSING + timedelta(days=99)) == told
    measures = {each.code: (each.before["steps"], each.after and each.after["steps"]) for each in row.items.all()}
    assert measures == {kept.code: (steps, steps), changed.code: (steps, 1), gone.code: (steps, None)}


def test_limits_of_different_units_are_not_added_up():
    days, month = Limit(10, Unit.WORKING_DAY), Limit(1, Unit.MONTH)
    promised = Measure(steps=2, materials=3, statutory=month, committed=days)
    unpromised = Measure(steps=1, materials=4, statutory=month)

    told = summed([promised, unpromised])

    assert (told.procedures, told.steps, told.materials) == (2, 3, 7)
    assert told.statutory == {"month": 2}
    assert told.committed == {"working_day": 10, "month": 1}


@pytest.mark.database
@pytest.mark.requirement("M035")
def test_a_round_reports_45_as_31_licences_and_14_services(food):
    licences = [item(food, number) for number in range(1, 36)]
    others = [item(food, number, "20") for number in range(101, 117)]
    put(replace(licences[0], code=licences[0].code[:-2] + "02", name="变更"))  # a variant is no further item
    row = opened()
    for each in (*licences[:31], *others[:14]):
        settle(row, each, Outcome.CANCEL)
    for each in (*licences[31:], *others[14:]):
        settle(row, each, Outcome.KEEP)

    told = rounds.report(row.stream, DAY)

    assert told.sum_of_cancelled == "45 = 31 + 14"
    assert told.cancelled == {"licence": 31, "service": 14}
    assert (told.items, told.before.procedures) == (51, 52)


@pytest.mark.database
@pytest.mark.requirement("M034")
def test_a_round_covers_46_units_and_leaves_out_five_vertical_bureaus_with_a_reason(food, demo_organisation):
    (own,) = [each for each in demo_organisation.agencies if each.id == "approval-bureau"]
    for number in range(1, 46):
        told = {name: getattr(own, name) for name in ("name", "government", "reconsideration", "court")}
        Agency.objects.create(id=f"bureau-{number}", region_id=REGION, credit_code=f"X{number}", **told)
    others = [Scoped(unit=f"bureau-{number}", name=f"{number}局") for number in range(1, 46)]
    vertical = [
        Scoped(unit=f"vertical-{name}", name=name, excluded=True, reason="垂直管理")
        for name in ("住建分局", "环保分局", "食药监督局", "国税局")
    ]
    city_bureau = Scoped(unit="city-approval-bureau", name="地税局", excluded=True, reason="垂直管理")
    mine = item(food, 1)
    item(food, 2, decides="city-licensing", units=(*food.units, city(food)))

    row = opened(BUREAU, *others, *vertical, city_bureau)

    told = rounds.report(row.stream, DAY)
    assert (told.units, told.excluded, told.items) == (46, 5, 1)
    assert [each.code for each in row.items.all()] == [mine.code]
    assert [each["reason"] for each in row.units if each.get("excluded")] == ["垂直管理"] * 5


@pytest.mark.database
@pytest.mark.requirement("M032")
def test_a_batch_clears_up_one_class_of_items(food):
    approval, qualification = item(food, 1), item(food, 2)
    investment = item(food, 3, guide=replace(LAWFUL, category="investment"))
    adjust(
        ListKind.POWER,
        *(add(entry(ListKind.POWER, basic(number))) for number in (1, 3)),
        add(entry(ListKind.POWER, basic(2), "执业资格认定", item_class="qualification")),
    )
    batch = opened(name="资质资格清理", classes=("qualification",))
    everything = opened(name="全面清理")
    for each, outcome in ((approval, Outcome.KEEP), (qualification, Outcome.CANCEL), (investment, Outcome.CHANGE)):
        settle(everything, each, outcome)

    assert [each.code for each in batch.items.all()] == [qualification.code]
    assert rounds.report(everything.stream, DAY).by_class == {
        "approval": {"keep": 1},
        "investment": {"change": 1},
        "qualification": {"cancel": 1},
    }
    settle(everything, approval, Outcome.CANCEL, item_class="investment", item_kind="service")
    told = rounds.report(everything.stream, DAY)
    assert (told.by_class["investment"], told.sum_of_cancelled) == ({"cancel": 1, "change": 1}, "2 = 1 + 1")
    with pytest.raises(ValueError, match="class"):
        settle(everything, approval, Outcome.KEEP, item_class="other")


@pytest.mark.database
@pytest.mark.parametrize(
    ("units", "more", "code"),
    [
        ([BUREAU], {"name": " "}, "round_name_needed"),
        ([BUREAU, BUREAU], {}, "named_twice"),
        ([replace(BUREAU, excluded=True)], {}, "exclusion_needs_reason"),
        ([Scoped(unit="nowhere", name="无此局")], {}, "unknown_agency"),
        ([BUREAU], {"classes": ("qualification",)}, "nothing_in_scope"),
    ],
)
def test_a_round_needs_a_name_a_scope_and_reasons(food, units, more, code):
    item(food, 1)

    assert refused(opened, *units, **more).code == code


@pytest.mark.database
def test_a_round_is_opened_settled_and_closed_once(food):
    one = item(food, 1)
    command, closing = uuid4(), uuid4()
    row = opened(command_id=command)
    assert opened(command_id=command) == row
    assert refused(opened).code == "round_name_taken"
    assert refused(settle, row, one, Outcome.KEEP, reason="").code == "outcome_needs_reason"
    assert refused(find, row, one, Reason.UNREASONABLE, " ").code == "finding_needs_reason"
    with pytest.raises(ValueError, match="devolvable"):
        find(row, one, Reason.UNLAWFUL)
    first = uuid4()
    settle(row, one, Outcome.CANCEL, command_id=first)
    settle(row, one, Outcome.KEEP)
    settle(row, one, Outcome.CANCEL, command_id=first)
    assert refused(close, row, on=DAY - timedelta(days=1)).code == "effective_before_previous"
    told = close(row, command_id=closing)

    assert told.outcomes == {"keep": 1}
    assert close(row, command_id=closing) == told
    assert refused(close, row).code == "round_closed"
    assert refused(settle, row, one, Outcome.KEEP).code == "round_closed"
    assert refused(find, Round(stream=uuid4()), one, Reason.UNREASONABLE).code == "no_such_round"
    assert refused(rounds.report, uuid4(), DAY).code == "no_such_round"


@pytest.mark.database
def test_only_items_of_the_round_are_settled_in_it(food):
    item(food, 1)
    row = opened()
    later = item(food, 2)

    assert refused(settle, row, later, Outcome.KEEP).code == "not_in_round"


@pytest.mark.database
@pytest.mark.requirement("M020")
def test_the_next_evaluation_comes_due_on_the_day_the_last_one_named(food):
    one = item(food, 1)
    assert rounds.evaluation_due(REGION, DAY)
    row = opened()
    assert not rounds.evaluation_due(REGION, DAY)
    settle(row, one, Outcome.KEEP)
    close(row, next_on=date(2027, 6, 1))

    assert not rounds.evaluation_due(REGION, date(2027, 5, 31))
    assert rounds.evaluation_due(REGION, date(2027, 6, 1))


@pytest.mark.database
def test_the_rows_of_a_round_are_made_again_byte_for_byte(food):
    one, other = item(food, 1), item(food, 2)
    row = opened(BUREAU, Scoped(unit="tax", name="税务局", excluded=True, reason="垂直管理"))
    find(row, one, Reason.UNREASONABLE, "重复核验")
    settle(row, one, Outcome.CANCEL)
    settle(row, other, Outcome.DEVOLVE, level="town", unit="清溪镇", item_class="qualification")
    for each in (one, other):
        catalogue.withdraw(each.code, 1, "p-keeper", AT, uuid4())
    close(row, next_on=date(2027, 6, 1))
    before = rows()
    Round.objects.update(name="altered", closed_on=None)
    RoundItem.objects.update(outcome="keep", findings=[])

    assert rebuild() == 3

    assert rows() == before


def rows() -> list[list[dict[str, Any]]]:
    tables = (Round.objects.order_by("stream").values(), RoundItem.objects.order_by("round", "code").values())
    return [[{key: value for key, value in row.items() if key != "id"} for row in table] for table in tables]
