"""Any dataclass of the engine as the flat texts of a form, and back again: rows can be added, taken out and moved.

A field is named by its path: `guide.places.0.name`. Rows of sub-records carry their number in `….rows`, a part that may
be missing its presence in `….given`; a limit is a number, a unit and whether it stays. What cannot be read is an error
of its path, and nothing else: what a value means is the publish gate's business.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union

from django.http import QueryDict

from banjie.engine.timelimits import Limit, Unit

Typed = dict[str, list[str]]
"""What stands in the fields of a form, by path."""

MOST_ROWS = 200
MOST_DAYS = 9999
LARGEST = 2**31 - 1
LONGEST = {"code": 50, "name": 200, "english": 200}
"""Characters of a text by its path; any other has room for LONG."""
LONG = 20_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class Kind(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    LIMIT = "limit"
    SEVERAL = "several"  # texts: chosen from what is offered, or one a line
    ROWS = "rows"
    PART = "part"


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How a field is typed. `of`: the dataclass of a row or part, or the enumeration of its values."""

    kind: Kind
    of: Any = None
    may_be_missing: bool = False


@cache
def fields_of(cls: Any) -> Mapping[str, Shape]:
    """The fields of a dataclass in their order."""
    hints = typing.get_type_hints(cls)
    return {field.name: _shape(hints[field.name]) for field in dataclasses.fields(cls)}


def shape_at(cls: Any, path: str) -> Shape:
    """The shape of a field by its dotted name, without numbers of rows: `guide.places`."""
    name, _, rest = path.partition(".")
    shape = fields_of(cls)[name]
    return shape_at(shape.of, rest) if rest else shape


def _shape(hint: Any) -> Shape:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(each for each in arguments if each is not type(None))
        return dataclasses.replace(_shape(inner), may_be_missing=True)
    if origin in (tuple, frozenset):
        of = arguments[0]
        if dataclasses.is_dataclass(of):
            return Shape(Kind.ROWS, of)
        return Shape(Kind.SEVERAL, of if _is_enum(of) else None)
    if hint is Limit:
        return Shape(Kind.LIMIT)
    if dataclasses.is_dataclass(hint):
        return Shape(Kind.PART, hint)
    if _is_enum(hint):
        return Shape(Kind.TEXT, hint)
    return Shape({str: Kind.TEXT, int: Kind.NUMBER, bool: Kind.FLAG, date: Kind.DAY}[hint])


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


# From a value to texts


def typed_of(value: Any, shape: Shape, path: str) -> Typed:
    """The texts that stand for a value."""
    return dict(_typed(value, shape, path))


def _typed(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, list[str]]]:
    if shape.kind is Kind.ROWS:
        yield f"{path}.rows", [str(len(value))]
        for number, each in enumerate(value):
            yield from _typed_fields(each, shape.of, f"{path}.{number}")
    elif shape.kind is Kind.PART:
        if shape.may_be_missing:
            yield f"{path}.given", ["1"] if value is not None else []
        if value is None:
            yield from _empty(shape.of, path).items()
        else:
            yield from _typed_fields(value, shape.of, path)
    elif shape.kind is Kind.LIMIT:
        yield f"{path}.number", [str(value.number)] if value else [""]
        yield f"{path}.unit", [value.unit.value if value else Unit.WORKING_DAY.value]
        yield f"{path}.stays", ["1"] if value and value.stays else []
    elif shape.kind is Kind.SEVERAL:
        yield path, sorted(str(each) for each in value) if isinstance(value, frozenset) else [str(x) for x in value]
    elif shape.kind is Kind.FLAG:
        yield path, ["1"] if value else []
    elif value is None:
        yield path, [""]
    else:
        yield path, [value.isoformat() if isinstance(value, date) else str(value)]


def _typed_fields(value: Any, cls: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    for name, shape in fields_of(cls).items():
        yield from _typed(getattr(value, name), shape, f"{path}.{name}")


def posted(data: QueryDict) -> Typed:
    """What a form sent."""
    return {name: [str(each) for each in values] for name, values in data.lists()}


# From texts to a value


@dataclasses.dataclass(slots=True)
class Reading:
    """Reads values out of the texts of a form; `errors`: the code of what is wrong, by path."""

    typed: Typed
    errors: dict[str, str] = dataclasses.field(default_factory=dict)

    def plain(self, shape: Shape, path: str) -> Any:
        """The value as the codec takes it; something that can be taken where there is an error."""
        if shape.may_be_missing and shape.kind in (Kind.TEXT, Kind.NUMBER, Kind.DAY) and not self._one(path):
            return None
        return self._readers[shape.kind](self, shape, path)

    def _one(self, path: str) -> str:
        given = self.typed.get(path, [])
        text = (given[-1] if given else "").replace("\r\n", "\n").strip()
        if CONTROL.search(text):
            self.errors[path] = "not_a_text"
            return ""
        if len(text) > LONGEST.get(path, LONG):
            self.errors[path] = "too_long"
            return ""
        return text

    def _text(self, shape: Shape, path: str) -> str:
        text = self._one(path)
        if shape.of and text not in {each.value for each in shape.of}:
            self.errors[path] = "unknown_choice"
            return str(next(iter(shape.of)).value)
        return text

    def _number(self, shape: Shape, path: str, most: int = LARGEST) -> int:
        text = self._one(path)
        if not text.isascii() or not text.isdecimal():
            self.errors.setdefault(path, "not_a_number" if text else "needed")
            return 0
        if len(text) > len(str(most)) or int(text) > most:
            self.errors[path] = "out_of_range"
            return 0
        return int(text)

    def _flag(self, shape: Shape, path: str) -> bool:
        return bool(self.typed.get(path))

    def _day(self, shape: Shape, path: str) -> str:
        text = self._one(path)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.errors[path] = "no_such_date" if text else "needed"
            return date.min.isoformat()

    def _limit(self, shape: Shape, path: str) -> dict[str, Any] | None:
        if shape.may_be_missing and not self._one(f"{path}.number"):
            return None
        number = self._number(shape, f"{path}.number", MOST_DAYS)
        unit = self._text(Shape(Kind.TEXT, Unit), f"{path}.unit")
        stays = {"stays": True} if self._flag(shape, f"{path}.stays") else {}
        return {"number": number, "unit": unit, **stays}

    def _several(self, shape: Shape, path: str) -> list[str]:
        given = [line.strip() for text in self.typed.get(path, []) for line in text.splitlines()]
        chosen = list(dict.fromkeys(each for each in given if each))
        if any(CONTROL.search(each) for each in chosen):
            self.errors[path] = "not_a_text"
            return []
        if sum(map(len, chosen)) > LONG:
            self.errors[path] = "too_long"
            return []
        if shape.of and not set(chosen) <= {each.value for each in shape.of}:
            self.errors[path] = "unknown_choice"
            return []
        return chosen

    def _rows(self, shape: Shape, path: str) -> list[dict[str, Any]]:
        if row_count(self.typed, path) > MOST_ROWS:
            self.errors[path] = "too_many"
        rows = range(min(row_count(self.typed, path), MOST_ROWS))
        return [self._fields(shape.of, f"{path}.{number}") for number in rows]

    def _part(self, shape: Shape, path: str) -> dict[str, Any] | None:
        if shape.may_be_missing and not self.typed.get(f"{path}.given"):
            return None
        return self._fields(shape.of, path)

    def _fields(self, cls: Any, path: str) -> dict[str, Any]:
        plain = {name: self.plain(shape, f"{path}.{name}") for name, shape in fields_of(cls).items()}
        return {name: value for name, value in plain.items() if value is not None}

    _readers: typing.ClassVar[Mapping[Kind, Callable[["Reading", Shape, str], Any]]] = {
        Kind.TEXT: _text,
        Kind.NUMBER: _number,
        Kind.FLAG: _flag,
        Kind.DAY: _day,
        Kind.LIMIT: _limit,
        Kind.SEVERAL: _several,
        Kind.ROWS: _rows,
        Kind.PART: _part,
    }


# Rows


def row_count(typed: Typed, path: str) -> int:
    """How many rows there are, as far as that can be read; 0 where it cannot."""
    text = (typed.get(f"{path}.rows") or ["0"])[-1]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def add_row(typed: Typed, path: str, cls: Any) -> Typed:
    """One row more, at the end, with what its dataclass would say by itself."""
    number = row_count(typed, path)
    return {**typed, **_empty(cls, f"{path}.{number}"), f"{path}.rows": [str(number + 1)]}


def without_row(typed: Typed, path: str, number: int) -> Typed:
    """One row less; those behind it move up. The same texts where there is no such row."""
    count = row_count(typed, path)
    if not 0 <= number < count:
        return typed
    order = [each for each in range(count) if each != number]
    return {**_ordered(typed, path, order), f"{path}.rows": [str(count - 1)]}


def moved_row(typed: Typed, path: str, number: int, by: int) -> Typed:
    """A row moved by so many places; the same texts where there is no such place."""
    count = row_count(typed, path)
    if not (0 <= number < count and 0 <= number + by < count):
        return typed
    order = list(range(count))
    order.insert(number + by, order.pop(number))
    return _ordered(typed, path, order)


def _ordered(typed: Typed, path: str, order: list[int]) -> Typed:
    """The texts with the rows of this path in this order; rows that are not named are left out."""
    places = {str(old): str(new) for new, old in enumerate(order)}
    found: Typed = {}
    for name, values in typed.items():
        row, _, rest = name.removeprefix(f"{path}.").partition(".")
        if not name.startswith(f"{path}.") or not row.isdecimal():
            found[name] = values
        elif row in places:
            found[f"{path}.{places[row]}.{rest}"] = values
    return found


def _empty(cls: Any, path: str) -> Typed:
    found: Typed = {}
    for field in dataclasses.fields(cls):
        shape = fields_of(cls)[field.name]
        if field.default is not dataclasses.MISSING:
            value = field.default
        elif field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        else:
            value = {Kind.ROWS: (), Kind.SEVERAL: (), Kind.TEXT: "", Kind.FLAG: False}.get(shape.kind)
        found |= typed_of(value, shape, f"{path}.{field.name}")
    return found
