"""A paper of a case as a PDF to take away: sealed, or a draft that says on every page that it is not sealed yet.

Whoever may see the case page may have its papers; who that is, the view has asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from banjie import words
from banjie.cases import unmask
from banjie.duties.papers import follow, make, queries, sealing
from banjie.duties.papers.models import Paper
from banjie.duties.seals import policy
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.page import CasePage
from banjie.store.postgresql.reading import as_the_house
from banjie.web import clock
from banjie.words import Refusal
from banjie.words.documents import OPINION, RECEIPT, SERVICE, SLIP

PDF = "application/pdf"
BETWEEN_OFFICES = frozenset({SLIP, OPINION, SERVICE})
"""Papers that stay with the offices: a slip, an opinion, a proof of service."""
NOT_AT_THE_DESK = frozenset({RECEIPT})
"""Papers that open a case to whoever holds them: for the applicant and the window that hands them over."""


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper in the register: its number, where it stands, and why it is not sealed where that was tried."""

    position: int
    kind: str
    name: str
    number: str
    at: datetime
    status: str
    sealed_at: datetime | None
    is_to_be_sealed: bool = True
    refusal: Refusal | None = None

    @property
    def is_sealed(self) -> bool:
        """Whether the sealed PDF is there."""
        return self.sealed_at is not None

    @property
    def is_void(self) -> bool:
        """Whether what it says was taken back."""
        return self.status == "voided"


def files_of(page: CasePage, but: Collection[str] = ()) -> list[PaperFile]:
    """The papers of a case that were made out so far, the newest first; without those of the kinds left out."""
    known = {each for line in page.view.lines for each in words.documents_of(line.event)}
    with as_the_house():
        rows = [each for each in queries.of_case(page.view.stream) if each.kind in known and each.kind not in but]
        refused = sealing.refused([each.stream for each in rows if not each.file])
        return [_shown(page, each, refused.get(each.stream, "")) for each in reversed(rows)]


def file_of_fact(page: CasePage, position: int) -> PaperFile | None:
    """The paper that tells of this fact; None before it is made out."""
    return next((each for each in files_of(page) if each.position == position), None)


def handed_out(page: CasePage, position: int, but: Collection[str] = ()) -> HttpResponse:
    """The PDF of the paper of a fact, as an attachment; made out at once where the follower has not come to it yet.

    NotPossible file_not_found where that fact produces none, case_gone where its personal data were erased.
    """
    name, content = pdf_of(page, position, but)
    return attachment(content, f"{name}-{page.state.query_number}.pdf")


def pdf_of(page: CasePage, position: int, but: Collection[str] = ()) -> tuple[str, bytes]:
    """The name of the paper of a fact and its PDF; NotPossible as `handed_out`. Staff who take it are on record."""
    fact = next((line.event for line in page.view.lines if line.position == position), None)
    codes = [each for each in (words.documents_of(fact) if fact else ()) if each not in but]
    if not codes:
        raise NotPossible("file_not_found")
    with as_the_house():
        paper = queries.of_fact(page.view.stream, position, codes[0])
        if paper is None:
            with transaction.atomic():
                follow.caught_up(page.view.stream)
            paper = queries.of_fact(page.view.stream, position, codes[0])
        assert paper is not None, "every fact with a document has its paper made out"
        content = _bytes(paper)
    if page.actor is not None:
        unmask.paper_taken_away(page.view.stream, page.actor, paper.stream, paper.number, clock.now())
    return page.label("documents", paper.kind), content


def handed_out_about(stream: UUID, kind: str, name: str) -> HttpResponse:
    """The PDF of a paper about another stream than a case (a fee) as an answer. As `pdf_about`."""
    return attachment(pdf_about(stream, kind), name)


def pdf_about(stream: UUID, kind: str) -> bytes:
    """The PDF of a paper about another stream than a case (a fee); NotPossible("file_not_found")."""
    with as_the_house():
        paper = next((each for each in queries.of_case(stream) if each.kind == kind), None)
        if paper is None:
            raise NotPossible("file_not_found")
        return _bytes(paper)


def attachment(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep: never shown inside a page of ours, never kept by anything on the way."""
    response = HttpResponse(content, content_type=PDF)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _bytes(paper: Paper) -> bytes:
    if paper.file:
        sealed = queries.sealed_bytes(paper)
        if sealed is None:
            raise NotPossible("case_gone")
        return sealed
    # What nobody ever seals (a proof of service, minutes, what people sign themselves) is not waiting for a seal.
    return make.draft(paper) if _is_to_be_sealed(paper) else make.unsealed(paper)


def _is_to_be_sealed(paper: Paper) -> bool:
    return policy.rule(paper.kind, paper.at.astimezone(OFFICE_ZONE).date()) is not None


def _shown(page: CasePage, paper: Paper, code: str) -> PaperFile:
    refusal = None
    if code == sealing.UNPRINTABLE:
        no = NotPossible("cannot_be_printed", characters=make.unprintable(paper))
        refusal = words.refusal(no, page.language, page.names)
    return PaperFile(
        paper.position,
        paper.kind,
        page.label("documents", paper.kind),
        paper.number,
        paper.at,
        paper.status,
        paper.sealed_at,
        _is_to_be_sealed(paper),
        refusal,
    )
