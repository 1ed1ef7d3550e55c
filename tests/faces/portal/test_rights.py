"""What an applicant may do of their own accord: said before it is done, recorded when it is, and nobody else's."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.records.accounts.models import User
from tests.county import MONDAY, VENUE, County
from tests.faces.applying import PDF, pdf
from tests.faces.cases import Filed, filed
from tests.faces.pages import forms_of, press, text_of
from tests.parties import mandated

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
RIGHTS = ("withdraw", "make-statement", "request-hearing", "waive-hearing", "complain", "copy")


def test_the_case_page_leads_to_each_right_that_is_possible(county: County) -> None:
    case = filed(county).accepted()

    page = county.client("applicant").get(f"/cases/{case.number}/").content.decode()

    for each in ("withdraw", "make-statement", "complain", "copy"):
        assert f'href="/cases/{case.number}/{each}/"' in page
    assert f'href="/cases/{case.number}/request-hearing/"' not in page


def test_withdrawing_says_first_what_it_means(county: County) -> None:
    case = filed(county).accepted()

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/withdraw/"))

    assert "撤回后不能恢复" in page
    assert "返回，不作改动" in page
    assert case.facts[-1] == "accepted"


def test_a_hearing_stands_first_among_what_is_asked_with_its_last_day(county: County) -> None:
    case = filed(county).accepted()
    case.do("section_head", lambda given: c.TellHearingRight(**given))

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert page.index("决定是否要求听证") < page.index("联系人")
    assert "提出的截止日期： 2026年3月9日" in page


def test_what_is_asked_is_the_first_thing_on_the_page(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))

    response = county.client("applicant").get(f"/cases/{case.number}/")

    page = text_of(response)
    assert page.index("现在需要您做的") < page.index("联系人")
    assert "submit_correction" in forms_of(response)
    assert "没有。我们正在办理" not in page


def test_a_complaint_has_a_limit_and_its_answer_comes_to_whoever_complained(county: County) -> None:
    case = filed(county).accepted()
    client, address = county.client("applicant"), f"/cases/{case.number}/"

    page = press(client, f"{address}complain/", "complain", text="等了两天没人接电话")
    assert "等了两天没人接电话" in page
    assert "最晚答复日期：" in page
    complaint = case.last(e.Complained)
    assert complaint.against == ""

    case.do(
        "supervisor",
        lambda given: c.AnswerComplaint(
            **given, complaint=complaint.complaint, outcome="founded", text=c.Personal("已经整改，向您道歉")
        ),
    )
    page = text_of(client.get(address))
    assert "答复: 属实" in page
    assert "已经整改，向您道歉" in page


def test_a_complaint_may_name_a_person_the_applicant_knows_and_nobody_else(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("applicant")
    form = forms_of(client.get(f"/cases/{case.number}/complain/"))["complain"]
    clerk, other = county.actor("clerk"), county.actor("decider")

    refused = client.post(form.address, {**form.values, "text": "态度不好", "against": f"{other.id}@{other.unit}"})
    assert refused.status_code == 422
    assert "complained" not in case.facts

    client.post(form.address, {**form.values, "text": "态度不好", "against": f"{clerk.id}@{case.state.unit}"})
    assert case.last(e.Complained).against == clerk.id


def test_a_complaint_can_be_made_after_the_case_was_closed(county: County) -> None:
    case = filed(county)
    press(county.client("applicant"), f"/cases/{case.number}/withdraw/", "withdraw")

    press(county.client("applicant"), f"/cases/{case.number}/complain/", "complain", text="没有人告诉我要带原件")

    assert case.facts[-1] == "complained"


def test_when_the_limit_has_passed_the_remedy_stands_on_the_page(county: County) -> None:
    case = filed(county).accepted()
    assert "如果您不服" not in text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    county.move_to(MONDAY + 60 * DAY)

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    assert "法定时限已过，没有作出决定" in page
    assert "行政复议" in page


def test_after_a_decline_the_remedy_names_where_and_until_when(county: County) -> None:
    case = filed(county)
    case.do("clerk", lambda given: c.Decline(**given, ground="other_agency", competent="云岭县卫生健康局"))

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "如果您不服" in page
    assert "不予受理决定书" in page
    assert "60" in page


@pytest.mark.requirement("M096")
def test_every_trip_is_counted_against_what_the_guide_promises(county: County) -> None:
    case = filed(county).accepted()
    for day in (0, 1):
        county.move_to(MONDAY + day * DAY)
        case.do("clerk", lambda given: c.RecordVisit(**given, reason="show_originals"))

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    promised = case.county.law(case.item).procedure.visits
    assert "2 趟" in page
    assert ("超过了承诺的次数" in page) == (promised < 2)
    assert "查验原件" in page


def test_who_saw_the_original_and_when_stands_beside_the_material(county: County) -> None:
    case = filed(county).accepted()
    material = next(
        each.id for each in case.county.law(case.item).procedure.materials if each.id in case.state.provided
    )
    case.do("clerk", lambda given: c.SeeOriginal(**given, material=material, how="kept"))

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "收存 · 周宁" in page
    assert "由我们收存" in page


def test_a_paper_is_read_with_what_it_says(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("applicant")
    position = case.facts.index("accepted") + 1
    assert f"/cases/{case.number}/papers/{position}/" in client.get(f"/cases/{case.number}/").content.decode()

    page = text_of(client.get(f"/cases/{case.number}/papers/{position}/"))

    assert "受理通知书" in page
    assert "您的申请已于 2026年3月2日 受理" in page
    assert client.get(f"/cases/{case.number}/papers/99/").status_code == 404


def test_the_copy_holds_everything_that_was_handed_in_and_what_happened(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))
    client = county.client("applicant")
    form = forms_of(client.get(f"/cases/{case.number}/"))["submit_correction"]
    client.post(form.address, {**form.values, "file.rules_list": pdf("制度:目录.pdf")})
    assert case.facts[-1] == "corrected"
    case.do("clerk", lambda given: c.Note(**given, text=c.Personal("内部意见")))

    response = client.get(f"/cases/{case.number}/copy/")

    whole = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert whole.testzip() is None
    assert not [name for name in whole.namelist() if name.startswith("/") or ".." in name.split("/")]
    told = whole.read("case.html").decode()
    assert "一次性告知" in told
    data = json.loads(whole.read("case.json"))
    assert [whole.read(name) for name in whole.namelist() if "制度_目录.pdf" in name] == [PDF]
    assert data["applicant"]["name"] == county.applicant().name
    assert [each["kind"] for each in data["facts"]][:2] == ["submitted", "correction_requested"]
    assert "noted" not in {each["kind"] for each in data["facts"]}
    assert any(name.startswith("papers/") and "一次性告知书" in name for name in whole.namelist())
    sheets = [name for name in whole.namelist() if name.startswith("papers/") and name.endswith(".pdf")]
    assert sheets
    assert all(whole.read(name).startswith(b"%PDF-") for name in sheets)
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("right", RIGHTS)
def test_a_stranger_finds_nothing_and_a_visitor_signs_in_first(county: County, right: str) -> None:
    case = filed(county).accepted()

    assert county.client("stranger").get(f"/cases/{case.number}/{right}/").status_code == 404
    assert county.client().get(f"/cases/{case.number}/{right}/").status_code == 302


# An interested third party (利害关系人)


@pytest.fixture
def venue(county: County) -> Filed:
    """A venue in whose case a neighbour with an account was named as having an interest."""
    case = filed(county, VENUE).accepted()
    neighbour = e.Person(county.actor("stranger").id)
    named = (c.Personal({"name": "邻居甲", "phone": "13900000000"}),)
    case.do("venue_head", lambda given: c.NameThirdParties(**given, parties=(neighbour,), particulars=named))
    return case.do("venue_head", lambda given: c.TellHearingRight(**given))


def test_a_third_party_is_told_what_concerns_them_and_sees_nothing_that_was_handed_in(
    county: County, venue: Filed
) -> None:
    person, client = county.applicant(), county.client("stranger")

    response = client.get(f"/cases/{venue.number}/")

    page = text_of(response)
    assert "您是这件申请的利害关系人" in page
    assert "您有权要求听证" in page
    for private in (person.name, person.phone, person.id_number, "申请材料", "示范街", "13900000000"):
        assert private not in page
    assert "withdraw" not in response.content.decode()
    for closed in ("receipt", "copy", "papers/2"):
        assert client.get(f"/cases/{venue.number}/{closed}/").status_code == 404


def test_an_agent_of_a_third_party_sees_no_more_than_the_third_party(county: County, venue: Filed) -> None:
    agent = User.objects.create_user("newcomer")
    mandated(county.user("stranger").pseudonym, agent.pseudonym)
    client, person = county.client(), county.applicant()
    client.force_login(agent)
    assert client.get(f"/cases/{venue.number}/").status_code == 404
    client.post(reverse("own:act_for"), {"party": county.user("stranger").pseudonym, "next": "/"})

    page = text_of(client.get(f"/cases/{venue.number}/"))

    assert "您是这件申请的利害关系人" in page
    assert person.name not in page
    for closed in ("receipt", "copy", "papers/2"):
        assert client.get(f"/cases/{venue.number}/{closed}/").status_code == 404


def test_a_third_party_asks_for_the_hearing_states_and_complains_as_one(county: County, venue: Filed) -> None:
    client, address = county.client("stranger"), f"/cases/{venue.number}/"

    press(client, f"{address}make-statement/", "make_statement", text="夜里太吵")
    press(client, f"{address}request-hearing/", "request_hearing")
    page = press(client, f"{address}complain/", "complain", text="没有人听我说")

    assert "没有人听我说" in page
    made = [venue.last(kind) for kind in (e.StatementMade, e.HearingRequested, e.Complained)]
    assert {each.by.kind for each in made} == {e.ActorKind.THIRD_PARTY}
    assert client.post(f"{address}withdraw/", {}).status_code == 422
    assert "没有人听我说" not in text_of(county.client("applicant").get(address))


def test_once_a_refusal_is_served_the_last_days_to_challenge_it_open_into_their_ledgers(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    case.assigned("site_survey", "survey_head", "surveyor", "second_surveyor")
    case.finished("document_review", "officer")
    unmet = (c.Found("c3", False, c.Personal("没有纱窗")),)
    case.do("surveyor", lambda given: c.FinishStep(**given, step="site_survey", outcome="failed", findings=unmet))
    point = c.Citation(e.PointKind.CRITERION, "c3", e.Defect.UNMET)
    case.do("decider", lambda given: c.Decide(**given, outcome="refuse", points=(point,)))
    address = f"/cases/{case.number}/"
    assert "申请行政复议的期限" not in text_of(county.client("applicant").get(address))

    case.do("clerk", lambda given: c.Serve(**given, method="electronic"))

    page = text_of(county.client("applicant").get(address))
    assert "不予许可决定书" in page
    assert "申请行政复议的期限 截止 2026年5月" in page
    assert "提起行政诉讼的期限 截止 2026年9月2日" in page
