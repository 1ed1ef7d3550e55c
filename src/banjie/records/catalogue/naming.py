"""What the elements of a procedure and their values are called: headings of sheets, guides and comparisons.

A field is named by its part (the field that holds it, "" for the item itself and its guide) and its own name, for
`standard` is one thing of a material and another of a fee.
"""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

from banjie import words
from banjie.engine.timelimits import Limit
from banjie.words.catalogue import DEFAULT, catalogue

SECTIONS = {
    "steps.kind": "step_kinds",
    "provider": "providers",
    "merged": "duties",
    "clocks": "clocks",
    "post": "posts",
    "extension.authority": "posts",
    "licence_act": "licence_acts",
}
"""Fields whose values have words in a section of their own."""


def element_name(part: str, field: str, language: str = DEFAULT) -> str:
    """What a field is called; its code where it has no name."""
    return words.label("elements", _key("elements", part, field, language), language)


def value_name(part: str, field: str, value: str, language: str = DEFAULT) -> str:
    """What one coded value is called, "" where it has no words."""
    for name in (f"{part}.{field}", field):
        if name in SECTIONS:
            return _worded(SECTIONS[name], value, language)
        found = _worded("element_values", f"{name}.{value}", language)
        if found:
            return found
    return ""


def value_in_words(part: str, field: str, value: Any, language: str = DEFAULT) -> str:
    """Any value of a field as people read it; "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return words.label("misc", "yes" if value else "no", language)
    if isinstance(value, Limit):
        return words.limit_in_words(value, language)
    if isinstance(value, date):
        return words.day_in_words(value, language)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return value_name(part, field, value, language) or value
    if isinstance(value, Iterable):
        items = sorted(value) if isinstance(value, frozenset) else value
        separator = words.label("phrases", "between_names", language)
        return separator.join(value_in_words(part, field, each, language) for each in items)
    return str(value)


def _key(section: str, part: str, field: str, language: str) -> str:
    own = f"{part}.{field}"
    return own if own in catalogue(language)[section] else field


def _worded(section: str, code: str, language: str) -> str:
    return words.label(section, code, language) if code in catalogue(language)[section] else ""
