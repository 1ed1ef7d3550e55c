"""The data steward erases a closed case's personal data, and sees none of them."""

import uuid

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

PAGE = "/desk/erase/"


def test_a_closed_cases_personal_data_go_for_good_with_a_basis_and_a_tick(county: County) -> None:
    case, person = filed(county), county.applicant()
    case.do("applicant", lambda given: c.Withdraw(**given))
    client = county.client("data_steward")
    asked = {"number": case.number, "basis": "保存期满", "command_id": str(uuid.uuid4())}

    shown = text_of(client.get(PAGE, {"number": case.number}))
    assert case.number in shown
    assert person.name not in shown
    assert client.post(PAGE, asked).status_code == 422
    assert client.post(PAGE, {**asked, "sure": "1", "basis": ""}).status_code == 422
    assert case.facts[-1] == "withdrawn"
    done = text_of(client.post(PAGE, {**asked, "sure": "1"}, follow=True))

    assert "已永久删除" in done
    assert case.last(e.Erased).basis == "保存期满"
    assert person.name not in text_of(county.client("clerk").get(f"/hall/cases/{case.number}/"))


def test_a_running_case_is_not_erased_and_the_page_says_why(county: County) -> None:
    case = filed(county)
    client = county.client("data_steward")

    assert "永久删除" not in text_of(client.get(PAGE, {"number": case.number}))
    sent = client.post(PAGE, {"number": case.number, "basis": "误操作", "sure": "1"})

    assert sent.status_code == 422
    assert case.facts == ["submitted"]
    assert client.get(PAGE, {"number": "26030200000000"}).status_code == 404


def test_nobody_but_the_data_steward_opens_the_page(county: County) -> None:
    case = filed(county)

    for role in ("decider", "officer", "applicant", "head_of_agency"):
        assert county.client(role).get(PAGE, {"number": case.number}).status_code == 403
