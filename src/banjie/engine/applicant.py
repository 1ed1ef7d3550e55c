"""What an application must say about its applicant, and whether its numbers can be right.

Check digits by GB 11643-1999 (identity card, and what is numbered like it) and GB 32100-2015 (unified social credit
code, which a village committee has too), from python-stdnum.
"""

import re
from collections.abc import Mapping
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

NEEDED = ("kind", "name", "id_type", "id_number", "phone", "address")
KINDS = ("person", "enterprise", "other")
OPTIONAL = ("contact", "service_address")
"""What may be said besides: whom to call, and where papers are served (送达地址) where that is not the address."""

ID_TYPES = (
    "id_card",
    "hk_macao_permit",  # 港澳居民来往内地通行证
    "taiwan_permit",  # 台湾居民来往大陆通行证
    "residence_permit",  # 港澳台居民居住证
    "foreigner_card",  # 外国人永久居留身份证
    "passport",
    "uscc",
    "other",
)
LONGEST = 200

HK_MACAO_PERMIT = re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII | re.IGNORECASE)
"""Hong Kong or Macao, eight digits, and on older ones two for how often it was renewed."""
TAIWAN_PERMIT = re.compile(r"\d{8}", re.ASCII)
RESIDENCE_REGIONS = ("810000", "820000", "830000")
FOREIGNER_CARD_OLD = re.compile(r"[A-Z]{3}\d{12}", re.ASCII | re.IGNORECASE)
"""Country, then twelve digits; since December 2023 eighteen characters that begin with 9."""
PASSPORT = re.compile(r"[A-Z0-9]{5,15}", re.ASCII | re.IGNORECASE)
"""Every country numbers its own: letters and digits, as they stand in the machine-readable line."""


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
    if applicant["id_type"] not in ID_TYPES:
        found.append(("applicant.id_type", "unknown_choice"))
    return found + _number(applicant["id_type"], applicant["id_number"], on)


def is_id_card(number: str, on: date) -> bool:
    """Whether this is the number of an identity card, and so a personal datum."""
    return not _id_card(number, on)


def _number(id_type: str, number: str, on: date) -> list[tuple[str, str]]:
    """What cannot be right about a number of this kind; nothing is known of "other"."""
    match id_type:
        case "id_card":
            return _id_card(number, on)
        case "residence_permit" if not number.startswith(RESIDENCE_REGIONS):
            return [("applicant.id_number", "wrong_residence_permit")]
        case "residence_permit":
            return _id_card(number, on)
        case "foreigner_card" if number.startswith("9"):
            return _id_card(number, on)
        case "foreigner_card" if not FOREIGNER_CARD_OLD.fullmatch(number):
            return [("applicant.id_number", "wrong_foreigner_card")]
        case "hk_macao_permit" if not HK_MACAO_PERMIT.fullmatch(number):
            return [("applicant.id_number", "wrong_hk_macao_permit")]
        case "taiwan_permit" if not TAIWAN_PERMIT.fullmatch(number):
            return [("applicant.id_number", "wrong_taiwan_permit")]
        case "passport" if not PASSPORT.fullmatch(number):
            return [("applicant.id_number", "wrong_passport")]
        case "uscc" if not uscc.is_valid(number):
            return [("applicant.id_number", "wrong_check_digit_uscc")]
        case _:
            return []


def _id_card(number: str, on: date) -> list[tuple[str, str]]:
    """Eighteen characters, a day that exists, a right check character. A county code may be old or of a demo county.

    Residence permits and foreigners' cards are numbered the same way.
    """
    try:
        well_formed = len(number) == 18 and number[:17].isascii() and number[:17].isdecimal()
        if not well_formed or ric.calc_check_digit(number) != number[17].upper():
            return [("applicant.id_number", "wrong_check_digit_id_card")]
        if ric.get_birth_date(number) > on:
            return [("applicant.id_number", "born_in_future")]
    except ValidationError:
        return [("applicant.id_number", "no_such_date")]
    return []
