"""On the pages: who asked whom first, who takes it over, and who came to the wrong door."""

import re

import pytest

from banjie.duties.queue import queries
from banjie.duties.queue.models import Inquiry
from tests.county import County
from tests.faces.pages import all_forms_of, text_of

pytestmark = pytest.mark.database


@pytest.mark.requirement("M094")
def test_a_question_is_recorded_offered_taken_over_and_answered(county: County) -> None:
    clerk, colleague = county.client("clerk"), county.client("deciding_clerk")
    form = next(each for each in all_forms_of(clerk.get(f"/hall/inquiries/?code={county.code()}"))
                if "question" in each.values or each.address.endswith("/new/"))  # fmt: skip
    clerk.post(form.address, {**form.values, "question": "要带什么材料？"})
    row = Inquiry.objects.kept().get()

    clerk.post(f"/hall/inquiries/{row.stream}/hand-over/", {"to": county.actor("deciding_clerk").id})
    offered = text_of(colleague.get("/hall/inquiries/"))
    colleague.post(f"/hall/inquiries/{row.stream}/take-over/")
    colleague.post(f"/hall/inquiries/{row.stream}/answer/", {"answer": "见办事指南。"})

    assert "要带什么材料？" in offered
    assert "首问责任人： 周宁" in offered
    row.refresh_from_db()
    assert row.code == county.code()
    assert row.answered_at is not None
    assert "没有人在等您答复" in text_of(colleague.get("/hall/inquiries/"))
    assert "要带什么材料？" not in text_of(county.client("officer").get("/hall/inquiries/"))
    assert county.client("applicant").get("/hall/inquiries/").status_code == 403


def test_an_empty_question_comes_back_with_what_is_wrong(county: County) -> None:
    client = county.client("clerk")
    form = all_forms_of(client.get("/hall/inquiries/"))[-1]

    response = client.post("/hall/inquiries/new/", {**form.values, "question": " "})

    assert response.status_code == 422
    assert not Inquiry.objects.kept().exists()


@pytest.mark.requirement("M053")
def test_a_wrong_door_reaches_whoever_keeps_the_guide(county: County) -> None:
    client, code = county.client("clerk"), county.code()
    address = f"/hall/wrong-doors/{code}/"
    form = next(each for each in all_forms_of(client.get(address)) if "came_to" in each.values)

    right = client.post(address, {**form.values, "told": "guide"})
    client.post(address, {**form.values, "came_to": "licensing", "told": "guide"})

    assert right.status_code == 422
    assert "这里就是办理该事项的地方" in text_of(right)
    assert queries.counted(code, county.view_time().date()).wrong_doors == 1
    page = text_of(county.client("keeper").get(f"/desk/items/{code}/"))
    assert re.search(r"进错门次数 1", page)
    assert "办事指南不清楚" in page
    assert county.client("applicant").get(address).status_code == 403
