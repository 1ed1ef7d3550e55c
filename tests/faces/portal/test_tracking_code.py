"""The code of the receipt: it opens one case for reading, to whoever holds it, and nothing more."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from banjie.cases import tracking
from banjie.engine import commands as c
from banjie.store.keys.models import Personal
from tests.county import MONDAY, County
from tests.faces.cases import Filed, filed
from tests.faces.pages import forms_of, text_of

pytestmark = pytest.mark.database

CODE = re.compile(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b")


def code_on_receipt(county: County, case: Filed, role: str = "applicant") -> str:
    found = CODE.search(text_of(county.client(role).get(f"/cases/{case.number}/receipt/")))
    assert found
    return found[0]


def opened(client: Client, case: Filed, code: str) -> Client:
    response = client.post("/track/", {"number": case.number, "code": code})
    assert response.status_code == 302, text_of(response)
    return client


def test_with_number_and_code_the_whole_case_is_read_without_signing_in(county: County) -> None:
    case = filed(county).accepted()
    person = county.applicant()
    visitor = county.client()

    typed = code_on_receipt(county, case).lower().replace("-", " ")
    response = visitor.post("/track/", {"number": case.number, "code": typed}, follow=True)

    page = text_of(response)
    assert "您的申请已于 2026年3月2日 受理" in page
    assert "周宁" in page
    assert "需要由申请人登录后办理" in page
    assert forms_of(response) == {}
    assert person.phone not in page
    assert "138****0001" in page


def test_the_code_is_the_same_on_every_receipt_and_another_for_every_case(county: County) -> None:
    first, second = filed(county), filed(county)

    assert code_on_receipt(county, first) == code_on_receipt(county, first)
    assert code_on_receipt(county, first) != code_on_receipt(county, second)


def test_a_wrong_code_opens_nothing_and_guessing_ends_after_five_tries(county: County) -> None:
    case = filed(county)
    right = code_on_receipt(county, case)
    visitor = county.client()

    for _ in range(5):
        wrong = visitor.post("/track/", {"number": case.number, "code": "22222-22222"})
        assert wrong.status_code == 422
        assert "查询密码不对" in text_of(wrong)
    late = visitor.post("/track/", {"number": case.number, "code": right})

    assert late.status_code == 429
    assert "Retry-After" in late.headers
    assert visitor.get(f"/track/{case.number}/").status_code == 302


def test_the_code_of_one_case_opens_no_other_and_nothing_to_press(county: County) -> None:
    case, other = filed(county), filed(county)
    visitor = opened(county.client(), case, code_on_receipt(county, case))

    assert visitor.get(f"/track/{other.number}/").status_code == 302
    assert visitor.get(f"/cases/{case.number}/").status_code == 302
    assert visitor.get(f"/cases/{case.number}/copy/").status_code == 302
    assert visitor.post(f"/cases/{case.number}/withdraw/").status_code == 302
    assert case.facts == ["submitted"]


def test_it_closes_by_itself_and_at_once_when_asked(county: County) -> None:
    case = filed(county)
    code = code_on_receipt(county, case)
    left, asked = opened(county.client(), case, code), opened(county.client(), case, code)
    assert left.get(f"/track/{case.number}/").status_code == 200

    asked.post(f"/track/{case.number}/close/")
    assert asked.get(f"/track/{case.number}/").status_code == 302

    county.move_to(MONDAY + timedelta(minutes=16))
    assert left.get(f"/track/{case.number}/").status_code == 302


def test_a_stranger_is_shown_no_receipt_and_the_code_lies_sealed(county: County) -> None:
    case = filed(county)
    code = code_on_receipt(county, case).replace("-", "")

    assert county.client("stranger").get(f"/cases/{case.number}/receipt/").status_code == 404
    sealed = Personal.objects.get(stream=case.stream, ref=tracking.REF)
    assert code.encode() not in bytes(sealed.ciphertext)
    assert sealed.blind is None


def test_a_case_whose_receipt_was_never_shown_is_opened_by_no_code(county: County) -> None:
    case = filed(county)

    for code in ("", "-" * tracking.LENGTH, "22222-22222"):
        assert not tracking.is_code_of(case.stream, code)


def test_once_the_data_are_erased_there_is_no_code(county: County) -> None:
    case = filed(county)
    code = code_on_receipt(county, case)
    case.do("applicant", lambda given: c.Withdraw(**given))
    assert tracking.is_code_of(case.stream, code)

    case.do("data_steward", lambda given: c.Erase(**given, basis="档案管理规定"))

    assert not tracking.is_code_of(case.stream, code)
    assert tracking.code_of(case.stream) == ""
