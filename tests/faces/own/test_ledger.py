"""Who looked at my data: the person reads when, which office, for which case, what for, and by which article."""

import re
from dataclasses import replace

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.records.organisation import access
from banjie.records.organisation import queries as organisation
from banjie.store.files.receive import receive
from banjie.web import clock
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def test_a_person_reads_who_looked_for_which_case_what_for_and_by_which_article(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, person, mine = filed(county).accepted(), county.applicant(), county.client("applicant")
    before = text_of(mine.get("/account/looks/"))
    look = {"purpose": "examination", "reason": "核对营业执照"}
    county.client("decider").post(f"/desk/cases/{case.number}/unmask/", look)
    mine.post("/account/show/", {"reason": "自己看"})

    answer = mine.get("/account/looks/")
    page, decider = text_of(answer), county.actor("decider")
    number = organisation.at_their_posts([decider.id])[decider.id].number

    assert "没有人查看过" in before
    for told in (
        "审查申请材料",
        "行政许可法 34",
        case.number,
        "决定",
        f"工号 {number}",
        "您本人",
        "工作人员共查看 1 次",
    ):
        assert told in page, told
    assert "手机" in page or "电话" in page
    # Neither a name nor a number stands here: the region tells the staff number unless it has chosen otherwise.
    for clear in ("高原", "核对营业执照", person.phone, person.id_number):
        assert clear not in page, clear
    assert f"/cases/{case.number}/complain/" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    # A stranger reads their own, and there is nothing.
    assert case.number not in text_of(county.client("stranger").get("/account/looks/"))
    assert county.client("officer").get("/account/looks/").status_code == 403
    assert mine.get("/account/looks/?page=x").status_code == 404
    by_name = replace(access.choice("", clock.today()), tells="name")
    monkeypatch.setattr(access, "choice", lambda region, on: by_name)
    assert "高原" in text_of(mine.get("/account/looks/"))


def test_a_person_reads_that_staff_took_a_paper_with_their_name_away_once_a_day(county: County) -> None:
    case, mine = filed(county).accepted(), county.client("applicant")
    page = mine.get(f"/cases/{case.number}/").content.decode()
    address = re.search(rf"/cases/{case.number}/papers/\d+\.pdf", page)
    assert address
    assert mine.get(address[0]).status_code == 200
    assert "没有人查看过" in text_of(mine.get("/account/looks/")), "one's own paper is no look"

    for _ in range(2):
        assert county.client("clerk").get(f"/hall{address[0]}").status_code == 200
    assert county.client("stranger").get(address[0]).status_code == 404

    told = text_of(mine.get("/account/looks/"))
    assert told.count("查看、打印本办件文书") == 1
    assert "行政许可法 32、38、44" in told
    assert case.number in told
    assert "姓名" in told
    assert "工作人员共查看" not in told.replace("工作人员共查看 0 次", ""), "no number was seen in full"
    assert "周宁" not in text_of(county.client("inspector").get("/administration/looks/")), "no quota counts it"


def test_a_person_reads_that_staff_opened_what_they_handed_in_once_a_day_for_each(county: County) -> None:
    case, mine = filed(county, leave_out=["equipment_layout"]), county.client("applicant")
    upload = receive(b"%PDF-1.7 a plan", "plan.pdf", county.actor("applicant").id, microseconds(clock.now()))
    lacks = c.Citation(e.PointKind.MATERIAL, "equipment_layout", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(lacks,)))
    provided = (e.Provided("equipment_layout", (e.FileRef(upload.id, upload.commitment),)),)
    case.do("applicant", lambda given: c.SubmitCorrection(**given, provided=provided))
    address = f"/cases/{case.number}/files/{upload.id}/"
    assert mine.get(address).status_code == 200
    assert "没有人查看过" in text_of(mine.get("/account/looks/")), "one's own file is no look"

    for _ in range(2):
        assert county.client("clerk").get(f"/hall{address}").status_code == 200
    assert county.client("stranger").get(address).status_code == 404

    told = text_of(mine.get("/account/looks/"))
    assert told.count("查看、下载申请材料") == 1
    assert "申请材料文件" in told
    assert case.number in told
    assert "工作人员共查看 1 次" in told
    assert "周宁" not in text_of(county.client("inspector").get("/administration/looks/")), "no quota counts it"
