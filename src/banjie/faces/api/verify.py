"""Checking a paper or a licence, for anybody's program: by number, by the code printed on it, or by the file."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja.files import UploadedFile
from ninja.params.models import File, Query
from pydantic import BaseModel, Field

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.faces.api.openapi import endpoint
from banjie.faces.api.problems import invalid, language_of
from banjie.faces.forms import verifying
from banjie.faces.forms.verifying import Answer, Verdict
from banjie.web import clock, throttle


class Checked(BaseModel):
    """What is said of a paper or a licence. Nobody is named but masked; nothing that was sent is kept."""

    answer: str = Field(
        description="genuine, not_sealed, voided, altered, copy_expired, copy_revoked, not_ours, unknown, wrong_number,"
        " no_pdf. Only genuine lets anybody rely on it."
    )
    reliable: bool = Field(description="Genuine, and where it is a licence, valid today in this very version.")
    text: str
    name: str
    number: str
    identifier: str = Field(description="Of the licence, by GB/T 36904.")
    agency: str
    holder: str = Field(description="Masked; empty where a number can be guessed.")
    dated: date | None
    valid_to: date | None
    state: str = Field(description="Of the licence today: valid, suspended, expired, revoked, withdrawn, taken_away, …")
    since: date | None
    version: int
    newest: int
    sealed_at: datetime | None
    copy_until: date | None
    record_signed: bool | None
    compared_by_file: bool


@endpoint("GET", "/verify", "public", answer=Checked, refusals=(409, 422))
def verify(
    request: HttpRequest,
    number: Annotated[
        str,
        Query(
            "", max_length=verifying.LONGEST_NUMBER, description="Of a licence, a paper or a copy; or an identifier."
        ),
    ] = "",
    code: Annotated[str, Query("", max_length=40, description="The last part of the address printed on a paper.")] = "",
) -> Checked:
    """What a paper or a licence is worth today, by its number or by the code printed on it."""
    if bool(number.strip()) == bool(code.strip()):
        raise invalid(("number", "needed"))
    _require_patience(request)
    language, now = language_of(request), clock.now()
    by_code = bool(code.strip())
    verdict = verifying.by_token(code, now, language) if by_code else verifying.by_number(number, now, language)
    return _checked(request, verdict)


@endpoint("POST", "/verify/files", "public", answer=Checked, refusals=(409, 413, 415, 422))
def verify_file(request: HttpRequest, file: Annotated[UploadedFile, File(...)]) -> Checked:
    """Whether this very file is one of ours, unchanged, and what it is worth today. It is read and forgotten."""
    if (file.size or 0) > verifying.LARGEST:
        raise NotPossible("too_large", most=f"{verifying.LARGEST // 1024 // 1024} MB")
    _require_patience(request)
    return _checked(request, verifying.by_file(file.read(), clock.now(), language_of(request)))


def _checked(request: HttpRequest, verdict: Verdict) -> Checked:
    if verdict.answer in (Answer.UNKNOWN, Answer.WRONG_NUMBER, Answer.NOT_OURS, Answer.NO_PDF):
        throttle.count_try(*_who(request))
    return Checked(
        answer=verdict.answer,
        reliable=verdict.is_good,
        text=words.label("verify_meanings", verdict.answer, language_of(request)),
        name=verdict.name,
        number=verdict.number,
        identifier=verdict.identifier,
        agency=verdict.agency,
        holder=verdict.holder,
        dated=verdict.dated,
        valid_to=verdict.valid_to,
        state=verdict.state or "",
        since=verdict.since,
        version=verdict.version,
        newest=verdict.newest,
        sealed_at=verdict.sealed_at,
        copy_until=verdict.copy_until,
        record_signed=verdict.record_signed,
        compared_by_file=verdict.by_file,
    )


def _require_patience(request: HttpRequest) -> None:
    if throttle.rests(*_who(request)):
        raise NotPossible("too_many_checks")


def _who(request: HttpRequest) -> tuple[str, str]:
    address = request.META.get("REMOTE_ADDR", "")
    return f"verify {address}", address
