"""Progress by number, for anybody: stage and dates, and nothing about a person."""

import pytest

from banjie import words
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


@pytest.mark.parametrize("which", ["number", "query_number"])
def test_a_case_is_found_by_either_number_without_a_word_about_a_person(county: County, which: str) -> None:
    case = filed(county).accepted()
    person = county.applicant()

    page = text_of(county.client().get("/track/", {"number": getattr(case.state, which)}))

    assert "已受理" in page
    assert words.day_in_words(case.state.accepted_on) in page  # type: ignore[arg-type]
    for private in (person.name, person.phone, person.id_number, person.address, county.user("applicant").username):
        assert private not in page


def test_a_slip_of_the_pen_is_told_apart_from_a_number_nobody_has(county: County) -> None:
    number = filed(county).number
    slip = number[:5] + str((int(number[5]) + 1) % 10) + number[6:]

    wrong = county.client().get("/track/", {"number": slip})
    short = county.client().get("/track/", {"number": "2603"})

    for response in (wrong, short):
        assert response.status_code == 404
        assert "没有找到这件办件" in text_of(response)
        assert "请对照收件凭证逐位核对" in text_of(response)


def test_a_number_with_the_right_check_character_that_nobody_has_is_only_not_found(county: County) -> None:
    from banjie.cases.numbers import check_character

    digits = "2603020000000"
    response = county.client().get("/track/", {"number": digits + check_character(digits)})

    assert response.status_code == 404
    assert "没有找到这件办件" in text_of(response)
    assert "请对照收件凭证逐位核对" not in text_of(response)


def test_the_empty_page_asks_for_a_number(county: County) -> None:
    page = text_of(county.client().get("/track/"))

    assert "办件编号或者查询码" in page
    assert "没有找到" not in page
