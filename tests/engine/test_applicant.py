"""Whoever lives here applies with the document they have, and slips of the pen are seen. All numbers are invented."""

from datetime import date

import pytest

from banjie.engine.applicant import ID_TYPES, problems
from banjie.words import LANGUAGES, problem
from tests.engine.story import PARTICULARS

ON = date(2026, 3, 2)


def checked(first: str) -> str:
    """A number with its check character by GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]


def committee() -> str:
    """The credit code of an invented village committee: 民政 registers them (5), they are of their own kind (4)."""
    alphabet, body = "0123456789ABCDEFGHJKLMNPQRTUWXY", "00000031"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    first = f"54999921{body}{'X' if rest == 10 else rest % 11}"
    total = sum(alphabet.index(char) * 3**place for place, char in enumerate(first))
    return first + alphabet[-total % 31]


def told(id_type: str, number: str, **more: str) -> list[tuple[str, str]]:
    """What is wrong with somebody who shows this document."""
    return problems(
        {**PARTICULARS, "kind": "person", "name": "甲", "id_type": id_type, "id_number": number, **more}, ON
    )


RIGHT = [
    ("id_card", checked("99992119810804031")),
    ("hk_macao_permit", "H00000001"),
    ("hk_macao_permit", "m00000002"),
    ("hk_macao_permit", "H0000000101"),
    ("taiwan_permit", "00000003"),
    ("residence_permit", checked("81000019810804003")),
    ("residence_permit", checked("82000019810804003")),
    ("residence_permit", checked("83000019810804003")),
    ("foreigner_card", checked("91111119810804003")),
    ("foreigner_card", "ABC000000000001"),
    ("passport", "E00000001"),
    ("passport", "ab00001"),
    ("uscc", committee()),
    ("other", "任何号码"),
]

WRONG = [
    ("hk_macao_permit", "T00000001", "wrong_hk_macao_permit"),
    ("hk_macao_permit", "H0000001", "wrong_hk_macao_permit"),
    ("hk_macao_permit", "H０0000001", "wrong_hk_macao_permit"),
    ("taiwan_permit", "0000003", "wrong_taiwan_permit"),
    ("taiwan_permit", "0000000A", "wrong_taiwan_permit"),
    ("residence_permit", checked("99992119810804031"), "wrong_residence_permit"),
    ("residence_permit", checked("81000119810804003"), "wrong_residence_permit"),
    ("residence_permit", checked("81000019810804003")[:17] + "Z", "wrong_check_digit_id_card"),
    ("residence_permit", checked("81000020260399003"), "no_such_date"),
    ("residence_permit", checked("81000020260303003"), "born_in_future"),
    ("foreigner_card", checked("91111119810804003")[:17], "wrong_check_digit_id_card"),
    ("foreigner_card", "9", "wrong_check_digit_id_card"),
    ("foreigner_card", "AB0000000000001", "wrong_foreigner_card"),
    ("passport", "E001", "wrong_passport"),
    ("passport", "E 0000001", "wrong_passport"),
    ("uscc", committee()[:17] + "Z", "wrong_check_digit_uscc"),
]


@pytest.mark.parametrize(("id_type", "number"), RIGHT)
def test_a_number_that_can_be_right_is_taken(id_type: str, number: str) -> None:
    assert told(id_type, number) == []


@pytest.mark.parametrize(("id_type", "number", "code"), WRONG)
def test_a_slip_of_the_pen_is_noticed(id_type: str, number: str, code: str) -> None:
    assert told(id_type, number) == [("applicant.id_number", code)]
    assert len({problem(code, language) for language in LANGUAGES}) == 2, "with words of its own in each language"


def test_every_kind_of_document_is_tried_here() -> None:
    assert {id_type for id_type, _ in RIGHT} == set(ID_TYPES)
    assert told("library_card", "1") == [("applicant.id_type", "unknown_choice")]


def test_papers_may_be_served_elsewhere() -> None:
    assert told("passport", "E00000001", service_address="云岭县城关镇示范街2号") == []
    assert told("passport", "E00000001", service_address="长" * 201) == [("applicant.service_address", "too_long")]
