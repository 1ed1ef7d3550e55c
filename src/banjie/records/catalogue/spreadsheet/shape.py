"""The sheets of the workbook and their columns, derived from the types of the engine."""

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from banjie import words
from banjie.engine.guide import Guide
from banjie.engine.law import LICENCE_ACTS, Procedure
from banjie.engine.readings import READINGS, values_of
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Limit
from banjie.records.catalogue.gate.disclosure import CHOICES, STARTS
from banjie.records.catalogue.naming import element_name
from banjie.words.catalogue import DEFAULT

ITEM = "item_code"
"""The first column of every sheet but the first: the code of the item a row belongs to."""

MAY_BE_EMPTY = frozenset({"home", "receives", "decides", "seals", "supervises", "serves", "contact", "unit", "listed"})
"""Fields without a default that a draft may leave open: who does it, and what stands on no list yet."""

CODED: Mapping[str, tuple[str, ...]] = {
    **CHOICES,
    "counts_from": STARTS,
    "ex_officio.counts_from": ("discovery", "opening"),
    "licence_act": LICENCE_ACTS,
    "renews.late": ("no_deeming", "as_new"),
    "renews.term_from": ("day_after_expiry", "decision"),
    "level": ("law", "regulation", "rule", "document"),
    "starts": ("receipt", "acceptance", "decision", "told", "event"),
    "materials.kind": ("certificate", "form", "other"),
    "materials.form": ("paper", "electronic", "both"),
    "type": ("text", "number", "choice", "yes_no", "date"),
    "steps.kind": tuple(KINDS),
    "limit_from": ("opened", "assigned"),
    "readings.name": tuple(READINGS),
    "readings.value": tuple(dict.fromkeys(value for name in READINGS for value in values_of(name))),
}
"""Fields that take one of a list of codes, beside those whose type says so."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `path`: the fields that lead to the value from the element of the row; `name`: they joined by dots.

    `shape`: text, code, number, yes_no, date, limit, texts, codes. `default`: what an empty cell means; MISSING where
    it must be filled. `choices`: of a code.
    """

    name: str
    part: str
    path: tuple[str, ...]
    shape: str
    default: Any
    choices: tuple[str, ...] = ()
    enum: type[Enum] | None = None

    def heading(self, language: str) -> str:
        """What people read above it."""
        return element_name(self.part, self.name, language)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its code, the type of the element a row is, and its columns without those that say whose it is.

    `parent`: the sheet whose elements have these in their field `code`; `key`: the columns that say whose a row is.
    """

    code: str
    type: Any
    columns: tuple[Column, ...]
    parent: str = ""
    key: tuple[str, ...] = ()

    def title(self, language: str = DEFAULT) -> str:
        """What the sheet is called."""
        if self.parent:
            return element_name("", self.code, language)
        return words.label("workbook", self.code, language)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return (*self.key, *(each.name for each in self.columns))


@cache
def sheets() -> tuple[Sheet, ...]:
    """All sheets: items, then the guide, then the lists of both."""
    found = [
        Sheet("items", Procedure, _columns(Procedure, "")),
        Sheet("guide", Guide, _columns(Guide, ""), key=(ITEM,)),
    ]
    found += _lists(Procedure, "items", (ITEM,))
    found += _lists(Guide, "guide", (ITEM,))
    return tuple(found)


def _lists(owner: Any, parent: str, key: tuple[str, ...]) -> Iterator[Sheet]:
    hints = typing.get_type_hints(owner)
    for field in dataclasses.fields(owner):
        element = element_of(hints[field.name])
        if element is None:
            continue
        yield Sheet(field.name, element, _columns(element, field.name), parent, key)
        own_key = dataclasses.fields(element)[0].name
        yield from _lists(element, field.name, (*key, f"{field.name}.{own_key}"))


def _columns(owner: Any, part: str) -> tuple[Column, ...]:
    return tuple(_columns_of(owner, part, ()))


def _columns_of(owner: Any, part: str, path: tuple[str, ...]) -> Iterator[Column]:
    hints = typing.get_type_hints(owner)
    for field in dataclasses.fields(owner):
        hint, optional = without_none(hints[field.name])
        here = (*path, field.name)
        if element_of(hint) is not None or hint is Guide:
            continue
        if dataclasses.is_dataclass(hint) and hint is not Limit:
            yield from _columns_of(hint, part, here)
            continue
        yield _column(hint, optional, part, here, default_of(field))


def _column(hint: Any, optional: bool, part: str, path: tuple[str, ...], default: Any) -> Column:
    name = ".".join(path)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    inner = arguments[0] if origin in (tuple, frozenset) else hint
    choices, enum = CODED.get(f"{part}.{path[-1]}") or CODED.get(name, ()), None
    if isinstance(inner, type) and issubclass(inner, Enum):
        choices, enum = tuple(each.value for each in inner), inner
    shape = "code" if choices else _SHAPES.get(inner, "text")
    if origin in (tuple, frozenset):
        shape = "codes" if choices else "texts"
    if len(path) == 1 and path[0] in MAY_BE_EMPTY and default is dataclasses.MISSING:
        default = ""
    return Column(name, part, path, shape, None if optional else default, choices, enum)


_SHAPES: dict[Any, str] = {date: "date", int: "number", bool: "yes_no", Limit: "limit"}


def element_of(hint: Any) -> Any:
    """The type of the elements of a list of elements; None for anything else."""
    if typing.get_origin(hint) is tuple and dataclasses.is_dataclass(typing.get_args(hint)[0]):
        return typing.get_args(hint)[0]
    return None


def without_none(hint: Any) -> tuple[Any, bool]:
    """A type without its None, and whether it had one."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [each for each in typing.get_args(hint) if each is not type(None)]
        return inner[0], True
    return hint, False


def default_of(field: Any) -> Any:
    """The default of a field, MISSING where it has none."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
