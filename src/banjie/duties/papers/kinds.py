"""What a kind of paper is called in its number, and which template sets it: data of the rulebook.

`rulebook/papers/kinds.yaml`. A kind nobody has named there still gets its paper: its number bears its whole name, it is
set in the plain template `general`. What a kind is sealed with, the seals say (`duties/seals/policy.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from banjie import words
from banjie.records.organisation.rulebook import read
from banjie.store import papers as typesetter

GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole file. `words`: what stands in the number of a kind; `templates`: what an item names for a kind."""

    words: Mapping[str, str]
    templates: Mapping[tuple[str, str], str]


def rules() -> Rules:
    """The rules as they stand."""
    return _rules(str(settings.RULEBOOK))


def number(kind: str, prefix: str, year: int, serial: int) -> str:
    """云岭审受理字〔2026〕00012号; `prefix`: what the agency's papers begin with (机关代字)."""
    word = rules().words.get(kind) or words.label("documents", kind)
    return f"{prefix}{word}字〔{year}〕{serial:05d}号"


def template(kind: str, item: str = "") -> str:
    """The template a new paper of this kind gets: its item's own, else the newest of the kind, else the plain one."""
    own = rules().templates.get((item, kind))
    if own:
        typesetter.newest(own.split("/")[0])
        return own
    try:
        return typesetter.newest(kind)
    except FileNotFoundError:
        return typesetter.newest(GENERAL)


@cache
def _rules(rulebook: str) -> Rules:
    plain: dict[str, Any] = read(Path(rulebook) / "papers" / "kinds.yaml")
    return Rules(
        {name: each["word"] for name, each in plain["kinds"].items()},
        {(each["item"], each["kind"]): each["template"] for each in plain.get("templates") or ()},
    )
