"""Gaps and commitments on the pages: told before anybody signs, chosen freely, shown by the day, verified later."""

import re
from datetime import timedelta
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import commitment, gaps
from banjie.engine import events as e
from banjie.web import clock
from tests.county import DISPATCH, FOOD, HYGIENE, MONDAY, County
from tests.faces.applying import form_of, opened, page, particulars, pdf, send
from tests.faces.cases import Filed, filed
from tests.faces.pages import forms_of, press, text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
SAMPLE, PROOF = "sample_agreement", "premises_proof"
DISPATCHING = {
    "answers.company_name": "山居劳务",
    "answers.premises": "云岭县城关镇示范街18号",
    "answers.capital": "200",
    "answers.capital_form": "money",
    "answers.rents_premises": "no",
    "answers.has_agent": "no",
}
HANDED_IN = ("application_form", "articles", "dispatch_rules")


def begun(county: County, client: Any) -> str:
    """A labour dispatch licence, filled in up to what rests on one's word; its address."""
    address = opened(client, county.code(DISPATCH))
    send(client, address, "applicant", particulars(county))
    send(client, address, "questions", DISPATCHING)
    sent = send(client, address, "materials", {f"file.{each}": pdf(f"{each}.pdf", each.encode()) for each in HANDED_IN})
    assert sent["Location"].partition("?")[0].endswith("/word/")
    return address


def number_of(response: Any) -> str:
    found = re.search(r"/cases/(\w+)/receipt/", response.redirect_chain[-1][0])
    assert found
    return found.group(1)


def promised(county: County) -> Filed:
    """A labour dispatch case whose sample agreement is promised."""
    case = filed(county, DISPATCH, leave_out=[SAMPLE])
    text = gaps.told(county.law(DISPATCH), clock.today())
    return case.do("applicant", lambda given: c.PromiseGaps(**given, materials=(SAMPLE,), told=text))


def with_gap(county: County) -> Filed:
    """The same, accepted."""
    return promised(county).do("clerk", lambda given: c.Accept(**given, gaps=(SAMPLE,)))


def granted(county: County) -> Filed:
    """A hygiene licence granted on the commitment."""
    case = filed(county, HYGIENE, leave_out=["test_report"])
    text = commitment.told(county.law(HYGIENE))
    case.do("applicant", lambda given: c.SignCommitment(**given, told=text)).accepted()
    case.assigned("document_review", "section_head", "officer").finished("document_review", "officer")
    return case.do("decider", lambda given: c.Decide(**given, outcome="grant"))


# The applicant


@pytest.mark.requirement("M161", "M163")
def test_an_application_tells_what_one_signs_and_takes_both_signatures(county: County) -> None:
    client = county.client("applicant")
    address = begun(county, client)

    shown = client.get(page(address, "word"))

    told = text_of(shown)
    for words in (
        "告知承诺书",
        "国办发〔2020〕42号",
        "免交材料",
        "监督单位可以通过数据共享",
        "不签署：按一般程序",
        "记入信用记录",
    ):
        assert words in told
    assert "受理后 8 个工作日内" in told
    assert "只能书面不予许可或者终止办理" in told
    values = form_of(shown).values
    code = county.code(DISPATCH)
    assert values[f"word.commit.{code}"] == "", "nothing is ticked before it was chosen"
    digest = commitment.told(county.law(DISPATCH)).digest
    send(client, address, "word", {f"word.commit.{code}": digest, f"word.gap.{code}": SAMPLE})
    receipt = send(client, address, "check", {"declared": "on"}, follow=True)

    case = county.view_of(number_of(receipt))
    assert [e.NAMES[type(line.event)] for line in case.lines] == ["submitted", "commitment_signed", "gaps_promised"]
    assert case.state.promised == {SAMPLE}
    assert PROOF not in case.state.required


@pytest.mark.requirement("M161")
def test_whoever_chooses_nothing_goes_the_ordinary_way(county: County) -> None:
    client = county.client("applicant")
    address = begun(county, client)
    send(client, address, "word", {})

    check = text_of(client.get(page(address, "check")))
    assert "没有选择：按一般程序办理" in check
    receipt = send(client, address, "check", {"declared": "on"}, follow=True)

    case = county.view_of(number_of(receipt))
    assert [e.NAMES[type(line.event)] for line in case.lines] == ["submitted"]
    assert PROOF in case.state.required


def test_an_item_without_either_has_no_such_page(county: County) -> None:
    client = county.client("applicant")
    address = opened(client, county.code(FOOD))

    answer = client.get(page(address, "word"))

    assert answer.status_code == 302
    assert not answer["Location"].partition("?")[0].endswith("/word/")


def test_a_text_that_changed_since_it_was_signed_is_not_signed(county: County) -> None:
    client = county.client("applicant")
    address = begun(county, client)
    send(client, address, "word", {f"word.commit.{county.code(DISPATCH)}": "0" * 64})

    receipt = send(client, address, "check", {"declared": "on"}, follow=True)

    assert county.view_of(number_of(receipt)).state.committed is None


@pytest.mark.requirement("M163")
def test_the_case_page_says_what_is_still_to_follow_until_when_and_takes_it(county: County) -> None:
    case = with_gap(county)
    client = county.client("applicant")
    address = f"/cases/{case.number}/"

    told = text_of(client.get(address))

    assert "拟与用工单位签订的劳务派遣协议样本" in told
    assert "待补交" in told
    assert "2026年3月12日" in told
    assert "容缺后补期限“拟与用工单位签订的劳务派遣协议样本”" in told
    assert SAMPLE not in told, "a citizen reads names, no codes"
    followed = text_of(county.client("stranger").get(address))
    assert "劳务派遣协议样本" not in followed
    after = press(client, address, "fill_gap", **{f"file.{SAMPLE}": pdf("sample.pdf")})
    assert "收到您后补的" in after
    assert "已于 2026年3月2日" in after
    assert case.facts[-1] == "gap_filled"


def test_after_the_day_the_page_says_what_is_left(county: County) -> None:
    case = with_gap(county)
    county.move_to(MONDAY + 11 * DAY)

    told = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "逾期未补交" in told
    assert "材料备齐后可以重新申请" in told


def test_a_right_page_tells_before_one_signs_after_filing(county: County) -> None:
    case = filed(county, DISPATCH, leave_out=[PROOF])
    client = county.client("applicant")

    told = text_of(client.get(f"/cases/{case.number}/sign-commitment/"))
    assert "是否签署由您自愿决定" in told
    form = forms_of(client.get(f"/cases/{case.number}/sign-commitment/"))["sign_commitment"]
    refused = client.post(form.address, form.values)
    assert refused.status_code == 422, "without the box nothing is signed"
    assert case.facts == ["submitted"]
    client.post(form.address, {**form.values, "signed": "on"})

    assert case.facts[-1] == "commitment_signed"
    stranger = county.client("stranger").get(f"/cases/{case.number}/sign-commitment/")
    assert stranger.status_code == 404


# The window


@pytest.mark.requirement("M163")
def test_the_window_offers_gaps_only_where_they_are_lawful_and_says_why_not(county: County) -> None:
    lawful = filed(county, DISPATCH, leave_out=[SAMPLE])
    other = filed(county, FOOD, leave_out=["rules_list"])
    client = county.client("clerk")

    here = client.get(f"/hall/cases/{lawful.number}/")
    there = client.get(f"/hall/cases/{other.number}/")

    assert "promise_gaps" in forms_of(here)
    assert "promise_gaps" not in forms_of(there)
    assert "本件没有可以容缺后补的材料" in text_of(there)


@pytest.mark.requirement("M163")
def test_the_clerk_records_the_signature_accepts_with_the_gap_and_prints_both_papers(county: County) -> None:
    case = filed(county, DISPATCH, leave_out=[SAMPLE, PROOF])
    client, address = county.client("clerk"), f"/hall/cases/{case.number}/"
    for letter, words in (("commitment", "告知承诺书"), ("gaps", "容缺受理承诺书")):
        printed = text_of(client.get(f"{address}letter/{letter}/"))
        assert words in printed
        assert "签名、日期" in printed

    press(client, address, "sign_commitment", signed="on")
    press(client, address, "promise_gaps", signed="on", materials=SAMPLE)
    shown = client.get(address)
    assert forms_of(shown)["accept"].values["gaps"] == SAMPLE
    told = press(client, address, "accept")

    assert "容缺受理，后补材料" in told
    assert case.facts == ["submitted", "commitment_signed", "gaps_promised", "accepted"]
    assert case.last(e.Accepted).gaps[0].material == SAMPLE
    papers = client.get(address).content.decode()
    assert "容缺受理通知书" in papers
    assert county.client("applicant").get(f"{address}letter/gaps/").status_code == 403


def test_an_unticked_gap_is_not_accepted_away(county: County) -> None:
    case = promised(county)
    client, address = county.client("clerk"), f"/hall/cases/{case.number}/"
    form = forms_of(client.get(address))["accept"]

    refused = client.post(form.address, {name: value for name, value in form.values.items() if name != "gaps"})

    assert refused.status_code in (409, 422)
    assert case.facts[-1] == "gaps_promised"


# The desk


def test_while_a_gap_is_open_the_desk_says_why_nothing_is_decided(county: County) -> None:
    case = with_gap(county)
    case.assigned("document_review", "labour_head", "labour_officer").finished("document_review", "labour_officer")

    shown = county.client("labour_decider").get(f"/desk/cases/{case.number}/")

    assert "decide" not in forms_of(shown)
    assert "还有后补的材料没有交" in text_of(shown)
    assert "容缺后补期限" in text_of(shown)


@pytest.mark.requirement("M162")
def test_the_supervising_unit_finds_the_verification_on_its_list_and_ends_it(county: County) -> None:
    case = granted(county)
    supervisor, address = county.client("health_supervisor"), f"/desk/cases/{case.number}/"

    assert "承诺核查" in text_of(supervisor.get("/desk/"))
    assert "承诺核查" not in text_of(county.client("supervisor").get("/desk/"))
    assert county.client("stranger").get(address).status_code == 403
    told = press(supervisor, address, "verify_commitment", outcome="broken", method="field_check", text="通风不足")
    assert "承诺不实" in told
    assert "record_measure" in forms_of(supervisor.get(address))
    press(supervisor, address, "record_measure", measure="order_to_correct", period="10", text="改造通风")
    assert case.state.verification is not None
    assert case.state.verification.is_open
    press(supervisor, address, "verify_commitment", outcome="kept", method="field_check", text="已改造")
    assert not case.state.verification.is_open
    press(supervisor, address, "restore_credit", text="已改正")

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    assert "信用已于 2026年3月2日 修复" in page


@pytest.mark.requirement("M162")
def test_a_closed_case_shows_until_when_it_is_verified(county: County) -> None:
    case = granted(county)
    case.do("licence_clerk", lambda given: c.Issue(**given))
    case.do("licence_clerk", lambda given: c.Serve(**given, method="in_person"))
    assert case.state.is_closed

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "待核查" in page
    assert "2026年5月6日" in page
    assert "承诺核查" in text_of(county.client("health_supervisor").get("/desk/"))


def test_the_guide_tells_the_commitment_before_anybody_applies(county: County) -> None:
    told = text_of(county.client().get(f"/items/{county.code(HYGIENE)}/"))

    assert "国发〔2021〕7号" in told
    assert "两个月内到场核查" in told
