"""The pages of supervision: the office sees its region, a unit its own, a stranger nothing; each button is one act."""

import re
from uuid import UUID, uuid4

import pytest

from banjie.duties.supervision.models import Card, Order, Outage
from tests.county import County
from tests.duties.supervision.cases import card_of, issued, later, silent
from tests.faces.cases import filed

pytestmark = pytest.mark.database

HOME = "/desk/supervision/"


def page(county: County, role: str, path: str, status: int = 200) -> str:
    answer = county.client(role).get(path, headers={"Accept-Language": "zh-hans"})
    assert answer.status_code == status, path
    return str(answer.content.decode())


def post(county: County, role: str, path: str, **given: str) -> int:
    data = {"command_id": str(uuid4()), **given}
    return int(county.client(role).post(path, data).status_code)


def address(card: UUID, act: str = "") -> str:
    return f"{HOME}cards/{card}/{act + '/' if act else ''}"


@pytest.mark.requirement("M222", "M224")
def test_the_office_sees_the_lights_of_its_region_and_a_unit_its_own(county: County) -> None:
    case = silent(county)

    office, window, elsewhere = (page(county, role, HOME) for role in ("inspector", "clerk", "other_agency"))

    assert "预审" in office
    assert "red-plus" not in office
    assert f"{HOME}lights/red_plus/?stage=completion" in office
    assert "本区域当前亮灯" in office
    assert "我可查看办件的亮灯" in window
    assert f"{HOME}lights/red_plus/?stage=completion" not in elsewhere
    worst = page(county, "inspector", f"{HOME}lights/red_plus/")
    assert case.state.query_number in worst
    assert case.state.query_number not in page(county, "other_agency", f"{HOME}lights/red_plus/")


@pytest.mark.requirement("M156")
def test_an_overdue_case_stands_with_whoever_is_to_be_asked(county: County) -> None:
    case = silent(county)

    worst = page(county, "inspector", f"{HOME}lights/red_plus/?stage=completion")

    row = next(each for each in re.findall(r"<tr>.*?</tr>", worst, re.DOTALL) if case.state.query_number in each)
    assert "周宁" in row
    assert "现场核查股" in row, "its step is due first"


def test_a_card_shows_what_proves_it_and_goes_through_its_buttons(county: County) -> None:
    card = card_of(silent(county)).stream
    before = page(county, "inspector", address(card))
    assert "逾期未告知" in before
    assert "2026年3月9日" in before
    assert "行政许可法" in before
    assert "部门用时" in before
    page(county, "clerk", address(card), 404)

    assert post(county, "inspector", address(card, "issue"), colour="yellow", text="请说明。") == 302
    assert post(county, "clerk", address(card, "explain"), text="漏看了一件。") == 302
    assert post(county, "clerk", address(card, "rectify"), text="已补做登记。") == 302
    assert post(county, "inspector", address(card, "close"), text="已核查。") == 302

    assert Card.objects.kept().get(stream=card).result == "rectified"
    after = page(county, "clerk", address(card))
    assert "漏看了一件。" in after
    assert "整改到位" in after


def test_a_button_that_is_not_ones_own_says_so_and_keeps_what_was_written(county: County) -> None:
    card = issued(county).stream

    answer = county.client("inspector").post(
        address(card, "explain"), {"command_id": str(uuid4()), "text": "不该由我写"}
    )

    assert answer.status_code == 409
    assert Card.objects.kept().get(stream=card).status == "issued"
    assert "不该由我写" not in page(county, "clerk", address(card))
    assert post(county, "supervisor", address(card, "close"), text="好") == 404


def test_what_is_missing_stands_beside_its_field(county: County) -> None:
    card = issued(county).stream

    answer = county.client("clerk").post(address(card, "explain"), {"command_id": str(uuid4()), "text": " "})

    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_an_order_is_issued_answered_and_closed(county: County) -> None:
    assert post(county, "inspector", f"{HOME}orders/", unit="hall-window", text="请清理积压。") == 302
    order = Order.objects.kept().get().stream

    assert "请清理积压。" in page(county, "clerk", f"{HOME}orders/{order}/")
    page(county, "officer", f"{HOME}orders/{order}/", 404)
    assert post(county, "clerk", f"{HOME}orders/{order}/reply/", text="已清理。") == 302
    assert post(county, "inspector", f"{HOME}orders/{order}/close/", result="done", text="属实。") == 302
    assert Order.objects.kept().get().result == "done"


def test_an_outage_is_registered_and_confirmed_by_two(county: County) -> None:
    given = {
        "number": "TJ-9", "since": "2026-02-26T09:00", "until": "2026-02-26T17:00", "unit": "", "evidence": "公告1号",
    }  # fmt: skip
    assert post(county, "inspector", f"{HOME}outages/", **given) == 302
    row = Outage.objects.get()

    assert "确认</button>" not in page(county, "inspector", f"{HOME}outages/")
    assert "确认</button>" in page(county, "second_inspector", f"{HOME}outages/")
    assert post(county, "second_inspector", f"{HOME}outages/{row.stream}/confirm/") == 302
    assert Outage.objects.get().confirmed_by


def test_a_finding_no_fact_can_show_is_entered_by_the_office_alone(county: County) -> None:
    given = {
        "rule": "fee_outside_the_list", "unit": "hall-window", "reference": "信访2026-12", "on": "2026-02-27",
        "text": "收取复印费。",
    }  # fmt: skip

    assert post(county, "supervisor", f"{HOME}cards/report/", **given) == 422
    assert post(county, "inspector", f"{HOME}cards/report/", **given) == 302
    assert "信访2026-12" in page(county, "inspector", address(Card.objects.kept().get().stream))


@pytest.mark.requirement("M133")
def test_a_step_that_stands_beyond_its_share_is_listed_with_its_unit(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    assert case.state.query_number not in page(county, "inspector", f"{HOME}blocked/")

    later(county, 14)

    stands = page(county, "inspector", f"{HOME}blocked/")
    row = next(each for each in re.findall(r"<tr>.*?</tr>", stands, re.DOTALL) if "陈瑜" in each)
    assert case.state.query_number in row
    assert "许可审批股" in row
    assert case.state.query_number not in page(county, "other_agency", f"{HOME}blocked/")


@pytest.mark.requirement("M159")
def test_the_guide_of_an_item_outside_the_reform_limits_says_by_which_law(county: County) -> None:
    school = page(county, "", f"/items/{county.code('private-school')}/")

    assert "不适用本地区时限上限" in school
    assert "民办教育促进法第十三条" in school
    assert "不适用本地区时限上限" not in page(county, "", f"/items/{county.code()}/")
