"""What of an item can be searched, and how texts and queries are cut: pure, so that both sides cut alike.

A document's `body` is a list of lines, the strongest field first: each a line break, the mark of its field (a control
character, which no query can hold), and the text in one normal form. Where a word first stands in the body is therefore
the strongest field that has it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from banjie.engine.law import Procedure

LONGEST = 60
"""Characters of a query."""
PREFIX = 8
"""Initials that are looked up; what follows them is compared with the document."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")


class Field(IntEnum):
    """The fields of a document, the strongest first. The value is the mark in the body."""

    NAME = 1
    ALIAS = 2
    TOPIC = 3
    SUMMARY = 4
    CONDITION = 5
    MATERIAL = 6
    FLOW = 7
    QUESTION = 8


class Rank(IntEnum):
    """How well a word fits an item, the best first; of several words the weakest counts."""

    EQUAL = 0  # the name, and nothing else
    STARTS = 1  # the name begins with it
    NAME = 2
    ALIAS = 3  # an alias has it, or it is an everyday word for the name
    INITIALS = 4  # the initials of the name or an alias begin with it
    TOPIC = 5
    TEXT = 6


RANK = {Field.NAME: Rank.NAME, Field.ALIAS: Rank.ALIAS, Field.TOPIC: Rank.TOPIC}
"""Of a word inside a field; every other field is TEXT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A version of an item as the search sees it, in force from `effective_from` to the day before `until`."""

    code: str
    version: int
    name: str
    english: str
    effective_from: date
    until: date | None
    body: str
    initials: str = ""


def normal(text: str) -> str:
    """One form for what people take for the same: full and half width, capitals, spaces; no control characters."""
    folded = unicodedata.normalize("NFKC", CONTROL.sub("", text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def body(lines: Iterable[tuple[Field, str]]) -> str:
    """The body of these texts; empty ones are left out."""
    told = [(field, normal(text)) for field, text in lines]
    return "".join(f"\n{chr(field)}{text}" for field, text in sorted(told, key=lambda each: each[0]) if text)


def document(procedure: Procedure, until: date | None) -> Document:
    """The document of a procedure, in both its languages."""
    guide = procedure.guide
    lines = [(Field.NAME, procedure.name), (Field.NAME, procedure.english)]
    lines += [(Field.ALIAS, each) for each in guide.aliases]
    lines += [(Field.TOPIC, each) for each in guide.topics]
    lines += [(Field.SUMMARY, procedure.summary), (Field.SUMMARY, procedure.summary_english)]
    lines += [(Field.CONDITION, guide.conditions)]
    lines += [(Field.CONDITION, text) for each in procedure.criteria for text in (each.text, each.english)]
    lines += [(Field.MATERIAL, text) for each in procedure.materials for text in (each.name, each.english)]
    lines += [(Field.FLOW, guide.flow)]
    lines += [(Field.QUESTION, text) for each in guide.faq for text in (each.question, each.answer)]
    return Document(
        code=procedure.code,
        version=procedure.version,
        name=procedure.name,
        english=procedure.english,
        effective_from=procedure.effective_from,
        until=until,
        body=body(lines),
        initials="".join(f"\n{initials(each)}" for each in dict.fromkeys([procedure.name, *guide.aliases])),
    )


def initials(text: str) -> str:
    """The first letters of its syllables: 食品经营许可 → spjyxk; letters and digits stay, the rest is left out."""
    # Fetched when first needed: the readings take 0.3 s and 60 MB, and only who publishes needs them.
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(normal(text), style=Style.FIRST_LETTER)
    return "".join(each for each in "".join(letters) if each.isascii() and each.isalnum())


# Cutting


def grams(document: Document) -> Iterator[tuple[Rank, set[str]]]:
    """What the index holds of a document: for every rank the pieces a word can be looked up by."""
    found: dict[Rank, set[str]] = {rank: set() for rank in Rank}
    for line in document.body.split("\n")[1:]:
        field, text = Field(ord(line[0])), line[1:]
        cut = found[RANK.get(field, Rank.TEXT)]
        for run in text.split(" "):
            cut.update(run)
            cut.update(map(str.__add__, run, run[1:]))
        if field is Field.NAME:
            first = text.split(" ", 1)[0]
            found[Rank.STARTS].update((first[:1], first[:2]))
            if text == first and len(text) <= LONGEST:
                found[Rank.EQUAL].add(text)
    for line in document.initials.split("\n")[1:]:
        found[Rank.INITIALS].update(line[:length] for length in range(1, min(len(line), PREFIX) + 1))
    yield from found.items()


def pairs(word: str) -> list[str]:
    """The pieces that everything with this word in it has: its pairs, or the one character."""
    return list(dict.fromkeys(map(str.__add__, word, word[1:]))) or [word]


def field_at(body: str, place: int) -> tuple[Field, str, int]:
    """The field that stands at a place of a body, its text, and where in the text the place is."""
    start = body.rindex("\n", 0, place) + 1
    end = body.find("\n", place)
    return Field(ord(body[start])), body[start + 1 : None if end < 0 else end], place - start - 1
