"""The words of a "no": what happened, and the next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banjie.engine.not_possible import NotPossible
from banjie.words.catalogue import DEFAULT, catalogue, fill, label
from banjie.words.facts import in_words
from banjie.words.names import Names

UNWORDED = "not_possible"
"""The entry that stands in for a code without words: a person is never shown a bare code."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a person is told: `what` happened and what to do `next`; `code` for programs and for whoever helps them."""

    code: str
    what: str
    next: str


def refusal(no: NotPossible, language: str = DEFAULT, names: Names | None = None) -> Refusal:
    """The words of a refusal; a code without words gets general ones."""
    return refusal_of(no.code, no.facts, language, names)


def refusal_of(code: str, told: Mapping[str, Any], language: str = DEFAULT, names: Names | None = None) -> Refusal:
    """The words of a refusal that was kept as its code and facts."""
    known = catalogue(language)["refusals"]
    words = known.get(code, known[UNWORDED])
    facts = {name: in_words(name, value, language, names) for name, value in told.items()}
    what, next_step = fill(words["what"], facts), fill(words["next"], facts)
    return Refusal(code, what[:1].upper() + what[1:], next_step[:1].upper() + next_step[1:])


def problem(code: str, language: str = DEFAULT) -> str:
    """What is wrong with a field, to stand beside it; a code without words gets general ones."""
    known = catalogue(language)["problems"]
    return label("problems", code if code in known else UNWORDED, language)
