"""A citizen reads who looked at their data: an officer says what for and sees the numbers, the citizen sees that."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import PHONE, Visits
from tests.county import County
from tests.faces.cases import filed

pytestmark = pytest.mark.database


def test_a_citizen_reads_the_ledger_of_who_looked_and_complains_about_a_look(county: County, visits: Visits) -> None:
    case, person = filed(county).accepted(), county.applicant()
    officer, citizen = visits.open("decider"), visits.open("applicant", size=PHONE, touch=True)

    officer.goto(f"/desk/cases/{case.number}/")
    officer.get_by_text("完整显示号码", exact=True).click()
    officer.get_by_label("查看目的").select_option("examination")
    officer.get_by_label("查看事由").fill("核对营业执照")
    officer.get_by_role("button", name="显示", exact=True).click()
    expect(officer.get_by_text(person.phone).first).to_be_visible()

    citizen.goto("/account/")
    citizen.get_by_role("link", name="查看记录").click()
    look = citizen.locator("ol.timeline li").first
    expect(look).to_contain_text("审查申请材料")
    expect(look).to_contain_text("行政许可法 34")
    expect(look).to_contain_text(case.number)
    expect(look).to_contain_text("工号")
    assert "高原" not in citizen.content()
    assert citizen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look.get_by_role("link", name="对此次查看向监察机构投诉").click()
    expect(citizen.get_by_role("heading", level=1)).to_contain_text("投诉")

    stranger = visits.open("stranger")
    stranger.goto("/account/looks/")
    expect(stranger.get_by_text("没有人查看过您的完整号码。")).to_be_visible()
