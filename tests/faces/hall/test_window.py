"""The window: what waits for an answer, the five outcomes, and applying for somebody who is here."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from banjie import words
from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.timelimits import Limit, Unit
from tests.county import INSTANT, MONDAY, County
from tests.faces.cases import Filed, filed
from tests.faces.pages import all_forms_of, errors_of, forms_of, press, text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def address(case: Filed) -> str:
    return f"/hall/cases/{case.number}/"


# The list


def test_applications_to_answer_stand_by_time_left_with_their_lights(county: County) -> None:
    old = filed(county)
    county.move_to(MONDAY + 4 * DAY)
    new = filed(county)

    page = text_of(county.client("clerk").get("/hall/"))

    assert page.index(old.number) < page.index(new.number)
    assert "黄灯" in page
    assert "绿灯：正常" in page


def test_a_number_typed_leads_to_the_case(county: County) -> None:
    case = filed(county)

    response = county.client("clerk").get("/hall/", {"number": case.state.number})

    assert response.status_code == 302
    assert response["Location"] == address(case)


def test_a_number_that_is_not_there_is_told_on_the_same_page(county: County) -> None:
    response = county.client("clerk").get("/hall/", {"number": "999"})

    assert response.status_code == 404
    assert "没有找到这件办件，或者您无权查看" in text_of(response)
    assert "待告知的申请" in text_of(response)


def test_only_clerks_open_the_window(county: County) -> None:
    for role in ("applicant", "officer", "decider"):
        assert county.client(role).get("/hall/").status_code == 403
    assert county.client().get("/hall/").status_code == 302


# The five outcomes


def test_a_clerk_accepts_and_is_told_both_limits(county: County) -> None:
    case = filed(county)

    page = press(county.client("clerk"), address(case), "accept")

    assert case.facts[-1] == "accepted"
    assert case.last(e.Accepted).by.id == county.actor("clerk").id
    assert "周宁（政务服务大厅综合受理窗口）受理申请。法定时限 10 个工作日（到 2026年3月16日 为止）" in page


def test_the_page_does_not_offer_to_accept_while_something_is_missing(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])

    response = county.client("clerk").get(address(case))

    assert "accept" not in forms_of(response)
    assert "还不能受理，缺少以下材料：保证食品安全的规章制度目录清单。" in text_of(response)


def test_a_notice_names_points_of_the_guide_with_the_period(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    points = ["material:rules_list:missing", "question:area:inconsistent"]

    page = press(
        county.client("clerk"),
        address(case),
        "request_correction",
        points=points,
        period="15",
        **{"text:question:area": "与图纸不一致"},
    )

    fact = case.last(e.CorrectionRequested)
    assert {each.key for each in fact.points} == {tuple(each.split(":")) for each in points}
    assert fact.period == Limit(15, Unit.WORKING_DAY)
    assert "与图纸不一致" in page
    assert "没有提交" in page


def test_a_notice_without_a_point_is_refused_in_words_and_keeps_what_was_typed(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["request_correction"]
    explained = {"text:material:rules_list": "字太小"}

    response = client.post(form.address, {**form.values, "points": [], "period": "12", **explained})

    assert response.status_code == 409
    assert "没有指明哪一项有问题" in text_of(response)
    assert "请至少选择办事指南中的一项" in text_of(response)
    again = forms_of(response)["request_correction"].values
    assert again["period"] == "12"
    assert again["text:material:rules_list"] == "字太小"


def test_a_point_the_guide_does_not_have_cannot_be_named_by_hand(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["request_correction"]

    response = client.post(form.address, {**form.values, "points": ["material:bribe:missing"]})

    assert response.status_code == 409
    assert case.facts == ["submitted"]
    assert "办事指南里没有" in text_of(response)


def test_a_second_notice_for_what_was_there_before_is_not_offered(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))
    provided = (e.Provided("rules_list", form="copy"),)
    case.do("applicant", lambda given: c.SubmitCorrection(**given, provided=provided))

    page = county.client("clerk").get(address(case)).content.decode()

    assert "material:rules_list:illegible" in page
    assert 'value="material:process_flow:illegible" id="request_correction' not in page


def test_a_slip_is_corrected_on_the_spot(county: County) -> None:
    case = filed(county)

    press(county.client("clerk"), address(case), "correct_on_the_spot", points=["material:application_form:unsigned"])

    assert case.facts[-1] == "corrected_on_the_spot"
    assert case.state.stage == "submitted"


def test_an_application_for_another_agency_is_declined_naming_it(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["decline"]

    unnamed = client.post(form.address, {**form.values, "ground": "other_agency"})
    assert unnamed.status_code == 409
    assert "应当告诉申请人该找哪个机关" in text_of(unnamed)
    page = press(client, address(case), "decline", ground="other_agency", competent="云岭县卫生健康委员会")

    assert case.state.result == "declined"
    assert "云岭县卫生健康委员会" in page
    assert "60" in text_of(county.client("applicant").get(f"/cases/{case.number}/"))


def test_a_matter_that_needs_no_licence_is_told_with_its_basis(county: County) -> None:
    case = filed(county)

    press(county.client("clerk"), address(case), "find_not_needed", basis="食品安全法 第三十五条第一款")

    assert case.state.result == "not_needed"


def test_the_applicant_is_reminded_of_what_was_named(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))

    press(county.client("clerk"), address(case), "remind_correction", points=["material:rules_list:missing"])

    assert case.facts[-1] == "correction_reminded"


def test_a_correction_is_handed_over_at_the_window_on_paper(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))

    press(county.client("clerk"), address(case), "submit_correction", **{"form.rules_list": "original_kept"})

    assert case.state.provided["rules_list"].form == "original_kept"
    assert case.facts[-1] == "corrected"


def test_an_instant_item_is_decided_in_one_act(county: County) -> None:
    case = filed(county, INSTANT)

    page = press(county.client("deciding_clerk"), address(case), "decide_at_once", outcome="grant")

    assert case.facts[1:] == ["accepted", "examined", "granted"]
    assert "准予许可" in page
    press(county.client("deciding_clerk"), address(case), "serve", method="in_person")
    assert case.state.is_closed


def test_a_clerk_who_does_not_decide_is_told_why_not(county: County) -> None:
    case = filed(county, INSTANT)

    response = county.client("clerk").get(address(case))

    assert "decide_at_once" not in forms_of(response)
    assert "这项操作要由有决定权的人员办理。" in text_of(response)


def test_what_never_was_an_application_is_voided_by_two_people(county: County) -> None:
    case = filed(county)
    colleague = county.actor("deciding_clerk")

    press(county.client("clerk"), address(case), "void", reason="test", second=f"{colleague.id}@hall-window")

    assert case.last(e.Voided).second == colleague.id


def test_nobody_outside_the_unit_can_be_named_by_hand(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["appoint_contact"]

    response = client.post(form.address, {**form.values, "contact": "p-nobody@hall-window"})

    assert response.status_code == 422
    assert "contact_appointed" not in case.facts
    assert "请从列出的选项中选择" in text_of(response)


def test_the_contact_person_changes(county: County) -> None:
    case = filed(county)
    colleague = county.actor("agent")

    press(county.client("clerk"), address(case), "appoint_contact", contact=f"{colleague.id}@hall-window")

    assert "沈一" in text_of(county.client("applicant").get(f"/cases/{case.number}/"))


# Two people at once


def test_who_acts_on_an_old_page_is_told_what_changed_and_keeps_what_they_typed(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["request_correction"]
    case.do("applicant", lambda given: c.MakeStatement(**given, text=c.Personal("明天补一份")))
    typed = {"points": ["material:rules_list:illegible"], "text:material:rules_list": "看不清"}

    response = client.post(form.address, {**form.values, **typed})

    assert response.status_code == 409
    page = text_of(response)
    assert "在您查看之后，别人已经办理了这件申请" in page
    assert "您打开页面之后发生的事" in page
    assert "陈述、申辩意见" in page
    again = forms_of(response)["request_correction"]
    assert again.values["points"] == typed["points"][0]
    assert again.values["text:material:rules_list"] == "看不清"
    assert client.post(again.address, again.values).status_code == 302
    assert case.facts[-1] == "correction_requested"


def test_what_was_typed_is_shown_even_where_the_act_is_not_possible_any_more(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["decline"]
    case.accepted("agent")

    response = client.post(form.address, {**form.values, "ground": "barred_78", "text": "曾提供虚假材料"})

    assert response.status_code == 409
    page = text_of(response)
    assert "已于 2026年3月2日 受理" in page
    assert "您为“不予受理”填写的内容" in page
    assert "曾提供虚假材料" in page
    assert "decline" not in forms_of(response)


def test_a_button_pressed_twice_acts_once(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["accept"]

    answers = [client.post(form.address, form.values) for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert case.facts == ["submitted", "accepted"]


def test_the_instant_of_an_act_is_the_servers(county: County) -> None:
    case = filed(county)
    client = county.client("clerk")
    form = forms_of(client.get(address(case)))["accept"]

    client.post(form.address, {**form.values, "at": "2020-01-01T00:00:00+08:00"})

    assert case.last(e.Accepted).on == MONDAY.date()


def test_looking_at_the_address_of_an_act_leads_to_the_case(county: County) -> None:
    case = filed(county)

    response = county.client("clerk").get(f"{address(case)}accept/")

    assert response.status_code == 302
    assert response["Location"] == address(case)
    assert case.facts == ["submitted"]


# Applying for somebody who is here


def window_form(county: County, **changes: object) -> dict[str, object]:
    person = county.applicant("stranger")
    fields: dict[str, object] = {f"applicant.{key}": value for key, value in person.particulars.items()}
    return {
        **fields,
        "channel": "window",
        "answers.trader_name": "白禾便利店",
        "answers.reason": "gives_up",
        "answers.has_hired": "no",
        "answers.has_licence_paper": "no",
        "answers.has_agent": "no",
        **changes,
    }


def test_a_clerk_applies_for_somebody_who_is_here_with_papers_seen(county: County) -> None:
    client = county.client("clerk")
    opened = client.get(f"/hall/apply/{county.code(INSTANT)}/")
    given = window_form(county, **{"form.application_form": "original_kept"})

    response = client.post(opened["Location"], given, follow=True)

    assert "收件凭证" in text_of(response)
    case = queries.cases(Scope.of(county.actor("clerk")))[0]
    state = queries.view(case.stream, county.view_time()).state
    assert state.channel == "window"
    assert state.provided["application_form"] == e.Provided("application_form", (), "original_kept")
    assert county.actor("clerk").id in state.acted["intake"]  # type: ignore[index]


def test_a_scan_is_handed_in_with_the_paper(county: County) -> None:
    client = county.client("agent")
    opened = client.get(f"/hall/apply/{county.code(INSTANT)}/")
    scan = SimpleUploadedFile("scan.pdf", PDF)
    given = {"form.application_form": "original_seen", "file.application_form": scan}

    client.post(opened["Location"], window_form(county, **given), follow=True)

    case = queries.cases(Scope.of(county.actor("clerk")))[0]
    provided = queries.view(case.stream, county.view_time()).state.provided["application_form"]
    assert provided.form == "original_seen"
    assert len(provided.files) == 1


def test_errors_at_the_window_stand_beside_their_fields(county: County) -> None:
    client = county.client("clerk")
    opened = client.get(f"/hall/apply/{county.code(INSTANT)}/")
    given = window_form(county, **{"applicant.id_number": "999921198108040318", "form.application_form": "copy"})

    response = client.post(opened["Location"], given)

    assert response.status_code == 422
    assert errors_of(response)["applicant.id_number"] == words.problem("wrong_check_digit_id_card")
    form = next(each for each in all_forms_of(response) if "applicant.name" in each.values)
    assert form.values["form.application_form"] == "copy"
    assert form.values["applicant.name"] == "白禾"


def test_an_electronic_paper_without_a_file_is_told_beside_the_material(county: County) -> None:
    client = county.client("clerk")
    opened = client.get(f"/hall/apply/{county.code(INSTANT)}/")

    response = client.post(opened["Location"], window_form(county, **{"form.application_form": "electronic"}))

    assert "收件凭证" not in text_of(response)
    assert response.status_code == 422
