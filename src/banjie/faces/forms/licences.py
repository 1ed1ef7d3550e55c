"""A licence as a page shows it: what it is, what it is worth today, its history in sentences, when to renew it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from banjie import words
from banjie.duties.licences import copies, queries, signing, standing, types
from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.duties.licences.standing import Due, Since, Standing
from banjie.engine import codec, renewal
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import drafts
from banjie.records import catalogue
from banjie.records.catalogue.queries import published
from banjie.records.organisation.models import Agency
from banjie.records.parties.queries import masked
from banjie.words.catalogue import catalogue as words_of
from banjie.words.catalogue import fill
from banjie.words.dates import day_in_words


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of a licence in a sentence. `case`: the number of the case it came from is the face's to show."""

    at: datetime
    sentence: str
    kind: str
    case: UUID | None


@dataclass(frozen=True, slots=True)
class CopyShown:
    """A copy for a purpose: what for, for whom, until when, and whether it still counts."""

    row: PurposeCopy
    use: str
    recipient: str
    stands: bool
    state: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version: its row, what made it, whether its signed record holds (None: not signed, or erased)."""

    row: Version
    act: str
    is_signed: bool | None


@dataclass(frozen=True, slots=True)
class Renewing:
    """How a licence is renewed: where to ask, the last day on which asking is in time, and whether that is over."""

    address: str
    item: str
    latest: date | None
    is_late: bool


class LicenceShown:
    """A licence for a page of its holder, or (`for_staff`) of an officer, to whom its holder stands masked."""

    def __init__(
        self, row: Licence, on: date, language: str, *, for_staff: bool = False, said: dict[str, Any] | None = None
    ) -> None:
        self.row, self.on, self.language = row, on, language
        self._for_staff, self._said = for_staff, said

    @cached_property
    def said(self) -> dict[str, Any]:
        """What it says, in clear; empty once it is erased."""
        return self._said if self._said is not None else queries.content_of(self.row) or {}

    @property
    def name(self) -> str:
        """What it is called."""
        type = types.of(self.row.type, self.row.dated or self.on)
        return type.called(self.language) if type else self.row.type

    @cached_property
    def since(self) -> Since:
        """What it is worth today, and since when."""
        return standing.since(self.row, self.on)

    @property
    def state(self) -> Standing:
        """What it is worth today."""
        return self.since.state

    @property
    def is_valid(self) -> bool:
        """Whether it opens a door today."""
        return self.state is Standing.VALID

    @property
    def holder(self) -> dict[str, str]:
        """The holder's particulars; masked for staff."""
        told = {name: str(value) for name, value in (self.said.get("holder") or {}).items()}
        return masked(told) if self._for_staff else told

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines of the certificate."""
        english = self.language == "en"
        return [((english and each["english"]) or each["label"], each["value"]) for each in self.said.get("lines", ())]

    @property
    def place(self) -> str:
        """The first line: by what its holder knows it."""
        lines = self.lines
        return lines[0][1] if lines else ""

    @cached_property
    def agency(self) -> str:
        """Who issued it."""
        return agency_name(self.row.agency, self.language)

    @property
    def due(self) -> Due:
        """How soon it has to be renewed."""
        return standing.due(self.row, self.on)

    @cached_property
    def renewing(self) -> Renewing | None:
        """How it is renewed, where an item in force does that; None where nothing does."""
        return _renewing(self.row, self.on, self.language) if self.due is not Due.NOT_YET else None

    @cached_property
    def versions(self) -> list[VersionShown]:
        """Its versions, the newest first."""
        return [
            VersionShown(each, words.label("licence_acts", each.act, self.language), signing.is_signed(each))
            for each in queries.versions(self.row.stream)
        ]

    @cached_property
    def copies(self) -> list[CopyShown]:
        """Its copies for a purpose, the newest first."""
        return [self._copy(each) for each in queries.copies(self.row.stream)]

    def _copy(self, row: PurposeCopy) -> CopyShown:
        terms = copies.terms_of(row)
        state = "copy_revoked" if row.revoked_at else "copy_expired" if row.until < self.on else ""
        return CopyShown(row, terms.get("use", ""), terms.get("recipient", ""), not state, state)

    @cached_property
    def history(self) -> list[Told]:
        """What happened to it, the newest first."""
        numbers = {each.id.hex: each.number for each in queries.copies(self.row.stream)}
        return [_told(each, self.language, numbers) for each in queries.history(self.row.stream)]


def agency_name(agency: str, language: str) -> str:
    """The name of an agency; its id where it is known no more."""
    row = Agency.objects.filter(id=agency).first()
    return ((language == "en" and row.english) or row.name) if row else agency


def shown(rows: list[Licence], on: date, language: str, *, for_staff: bool = False) -> list[LicenceShown]:
    """Several licences, their contents opened in two statements."""
    said = queries.contents_of(rows)
    return [LicenceShown(each, on, language, for_staff=for_staff, said=said.get(each.stream, {})) for each in rows]


def _told(each: queries.Happened, language: str, numbers: dict[str, str]) -> Told:
    body = each.body
    facts = {
        name: day_in_words(date.fromisoformat(body[name]), language)
        for name in ("valid_to", "until", "effective_on")
        if body.get(name)
    }
    facts |= {"version": str(body["version"])} if "version" in body else {}
    facts |= {"basis": body["basis"]} if body.get("basis") else {}
    if "procedure_version" in body:
        procedure: Procedure = catalogue.law(body["procedure"], body["procedure_version"]).procedure
        facts["procedure"] = (language == "en" and procedure.english) or procedure.name
    facts |= {"agency": agency_name(body["agency"], language)} if body.get("agency") else {}
    facts |= {"copy_number": numbers.get(body["copy"], "")} if "copy" in body else {}
    sentence = fill(str(words_of(language)["licence_history"][each.kind]), facts)
    case = UUID(body["case"]) if body.get("case") else None
    return Told(codec.instant(each.at), sentence, each.kind, case)


def _renewing(row: Licence, on: date, language: str) -> Renewing | None:
    procedure = _renewal_item(row, on)
    if procedure is None or procedure.renews is None or row.valid_to is None:
        return None
    code = procedure.code
    given = {f"answers.{procedure.renews.ends}": [row.valid_to.isoformat()]}
    if procedure.licence_question:
        given[f"answers.{procedure.licence_question}"] = [row.number]
    said = queries.content_of(row) or {}
    asked = {each.id for each in procedure.questions}
    given |= {f"answers.{each['id']}": [each["value"]] for each in said.get("lines", ()) if each["id"] in asked}
    address = reverse("portal:open_form", args=[code]) + "?" + urlencode({"given": drafts.sealed_answers(code, given)})
    try:
        law = catalogue.law_in_force(code, on)
        latest = renewal.latest(row.valid_to, procedure.renews, law.calendar(law.current_calendar))
    except NotPossible:  # the calendar does not go so far: the day is not known yet, and nothing is late
        latest = None
    name = (language == "en" and procedure.english) or procedure.name
    return Renewing(address, name, latest, latest is not None and latest < on)


def _renewal_item(row: Licence, on: date) -> Procedure | None:
    """The item that renews licences of this type in the region it was issued in."""
    for each in published(on):
        if each.licence == row.type and each.licence_act == "renew" and each.renews and each.region == row.region:
            return each
    return None
