"""Nothing is exercised or demanded outside the lists, and every change of a list says why, since when and where."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from banjie.cases.handle import handle
from banjie.engine import codec
from banjie.engine import commands as c
from banjie.engine.guide import Fee, Guide, Intermediary, Prerequisite, Proof
from banjie.engine.law import Duty, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.catalogue import adjustments, edition, lists, publication, register, rulebook
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.rebuild import rebuild
from banjie.records.catalogue.register import Entry, ListKind, Medium, add, cancel, devolve, modify
from banjie.records.organisation.rulebook import BadRulebook
from banjie.store.log import ids, read
from banjie.store.log.append import append
from banjie.words.refusals import refusal
from tests.cases.house import House
from tests.cast import envelope
from tests.databases import in_threads
from tests.records.conftest import AT

REGION = "999921"
FOUNDED = date(2024, 1, 1)
DAY = date(2026, 3, 2)
MAY = date(2026, 5, 1)
FOOD = "000131029000"
SCHOOL = "000105003000"
DEREGISTRATION = "000731001000"


def entry(kind: ListKind, id: str, name: str = "食品经营许可", **more: Any) -> Entry:
    return Entry(kind=kind, id=id, name=name, **more)


def adjust(kind: ListKind, *changes: register.Change, on: date = FOUNDED, region: str = REGION, **more: Any):
    told = {"reason": "依法梳理", "notice": "云岭县人民政府公告〔2024〕1号", "command_id": uuid4()} | more
    return adjustments.adjust(region, kind, changes, by="p-keeper", at=AT, on=on, **told)


def refused(kind: ListKind, *changes: register.Change, **more: Any) -> NotPossible:
    facts = sum(len(read.entries(each)) for each in read.streams("list"))
    with pytest.raises(NotPossible) as no:
        adjust(kind, *changes, **more)
    assert sum(len(read.entries(each)) for each in read.streams("list")) == facts
    return no.value


def put(procedure: Procedure) -> Procedure:
    """A published version as its fact makes it, past the gate: these tests are not about the gate."""
    body = {"at": codec.microseconds(AT), "by": "p-keeper", "procedure": codec.to_plain(procedure)}
    stream = ids.uuid7()
    with transaction.atomic():
        fact = ("published", codec.canonical(body))
        append(stream, publication.STREAM_KIND, [fact], command_id=uuid4(), at=body["at"], actor="p-keeper")
        publication.published(stream, body).save(force_insert=True)
        edition.move_on()
    return procedure


def with_code(procedure: Procedure, basic: str, variant: str = "01", **more: Any) -> Procedure:
    return replace(procedure, code=procedure.code[:19] + basic + variant, **more)


def codes(found: Any) -> list[str]:
    return [each.code for each in found]


def rows() -> list[list[dict[str, Any]]]:
    tables = (
        ListVersion.objects.order_by("kind", "version").values(),
        ListEntry.objects.order_by("kind", "entry", "version").values(),
    )
    return [[{key: value for key, value in row.items() if key != "id"} for row in table] for table in tables]


# Dynamic adjustment


@pytest.mark.database
@pytest.mark.requirement("M019")
def test_every_adjustment_is_a_new_version_with_day_reason_and_notice(installed):
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD)), add(entry(ListKind.LICENCE, SCHOOL, "民办学校")))
    adjust(ListKind.LICENCE, modify(entry(ListKind.LICENCE, FOOD, "食品经营许可（热食类）")), on=DAY, reason="更名")
    adjust(ListKind.LICENCE, cancel(SCHOOL), on=MAY, notice="云岭县人民政府公告〔2026〕7号")
    adjust(ListKind.LICENCE, devolve(FOOD, "town", "清溪镇便民服务中心"), on=MAY)

    told = [(each.version, each.on, each.reason, each.notice) for each in ListVersion.objects.order_by("version")]
    first = "云岭县人民政府公告〔2024〕1号"
    assert told == [
        (1, FOUNDED, "依法梳理", first),
        (2, DAY, "更名", first),
        (3, MAY, "依法梳理", "云岭县人民政府公告〔2026〕7号"),
        (4, MAY, "依法梳理", first),
    ]
    assert [[change["action"] for change in each.changes] for each in ListVersion.objects.order_by("version")] == [
        ["add", "add"],
        ["modify"],
        ["cancel"],
        ["devolve"],
    ]
    named = {day: lists.standing(REGION, day)[ListKind.LICENCE] for day in (FOUNDED, DAY, MAY)}
    assert {id: each.name for id, each in named[FOUNDED].items()} == {FOOD: "食品经营许可", SCHOOL: "民办学校"}
    assert {id: each.name for id, each in named[DAY].items()} == {FOOD: "食品经营许可（热食类）", SCHOOL: "民办学校"}
    assert set(named[MAY]) == {FOOD}
    assert ListKind.LICENCE not in lists.standing(REGION, FOUNDED - timedelta(days=1))


@pytest.mark.database
@pytest.mark.requirement("M019")
@pytest.mark.parametrize(
    ("more", "code"),
    [({"reason": " "}, "list_reason_needed"), ({"notice": ""}, "list_notice_needed")],
)
def test_no_list_changes_without_reason_and_public_notice(installed, more, code):
    assert refused(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD)), **more).code == code


@pytest.mark.database
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([], "nothing_to_adjust"),
        ([add(entry(ListKind.POWER, FOOD))], "entry_already_listed"),
        ([modify(entry(ListKind.POWER, SCHOOL))], "entry_not_listed"),
        ([cancel(SCHOOL)], "entry_not_listed"),
        ([devolve(SCHOOL, "town", "清溪镇")], "entry_not_listed"),
        ([add(entry(ListKind.POWER, SCHOOL)), cancel(SCHOOL)], "named_twice"),
        ([add(entry(ListKind.POWER, "food"))], "not_a_basic_code"),
        ([add(entry(ListKind.POWER, SCHOOL, " "))], "entry_incomplete"),
        ([devolve(FOOD, "town", "")], "devolve_needs_receiver"),
        ([devolve(FOOD, "", "清溪镇")], "devolve_needs_receiver"),
        ([devolve(FOOD, "moon", "清溪镇")], "devolve_needs_receiver"),
    ],
)
def test_an_adjustment_that_cannot_be_is_refused_whole(installed, changes, code):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)))

    assert refused(ListKind.POWER, *changes).code == code


@pytest.mark.database
def test_lists_are_adjusted_in_the_order_of_their_days(installed):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)), on=DAY)

    no = refused(ListKind.POWER, cancel(FOOD), on=DAY - timedelta(days=1))

    assert (no.code, no.facts) == ("effective_before_previous", {"previous": DAY})


@pytest.mark.database
def test_what_was_devolved_is_not_devolved_upwards(installed):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)))
    adjust(ListKind.POWER, devolve(FOOD, "town", "清溪镇"))

    assert refused(ListKind.POWER, devolve(FOOD, "county", "云岭县")).code == "devolve_needs_receiver"
    adjust(ListKind.POWER, devolve(FOOD, "village", "清溪村"))


def test_an_entry_of_another_list_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="power"):
        list(adjustments._of_change(ListKind.POWER, add(entry(ListKind.FEE, "x")), None))
    with pytest.raises(ValueError, match="entry"):
        list(adjustments._of_change(ListKind.POWER, register.Change(action=register.Action.ADD, id=FOOD), None))


@pytest.mark.database
def test_the_same_command_again_changes_nothing(installed):
    command = uuid4()
    first = adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)), command_id=command)
    adjust(ListKind.POWER, cancel(FOOD), on=DAY)

    assert adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)), command_id=command) == first
    assert len(read.entries(first.stream)) == 2


@pytest.mark.database
def test_two_who_adjust_at_once_make_one_version(installed):
    def one() -> str:
        try:
            return str(adjust(ListKind.FEE, add(entry(ListKind.FEE, "exam", "考试费"))).version)
        except NotPossible as no:
            return no.code

    outcomes = sorted(in_threads(one, one))

    assert outcomes[0] == "1"
    assert outcomes[1] in ("list_changed_meanwhile", "entry_already_listed")
    assert ListVersion.objects.count() == ListEntry.objects.count() == 1
    assert sum(len(read.entries(each)) for each in read.streams("list")) == 1


@pytest.mark.database
def test_the_rows_are_made_again_byte_for_byte(installed):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD, holder="market-regulation", duty="事中事后监管")))
    adjust(ListKind.POWER, devolve(FOOD, "town", "清溪镇"), add(entry(ListKind.POWER, SCHOOL, "民办学校")), on=DAY)
    adjust(ListKind.PREREQUISITE)
    show(1, Medium.WEBSITE)
    show(2, Medium.NEWSPAPER)
    before = rows()
    ListEntry.objects.filter(version=1).update(name="altered", until=None)
    ListVersion.objects.filter(version=1).update(channels=[], reason="altered")

    assert rebuild() == 3

    assert rows() == before
    assert lists.standing(REGION, DAY)[ListKind.POWER][FOOD].holder == "清溪镇"


def show(version: int, medium: Medium, on: date = DAY, place: str = "") -> ListVersion:
    return adjustments.publish_channel(REGION, ListKind.POWER, version, medium, on, "p-keeper", AT, uuid4(), place)


@pytest.mark.database
def test_where_a_version_was_made_public_is_recorded_with_the_day(installed):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)))
    show(1, Medium.WEBSITE, place="www.yunling.example")
    show(1, Medium.NEWSPAPER, MAY, "云岭日报")

    row = show(1, Medium.NEWSPAPER, MAY, "云岭日报")

    assert row.channels == [
        {"medium": "website", "on": "2026-03-02", "place": "www.yunling.example"},
        {"medium": "newspaper", "on": "2026-05-01", "place": "云岭日报"},
    ]
    assert [each.kind for each in read.entries(row.stream)] == ["adjusted", "shown", "shown"]
    assert lists.missing_channels(REGION) == {ListKind.POWER: {Medium.RADIO_TV, Medium.WINDOW}}
    adjust(ListKind.POWER, cancel(FOOD), on=MAY)
    assert lists.missing_channels(REGION) == {ListKind.POWER: set(Medium)}
    with pytest.raises(NotPossible) as no:
        show(9, Medium.WINDOW)
    assert no.value.code == "no_such_list_version"


@pytest.mark.database
def test_the_lists_are_read_once_an_edition(installed):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)))

    with CaptureQueriesContext(connection) as cold:
        lists.standing(REGION, DAY)
    with CaptureQueriesContext(connection) as warm:
        lists.standing(REGION, DAY)

    assert (len(cold), len(warm)) == (3, 1)
    adjust(ListKind.POWER, cancel(FOOD))
    assert lists.standing(REGION, DAY) == {ListKind.POWER: {}}


# Views


@pytest.mark.database
@pytest.mark.requirement("M002")
def test_a_unit_holds_so_many_powers_and_its_licences_are_derived_from_them(installed):
    adjust(
        ListKind.POWER,
        add(entry(ListKind.POWER, FOOD, holder="market-regulation")),
        add(entry(ListKind.POWER, DEREGISTRATION, "个体工商户注销", holder="market-regulation")),
        add(entry(ListKind.POWER, SCHOOL, "民办学校", holder="education")),
    )
    service = entry(ListKind.PUBLIC_SERVICE, "002031002000", "信用信息查询", holder="market-regulation")
    adjust(ListKind.PUBLIC_SERVICE, add(service))
    by_type = register.holdings(lists.standing(REGION, DAY))
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD)), add(entry(ListKind.LICENCE, "000199999000", "无权")))

    standing = lists.standing(REGION, DAY)

    assert register.holdings(standing) == {
        "market-regulation": register.Holding(powers=2, licences=1, services=1),
        "education": register.Holding(powers=1, licences=0),
    }
    assert by_type["education"].licences == by_type["market-regulation"].licences == 1
    assert [each.name for each in register.without_power(standing)] == ["无权"]


@pytest.mark.database
@pytest.mark.requirement("M003")
def test_each_power_goes_with_the_duty_of_who_holds_it(installed):
    adjust(
        ListKind.POWER,
        add(entry(ListKind.POWER, FOOD, holder="market-regulation", duty="现场核查、年度抽查")),
        add(entry(ListKind.POWER, SCHOOL, "民办学校", holder="education")),
    )

    told = register.powers_and_duties(lists.standing(REGION, DAY))
    adjust(ListKind.RESPONSIBILITY, add(entry(ListKind.RESPONSIBILITY, SCHOOL, "办学督导", holder="education")))
    apart = register.powers_and_duties(lists.standing(REGION, DAY))

    assert [(each.holder, each.duty) for each in told] == [
        ("education", ""),
        ("market-regulation", "现场核查、年度抽查"),
    ]
    assert [each.duty for each in apart] == ["办学督导", "现场核查、年度抽查"]


# Outside the lists

ALL = {kind: {} for kind in ListKind}


def outside(procedure: Procedure, known: Any = None, **more: Any) -> list[NotPossible]:
    return list(lists.outside(procedure, known if known is not None else ALL, **more))


def listed(*entries: Entry) -> Any:
    return {kind: {each.id: each for each in entries if each.kind is kind} for kind in ListKind}


def online(**more: Any) -> Guide:
    return Guide(channels=("window", "computer"), **more)


@pytest.mark.parametrize(
    ("item_type", "kind"),
    [
        ("01", ListKind.LICENCE),
        ("07", ListKind.POWER),
        ("20", ListKind.PUBLIC_SERVICE),
        ("21", ListKind.PUBLIC_SERVICE),
    ],
)
def test_an_item_stands_on_the_list_of_its_type_or_is_outside(food_file, item_type, kind):
    item = replace(food_file, item_type=item_type, guide=online())

    assert outside(item, listed(entry(kind, FOOD))) == []
    for other in (ListKind.LICENCE, ListKind.POWER, ListKind.PUBLIC_SERVICE):
        if other is not kind:
            (no,) = outside(item, listed(entry(other, FOOD)))
            assert (no.code, no.facts) == ("item_not_listed", {"item": item.name, "listed": FOOD})


def test_a_county_with_a_power_list_alone_has_its_licences_there(food_file):
    item = replace(food_file, guide=online())

    assert outside(item, {ListKind.POWER: {FOOD: entry(ListKind.POWER, FOOD)}}) == []
    assert codes(outside(item, {ListKind.POWER: {}})) == ["item_not_listed"]


@pytest.mark.parametrize(
    ("kind", "guide", "code"),
    [
        (ListKind.FEE, {"fees": (Fee(name="工本费", standard="10 元", basis="x", listed="it"),)}, "fee_not_listed"),
        (
            ListKind.PROOF,
            {"proofs": (Proof(name="无犯罪证明", material="m", basis="x", listed="it"),)},
            "proof_not_listed",
        ),
        (
            ListKind.INTERMEDIARY,
            {"intermediaries": (Intermediary(name="检测报告", material="m", basis="x", listed="it"),)},
            "intermediary_not_listed",
        ),
        (
            ListKind.PREREQUISITE,
            {"prerequisites": (Prerequisite(item=SCHOOL, name="办学许可", agency="x", basis="x", listed="it"),)},
            "prerequisite_not_listed",
        ),
    ],
)
def test_what_a_guide_demands_stands_on_its_list_or_is_outside(food_file, kind, guide, code):
    item = replace(food_file, guide=online(**guide))
    of_item = entry(ListKind.LICENCE, FOOD)

    assert outside(item, listed(of_item, entry(kind, "it"))) == []
    (no,) = outside(item, listed(of_item, entry(kind, "another")))
    assert (no.code, no.facts["listed"]) == (code, "it")


@pytest.mark.parametrize("guide", [Guide(channels=("window",)), online(offline_reason="须当面核验原件")])
def test_only_what_stands_on_the_negative_list_may_refuse_to_be_online(food_file, guide):
    item = replace(food_file, guide=guide)
    of_item = entry(ListKind.LICENCE, FOOD)

    assert codes(outside(item, listed(of_item))) == ["offline_not_listed"]
    assert outside(item, listed(of_item, entry(ListKind.ONLINE_NEGATIVE, FOOD))) == []
    assert outside(replace(item, guide=online()), listed(of_item)) == []


def test_review_and_decision_merge_only_for_listed_registrations_and_at_once(food_file):
    item = replace(food_file, merged=frozenset({Duty.REVIEW, Duty.DECIDE}), guide=online())
    of_item = entry(ListKind.LICENCE, FOOD)

    assert codes(outside(item, listed(of_item))) == ["merge_not_listed"]
    assert outside(item, listed(of_item, entry(ListKind.REGISTRATION, FOOD))) == []
    assert outside(replace(item, instant=True), listed(of_item)) == []


def test_a_list_that_is_not_kept_refuses_nothing_unless_it_must_be(food_file):
    fee = Fee(name="工本费", standard="10 元", basis="x", listed="it")
    item = replace(food_file, guide=Guide(fees=(fee,)))

    assert outside(item, {}) == []
    must = frozenset({ListKind.LICENCE, ListKind.FEE})
    assert codes(outside(item, {}, mandatory=must)) == ["item_not_listed", "fee_not_listed"]


def test_each_refusal_says_what_is_outside_in_both_languages(food_file):
    merged = frozenset({Duty.REVIEW, Duty.DECIDE})
    guide = Guide(fees=(Fee(name="工本费", standard="10 元", basis="x", listed="it"),))

    for no in outside(replace(food_file, guide=guide, merged=merged)):
        for language in ("zh-Hans", "en"):
            told = refusal(no, language)
            assert "…" not in told.what
            assert ("工本费" if no.code == "fee_not_listed" else food_file.name) in told.what


# Cases


@pytest.mark.database
def test_a_list_that_is_kept_decides_what_can_be_applied_for(food, calendar):
    put(food)
    school = put(with_code(food, SCHOOL, name="民办学校"))
    assert catalogue.in_force(food.code, DAY).code == food.code
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD)))

    with pytest.raises(NotPossible) as no:
        catalogue.law_in_force(school.code, DAY)

    assert (no.value.code, no.value.facts) == ("item_off_the_list", {"item": "民办学校"})
    assert [each.code for each in catalogue.items(DAY)] == [food.code]
    assert catalogue.law(school.code, 1).procedure == school


@pytest.mark.database
@pytest.mark.requirement("M008")
def test_public_services_have_their_own_list_and_come_through_the_same_door(food, calendar):
    query = put(with_code(food, "002031002000", item_type="20", name="信用信息查询"))
    put(food)
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD)))
    adjust(ListKind.PUBLIC_SERVICE, add(entry(ListKind.PUBLIC_SERVICE, "002031002000", "信用信息查询")))
    assert catalogue.law_in_force(query.code, DAY).procedure == query
    assert {each.code for each in catalogue.items(DAY)} == {food.code, query.code}

    adjust(ListKind.PUBLIC_SERVICE, cancel("002031002000"), on=DAY)

    with pytest.raises(NotPossible) as no:
        catalogue.law_in_force(query.code, DAY)
    assert no.value.code == "item_off_the_list"
    assert [each.code for each in catalogue.items(DAY)] == [food.code]
    assert catalogue.law_in_force(food.code, DAY).procedure == food


@pytest.mark.database
def test_pages_of_items_leave_out_what_is_off_the_list(food, calendar):
    basics = [f"00010500{number:02d}00" for number in range(1, 8)]
    made = [put(with_code(food, basic)) for basic in basics]
    kept = [0, 3, 6]
    adjust(ListKind.LICENCE, *(add(entry(ListKind.LICENCE, basics[number])) for number in kept))

    first = catalogue.items(DAY, limit=2)
    second = catalogue.items(DAY, after=first[-1].code, limit=2)

    assert [each.code for each in first] == [made[0].code, made[3].code]
    assert [each.code for each in second] == [made[6].code]


@pytest.mark.database
@pytest.mark.requirement("M018")
def test_what_was_devolved_is_applied_for_where_it_went(food, calendar):
    county = put(food)
    town = put(replace(food, code=food.code[:18] + "5" + food.code[19:]))
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD, holder="approval-bureau")))
    adjust(ListKind.LICENCE, devolve(FOOD, "town", "清溪镇便民服务中心"), on=DAY)

    stands = lists.standing(REGION, DAY)[ListKind.LICENCE][FOOD]
    assert (stands.level, stands.holder, stands.since) == ("town", "清溪镇便民服务中心", DAY)
    assert catalogue.in_force(county.code, DAY - timedelta(days=1)).code == county.code
    with pytest.raises(NotPossible) as no:
        catalogue.in_force(county.code, DAY)
    assert (no.value.code, no.value.facts["receiver"]) == ("item_devolved", "清溪镇便民服务中心")
    assert "清溪镇便民服务中心" in refusal(no.value, "en").next
    assert catalogue.in_force(town.code, DAY).code == town.code
    assert codes(outside(replace(county, guide=online()), lists.standing(REGION, DAY))) == ["item_devolved"]


@pytest.mark.database
@pytest.mark.requirement("M001")
def test_no_case_begins_off_the_list_and_running_cases_go_on(database):
    house = House(database, demo=True)
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, house.code[19:31])))
    running = house.submitted()
    adjust(ListKind.LICENCE, cancel(house.code[19:31]), on=house.now.date())

    with pytest.raises(NotPossible) as no:
        house.submit()

    assert no.value.code == "item_off_the_list"
    handle(running, c.Accept(**envelope(house.cast.clerk, house.now, seen=house.version(running))))
    assert house.row(running).procedure_version == house.procedure.version
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, house.code[19:31])), on=house.now.date())
    assert house.submitted() != running


@pytest.mark.database
def test_a_code_that_stands_on_no_list_any_more_is_cancelled(installed):
    adjust(ListKind.POWER, add(entry(ListKind.POWER, FOOD)), add(entry(ListKind.POWER, SCHOOL)))
    adjust(ListKind.LICENCE, add(entry(ListKind.LICENCE, FOOD)))
    adjust(ListKind.POWER, cancel(FOOD), cancel(SCHOOL), on=DAY)

    assert lists.cancelled(REGION, DAY - timedelta(days=1)) == frozenset()
    assert lists.cancelled(REGION, DAY) == {SCHOOL}
    assert lists.latest(REGION)[ListKind.POWER] == {}


# The rulebook's lists

FILE = """
mandatory: [power, responsibility, licence, fee, prerequisite]
lists:
  power:
    - {id: "000131029000", name: 食品经营许可, holder: market-regulation, basis: 食品安全法 35, duty: 监管}
  licence:
    - {id: "000131029000", name: 食品经营许可, item_class: approval}
  prerequisite: []
"""


@pytest.fixture
def regions_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "RULEBOOK", tmp_path)
    (tmp_path / "lists").mkdir()
    path = tmp_path / "lists" / f"{REGION}.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def found() -> int:
    told = {"reason": "建县清单", "notice": "云岭县人民政府公告〔2024〕1号"}
    return adjustments.load_lists(REGION, by="p-keeper", at=AT, on=FOUNDED, command_id=uuid4(), **told)


@pytest.mark.database
def test_a_region_is_founded_with_the_lists_of_its_file_once(installed, regions_file):
    assert found() == 3
    assert found() == 0

    standing = lists.standing(REGION, DAY)
    assert set(standing) == {ListKind.POWER, ListKind.LICENCE, ListKind.PREREQUISITE}
    assert standing[ListKind.POWER][FOOD] == Entry(
        kind=ListKind.POWER,
        id=FOOD,
        name="食品经营许可",
        holder="market-regulation",
        basis="食品安全法 35",
        duty="监管",
        since=FOUNDED,
    )
    assert standing[ListKind.PREREQUISITE] == {}


@pytest.mark.database
def test_a_region_is_told_which_mandatory_lists_it_does_not_keep(installed, regions_file):
    everything = [ListKind.POWER, ListKind.RESPONSIBILITY, ListKind.LICENCE, ListKind.FEE, ListKind.PREREQUISITE]
    assert lists.missing_lists(REGION, DAY) == everything
    found()
    assert lists.missing_lists(REGION, DAY) == [ListKind.FEE]

    adjust(ListKind.POWER, add(entry(ListKind.POWER, SCHOOL)), on=DAY)

    assert lists.missing_lists(REGION, DAY) == [ListKind.RESPONSIBILITY, ListKind.FEE]
    assert lists.missing_lists("999999", DAY) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id: "000131029000"', "id: 131029000", "id"),
        ("  prerequisite: []", "  prerequisites: []", "prerequisites"),
        ("mandatory: [power,", "mandatory: [powers,", "mandatory"),
        ("holder: market-regulation", "owner: market-regulation", "owner"),
    ],
)
def test_a_fault_in_a_lists_file_is_named(regions_file, old, new, says):
    assert old in FILE
    regions_file.write_text(FILE.replace(old, new), encoding="utf-8")

    with pytest.raises(BadRulebook, match=says) as fault:
        rulebook.lists(REGION)
    assert f"{REGION}.yaml" in str(fault.value)


@pytest.fixture
def food_file(demo_organisation: Any) -> Procedure:
    """The food business licence as its file gives it, without a database and with an empty guide."""
    path = Path(settings.RULEBOOK) / "items" / "food-business-new.yaml"
    return replace(rulebook.item(path, demo_organisation, lambda name: f"p-{name}"), guide=Guide())
