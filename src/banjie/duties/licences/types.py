"""Types of licences (证照类型): dated data of `rulebook/licences/`, one file a type, with the source of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from stdnum.cn import uscc

from banjie.engine import codec
from banjie.records.organisation.rulebook import read

VALIDITIES = ("term", "indefinite")
IDENTITY_CARD = "id_card"
"""Who somebody is, shown and never handed in: no licence of this library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body that defined the type: its name, its credit code (18), and the number it gave the type (3)."""

    name: str
    credit_code: str
    number: str

    def __post_init__(self) -> None:
        if not uscc.is_valid(self.credit_code):
            raise ValueError(f"credit_code: {self.credit_code} has a wrong check character")
        if len(self.number) != 3 or not self.number.isdigit():
            raise ValueError(f"number: {self.number!r} is not three digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A line of the certificate: the question whose answer stands there (`id`), and what the line is called."""

    id: str
    label: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceType:
    """A type as it holds from `since` on. `code`: as procedures name it (`Procedure.licence`).

    `holders`: kinds of holders. `stands_for`: other codes of `Material.licence` it can stand for. `holder_name`: the
    question whose answer is the holder's name, where the holder is not the applicant ("" where it is).
    `ends`: the question whose answer is the last day, of what is granted for a time that differs from case to case.
    `credit_code`: the first two characters of the credit code the register gives the holder, or "".
    `is_public`: whether anybody who knows the number is told that it exists and how it stands.
    """

    code: str
    since: date
    name: str
    body: Body
    source: str
    english: str = ""
    holders: tuple[str, ...] = ()
    template: str = "licence"
    validity: str = "term"
    is_public: bool = True
    electronic: str = ""
    electronic_english: str = ""
    stands_for: tuple[str, ...] = ()
    holder_name: str = ""
    ends: str = ""
    credit_code: str = ""
    fields: tuple[Shown, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if self.validity not in VALIDITIES:
            raise ValueError(f"validity: {self.validity!r} is none of {', '.join(VALIDITIES)}")
        if IDENTITY_CARD in (self.code, *self.stands_for):
            raise ValueError("an identity card is shown, not issued here")

    @property
    def identifier(self) -> str:
        """The type as identifiers name it: 21 characters."""
        return self.body.credit_code + self.body.number

    def called(self, language: str) -> str:
        """The name of the electronic licence where it has one, in a language."""
        if language == "en":
            return self.electronic_english or self.english or self.electronic or self.name
        return self.electronic or self.name


def of(code: str, on: date) -> LicenceType | None:
    """The type of this code as it holds on a day; None where nobody has said what it is."""
    found = [each for each in _all(str(settings.RULEBOOK)).get(code, ()) if each.since <= on]
    return max(found, key=lambda each: each.since, default=None)


def on_day(on: date) -> list[LicenceType]:
    """Every type that holds on a day, by code."""
    return [known for code in sorted(_all(str(settings.RULEBOOK))) if (known := of(code, on))]


def that_stand_for(material: str, on: date) -> tuple[str, ...]:
    """The codes of the types a licence of which can stand for a material of this licence type (`Material.licence`)."""
    return tuple(each.code for each in on_day(on) if material and material in (each.code, *each.stands_for))


@cache
def _all(rulebook: str) -> Mapping[str, tuple[LicenceType, ...]]:
    found: dict[str, tuple[LicenceType, ...]] = {}
    for path in sorted((Path(rulebook) / "licences").glob("*.yaml")):
        for number, plain in enumerate(read(path)):
            known = codec.from_plain(LicenceType, plain, f"{path.name}[{number}]")
            found[known.code] = (*found.get(known.code, ()), known)
    return found
