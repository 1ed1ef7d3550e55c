"""What differs between two procedures, line by line in words."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from banjie.engine.law import Procedure
from banjie.records.catalogue import compare, naming

TITLES = ("name", "label", "title", "question", "text")
LEFT_OUT = frozenset({"units", "agencies"})
"""Names of the organisation, which follow from what is chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: what it is about, and what each side says ("" for nothing)."""

    name: str
    one: str
    other: str


def lines(one: Procedure, other: Procedure, language: str, fields: Collection[str] = ()) -> list[Line]:
    """Everything that differs, or only in these fields."""
    found = []
    for each in compare.differences(one, other):
        top = ".".join(each.path.split(".")[: 2 if each.path.startswith("guide.") else 1])
        if top not in LEFT_OUT and (not fields or top in fields):
            name = _name(each, top, one, other, language)
            found.append(Line(name, *(_value(each, side, language) for side in (each.one, each.other))))
    return found


def _name(each: compare.Difference, top: str, one: Procedure, other: Procedure, language: str) -> str:
    """申请材料 · 授权委托书 · 复印件份数."""
    field = top.rpartition(".")[2]
    names = [naming.element_name("", field, language)]
    rest = each.path.removeprefix(top).removeprefix(".")
    if rest and each.field == "order":
        rest = ""
    if rest:
        key = rest.removesuffix(f".{each.field}") if each.field != field else rest
        if key != rest or each.field == field:
            names.append(_title(top, key, one, language) or _title(top, key, other, language) or key)
    if each.field != field:
        names.append(naming.element_name(each.part, each.field, language))
    return " · ".join(dict.fromkeys(names))


def _title(top: str, key: str, procedure: Procedure, language: str) -> str:
    """What the element of this key is called."""
    value: Any = procedure
    for name in top.split("."):
        value = getattr(value, name)
    for element in value if isinstance(value, tuple) else ():
        if key in (getattr(element, "id", None), getattr(element, "slug", None)):
            english = str(getattr(element, "english", "")) if language == "en" else ""
            return english or next((str(getattr(element, name)) for name in TITLES if hasattr(element, name)), "")
    return ""


def _value(each: compare.Difference, value: Any, language: str) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
        if type(value).__name__ == "Limit":
            return naming.value_in_words(each.part, each.field, value, language)
        return _element(value, each.field, language)
    return naming.value_in_words(each.part, each.field, value, language)


def _element(value: Any, part: str, language: str) -> str:
    """Everything a sub-record says beside what it would say by itself."""
    told = []
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if held and held != field.default:
            name = naming.element_name(part, field.name, language)
            told.append(f"{name}: {naming.value_in_words(part, field.name, held, language)}")
    return "\n".join(told)
