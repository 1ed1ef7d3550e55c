"""The desk: examination, hearing, decision, and after; every act from its form."""

from datetime import date, timedelta

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from tests.county import FORWARDED, HYGIENE, MONDAY, VENUE, County
from tests.faces.cases import Filed, filed
from tests.faces.pages import forms_of, press, text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)


def address(case: Filed) -> str:
    return f"/desk/cases/{case.number}/"


# The work


def test_a_case_of_another_agency_reads_like_one_that_is_not_there(county: County) -> None:
    case = filed(county).accepted()

    theirs = county.client("other_agency").get(address(case))
    nobodys = county.client("other_agency").get("/desk/cases/26030212345678/")

    assert theirs.status_code == nobodys.status_code == 404
    assert text_of(theirs) == text_of(nobodys)
    assert case.number not in text_of(county.client("other_agency").get("/desk/"))
    assert county.client("other_agency").get("/desk/", {"number": case.number}).status_code == 404


def test_an_applicant_does_not_open_the_desk(county: County) -> None:
    case = filed(county)

    assert county.client("applicant").get("/desk/").status_code == 403
    assert county.client("applicant").post(f"{address(case)}decide/", {"outcome": "grant"}).status_code == 403


def test_a_case_page_shows_facts_criteria_steps_clocks_and_history(county: County) -> None:
    case = filed(county).examined()

    page = text_of(county.client("decider").get(address(case)))

    for words in ("办理环节", "审批标准", "申请材料", "办理经过", "承诺时限", "法定时限", "审查结束，可以作决定"):
        assert words in page
    assert "赵蕾" in page
    assert county.applicant().name in page
    assert county.applicant().phone not in page


# Examination


def test_one_person_is_not_enough_for_a_survey(county: County) -> None:
    case = filed(county).accepted()
    client, surveyor = county.client("survey_head"), county.actor("surveyor")
    form = forms_of(client.get(address(case)))["assign/site_survey"]

    response = client.post(form.address, {**form.values, "people": [f"{surveyor.id}@site-survey"]})

    assert response.status_code == 409
    assert "“现场核查”依法应当由不少于 2 人共同办理" in text_of(response)
    assert forms_of(response)["assign/site_survey"].values["people"] == f"{surveyor.id}@site-survey"


def test_somebody_of_another_unit_cannot_be_assigned_by_hand(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("section_head")
    form = forms_of(client.get(address(case)))["assign/document_review"]
    stranger = county.actor("other_agency")

    response = client.post(form.address, {**form.values, "people": [f"{stranger.id}@licensing"]})

    assert response.status_code == 422
    assert case.facts[-1] == "accepted"


def test_somebody_stands_in(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    leaver, joiner = county.actor("officer"), county.actor("colleague")

    press(
        county.client("section_head"),
        address(case),
        "substitute/document_review",
        leaver=leaver.id,
        joiner=f"{joiner.id}@licensing",
        until="2026-03-09",
    )

    assert case.state.steps["document_review"].people == (e.Person(joiner.id, "licensing"),)
    assert case.last(e.Substituted).until == date(2026, 3, 9)


def test_a_step_that_fails_cites_a_condition(county: County) -> None:
    case = filed(county).accepted().assigned("site_survey", "survey_head", "surveyor", "second_surveyor")
    client = county.client("surveyor")
    form = forms_of(client.get(address(case)))["finish_step/site_survey"]

    bare = client.post(form.address, {**form.values, "outcome": "failed", "opinion": "不合格"})
    assert bare.status_code == 409
    assert "没有指明不符合哪一项许可条件" in text_of(bare)
    assert "不合格" in bare.content.decode()
    found = {"finding:c3": "unmet", "found:c3": "没有防蝇设施", "finding:c2": "met"}
    page = press(client, address(case), "finish_step/site_survey", outcome="failed", **found)

    assert {(each.criterion, each.met) for each in case.last(e.StepFinished).findings} == {("c3", False), ("c2", True)}
    assert "没有防蝇设施" in page


def test_a_failed_survey_sets_one_period_with_the_heads_consent(county: County) -> None:
    case = filed(county).accepted().assigned("site_survey", "survey_head", "surveyor", "second_surveyor")
    head = county.actor("survey_head")

    press(
        county.client("surveyor"),
        address(case),
        "set_rectification/site_survey",
        consent=f"{head.id}@site-survey",
        text="请安装纱窗",
        **{"finding:c3": "unmet"},
    )

    assert case.last(e.RectificationSet).consent == head.id


def test_a_finished_step_goes_back_with_reasons(county: County) -> None:
    case = filed(county).examined()

    page = press(county.client("decider"), address(case), "send_back/document_review", reasons="请核对面积")

    assert case.state.steps["document_review"].attempt == 2
    assert "请核对面积" in page


def test_the_clock_stops_on_a_published_ground_and_runs_again(county: County) -> None:
    case = filed(county, HYGIENE).accepted()
    case.assigned("hygiene_inspection", "survey_head", "surveyor", "second_surveyor")
    client = county.client("surveyor")

    press(client, address(case), "pause", ground="testing", expected_end="2026-03-12", text="送检")
    assert "时限暂停" in text_of(client.get(address(case)))
    assert "暂停计时" in text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    county.move_to(MONDAY + 2 * DAY)
    press(county.client("surveyor"), address(case), "resume", ground="testing")

    assert case.last(e.Paused).expected_end == date(2026, 3, 12)
    assert case.state.open_pauses == ()


def test_what_was_over_before_today_is_closed_on_its_own_day(county: County) -> None:
    case = filed(county, HYGIENE).accepted()
    case.assigned("hygiene_inspection", "survey_head", "surveyor", "second_surveyor")
    press(county.client("surveyor"), address(case), "pause", ground="testing", expected_end="2026-03-12", text="送检")
    county.move_to(MONDAY + 3 * DAY)

    page = press(county.client("surveyor"), address(case), "resume", ground="testing", ended_on="2026-03-03")

    assert case.last(e.Resumed).ended_on == date(2026, 3, 3)
    assert "自 2026年3月3日 起恢复计时" in page


def test_a_day_that_is_no_day_is_told_beside_its_field(county: County) -> None:
    case = filed(county, HYGIENE).accepted()
    case.assigned("hygiene_inspection", "survey_head", "surveyor", "second_surveyor")
    client = county.client("surveyor")
    form = forms_of(client.get(address(case)))["pause"]

    response = client.post(form.address, {**form.values, "ground": "testing", "expected_end": "2026-02-30"})

    assert response.status_code == 422
    assert case.facts[-1] == "assigned"
    assert "没有这一天" in text_of(response)


def test_the_head_extends_once_with_reasons(county: County) -> None:
    case = filed(county).accepted()

    page = press(county.client("head_of_agency"), address(case), "extend", length="5", reasons="检测排队")

    assert case.last(e.Extended).length.number == 5
    assert "法定到期日延至 2026年3月23日" in page
    assert "extend" not in forms_of(county.client("head_of_agency").get(address(case)))


def test_the_head_takes_an_extension_back(county: County) -> None:
    case = filed(county).accepted()
    press(county.client("head_of_agency"), address(case), "extend", length="5", reasons="检测排队")

    page = press(county.client("head_of_agency"), address(case), "revoke_extension", reasons="检测已经完成")

    assert case.last(e.ExtensionRevoked).notice
    assert "撤销延期" in page
    assert "检测已经完成" in page
    assert "法定到期日恢复为 2026年3月16日" in page
    assert not {"extend", "revoke_extension"} & forms_of(county.client("head_of_agency").get(address(case))).keys()


# A hearing


def test_a_hearing_from_the_notice_of_the_right_to_its_minutes(county: County) -> None:
    case = filed(county, VENUE).accepted()
    client = county.client
    third = {"name_1": "邻居甲", "contact_1": "城关镇2号"}
    press(client("venue_head"), address(case), "name_third_parties", **third)
    press(client("venue_head"), address(case), "tell_hearing_right")
    press(client("applicant"), f"/cases/{case.number}/request-hearing/", "request_hearing")
    host = county.actor("host")
    press(client("venue_leader"), address(case), "appoint_host", host=f"{host.id}@culture-legal")
    press(client("host"), address(case), "give_hearing_notice", held_on="2026-03-12", place="三楼会议室")
    assert "三楼会议室" in text_of(client("applicant").get(f"/cases/{case.number}/"))

    county.move_to(MONDAY + 10 * DAY)
    press(client("host"), address(case), "close_hearing", minutes="双方陈述完毕")

    assert case.facts[-2:] == ["hearing_held", "resumed"]
    assert len(case.state.third_parties) == 1


def test_an_examiner_does_not_host(county: County) -> None:
    case = filed(county, VENUE).accepted().assigned("document_review", "venue_head", "venue_officer")
    case.do(
        "venue_head",
        lambda given: c.NameThirdParties(
            **given, parties=(e.Person("p-x"),), particulars=(c.Personal({"name": "甲"}),)
        ),
    )
    case.do("venue_head", lambda given: c.TellHearingRight(**given))
    case.do("applicant", lambda given: c.RequestHearing(**given))
    client, officer = county.client("venue_leader"), county.actor("venue_officer")
    form = forms_of(client.get(address(case)))["appoint_host"]

    response = client.post(form.address, {**form.values, "host": f"{officer.id}@culture-market"})

    assert response.status_code == 409
    assert "审查本件的人不能主持本件的听证" in text_of(response)


# Handing up


def test_the_county_hands_up_and_the_city_decides(county: County) -> None:
    case = filed(county, FORWARDED).accepted()
    case.assigned("preliminary_review", "section_head", "officer").finished("preliminary_review", "officer")

    page = press(county.client("officer"), address(case), "forward", opinion="recommended", text="材料齐全")
    assert "转报" in page
    press(county.client("city_head"), address(case), "confirm_arrival")
    case.assigned("city_review", "city_head", "city_officer").finished("city_review", "city_officer")
    press(county.client("city_decider"), address(case), "decide", outcome="grant")

    assert case.state.result == "granted"


# Decision and after


def test_a_refusal_cites_a_criterion_with_its_reasons(county: County) -> None:
    case = filed(county).examined()
    client = county.client("decider")
    form = forms_of(client.get(address(case)))["decide"]

    bare = client.post(form.address, {**form.values, "outcome": "refuse"})
    assert bare.status_code == 409
    assert "没有指明不符合哪一项许可条件" in text_of(bare)
    reasons = {"points": ["criterion:c2:unmet"], "text:criterion:c2": "距离垃圾站不足", "line:c2": "b2"}
    press(client, address(case), "decide", outcome="refuse", **reasons)

    assert case.state.result == "refused"
    told = text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    assert "距离垃圾站不足" in told
    assert "云岭县人民政府申请行政复议" in told


def test_who_examined_does_not_decide_and_is_told_why(county: County) -> None:
    case = filed(county).examined()

    response = county.client("officer").get(address(case))

    assert "decide" not in forms_of(response)
    assert "作出决定" in text_of(response)
    assert "这项操作要由有决定权的人员办理。" in text_of(response)


def test_an_accepted_case_is_terminated_on_a_listed_ground(county: County) -> None:
    case = filed(county).accepted()

    press(county.client("decider"), address(case), "terminate", ground="dissolution", text="公司注销")

    assert case.state.result == "terminated"


def test_a_supervisor_reads_and_can_leave_a_note_and_nothing_else(county: County) -> None:
    case = filed(county).examined()

    response = county.client("supervisor").get(address(case))

    assert response.status_code == 200
    assert set(forms_of(response)) == {"note"}


def test_the_page_speaks_english_where_it_is_asked_to(county: County) -> None:
    case = filed(county).examined()
    client = county.client("decider")
    client.post("/language/", {"language": "en", "next": "/"})

    page = text_of(client.get(address(case)))

    assert "What you can do now" in page
    assert "Food business licence, new (hot dishes)" in page
    assert "The examination is finished; the case can be decided." in page


# The standard beside the papers


def test_beside_each_condition_stands_what_proves_it_here(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")

    page = county.client("officer").get(address(case))

    procedure = county.law().procedure
    form = page.content.decode().partition('id="ask-finish_step-document_review"')[2].partition("</form>")[0]
    pieces = form.split('class="judged"')[1:]
    assert len(pieces) == len(procedure.criteria)
    for criterion, piece in zip(procedure.criteria, pieces, strict=True):
        assert criterion.text in piece
        assert criterion.basis in piece
        for id in criterion.materials:
            material = procedure.material(id)
            assert material is not None
            assert (material.name in piece) == (id in case.state.required or id in case.state.provided)
            assert not material.standard or material.name not in piece or material.standard in piece


def test_the_page_says_who_else_is_in_the_case_and_never_who_applied_by_id(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")

    page = county.client("officer").get(address(case))

    told = text_of(page).partition("参与办理的单位和人员")[2].partition("快捷键")[0]
    assert "许可审批股" in told
    assert "陈瑜" in told
    assert "云岭县行政审批局" in told
    assert county.actor("applicant").id not in page.content.decode()


def test_everything_a_key_does_is_a_link_or_a_field_of_the_page(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    client = county.client("officer")

    work, listed = client.get(address(case)).content.decode(), client.get("/desk/").content.decode()

    assert f'href="{address(case)}next/" rel="next" data-key="n"' in work
    assert 'href="/desk/" data-key="u"' in work
    assert 'id="todo" tabindex="-1" data-key="w"' in work
    assert 'data-key="/"' in listed
    for page in (work, listed):
        assert "<kbd>" in page
        assert 'type="module" src="/static/banjie/js/shortcuts' in page


# Beside the procedure: notes, papers, originals, visits, complaints


def test_a_note_is_read_by_the_staff_of_the_case_and_by_nobody_else(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")

    page = press(county.client("officer"), address(case), "note", text="平面图的比例待核")

    assert "内部备注" in page
    assert "平面图的比例待核" in page
    assert "平面图的比例待核" in text_of(county.client("decider").get(address(case)))
    assert "平面图的比例待核" not in text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    assert county.client("other_agency").post(f"{address(case)}note/", {"text": "x"}).status_code == 404


def test_papers_travel_with_a_slip_that_says_what_did_not_arrive(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    material = next(iter(case.state.provided))
    case.do("clerk", lambda given: c.SeeOriginal(**given, material=material, how="kept"))
    case.do("clerk", lambda given: c.SendPapers(**given, materials=(material,), to_unit="licensing"))
    client = county.client("officer")

    page = press(client, address(case), "receive_papers")

    assert case.last(e.PapersReceived).missing == ()
    assert case.state.papers_at[material] == "licensing"
    assert case.last(e.PapersSent).slip in page
    press(client, address(case), "return_original")
    assert case.last(e.OriginalReturned).material == material


def test_an_officer_sees_an_original_and_records_that_somebody_came(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    material = next(iter(case.state.provided))
    client = county.client("officer")

    press(client, address(case), "see_original", material=material, how="seen_and_returned")
    press(client, address(case), "record_visit", reason="show_originals", material=[material])

    assert case.last(e.OriginalSeen).material == material
    assert case.last(e.Visited).materials == (material,)


def test_the_supervisor_finds_the_complaint_with_its_limit_and_answers_it(county: County) -> None:
    case = filed(county).accepted()
    case.do("applicant", lambda given: c.Complain(**given, text=c.Personal("窗口让我多跑了一趟")))
    client = county.client("supervisor")

    assert case.number in text_of(client.get("/desk/"))
    assert "窗口让我多跑了一趟" in text_of(client.get(address(case)))
    press(client, address(case), "answer_complaint", outcome="founded", text="情况属实，已向您致歉")

    assert case.last(e.ComplaintAnswered).outcome == "founded"
    assert "情况属实，已向您致歉" in text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    assert case.number not in text_of(client.get("/desk/"))


@pytest.mark.requirement("M040")
def test_a_decision_with_discretion_records_the_line_of_the_benchmarks_it_used(county: County) -> None:
    case = filed(county).examined()
    client = county.client("decider")
    form = forms_of(client.get(address(case)))["decide"]
    assert "场所与有毒、有害场所或者其他污染源的距离不符合规定" in text_of(client.get(address(case)))
    refusal = {"outcome": "refuse", "points": ["criterion:c2:unmet"], "text:criterion:c2": "距离垃圾站不足"}

    silent = client.post(form.address, {**form.values, **refusal})
    assert silent.status_code == 409
    assert "裁量基准" in text_of(silent)
    assert "距离垃圾站不足" in silent.content.decode()
    fits_not = client.post(form.address, {**form.values, **refusal, "line:c2": "-"})
    assert fits_not.status_code == 409
    assert case.facts[-1] == "examined"
    page = press(client, address(case), "decide", **{**refusal, "line:c2": "b2"})

    assert [(each.criterion, each.benchmark) for each in case.last(e.Refused).benchmarks] == [("c2", "b2")]
    assert "b2" in page or "污染源的距离不符合规定" in page


# The standard, not the person


@pytest.mark.requirement("M041")
def test_the_same_findings_come_to_the_same_outcome_whoever_reviews(county: County) -> None:
    told, procedure = [], county.law().procedure
    needed = [each.id for each in procedure.criteria]
    for role in ("officer", "colleague"):
        case = filed(county).accepted().assigned("document_review", "section_head", role)
        client = county.client(role)
        form = forms_of(client.get(address(case)))["finish_step/document_review"]
        asked = sorted(each for each in form.values if each.startswith("finding:"))
        offered = client.get(address(case)).content.decode().count('class="judged"')
        findings = {f"finding:{each}": "met" for each in needed} | {"finding:c1": "unmet", "found:c1": "缺少"}

        against = client.post(form.address, {**form.values, **findings, "outcome": "passed"})
        assert against.status_code == 409
        assert case.facts[-1] == "assigned"
        page = press(client, address(case), "finish_step/document_review", **{**findings, "outcome": "failed"})

        fact = case.last(e.StepFinished)
        told.append((offered, asked, fact.outcome, sorted((each.criterion, each.met) for each in fact.findings)))
        assert "缺少" in page

    assert told[0] == told[1]
    assert told[0][2] == "failed"
