"""On a phone 360 pixels wide: from a word to the receipt, with scripts and without, and nothing runs over the edge."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from banjie.cases import queries
from banjie.cases.scope import Scope
from tests.browser.visits import PHONE, Visits, fits
from tests.county import INSTANT, County
from tests.faces.applying import PDF

pytestmark = pytest.mark.database


@pytest.mark.requirement("M193", "M196", "M205")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_somebody_new_applies_on_a_phone(county: County, visits: Visits, tmp_path: Path, scripts: bool) -> None:
    paper = tmp_path / "申请书.pdf"
    paper.write_bytes(PDF)
    newcomer = get_user_model().objects.create_user("newcomer")
    person = county.applicant("stranger")

    page = visits.open("newcomer", size=PHONE, scripts=scripts, touch=True)
    page.goto("/")
    fits(page)
    page.fill("#search-q", "注销个体户")
    if not scripts:
        page.click("form.search button")
    page.locator("#found .result a", has_text="网上申请").first.click()
    page.wait_for_url("**/applicant/")
    page.check('[name="applicant.kind"][value=person]')
    page.check('[name="applicant.id_type"][value=id_card]')
    for name in ("name", "id_number", "phone", "address"):
        page.fill(f'[name="applicant.{name}"]', person.particulars[name])
    fits(page)
    page.click("form.application button >> nth=0")
    page.wait_for_url("**/questions/")
    page.fill('[name="answers.trader_name"]', "白禾小店")
    page.check('[name="answers.reason"][value=gives_up]')
    for name in ("has_hired", "has_licence_paper", "has_agent"):
        page.check(f'[name="answers.{name}"][value=no]')
    fits(page)
    page.click("form.application button >> nth=0")
    page.wait_for_url("**/materials/")
    page.set_input_files('[name="file.application_form"]', paper)
    page.click("form.application button >> nth=1")
    page.wait_for_selector(".received")
    fits(page)
    page.click("form.application button >> nth=0")
    page.wait_for_url("**/check/")
    fits(page)
    page.check("[name=declared]")
    page.click("form.application button >> nth=0")
    page.wait_for_url("**/receipt/")
    fits(page)

    case = queries.cases(Scope((newcomer.pseudonym,)))[0]
    state = queries.view(case.stream, county.view_time()).state
    assert case.procedure == county.code(INSTANT)
    assert len(state.provided["application_form"].files) == 1


@pytest.mark.requirement("M205")
def test_the_public_pages_fit_a_phone_and_the_materials_follow_each_answer(county: County, visits: Visits) -> None:
    page = visits.open(size=PHONE, touch=True)
    code = county.code()
    for path in (
        "/",
        "/items/",
        "/events/start-business/",
        "/online/",
        "/guides/",
        f"/items/{code}/",
        f"/items/{code}/wall/",
    ):
        page.goto(path)
        fits(page)
    page.goto(f"/items/{code}/situation/")
    assert page.locator("#narrowed li.needed").count() == 5
    page.check('[name="answers.uses_machines"][value=yes]')
    expect(page.locator("#narrowed li.needed")).to_have_count(6)
    fits(page)
