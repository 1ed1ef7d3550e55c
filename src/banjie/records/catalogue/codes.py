"""The codes of items and what their parts say (ZWFW C0109, GB/T 39554.1): 12, 31 and 33 characters.

    basic code   (12)  region (2), item type (2), department (2), main item (3), part (3)
    item code    (31)  credit code of the agency (18), level (1), basic code (12)
    variant code (33)  item code (31), serial number (2)

They have no check digit of their own; the credit code inside has (GB 32100-2015).
"""

import re
from dataclasses import dataclass

from stdnum.cn import uscc

_PARTS = re.compile(
    r"(?P<credit_code>[0-9A-HJ-NPQRTUWXY]{18})(?P<level>[1-7])"
    r"(?P<basic>\d{2}(?P<item_type>0[1-9]|1\d|2\d)\d{2}\d{3}\d{3})(?P<variant>\d{2})?"
)
_BASIC = re.compile(r"\d{2}(0[1-9]|1\d|2\d)\d{2}\d{3}\d{3}")


@dataclass(frozen=True, slots=True)
class Code:
    """An item's code in its parts; `variant` is "" for an item code of 31 characters."""

    credit_code: str
    level: str
    basic: str
    item_type: str
    variant: str


def is_basic(code: str) -> bool:
    """Whether this can be a basic code of 12 digits; a main item that has parts (00Y) cannot be exercised itself."""
    return _BASIC.fullmatch(code) is not None


def parsed(code: str) -> Code:
    """The parts of a code of 31 or 33 characters; ValueError says what cannot be right."""
    match = _PARTS.fullmatch(code)
    if match is None:
        raise ValueError(f"{code} does not have the shape of an item code")
    if match["variant"] == "00":
        raise ValueError(f"{code} has the serial number 00, and they begin with 01")
    if not uscc.is_valid(match["credit_code"]):
        raise ValueError(f"{code} begins with a credit code whose check digit is wrong")
    parts = match.groupdict()
    return Code(parts["credit_code"], parts["level"], parts["basic"], parts["item_type"], parts["variant"] or "")


def problems(code: str, credit_code: str, item_type: str) -> list[str]:
    """What is wrong with the code of an item of this type at the agency of this credit code; empty when all agrees."""
    try:
        parts = parsed(code)
    except ValueError as problem:
        return [str(problem)]
    found = []
    if parts.credit_code != credit_code:
        found.append(f"{code} begins with another agency's credit code than {credit_code}")
    if parts.item_type != item_type:
        found.append(f"{code} says item type {parts.item_type}, not {item_type}")
    return found
