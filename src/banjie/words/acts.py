"""What a fact is called in a few words, and the article of law it rests on; how the law is read, in words."""

from typing import Any

from banjie.engine.readings import YES_NO
from banjie.words.catalogue import DEFAULT, catalogue, label


def act_name(kind: str, language: str = DEFAULT) -> str:
    """The short name of a kind of fact; "" for one that has none."""
    return label("acts", kind, language) if kind in catalogue(language)["acts"] else ""


def act_basis(kind: str, language: str = DEFAULT) -> str:
    """The article a kind of fact rests on; "" where no law speaks of it."""
    return str(catalogue(language)["acts"].get(kind, {}).get("basis", ""))


def reading_in_words(name: str, value: Any, language: str = DEFAULT) -> tuple[str, str]:
    """A contested point, and how it is read."""
    point = label("element_values", f"readings.name.{name}", language)
    chosen = YES_NO.get(value, str(value)) if isinstance(value, bool) else str(value)
    known = catalogue(language)["readings_in_words"].get(f"{name}.{chosen}")
    return point, str(known or label("element_values", f"readings.value.{chosen}", language))
