"""The keepers' pages: a notice is loaded, its effect read, released by a second person; errors name their line."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from banjie.cases import plans, recount
from banjie.cases.models import Plan
from banjie.config import worker
from banjie.engine.codec import OFFICE_ZONE
from banjie.records import catalogue
from banjie.records.catalogue import calendars
from banjie.records.catalogue.publication import OFFICES
from banjie.web import clock
from tests.browser.county import NOTICE
from tests.county import County
from tests.faces.cases import Filed, filed
from tests.faces.pages import Form, all_forms_of, text_of

pytestmark = pytest.mark.database

HOME = "/desk/calendars/"
LOAD = "/desk/calendars/load/CN/"
KEEPER, SECOND = "calendar_keeper", "second_calendar_keeper"


def sent(county: County, text: str = NOTICE, role: str = KEEPER):
    """The answer to a notice sent as a file's content."""
    given = {"way": "file", "command_id": uuid4(), "status": "official", "reason": "国务院办公厅通知", "text": text}
    return county.client(role).post(LOAD, given)


def the_form(client: Client, address: str, ending: str) -> Form:
    """The form of a page that is sent to an address with this ending."""
    return next(each for each in all_forms_of(client.get(address)) if each.address.endswith(ending))


def proposed(county: County) -> str:
    """The address of the plan of the notice."""
    answer = sent(county)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"]


def released(county: County, address: str) -> None:
    """The second person has released it, and the worker has done its work."""
    client = county.client(SECOND)
    form = the_form(client, address, "/release/")
    assert client.post(form.address, form.values).status_code == 302
    row = Plan.objects.kept().get()
    while row.stage != plans.CARRIED_OUT:
        recount.carry(row, lambda: clock.now() + timedelta(seconds=3))
        row.refresh_from_db()
    while worker.turn():
        """The inboxes fill."""


def accepted(county: County) -> Filed:
    """A case that is accepted on Monday 2 March."""
    return filed(county).accepted()


def test_the_keeper_reads_what_moves_and_why_and_who_is_told_and_cannot_release_it_alone(county: County) -> None:
    case = accepted(county)
    address = proposed(county)
    page = text_of(county.client(KEEPER).get(address))

    assert case.number in page
    assert "法定时限" in page
    assert "示范日" in page
    assert "2026年3月5日" in page
    assert "申请人，发送消息" in page
    assert "须由另一位管理员放行" in page
    assert case.facts[-1] != "redated"

    form = the_form(county.client(KEEPER), address, "/release/")
    answer = county.client(KEEPER).post(form.address, form.values)

    assert answer.status_code == 409
    assert "两个人" in text_of(answer)
    assert Plan.objects.kept().get().stage == "previewed"


def test_released_the_applicant_reads_the_new_date_a_stranger_nothing_and_it_can_be_undone(county: County) -> None:
    case = accepted(county)
    address = proposed(county)
    released(county, address)

    told = text_of(county.client("applicant").get("/inbox/"))
    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))
    assert "放假安排有更新（示例通知）" in told
    assert "法定时限由" in told
    assert "放假安排有更新（示例通知）" in page
    assert case.number not in text_of(county.client("stranger").get("/inbox/"))
    assert county.client("stranger").get(address).status_code == 403
    assert county.client("officer").get(address).status_code == 403
    shown = text_of(county.client(SECOND).get(address))
    assert "已完成" in shown
    assert "提出撤销" in shown

    client = county.client(KEEPER)
    form = the_form(client, address, "/undo/")
    assert client.post(form.address, form.values).status_code == 422
    back = client.post(form.address, {**form.values, "reason": "通知有误"})
    assert back.status_code == 302
    assert "撤销：" in text_of(client.get(back["Location"]))
    assert county.client(KEEPER).get(HOME).status_code == 200


def test_a_plan_is_put_aside(county: County) -> None:
    address, client = proposed(county), county.client(KEEPER)
    form = the_form(client, address, "/drop/")

    assert client.post(form.address, form.values).status_code == 302

    assert "已搁置" in text_of(client.get(address))
    assert calendars.newest("CN").version == "CN-2026.1"


def test_what_is_wrong_names_its_line_and_what_was_sent_stands_there_to_mend(county: County) -> None:
    broken = NOTICE.replace("2026-10-10]", "2026-10-10, 2026-03-12]")
    broken = broken.replace("2026-01-01", "2026-01-33").replace("2026-01-03", "2026-01-33")

    answer = sent(county, broken)
    page = text_of(answer)

    assert answer.status_code == 422
    assert "第 5 行" in page.partition("2026-01-33")[0]
    assert page.count("2026-01-33 没有这一天") == 1, "from and to stand on one line: once is enough"
    assert "2026-03-12 这一天本来就是工作日" in page
    assert "2026-01-33" in answer.content.decode().partition("<textarea")[2]
    assert not Plan.objects.kept().exists()


def test_a_notice_entered_row_by_row_comes_back_whole_with_what_is_wrong(county: County) -> None:
    client = county.client(KEEPER)
    form = all_forms_of(client.get(LOAD))[-2]
    assert form.values["year"] == "2027"
    rows = {
        **form.values, "document": "国办发明电〔2026〕9号", "published_on": "2026-11-04",
        "from-0": "2027-01-01", "to-0": "2027-01-03", "from-1": "2027-02-05", "to-1": "2027-02-11",
        "workdays": "2027-02-20 2027-02-22", "reason": "通知已公布",
    }  # fmt: skip

    wrong = client.post(LOAD, rows)
    assert wrong.status_code == 422
    assert "2027-02-22 这一天本来就是工作日" in text_of(wrong)
    assert all_forms_of(wrong)[-2].values["document"] == "国办发明电〔2026〕9号"
    right = client.post(LOAD, {**rows, "workdays": "2027-02-20"})

    assert right.status_code == 302, text_of(right)
    page = text_of(client.get(right["Location"]))
    assert "转为正式：2027" in page


def test_a_keeper_moves_the_running_cases_of_an_item_and_another_regions_keeper_sees_nothing(county: County) -> None:
    case = accepted(county)
    law = county.law()
    assert law.procedure.committed_limit
    longer = replace(law.procedure.committed_limit, number=law.procedure.committed_limit.number + 1)
    next_version = replace(law.procedure, version=2, effective_from=clock.today(), committed_limit=longer)
    signed = {
        office: county.actor(who).id for office, who in zip(OFFICES, ("keeper", "centre", "e_government"), strict=True)
    }
    catalogue.publish(next_version, county.actor("keeper").id, clock.now(), uuid4(), signed)
    client = county.client("keeper")
    address = f"/desk/calendars/move/{county.code()}/"
    form = next(each for each in all_forms_of(client.get(address)) if each.address == address)

    given = {**form.values, "before": "1", "version": "2", "basis": "示例办法第二十条", "reason": "适用于在办件"}
    assert client.post(address, {**given, "basis": ""}).status_code == 422
    answer = client.post(address, given)

    assert answer.status_code == 302
    page = text_of(client.get(answer["Location"]))
    assert case.number in page
    assert "承诺时限" in page
    assert county.client("other_keeper").get(answer["Location"]).status_code == 404
    assert county.client("other_keeper").get(address).status_code == 404
    other = county.client("second_keeper")
    form = the_form(other, answer["Location"], "/release/")
    assert other.post(form.address, form.values).status_code == 302
    while recount.carry(Plan.objects.kept().get(), clock.now):
        """The case is moved."""
    assert case.state.procedure_version == 2


def test_every_line_can_be_taken_away_as_a_table(county: County) -> None:
    case = accepted(county)
    address = proposed(county)

    answer = county.client(SECOND).get(f"{address}cases.csv")

    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0][0] == "办件"
    assert {row[0] for row in rows[1:]} == {case.number}
    assert any(row[4] < row[5] for row in rows[1:])


def test_a_year_is_shown_day_by_day(county: County) -> None:
    client = county.client(KEEPER)

    page = client.get(f"{HOME}years/CN/2026/").content.decode()
    assert page.count("<table") == 12
    assert 'class="make_up_day"' in page
    assert "暂定" in text_of(client.get(f"{HOME}years/CN/2027/"))
    assert client.get(f"{HOME}years/CN/1999/").status_code == 409
    assert client.get("/desk/calendars/load/nowhere/").status_code == 404


def test_from_november_on_the_keeper_and_the_operator_are_warned(county: County) -> None:
    def warned(role: str, address: str) -> bool:
        return "2027 年的工作日历还不是正式的" in text_of(county.client(role).get(address))

    county.move_to(datetime(2026, 10, 30, 9, tzinfo=OFFICE_ZONE))
    assert not warned(KEEPER, "/desk/")
    county.move_to(datetime(2026, 11, 2, 9, tzinfo=OFFICE_ZONE))
    assert warned(KEEPER, "/desk/")
    assert warned("operator", "/operating/")
    assert not warned("officer", "/desk/")


def test_a_date_in_a_year_that_is_not_official_is_marked_wherever_it_stands(county: County) -> None:
    county.move_to(datetime(2026, 12, 28, 9, tzinfo=OFFICE_ZONE))
    case = accepted(county)
    while worker.turn():
        """The inbox fills."""

    for role, address in (
        ("applicant", "/"),
        ("applicant", "/cases/"),
        ("applicant", f"/cases/{case.number}/"),
        ("applicant", "/inbox/"),
        ("clerk", "/hall/"),
        ("clerk", f"/hall/cases/{case.number}/"),
        ("section_head", "/desk/"),
    ):
        page = text_of(county.client(role).get(address))
        assert "2027年1月" in page, address
        assert "暂定" in page, address
