"""Online pre-review: the applicant has the result on their material before any visit; it is the one examination."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from tests.county import FOOD, VENUE, County
from tests.faces.cases import Filed, filed
from tests.faces.pages import text_of

pytestmark = [pytest.mark.database, pytest.mark.requirement("M197")]


def told(county: County, case: Filed, role: str = "applicant") -> str:
    """What the pre-review says on the page of the case; "" where it says nothing."""
    content = county.client(role).get(f"/cases/{case.number}/").content.decode()
    if 'id="pre-review"' not in content:
        return ""
    part = content.partition('<section class="card" id="pre-review"')[2].partition("</section>")[0]
    response = county.client(role).get(f"/cases/{case.number}/")
    response.content = f"<p {part}</p>".encode()
    return text_of(response)


def test_until_it_is_answered_one_is_told_to_wait_and_until_when(county: County) -> None:
    words = told(county, filed(county))

    assert "您的材料正在网上审查。 请先不要跑窗口。" in words
    assert "2026年3月9日" in words


def test_an_accepted_application_that_goes_online_altogether_needs_no_visit(county: County) -> None:
    words = told(county, filed(county).accepted())

    assert "预审结果：材料齐全、符合要求，2026年3月2日 已受理。" in words
    assert "不用跑窗口" in words
    assert "请带这些原件" not in words


def test_where_one_has_to_come_once_it_says_with_which_originals_why_and_where(county: County) -> None:
    case = filed(county, VENUE).accepted()
    procedure = county.law(VENUE).procedure
    originals = [each.name for each in procedure.materials if each.originals and each.necessary and not each.when]
    assert originals

    words = told(county, case)

    assert "需要到场 1 次" in words
    assert procedure.guide.visit_reason in words
    assert all(each in words for each in originals)
    assert procedure.guide.places[0].address in words


def test_a_correction_names_everything_once_and_until_when(county: County) -> None:
    case = filed(county, leave_out=("rules_list", "process_flow"))
    names = {each.id: each.name for each in county.law(FOOD).procedure.materials}
    points = tuple(c.Citation(e.PointKind.MATERIAL, each, e.Defect.MISSING) for each in ("rules_list", "process_flow"))
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=points))

    words = told(county, case)

    assert "预审结果：材料需要补正一次，全部内容如下：" in words
    assert names["rules_list"] in words
    assert names["process_flow"] in words
    assert "2026年3月16日" in words


def test_the_result_is_the_examination_itself_and_stands_on_the_case_and_in_the_inbox(county: County) -> None:
    case = filed(county).accepted()

    assert case.facts.count("accepted") == 1
    assert "已受理" in told(county, case)


def test_a_stranger_learns_nothing_and_a_case_of_the_window_has_none(county: County) -> None:
    case = filed(county)

    assert county.client("stranger").get(f"/cases/{case.number}/").status_code == 404
    assert "网上预审" not in text_of(county.client().get("/track/", {"number": case.number}))
