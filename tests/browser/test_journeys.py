"""What happens at the same time: two officers on a case, a new version while one runs, a button pressed twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.demo.county import PASSWORD
from banjie.records.accounts.models import Session
from banjie.records.catalogue.models import ProcedureVersion
from tests.browser.visits import PATIENCE, PHONE, Visits
from tests.county import INSTANT, County
from tests.faces.applying import PDF
from tests.faces.cases import Filed, filed

MET = {"": ["符合"], "en": ["met", "passed"]}
"""What stands beside a criterion and beside the outcome of a step where all is well."""
PUBLISHING = {
    "": {
        "from": "施行日期", "next": "编制下一版", "sign": "会签", "publish": "发布",
        "published": "已发布为第 2 版",
    },
    "en": {
        "from": "In force from", "next": "Begin the next version", "sign": "Sign ",
        "publish": "Publish", "published": "published as version 2",
    },
}  # fmt: skip


def in_review(county: County) -> Filed:
    """A food licence in both branches of its examination."""
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    return case.assigned("site_survey", "survey_head", "surveyor", "second_surveyor")


@pytest.mark.database
@pytest.mark.parametrize("language", ["", "en"], ids=["Chinese", "English"])
def test_two_officers_finish_a_parallel_review_at_the_same_time(county: County, visits: Visits, language: str) -> None:
    case = in_review(county)
    review, survey = (visits.open(role, language=language) for role in ("officer", "surveyor"))
    for page in (review, survey):
        page.goto(f"/desk/cases/{case.number}/")  # both look at the same version of the case
        for word in MET[language]:
            for met in page.get_by_role("radio", name=word, exact=True).all():
                met.check()

    for page in (survey, review):
        form = page.locator("form[action$='/finish-step/']")
        form.get_by_role("button").last.click()
        expect(form, page.locator("main").inner_text()[:600]).to_have_count(0, timeout=PATIENCE)

    assert {case.state.steps[each].outcome for each in ("document_review", "site_survey")} == {"passed"}
    assert case.facts.count("step_finished") == 2


@pytest.mark.parametrize("language", ["", "en"], ids=["Chinese", "English"])
def test_a_running_case_keeps_its_version_when_a_new_one_is_published(
    county: County, visits: Visits, language: str
) -> None:
    case, code = filed(county).accepted(), county.code()
    words = PUBLISHING[language]
    keeper = visits.open("keeper", language=language)

    keeper.goto(f"/desk/items/{code}/")
    keeper.get_by_label(words["from"]).fill(str(county.view_time().date() + timedelta(days=1)))
    keeper.get_by_role("button", name=words["next"]).click()
    keeper.wait_for_url("**/drafts/*/")
    draft = keeper.url
    for role in ("keeper", "centre", "e_government"):
        page = keeper if role == "keeper" else visits.open(role, language=language)
        page.goto(draft)
        sign = page.locator("main").get_by_role("button", name=words["sign"])
        sign.click()
        expect(sign).to_have_count(0, timeout=PATIENCE)
    keeper.goto(draft)
    keeper.get_by_role("button", name=words["publish"], exact=True).click()
    keeper.get_by_text(words["published"]).first.wait_for()

    county.move_to(county.view_time() + timedelta(days=2))
    officer = visits.open("clerk", language=language)
    officer.goto(f"/hall/cases/{case.number}/")
    later = filed(county)
    assert (case.state.procedure_version, later.state.procedure_version) == (1, 2)
    assert ProcedureVersion.objects.filter(code=code).count() == 2
    assert officer.get_by_text(case.number).first.is_visible()


def test_a_button_pressed_twice_hands_in_once(county: County, visits: Visits, tmp_path: Path) -> None:
    page = visits.open("stranger", size=PHONE, touch=True)
    to_the_last_page(county, page, tmp_path)
    submit = page.locator("form.application button").first

    submit.dblclick(no_wait_after=True)
    page.wait_for_url("**/receipt/")

    assert len(queries.cases(Scope.of(county.actor("stranger")))) == 1


def test_going_back_after_handing_in_hands_in_nothing_more(county: County, visits: Visits, tmp_path: Path) -> None:
    page = visits.open("stranger", size=PHONE, touch=True)
    to_the_last_page(county, page, tmp_path)
    page.locator("form.application button").first.click()
    page.wait_for_url("**/receipt/")

    page.go_back()
    page.reload()
    if page.locator("form.application").count():
        page.locator("form.application button").first.click()
    page.wait_for_url("**/receipt/")

    assert len(queries.cases(Scope.of(county.actor("stranger")))) == 1


def test_going_back_in_a_form_keeps_what_was_typed(county: County, visits: Visits, tmp_path: Path) -> None:
    page = visits.open("stranger", size=PHONE, touch=True)
    to_the_last_page(county, page, tmp_path)

    page.go_back()
    page.go_back()
    page.wait_for_url("**/questions/")

    assert page.locator('[name="answers.trader_name"]').input_value() == "白禾小店"
    assert page.locator('[name="answers.reason"][value=gives_up]').is_checked()


def to_the_last_page(county: County, page: Page, folder: Path) -> None:
    """An instant item applied for up to the page on which it is handed in."""
    paper = folder / "申请书.pdf"
    paper.write_bytes(PDF)
    person = county.applicant("stranger")
    page.goto(f"/items/{county.code(INSTANT)}/apply/")
    if page.url.endswith("/applicant/"):
        for name in ("name", "id_number", "phone", "address"):
            page.fill(f'[name="applicant.{name}"]', person.particulars[name])
        page.locator("form.application button").first.click()
    page.wait_for_url("**/questions/")
    page.fill('[name="answers.trader_name"]', "白禾小店")
    page.check('[name="answers.reason"][value=gives_up]')
    for name in ("has_hired", "has_licence_paper", "has_agent"):
        page.check(f'[name="answers.{name}"][value=no]')
    page.locator("form.application button").first.click()
    page.wait_for_url("**/materials/")
    page.set_input_files('[name="file.application_form"]', paper)
    page.locator("form.application button").first.click()
    page.wait_for_url("**/check/")
    page.check("[name=declared]")


@pytest.mark.parametrize(("language", "scripts"), [("", True), ("en", False)], ids=["Chinese", "English, no JS"])
def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(
    county: County, visits: Visits, language: str, scripts: bool
) -> None:
    sign_in, send = {"": ("登录", "提交我填写的内容"), "en": ("Sign in", "Send what I typed")}[language]
    page = visits.open("stranger", size=PHONE, language=language, scripts=scripts)
    page.goto(f"/items/{county.code(INSTANT)}/apply/")
    page.goto(page.url.replace("/applicant/", "/questions/"))
    page.fill('[name="answers.trader_name"]', "白禾小店")
    page.check('[name="answers.reason"][value=gives_up]')

    Session.objects.all().delete()
    page.locator("form.application button").first.click()
    with page.expect_popup() as opened:
        page.locator("main").get_by_role("link", name=sign_in).click()
    beside = opened.value
    beside.fill("[name=username]", county.user("stranger").username)
    beside.fill("[name=password]", PASSWORD)
    beside.locator("main form button").first.click()
    beside.wait_for_url("**/")
    page.get_by_role("button", name=send).click()
    page.get_by_role("button", name=send).click()  # the page is older than the sign-in: once more

    page.wait_for_url("**/questions/")
    assert page.locator('[name="answers.trader_name"]').input_value() == "白禾小店"
    assert page.locator('[name="answers.reason"][value=gives_up]').is_checked()


def test_what_another_site_sends_is_not_offered_to_be_sent_again(county: County) -> None:
    client = Client(enforce_csrf_checks=True)
    typed = {"answers.trader_name": "别处写的"}

    for origin in ("https://elsewhere.example", "null"):
        answer = client.post("/inbox/read/", typed, headers={"origin": origin})
        assert answer.status_code == 403
        assert "别处写的" not in answer.content.decode()
    own = client.post("/inbox/read/", typed, headers={"origin": "http://testserver"})
    assert "别处写的" in own.content.decode()


def test_a_password_is_not_sent_back(county: County) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/sign-in/", {"username": "a", "password": "b"}, headers={"origin": "http://testserver"})

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
