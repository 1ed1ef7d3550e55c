"""What happens to running cases when the calendar changes: loaded, read, released by a second person, told."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from banjie.config import worker
from tests.browser.county import NOTICE
from tests.browser.visits import PATIENCE, PHONE, Visits, fits
from tests.county import County
from tests.faces.cases import Filed, filed

CASES = 20


@pytest.fixture
def twenty(county: County) -> list[Filed]:
    """Twenty cases that are accepted on Monday 2 March 2026."""
    return [filed(county).accepted() for _ in range(CASES)]


def test_a_keeper_loads_a_new_calendar_and_twenty_running_cases_move(
    county: County, visits: Visits, twenty: list[Filed]
) -> None:
    keeper = visits.open("calendar_keeper")
    keeper.goto("/desk/")
    keeper.get_by_role("link", name="工作日历与规则变更").click()
    keeper.get_by_role("link", name="载入放假通知").first.click()
    keeper.get_by_label("通知文件").set_input_files(
        files=[{"name": "2026.yaml", "mimeType": "text/yaml", "buffer": NOTICE.replace("01-03}", "01-33}").encode()}]
    )
    keeper.get_by_role("button", name="查看会影响哪些办件").last.click()
    expect(keeper.get_by_role("alert")).to_contain_text("2026-01-33")
    mended = keeper.get_by_label("文件内容").input_value().replace("2026-01-33", "2026-01-03")
    keeper.get_by_label("文件内容").fill(mended)
    keeper.get_by_role("button", name="查看会影响哪些办件").last.click()
    keeper.wait_for_url("**/plans/*/")
    expect(keeper.locator("main")).to_contain_text(f"{CASES} 件日期将变动")
    for case in twenty:
        expect(keeper.locator("main")).to_contain_text(case.number)
    keeper.get_by_role("button", name="放行", exact=True).click()
    expect(keeper.get_by_role("alert")).to_contain_text("两个人")

    second = visits.open("second_calendar_keeper", size=PHONE, touch=True)
    second.goto(keeper.url.removesuffix("release/"))
    fits(second)
    second.get_by_role("button", name="放行", exact=True).click()
    expect(second.locator("main")).to_contain_text("已放行")
    county.move_to(county.view_time() + timedelta(seconds=5))
    while worker.turn():
        """The cases are moved, and the inboxes fill."""
    second.reload()
    expect(second.locator("main")).to_contain_text("已完成", timeout=PATIENCE)
    expect(second.locator("main")).to_contain_text(f"{CASES} 件日期已变动")

    applicant = visits.open("applicant", size=PHONE, touch=True)
    applicant.goto("/inbox/")
    told = applicant.locator("main")
    expect(told).to_contain_text("放假安排有更新（示例通知）")
    expect(told).to_contain_text("法定时限由 2026年3月16日 改为 2026年3月17日")
    applicant.goto(f"/cases/{twenty[0].number}/")
    expect(applicant.locator("main")).to_contain_text("2026年3月17日")
    assert all(case.facts.count("redated") == 1 for case in twenty)
