"""Codes of items: their shape, and the check digit of the credit code inside."""

import pytest

from banjie.records.catalogue import codes

VARIANT = "11999921009900208U400013102900001"


def test_a_variant_code_has_its_parts():
    parts = codes.parsed(VARIANT)

    assert parts == codes.Code("11999921009900208U", "4", "000131029000", "01", "01")
    assert codes.parsed(VARIANT[:31]).variant == ""


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (VARIANT[:-1], "shape"),
        (VARIANT[:-2] + "00", "serial number 00"),
        ("11999921009900208A" + VARIANT[18:], "check digit"),
        (VARIANT[:18] + "8" + VARIANT[19:], "shape"),
        ("1199992100990020OU" + VARIANT[18:], "shape"),
        (VARIANT + "\n", "shape"),
        ("", "shape"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(code, says):
    with pytest.raises(ValueError, match=says):
        codes.parsed(code)


def test_a_code_agrees_with_its_agency_and_its_type():
    assert codes.problems(VARIANT, "11999921009900208U", "01") == []
    assert len(codes.problems(VARIANT, "11999921009900400E", "20")) == 2
    assert len(codes.problems("nonsense", "11999921009900400E", "20")) == 1
