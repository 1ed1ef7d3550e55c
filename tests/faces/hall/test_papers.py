"""Papers at the window: the right notice prints, a misclick is undone, originals and slips are named; visits."""

from datetime import timedelta

import pytest

from banjie.config import worker
from banjie.duties.queue import queries as queue
from banjie.duties.queue import rebuild
from banjie.duties.queue.models import Slip
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.faces.hall.papers import MARK
from tests.county import INSTANT, County
from tests.faces.cases import Filed, filed
from tests.faces.pages import forms_of, press, text_of

pytestmark = pytest.mark.database


def address(case: Filed) -> str:
    return f"/hall/cases/{case.number}/"


def printed(county: County, case: Filed) -> str:
    """The newest notice of a case, as it prints."""
    position = len(case.facts)
    return text_of(county.client("clerk").get(f"{address(case)}papers/{position}/"))


# Notices


def test_each_outcome_prints_its_own_notice(county: County) -> None:
    accepted, declined, needless = filed(county), filed(county), filed(county)
    incomplete = filed(county, leave_out=["rules_list"])
    client = county.client("clerk")

    press(client, address(accepted), "accept")
    press(client, address(incomplete), "request_correction", points=["material:rules_list:missing"])
    press(client, address(declined), "decline", ground="other_agency", competent="云岭县卫生健康委员会")
    press(client, address(needless), "find_not_needed", basis="食品安全法 第三十五条第一款")

    assert "受理通知书" in printed(county, accepted)
    notice = printed(county, incomplete)
    assert "一次性告知书" in notice
    assert county.law().procedure.material("rules_list").name in notice  # type: ignore[union-attr]
    assert "没有提交" in notice
    refusal = printed(county, declined)
    assert "不予受理决定书" in refusal
    assert "行政复议" in refusal
    assert "不受理通知" in printed(county, needless)
    for case in (accepted, incomplete, declined, needless):
        assert county.applicant().name in printed(county, case)
        assert "行政许可专用章" in printed(county, case)


def test_a_notice_has_one_number_at_the_window_and_on_line(county: County) -> None:
    case = filed(county, leave_out=["rules_list"])
    press(county.client("clerk"), address(case), "request_correction", points=["material:rules_list:missing"])
    position = len(case.facts)

    on_line = county.client("applicant").get(f"/cases/{case.number}/papers/{position}/").context["paper"]
    handed_over = county.client("clerk").get(f"{address(case)}papers/{position}/").context["paper"]

    assert handed_over.number == on_line.number
    assert handed_over.points == on_line.points


def test_a_fact_without_a_notice_prints_none_and_strangers_print_nothing(county: County) -> None:
    case = filed(county)

    assert county.client("clerk").get(f"{address(case)}papers/1/").status_code == 404
    assert county.client("clerk").get(f"{address(case)}papers/99/").status_code == 404
    case.accepted()
    assert county.client("stranger").get(f"{address(case)}papers/2/").status_code == 403


# A misclick


def test_a_misclick_is_undone_for_two_minutes_and_its_notice_is_void(county: County) -> None:
    case, client = filed(county), county.client("clerk")
    press(client, address(case), "accept")

    shown = client.get(address(case))
    assert 'data-seconds="1' in shown.content.decode()
    page = press(client, address(case), "take_back")

    assert case.facts == ["submitted", "accepted", "taken_back"]
    assert "accept" in forms_of(client.get(address(case)))
    assert "作废" in text_of(client.get(f"{address(case)}papers/2/"))
    assert "papers/2/" not in client.get(address(case)).content.decode()
    assert page


def test_after_two_minutes_nothing_can_be_undone(county: County) -> None:
    case, client = filed(county), county.client("clerk")
    press(client, address(case), "accept")
    form = forms_of(client.get(address(case)))["take_back"]

    county.move_to(county.view_time() + timedelta(minutes=2, seconds=1))

    assert "take_back" not in forms_of(client.get(address(case)))
    assert client.post(form.address, form.values).status_code == 409
    assert case.facts == ["submitted", "accepted"]


def test_nobody_else_undoes_it(county: County) -> None:
    case = filed(county).accepted()

    assert "take_back" not in forms_of(county.client("deciding_clerk").get(address(case)))


# Originals


def test_an_original_stands_with_who_saw_it_and_when(county: County) -> None:
    case, client = filed(county), county.client("clerk")
    material = next(iter(case.state.provided))

    press(client, address(case), "see_original", material=material, how="kept")
    page = text_of(client.get(address(case)))
    assert "周宁" in page
    assert "收存" in page
    press(client, address(case), "return_original", material=material)

    assert "退还" in text_of(client.get(address(case)))
    assert case.facts[1:] == ["original_seen", "original_returned"]


# Papers that travel


def sent(county: County) -> tuple[Filed, str]:
    """A case whose papers left with a slip for the licensing section."""
    case = filed(county).accepted()
    materials = list(case.state.provided)[:2]
    for each in materials:
        case.do("clerk", lambda given, each=each: c.SeeOriginal(**given, material=each, how="kept"))
    press(county.client("clerk"), address(case), "send_papers", material=materials, to_unit="licensing")
    return case, case.last(e.PapersSent).slip


def test_a_slip_prints_with_its_number_and_code_and_is_found_by_either(county: County) -> None:
    case, slip = sent(county)

    shown = county.client("clerk").get(f"{address(case)}slips/{slip}/")
    found = county.client("officer").get("/hall/slips/", {"slip": slip})

    scanned = county.client("officer").get("/hall/slips/", {"slip": f"https://banjie.example/hall/slips/?slip={slip}"})
    assert scanned["Location"] == found["Location"]
    assert MARK in slip
    assert slip in text_of(shown)
    assert "<svg" in shown.content.decode()
    assert found["Location"] == f"/desk/cases/{case.number}/#ask-receive_papers"
    assert county.client("other_agency").get("/hall/slips/", {"slip": slip}).status_code == 404
    assert county.client("stranger").get("/hall/slips/").status_code == 403
    assert county.client("clerk").get("/hall/slips/", {"slip": "nonsense"}).status_code == 404


def test_slips_on_the_way_are_listed_and_what_did_not_arrive_is_named(county: County) -> None:
    case, slip = sent(county)
    while worker.turn():
        """The followers read on."""
    assert [each.number for each in queue.slips(county.actor("officer"))] == [slip]
    assert slip in text_of(county.client("officer").get("/hall/slips/"))
    missing = case.last(e.PapersSent).materials[:1]

    press(county.client("officer"), f"/desk/cases/{case.number}/", "receive_papers", slip=slip, missing=list(missing))
    while worker.turn():
        """And on."""

    assert "有 1 份未收到" in text_of(county.client("clerk").get("/hall/slips/"))
    assert "未收到" in text_of(county.client("clerk").get(address(case)))
    before = list(Slip._base_manager.values())
    rebuild.rebuild()
    assert list(Slip._base_manager.values()) == before


# Visits


@pytest.mark.requirement("M096", "M376")
def test_whoever_stands_here_is_recorded_with_one_key_and_counted(county: County) -> None:
    case, client = filed(county, leave_out=["rules_list"]), county.client("clerk")
    press(client, address(case), "request_correction", points=["material:rules_list:missing"])
    page = client.get(address(case)).content.decode()
    assert 'data-key="v"' in page
    assert "申请人在场，登记：提交补正" in page
    form = forms_of(client.get(address(case)))["record_visit"]

    client.post(form.address, {**form.values, "reason": "correct", "material": ["rules_list"]})

    visit = case.last(e.Visited)
    assert (visit.place, visit.reason, visit.materials) == ("hall-window", "correct", ("rules_list",))
    assert "已到场 1 次" in text_of(client.get(address(case)))
    assert "单位间流转 0 次" in text_of(client.get(address(case)))


@pytest.mark.requirement("M096", "M097", "M376")
def test_an_item_counts_its_cases_without_a_visit_and_with_one_at_most(county: County) -> None:
    for visits in (0, 1, 2):
        case = filed(county, INSTANT)
        for nth in range(visits):
            reason = ("ask", "collect")[nth]
            case.do("clerk", lambda given, reason=reason: c.RecordVisit(**given, reason=reason))
            county.move_to(county.view_time() + timedelta(days=1))
        case.do("deciding_clerk", lambda given: c.DecideAtOnce(**given, outcome="grant"))
        case.do("deciding_clerk", lambda given: c.Serve(**given, method="electronic"))

    told = queue.counted(county.code(INSTANT), county.view_time().date())

    assert (told.closed, told.zero, told.at_most_one, told.too_many) == (3, 1, 2, 1)
    page = text_of(county.client("keeper").get(f"/desk/items/{county.code(INSTANT)}/"))
    assert "零上门 1 (33 %)" in page
    assert "最多跑一次 2 (67 %)" in page


# In and out by one window


@pytest.mark.requirement("M088")
def test_the_result_is_handed_over_at_the_window_that_received_it(county: County) -> None:
    case = filed(county).examined()
    case.do("decider", lambda given: c.Decide(**given, outcome="grant"))
    case.do("licence_clerk", lambda given: c.Issue(**given))

    press(county.client("clerk"), address(case), "serve", method="in_person")

    assert case.state.is_closed
    assert case.last(e.Served).by.unit == case.last(e.Submitted).unit
