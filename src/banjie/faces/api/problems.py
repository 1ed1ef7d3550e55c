"""Every "no" of the API: problem+json (RFC 9457) with words, a code for programs, and the next step.

The status says what kind of "no" it is, so that a program knows what to do without reading the words: 401 sign in, 403
somebody else has to do it, 404 not there or not yours (never told apart), 409 not in the case's present state, 422 the
request itself has to change, 503 the same request again a little later.
"""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from pydantic import BaseModel, Field

from banjie import words
from banjie.engine.codec import canonical
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible

MEDIA_TYPE = "application/problem+json"
MOST_PROBLEMS = 100
LONGEST_FIELD = 200

BY_STATUS: Mapping[int, tuple[str, ...]] = {
    400: ("malformed", "too_deep"),
    401: ("sign_in_needed",),
    403: (
        "acted_in_the_case",
        "applicants_own_act",
        "complained_of",
        "decider_may_not_supervise",
        "duties_separate",
        "examiner_may_not_extend_own_case",
        "host_only",
        "not_allowed",
        "not_assigned",
        "not_the_deciding_agency",
        "not_taking_part",
        "not_told_of_this_hearing",
        "not_your_request",
        "not_your_unit",
        "not_yours_to_take_back",
        "receiver_may_not_decide",
        "reviewer_may_not_decide",
        "staff_only",
    ),
    404: ("file_not_found", "no_such_address", "unknown_bundle", "unknown_case", "unknown_item"),
    405: ("method_not_allowed",),
    413: ("too_large",),
    415: ("wrong_content_type",),
    422: (
        "bad_input",
        "basis_needed",
        "benchmark_needed",
        "benchmark_reason_needed",
        "competent_agency_needed",
        "each_benchmark_once",
        "each_criterion_once",
        "each_material_once",
        "each_party_needs_particulars",
        "each_person_once",
        "expected_version_needed",
        "extension_too_long",
        "finding_contradicts_check",
        "finding_needed",
        "gap_not_promised",
        "gaps_to_confirm",
        "hearing_too_late",
        "host_is_examiner",
        "key_reused_with_other_body",
        "late_entry_out_of_order",
        "less_than_7_working_days",
        "may_not_follow",
        "no_gap_of_this",
        "no_such_measure",
        "no_such_way_to_verify",
        "nothing_promised",
        "other_text_signed",
        "period_needed",
        "no_such_ground_to_decline",
        "no_such_ground_to_terminate",
        "no_such_outcome",
        "no_such_place",
        "no_such_reason_to_visit",
        "no_such_step",
        "no_such_way_to_see",
        "not_asked_of_this_case",
        "not_correctable_on_the_spot",
        "not_missing",
        "not_voidable",
        "not_on_slip",
        "nothing_cited",
        "nothing_to_send",
        "outage_reference_needed",
        "outcome_contradicts_findings",
        "outside_guide",
        "paper_from_the_future",
        "pause_longer_than_published",
        "pause_must_end_later",
        "period_too_short",
        "person_of_other_unit",
        "reason_must_cite_condition",
        "refusal_cites_criteria",
        "second_person_needed",
        "sender_is_receiver",
        "two_people_required",
        "unknown_benchmark",
        "unknown_complaint",
        "unknown_slip",
        "unsupported_type",
        "upload_empty",
    ),
    429: ("too_many_requests",),
    500: ("fault",),
    503: ("at_out_of_range", "clock_leapt", "proof_not_yet", "unavailable"),
}
"""`needs_…` names a post one does not hold: 403. Every other code: the case's present state forbids it, 409."""

STATUS = {code: status for status, codes in BY_STATUS.items() for code in codes}


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str = Field(description="The path of the field, e.g. applicant.id_number or provided.0.files.")
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was not carried out (RFC 9457). Nothing of it was recorded."""

    type: str = Field(description="A name for this kind of problem: urn:banjie:problem: and the code.")
    title: str
    status: int
    detail: str = Field(description="What happened, in the language asked for.")
    code: str = Field(description="What happened, for programs.")
    next: str = Field(description="The next step, in words.")


class Invalid(Problem):
    """422: the request itself has to change."""

    problems: list[FieldProblem] = Field(description="Every field that is wrong; empty where no single field is.")


class Conflict(Problem):
    """409: not in the case's present state."""

    version: int | None = Field(description="Where the case stands now; null where no case is meant.")
    stage: str | None


ANYWHERE = (400, 503)
"""A request that cannot be read, and a house that cannot answer now: no endpoint is without them."""

SCHEMAS: Mapping[int, type[Problem]] = {409: Conflict, 422: Invalid}


def documented(*statuses: int) -> dict[int, type[Problem]]:
    """What an endpoint may answer besides what was asked for."""
    return {status: SCHEMAS.get(status, Problem) for status in sorted({*statuses, *ANYWHERE})}


def status_of(code: str) -> int:
    """The status this code is told with."""
    if code in STATUS:
        return STATUS[code]
    return 403 if code.startswith("needs_") else 409


def language_of(request: HttpRequest) -> str:
    """The first language of Accept-Language that we speak; simplified Chinese where there is none."""
    for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:500]):
        if tag.split("-")[0] in ("zh", "en"):
            return words.language_of(tag)
    return words.DEFAULT


class Told(Exception):
    """A "no" with more to tell than its code: fields, where the case stands, or a status of its own."""

    def __init__(
        self,
        no: NotPossible,
        problems: Sequence[tuple[str, str]] = (),
        version: int | None = None,
        stage: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(no.code)
        self.no = no
        self.status = status or status_of(no.code)
        self.problems = problems
        self.version = version
        self.stage = stage


def invalid(*problems: tuple[str, str]) -> Told:
    """Bad input: these fields, each with its code."""
    return Told(BadInput(list(problems)))


def response(request: HttpRequest, told: NotPossible | Told) -> HttpResponse:
    """The problem as an answer, in the language asked for."""
    if isinstance(told, NotPossible):
        told = Told(told)
    language, status = language_of(request), told.status
    refusal = words.refusal(told.no, language)
    shown: dict[str, Any] = {
        "type": f"urn:banjie:problem:{told.no.code}",
        "title": words.label("statuses", str(status), language),
        "status": status,
        "detail": refusal.what,
        "code": told.no.code,
        "next": refusal.next,
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        wrong = told.problems or (told.no.problems if isinstance(told.no, BadInput) else ())
        shown["problems"] = _shown(wrong, language)
    if status == HTTPStatus.CONFLICT:
        shown |= {"version": told.version, "stage": told.stage}
    answer = HttpResponse(canonical(shown), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="banjie"'
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        answer.headers["Retry-After"] = "2"
    return answer


def _shown(problems: Iterable[tuple[str, str]], language: str) -> list[dict[str, str]]:
    return [
        {"field": _printable(field), "code": code, "detail": words.problem(code, language)}
        for field, code in list(problems)[:MOST_PROBLEMS]
    ]


def _printable(field: str) -> str:
    return field.encode(errors="replace").decode()[:LONGEST_FIELD]


def spoken(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer with the language it speaks; what depends on who asks is kept by no cache."""
    answer.headers["Content-Language"] = language_of(request)
    patch_vary_headers(answer, ["Accept-Language", "Authorization"])
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


# What the checking of types calls a fault, as the code beside a field.
FROM_PYDANTIC: Mapping[str, str] = {
    "missing": "needed",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "needed",
    "too_long": "too_many",
    "too_short": "needed",
    "literal_error": "unknown_choice",
    "enum": "unknown_choice",
    "union_tag_invalid": "unknown_choice",
    "union_tag_not_found": "needed",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_type": "not_a_text",
    "int_type": "not_a_number",
    "bool_type": "not_yes_or_no",
    "list_type": "not_a_list",
    "no_such_date": "no_such_date",
    "no_such_instant": "no_such_instant",
    "out_of_range": "out_of_range",
}


def problem_of(error: Mapping[str, Any], kinds: Iterable[str]) -> tuple[str, str]:
    """One fault found by the checking of types, as (field path, code). `kinds`: names that stand for no field."""
    place = [str(each) for each in error["loc"] if each != "[key]"]
    source, path = place[0], place[1:]
    if source in ("body", "file", "form"):
        path = path[1:]
        if path and path[0] in kinds:
            path = path[1:]
        if error["type"].startswith("union_tag"):
            path = ["kind"]
    return ".".join(path) or source, FROM_PYDANTIC.get(error["type"], "wrong_type")
