"""A finding becomes a card, the unit explains and puts it right, the office closes it: three people, one card."""

import pytest
from playwright.sync_api import Page, expect

from banjie.duties.supervision.models import Card
from tests.browser.visits import PATIENCE, PHONE, Visits
from tests.county import County
from tests.duties.supervision.cases import card_of, silent

pytestmark = pytest.mark.database


def ask(page: Page, title: str, text: str, choice: str = "") -> None:
    """Open what one can ask for, fill it in, and press its button."""
    form = page.locator("details.ask", has=page.get_by_text(title, exact=True)).first
    if form.get_attribute("open") != "":
        form.locator("summary").click()
    if choice:
        form.get_by_role("radio", name=choice).check()
    form.locator("textarea").fill(text)
    form.get_by_role("button", name=title).click()
    expect(page.get_by_role("status").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.requirement("M222", "M224")
def test_a_finding_fires_the_supervisor_issues_a_card_and_it_closes(county: County, visits: Visits) -> None:
    card = card_of(silent(county))
    office, window = visits.open("inspector"), visits.open("clerk", size=PHONE, touch=True)

    office.goto("/desk/supervision/")
    office.get_by_role("link", name="逾期未告知，依法视为受理").first.click()
    expect(office.get_by_text("最迟应于 2026年3月9日", exact=False).first).to_be_visible()
    ask(office, "发牌", "请说明逾期原因。", "黄牌")

    window.goto("/desk/supervision/")
    window.get_by_role("link", name="逾期未告知，依法视为受理").first.click()
    ask(window, "说明情况", "周五系统升级，漏看了一件网上申请。")
    ask(window, "报告整改", "每日两次检查网上收件。")

    office.reload()
    expect(office.get_by_text("漏看了一件网上申请", exact=False).first).to_be_visible()
    ask(office, "销号", "已核查。")
    expect(office.get_by_text("整改到位", exact=False).first).to_be_visible()

    row = Card.objects.kept().get(stream=card.stream)
    assert (row.status, row.result, row.colour) == ("closed", "rectified", "yellow")
    stranger = visits.open("officer")
    answer = stranger.goto(f"/desk/supervision/cards/{card.stream}/")
    assert answer
    assert answer.status == 404
