"""Whether a paper or a licence is genuine and what it is worth today, said to anybody, without naming anybody.

By the code printed on it (the address of its QR code), by its number, or by the file itself. A file is looked at and
forgotten. Of a person nothing is told but the masked name; where a number could be guessed, not even that.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from banjie import words
from banjie.cases import queries as cases
from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.licences import ahead, copies, signing, standing, types
from banjie.duties.licences import queries as licences
from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.duties.licences.standing import Standing
from banjie.duties.papers import queries as papers
from banjie.duties.papers.models import Paper
from banjie.duties.seals.models import Use
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible
from banjie.records.organisation.models import Agency
from banjie.records.parties.queries import masked
from banjie.store.log import read
from banjie.store.signing import custody, pades

LONGEST_NUMBER = 120
LARGEST = 10 * 1024 * 1024
"""Bytes of a file that is looked at: a paper of ours has a few hundred thousand at the most."""


class Answer(StrEnum):
    """What is said of it. Only `GENUINE` lets anybody rely on it."""

    GENUINE = "genuine"
    NOT_SEALED = "not_sealed"  # it is on record, and nobody has sealed it yet
    VOIDED = "voided"  # what it said was taken back
    ALTERED = "altered"
    COPY_EXPIRED = "copy_expired"
    COPY_REVOKED = "copy_revoked"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"
    WRONG_NUMBER = "wrong_number"  # an identifier whose check character does not fit
    NO_PDF = "no_pdf"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer with what may be said beside it. "" and None: there is nothing to say.

    `state`, `since`: what the licence is worth today; `version` of `newest`: a later one may have replaced it.
    `by_file`: the very file was compared, byte for byte. `record_signed`: the signed record of the licence holds.
    `is_erased`: whose licence it was, was lawfully erased, with everything else it said.
    """

    answer: Answer
    name: str = ""
    number: str = ""
    identifier: str = ""
    agency: str = ""
    holder: str = ""
    dated: date | None = None
    valid_to: date | None = None
    state: Standing | None = None
    since: date | None = None
    version: int = 0
    newest: int = 0
    sealed_at: datetime | None = None
    sealed_by: str = ""
    copy_until: date | None = None
    copy_for: str = ""
    copy_to: str = ""
    record_signed: bool | None = None
    by_file: bool = False
    is_erased: bool = False
    others: tuple["Verdict", ...] = field(default_factory=tuple)

    @property
    def is_good(self) -> bool:
        """Whether it can be relied on: genuine, and where it is a licence, valid today in this very version."""
        return self.answer is Answer.GENUINE and self.state in (None, Standing.VALID) and not self.is_replaced

    @property
    def is_replaced(self) -> bool:
        """Whether a later version stands in its place."""
        return 0 < self.version < self.newest


def by_token(token: str, at: datetime, language: str) -> Verdict:
    """By the code of its address: 32 hexadecimal digits that nobody can guess."""
    try:
        paper = papers.find(UUID(token))
    except ValueError:
        paper = None
    return _of_paper(paper, at, language) if paper else Verdict(Answer.UNKNOWN)


def by_number(text: str, at: datetime, language: str) -> Verdict:
    """By the number of a licence, its identifier, or the number of a paper or of a copy."""
    plain = re.sub(r"\s", "", text)[:LONGEST_NUMBER]
    try:
        found = licences.by_number(plain) if plain else []
    except ValueError:
        return Verdict(Answer.WRONG_NUMBER, number=plain)
    if found:
        first, *others = [_of_licence(row, named, at, language) for row, named in found]
        return replace(first, others=tuple(others))
    copy = licences.copy_by_number(plain)
    if copy:
        return _of_copy(*copy, at, language)
    paper = papers.by_number(plain)
    if paper is None:
        return Verdict(Answer.UNKNOWN, number=plain)
    told = _of_paper(paper, at, language)
    # Numbers of papers are counted one by one: whoever types them in a row reads nobody's name, and no copy's use.
    return replace(told, holder="", copy_for="", copy_to="")


def by_file(content: bytes, at: datetime, language: str) -> Verdict:
    """By the file: exactly the one that was sealed, one of ours that was changed, or none of ours."""
    if not pades.is_pdf(content):
        return Verdict(Answer.NO_PDF)
    if not Use.objects.exists():  # nothing was sealed here yet, and no authority of ours has given a certificate
        return Verdict(Answer.NOT_OURS, by_file=True)
    paper = papers.by_sealed_digest(hashlib.sha256(content).hexdigest())
    signatures = _signatures(content)
    if paper is not None and any(each.is_sound for each in signatures or ()):
        told = _of_paper(paper, at, language)
        seal = next(each for each in signatures or () if each.is_sound)
        return replace(told, by_file=True, sealed_by=seal.subject)
    if signatures and any(each.is_trusted and each.is_intact and each.covers_all for each in signatures):
        # A seal of ours on something this register does not know: that is for us to look into, and for nobody to trust.
        return Verdict(Answer.NOT_OURS, by_file=True)
    return Verdict(Answer.ALTERED if _bears_our_seal(content) else Answer.NOT_OURS, by_file=True)


def _signatures(content: bytes) -> list[pades.Found] | None:
    try:
        return pades.check(content, custody.keys().authority())
    except pades.NoPdf:
        return None


def _bears_our_seal(content: bytes) -> bool:
    """Whether the file holds a certificate our authority has given: as hexadecimal digits, as signatures hold them.

    It names the authority more than once, so that one changed byte cannot take every mark away.
    """
    name = custody.keys().authority().subject.public_bytes().hex().encode()
    return name in content.lower()


# What is said of each


def _of_paper(paper: Paper, at: datetime, language: str) -> Verdict:
    copy = licences.copy_of_paper(paper.stream)
    if copy:
        return _sealed(_of_copy(*copy, at, language), paper)
    held = licences.of_paper(paper.stream)
    if held:
        return _sealed(_of_licence(*held, at, language), paper)
    told = Verdict(
        Answer.GENUINE,
        name=words.label("documents", paper.kind, language),
        number=paper.number,
        agency=paper.agency_name,
        holder=_addressee(paper, at),
        dated=paper.at.astimezone(OFFICE_ZONE).date(),
    )
    return _sealed(told, paper)


def _sealed(told: Verdict, paper: Paper) -> Verdict:
    """What the register of papers says of the paper itself."""
    if paper.status == "voided":
        return replace(told, answer=Answer.VOIDED, sealed_at=paper.sealed_at)
    if paper.status != "sealed" and told.answer is Answer.GENUINE:
        return replace(told, answer=Answer.NOT_SEALED)
    return replace(told, sealed_at=paper.sealed_at)


def _of_licence(row: Licence, named: Version | None, at: datetime, language: str) -> Verdict:
    on = at.date()
    versions = {each.version: each for each in licences.versions(row.stream)}
    version = named or versions.get(row.version)
    type = types.of(row.type, version.dated if version else on)
    if type is not None and not type.is_public and named is None:
        return Verdict(Answer.UNKNOWN, number=row.number)
    since = standing.since(ahead.as_the_log_has_it(row), on)
    agency, said = Agency.objects.filter(id=row.agency).first(), licences.content_of(row)
    return Verdict(
        Answer.GENUINE,
        name=type.called(language) if type else row.type,
        number=row.number,
        identifier=version.identifier if version else "",
        agency=((language == "en" and agency.english) or agency.name) if agency else "",
        holder=masked(said["holder"]).get("name", "") if said else "",
        is_erased=version is not None and said is None,
        dated=version.dated if version else None,
        valid_to=row.valid_to,
        state=since.state,
        since=since.on,
        version=version.version if version else 0,
        newest=row.version,
        record_signed=signing.is_signed(version) if version else None,
    )


def _of_copy(row: Licence, copy: PurposeCopy, at: datetime, language: str) -> Verdict:
    named = next((each for each in licences.versions(row.stream) if each.version == copy.version), None)
    told = _of_licence(row, named, at, language)
    terms = copies.terms_of(copy)
    answer = Answer.GENUINE
    if copy.revoked_at:
        answer = Answer.COPY_REVOKED
    elif copy.until < at.date():
        answer = Answer.COPY_EXPIRED
    copies.checked(copy, at)
    return replace(
        told,
        answer=answer,
        number=copy.number,
        copy_until=copy.until,
        copy_for=terms.get("use", ""),
        copy_to=terms.get("recipient", ""),
    )


def _addressee(paper: Paper, at: datetime) -> str:
    """Whom a paper of a case is about, masked; "" for every other paper, and once they are erased."""
    first = next(iter(read.entries(paper.about)), None)
    if first is None or first.stream_kind != CASES:
        return ""
    try:
        view = cases.view(paper.about, at)
    except NotPossible:
        return ""
    ref = view.state.applicant
    told: Mapping[str, str] = (view.opened(ref).get(ref.ref) or {}) if ref else {}
    return masked(told).get("name", "")
