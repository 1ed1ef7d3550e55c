"""An applicant's case: sentences, dates, the one contact person, and what can be asked for."""

from datetime import timedelta

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from tests.county import MONDAY, County
from tests.faces.cases import filed
from tests.faces.pages import forms_of, press, text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)


@pytest.mark.requirement("M095")
def test_my_case_tells_its_story_its_dates_and_whom_to_ask(county: County) -> None:
    case = filed(county).accepted()

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "您的申请已于 2026年3月2日 受理" in page
    assert "承诺时限" in page
    assert "联系人（只需找这一个人） 周宁" in page
    assert "绿灯：正常" in page


def test_my_cases_are_listed_newest_first(county: County) -> None:
    first, second = filed(county), filed(county, "sole-trader-deregistration")

    page = text_of(county.client("applicant").get("/cases/"))

    assert page.index(second.number) < page.index(first.number)
    assert "个体工商户注销登记" in page


def test_an_applicant_withdraws(county: County) -> None:
    case = filed(county)

    page = press(county.client("applicant"), f"/cases/{case.number}/withdraw/", "withdraw", text="不开了")

    assert case.facts[-1] == "withdrawn"
    assert "按您的要求撤回" in page
    after = county.client("applicant").get(f"/cases/{case.number}/withdraw/")
    assert "withdraw" not in forms_of(after)
    assert "现在不能办理" in text_of(after)


def test_an_applicant_states_their_view(county: County) -> None:
    case = filed(county).accepted()

    press(county.client("applicant"), f"/cases/{case.number}/make-statement/", "make_statement", text="邻居同意了")

    assert case.facts[-1] == "statement_made"
    assert "邻居同意了" in text_of(county.client("section_head").get(f"/desk/cases/{case.number}/"))


def test_an_empty_statement_is_told_beside_its_field(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("applicant")
    form = forms_of(client.get(f"/cases/{case.number}/make-statement/"))["make_statement"]

    response = client.post(form.address, {**form.values, "text": "  "})

    assert response.status_code == 422
    assert "请填写这一项。" in text_of(response)
    assert case.facts[-1] == "accepted"


def test_an_applicant_reports_that_it_was_put_right(county: County) -> None:
    case = filed(county).accepted().assigned("site_survey", "survey_head", "surveyor", "second_surveyor")
    consent = e.Person(county.actor("survey_head").id, "site-survey")
    found = (c.Found("c3", False, c.Personal("没有纱窗")),)
    case.do("surveyor", lambda given: c.SetRectification(**given, step="site_survey", consent=consent, findings=found))
    client = county.client("applicant")
    assert "需要整改" in text_of(client.get(f"/cases/{case.number}/"))

    press(client, f"/cases/{case.number}/", "report_rectified/site_survey", text="已装纱窗")

    assert case.facts[-1] == "rectified"


def test_a_hearing_is_asked_for_within_its_days_and_can_be_given_up(county: County) -> None:
    case = filed(county).accepted()
    case.do("section_head", lambda given: c.TellHearingRight(**given))
    client, address = county.client("applicant"), f"/cases/{case.number}/"

    press(client, f"{address}request-hearing/", "request_hearing")
    assert case.facts[-2:] == ["hearing_requested", "paused"]
    press(client, f"{address}waive-hearing/", "waive_hearing")

    assert case.facts[-2:] == ["hearing_waived", "resumed"]


def test_what_is_not_possible_is_told_with_the_reason(county: County) -> None:
    case = filed(county).accepted()

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "现在不能办理的事项和原因" in page
    assert "还没有告知听证权利" in page


def test_a_correction_without_a_file_keeps_the_case_open_and_says_what_is_missing(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))
    client = county.client("applicant")
    form = forms_of(client.get(f"/cases/{case.number}/"))["submit_correction"]

    response = client.post(form.address, form.values)

    assert response.status_code == 422
    assert case.facts[-1] == "correction_requested"
    assert "还没有提交" in text_of(response)


def test_a_correction_that_names_an_answer_changes_the_answers(county: County) -> None:
    case = filed(county)
    point = c.Citation(e.PointKind.QUESTION, "area", e.Defect.INCONSISTENT)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))
    client = county.client("applicant")
    form = forms_of(client.get(f"/cases/{case.number}/"))["submit_correction"]
    assert form.values["answers.area"] == "86"

    press(client, f"/cases/{case.number}/", "submit_correction", **{"answers.area": "68"})

    assert case.last(e.Corrected).answers is not None
    assert "68" in text_of(client.get(f"/cases/{case.number}/"))


def test_the_dates_of_an_overdue_case_show_it_without_colour_alone(county: County) -> None:
    case = filed(county).accepted()
    county.move_to(MONDAY + 30 * DAY)

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "红灯" in page
    assert "已经超期" in page
