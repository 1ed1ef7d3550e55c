"""What every paper is made of: sections of lines, and which version it was made from."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from banjie import words
from banjie.engine import codec
from banjie.engine.guide import Basis
from banjie.engine.law import Procedure
from banjie.engine.timelimits import Limit
from banjie.records.catalogue.naming import element_name, value_in_words
from banjie.words.catalogue import DEFAULT
from banjie.words.names import name_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what it is (`name`, may be ""), what it says, its legal basis, and when it applies (an expression)."""

    text: str
    name: str = ""
    basis: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section. `disclosed`: one of the eight disclosures (八公开)."""

    code: str
    heading: str
    lines: tuple[Line, ...]
    disclosed: bool = False


def digest_of(procedure: Procedure) -> str:
    """The digest a published version carries: SHA-256 of its canonical content."""
    return hashlib.sha256(codec.canonical(codec.to_plain(procedure))).hexdigest()


class Words:
    """The words of one procedure in one language."""

    def __init__(self, procedure: Procedure, language: str = DEFAULT) -> None:
        self.procedure, self.language = procedure, language
        self._names = words.names_of(procedure, language)
        self.english = words.language_of(language) == "en"

    def called(self, kind: str, id: str) -> str:
        """What the procedure calls something: unit, agency, material, step, …; its id where it has no name."""
        return name_of(self._names, kind, id) or id

    def own(self, value: Any, field: str = "name") -> str:
        """A text of an element, in English where it has that too."""
        english = str(getattr(value, "english", "")) if self.english else ""
        return english or str(getattr(value, field))

    def heading(self, code: str) -> str:
        """The heading of a section."""
        return words.label("paper_headings", code, self.language)

    def section(self, code: str, lines: Iterable[Line | None], disclosed: bool = False) -> Section:
        """A section of the lines that say something."""
        return Section(code, self.heading(code), tuple(each for each in lines if each and each.text), disclosed)

    def field(self, field: str, value: Any, part: str = "", basis: str = "") -> Line | None:
        """A line for a field of the procedure or of an element; None where it is empty."""
        text = value_in_words(part, field, value, self.language)
        return Line(text, element_name(part, field, self.language), basis) if text else None

    def limit(self, limit: Limit | None) -> str:
        """A limit in words, "" for none."""
        return words.limit_in_words(limit, self.language) if limit else ""

    def listed(self, names: Iterable[str]) -> str:
        """Names in one line."""
        return words.label("phrases", "between_names", self.language).join(each for each in names if each)

    def clauses(self, parts: Iterable[str]) -> str:
        """What is said about one thing, in one line."""
        return words.label("phrases", "between_points", self.language).join(each for each in parts if each)

    def basis(self, basis: Basis) -> Line:
        """A legal basis as it is cited."""
        return Line(f"{basis.title} {basis.article}".strip(), value_in_words("", "level", basis.level, self.language))
