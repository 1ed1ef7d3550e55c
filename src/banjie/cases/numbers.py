"""Case numbers: contiguous per implementation code and office day, one for life, and a short one for the counter slip.

The 43-character exchange form is implementation code (31) + yyyyMMdd (8) + serial (4). The query number is yyMMdd,
seven random digits and the check character of ISO 7064 MOD 11-2, so that a slip of the pen is noticed.
"""

import secrets
from datetime import date

CODE_LENGTH = 31
LAST_SERIAL = 9_999 + 26_000


def case_number(code: str, day: date, serial: int) -> str:
    """The exchange form; serials past 9999 go on as A000 … Z999. ValueError past the last."""
    if not 1 <= serial <= LAST_SERIAL:
        raise ValueError(f"serial {serial} of {code} on {day}: only {LAST_SERIAL} numbers fit a day")
    return f"{code[:CODE_LENGTH]}{day:%Y%m%d}{_serial(serial)}"


def _serial(serial: int) -> str:
    if serial <= 9_999:
        return f"{serial:04d}"
    block, rest = divmod(serial - 10_000, 1_000)
    return f"{chr(ord('A') + block)}{rest:03d}"


def query_number(day: date) -> str:
    """A new short number: 14 characters, the last a check character (0-9 or X)."""
    digits = f"{day:%y%m%d}{secrets.randbelow(10**7):07d}"
    return digits + check_character(digits)


def check_character(digits: str) -> str:
    """ISO 7064 MOD 11-2."""
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def is_query_number(text: str) -> bool:
    """Whether this can be one of our query numbers: length, digits and check character."""
    return len(text) == 14 and text[:13].isdecimal() and text[:13].isascii() and check_character(text[:13]) == text[13]
