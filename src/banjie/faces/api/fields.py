"""The types of what comes in: every string bounded and fit for the database, every number and list bounded.

Strict: a number is not read out of a string, a day not out of a number. What does not fit is refused with the code of a
field problem (`words.problem`), never mended.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic import StringConstraints as Bounds
from pydantic_core import PydanticCustomError

from banjie.engine.receipt import LONGEST_ANSWER

MOST = 200
"""Entries of any list or map: more than any procedure asks for."""

MOST_FILES = 30
"""Files of one material."""

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
MANY_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
CODE = r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$"

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""Days outside this are slips of the pen."""

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")


class Body(BaseModel):
    """What comes in: a field that is not known is refused, so that a slip is not silently left out."""

    model_config = ConfigDict(extra="forbid")


def _day(given: Any) -> Any:
    if isinstance(given, str) and DAY.fullmatch(given):
        try:
            read = date.fromisoformat(given)
        except ValueError:
            pass
        else:
            if FIRST_DAY <= read <= LAST_DAY:
                return read
    raise PydanticCustomError("no_such_date", "a day is written as 2026-09-19")


def _instant(given: Any) -> Any:
    if isinstance(given, str) and len(given) <= 40:
        try:
            read = datetime.fromisoformat(given)
        except ValueError:
            pass
        else:
            if read.tzinfo is not None and FIRST_DAY.year < read.year < LAST_DAY.year:
                return read
    raise PydanticCustomError("no_such_instant", "an instant is written as 2026-09-19T09:30:00+08:00")


def _uuid(given: Any) -> Any:
    if isinstance(given, str) and UUID_TEXT.fullmatch(given):
        return UUID(given)
    raise PydanticCustomError("wrong_type", "a UUID is expected")


def _answer(given: Any) -> Any:
    """One answer of the form: text, a whole number, or yes and no."""
    if isinstance(given, bool):
        return given
    if isinstance(given, int):
        if abs(given) >= 10**15:
            raise PydanticCustomError("out_of_range", "too large a number")
        return given
    if not isinstance(given, str):
        raise PydanticCustomError("wrong_type", "an answer is a text, a whole number, or yes or no")
    if len(given) > LONGEST_ANSWER:
        raise PydanticCustomError("too_long", "too long a text")
    if not _storable(given):
        raise PydanticCustomError("wrong_type", "a text without control characters is expected")
    return given


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return re.fullmatch(MANY_LINES[1:-1], text) is not None


Code = Annotated[str, Bounds(strict=True, min_length=1, max_length=100, pattern=CODE)]
"""An id or a code of the program: ASCII, so that no name of a person can stand in its place."""

CodeOrNone = Annotated[str, Bounds(strict=True, max_length=100, pattern=CODE.replace("$", "$|^$"))]
Line = Annotated[str, Bounds(strict=True, max_length=200, pattern=ONE_LINE)]
Needed = Annotated[str, Bounds(strict=True, min_length=1, max_length=200, pattern=ONE_LINE)]
LongText = Annotated[str, Bounds(strict=True, max_length=10_000, pattern=MANY_LINES)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
Id = Annotated[UUID, BeforeValidator(_uuid)]
Number = Annotated[int, Field(strict=True, ge=0, le=1000)]
Version = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Flag = Annotated[bool, Field(strict=True)]
Answer = Annotated[
    Any,
    PlainValidator(_answer),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": LONGEST_ANSWER, "pattern": MANY_LINES},
                {"type": "integer", "exclusiveMinimum": -(10**15), "exclusiveMaximum": 10**15},
                {"type": "boolean"},
            ]
        }
    ),
]
Answers = Annotated[dict[Code, Answer], MaxLen(MOST)]
Particulars = Annotated[dict[Code, Line], MaxLen(30)]
