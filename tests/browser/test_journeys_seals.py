"""A seal is taken into use by two people, the keeper seals a decision with it, and an outside tool finds it valid."""

import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from banjie.demo.county import PASSWORD
from banjie.duties.papers import sealing
from banjie.duties.seals import register
from banjie.duties.seals.models import Seal
from banjie.duties.seals.register import Given, Held
from banjie.web import clock
from tests import tools
from tests.browser.visits import PATIENCE, PHONE, Visits
from tests.county import County
from tests.duties.seals.papers import ONE_SEAL, granted, seal_stream, typeset

pytestmark = pytest.mark.database

NEW = "9999210000199"


def press(page: Page, title: str) -> None:
    """Open what one can ask for and press its button."""
    form = page.locator("details.ask", has=page.get_by_text(title, exact=True)).first
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.get_by_role("button", name=title).click()


@pytest.mark.requirement("M167", "M168")
def test_a_new_seal_is_activated_by_two_and_a_decision_sealed_with_it_is_valid_to_an_outside_tool(
    county: County, visits: Visits, tmp_path: Path
) -> None:
    tools.need("pdfsig")
    people, now = county.actor, clock.now()
    # The old seal is away already; the new one is in the register and waits for its ceremony.
    old = Held(now.date(), (), "旧章封存。")
    register.open_ceremony(seal_stream(ONE_SEAL), "seal_away", old, people("seal_keeper"), uuid4(), now)
    register.confirm_ceremony(seal_stream(ONE_SEAL), people("head_of_agency"), uuid4(), now)
    keepers = (people("seal_keeper").id,)
    given = Given("approval-bureau", "approval", "行政审批专用章", NEW, keepers)
    seal = register.register(given, people("seal_keeper"), uuid4(), now)
    decision, _ = typeset(granted(county), "decision_to_grant")
    keeper, head = visits.open("seal_keeper"), visits.open("head_of_agency", size=PHONE, touch=True)

    keeper.goto(f"/desk/seals/{seal.stream}/")
    form = keeper.locator("details.ask", has=keeper.get_by_text("登记启用仪式", exact=True)).first
    form.locator("summary").click()
    form.get_by_role("checkbox", name="谢桉").check()
    form.locator("textarea").fill("在政务服务大厅启用新章，监察人员到场。")
    form.get_by_role("button", name="登记启用仪式").click()
    expect(keeper.get_by_text("等待第二人确认", exact=False).first).to_be_visible(timeout=PATIENCE)

    head.goto("/desk/seals/")
    expect(head.get_by_text("有仪式等待您确认")).to_be_visible()
    head.get_by_role("link", name="云岭县行政审批局行政审批专用章").first.click()
    press(head, "作为第二人确认仪式")
    expect(head.get_by_text("已由两人确认。")).to_be_visible(timeout=PATIENCE)
    assert Seal.objects.get(code=NEW).state == "active"

    keeper.goto("/desk/seals/waiting/")
    if keeper.get_by_role("link", name="验证身份").count():
        keeper.get_by_role("link", name="验证身份").click()
        keeper.locator("main input[type=password]").fill(PASSWORD)
        keeper.locator("main form button").first.click()
        expect(keeper.get_by_role("heading", name="待用印", exact=True)).to_be_visible(timeout=PATIENCE)
    keeper.get_by_role("checkbox", name=f"对 {decision.number} 用印").check()
    keeper.get_by_role("button", name="对勾选的文书用印").click()
    expect(keeper.get_by_text("共 1 份，已用印 0 份")).to_be_visible(timeout=PATIENCE)
    while sealing.work(clock.now()):
        pass
    # The page asks again by itself.
    expect(keeper.get_by_text("共 1 份，已用印 1 份")).to_be_visible(timeout=PATIENCE)
    with keeper.expect_download() as downloading:
        keeper.get_by_role("link", name="下载已用印的 PDF").click()
    path = tmp_path / "decision.pdf"
    downloading.value.save_as(path)

    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout

    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "云岭县行政审批局行政审批专用章（演示用章）" in said
    stranger = visits.open("officer")
    answer = stranger.goto(f"/desk/seals/{seal.stream}/")
    assert answer
    assert answer.status == 403
