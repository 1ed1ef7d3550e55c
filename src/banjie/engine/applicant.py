"""What an application must say about its applicant, and whether its numbers can be right.

Check digits by GB 11643-1999 (identity card) and GB 32100-2015 (unified social credit code), from python-stdnum.
"""

from collections.abc import Mapping
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

NEEDED = ("kind", "name", "id_type", "id_number", "phone", "address")
KINDS = ("person", "enterprise", "other")
ID_TYPES = ("id_card", "uscc", "passport", "other")
LONGEST = 200


def problems(applicant: Mapping[str, str], on: date) -> list[tuple[str, str]]:
    """Everything wrong with these particulars as (field path, code); empty when they can be taken.

    `name`, `phone`, `address` and the contact's name may be anything a person writes (≤ 200 characters); the numbers
    are checked by their own standard. `on` is the day of filing: nobody is born after it.
    """
    found = [(f"applicant.{key}", "not_a_text") for key, value in applicant.items() if not isinstance(value, str)]
    if found:
        return found
    found = [(f"applicant.{each}", "needed") for each in NEEDED if not applicant.get(each, "").strip()]
    found += [(f"applicant.{key}", "too_long") for key, value in applicant.items() if len(value) > LONGEST]
    if found:
        return found
    if applicant["kind"] not in KINDS:
        found.append(("applicant.kind", "unknown_choice"))
    number, id_type = applicant["id_number"], applicant["id_type"]
    if id_type not in ID_TYPES:
        found.append(("applicant.id_type", "unknown_choice"))
    elif id_type == "id_card":
        found += _id_card(number, on)
    elif id_type == "uscc" and not uscc.is_valid(number):
        found.append(("applicant.id_number", "wrong_check_digit_uscc"))
    return found


def _id_card(number: str, on: date) -> list[tuple[str, str]]:
    """Eighteen characters, a day that exists, a right check character. A county code may be old or of a demo county."""
    try:
        well_formed = len(number) == 18 and number[:17].isascii() and number[:17].isdecimal()
        if not well_formed or ric.calc_check_digit(number) != number[17].upper():
            return [("applicant.id_number", "wrong_check_digit_id_card")]
        if ric.get_birth_date(number) > on:
            return [("applicant.id_number", "born_in_future")]
    except ValidationError:
        return [("applicant.id_number", "no_such_date")]
    return []
