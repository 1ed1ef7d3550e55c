"""The endpoints, top to bottom: items, files, a new case, and a case: read, explained, asked."""

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja.files import UploadedFile
from ninja.params.models import Body, File, Header, Query

from banjie.cases import queries
from banjie.cases.handle import first_answer, handle, submit
from banjie.cases.models import Case
from banjie.cases.reckoning import receipt_of
from banjie.cases.scope import Scope
from banjie.engine import commands as c
from banjie.engine.codec import canonical, microseconds
from banjie.engine.events import ActorKind, FileRef
from banjie.engine.forecast import opening
from banjie.engine.guards import BadInput
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Stage
from banjie.faces.api import answers as a
from banjie.faces.api.commands import AnyCommand, NewCase, command_of, files_named, people_named, submission_of
from banjie.faces.api.openapi import endpoint
from banjie.faces.api.problems import Told, invalid, language_of, status_of
from banjie.faces.api.proofs import ProofOfCase
from banjie.faces.api.receipts import ReceiptOfDates, shape_of
from banjie.faces.forms import about_licence, library
from banjie.faces.forms import proof as proofs
from banjie.faces.forms.acting import as_known, sees_as
from banjie.records import catalogue
from banjie.records.catalogue import queries as item_queries
from banjie.records.catalogue.search import search
from banjie.records.organisation.queries import person
from banjie.store.files.read import find_file
from banjie.store.files.receive import receive
from banjie.web import clock
from banjie.web.request import asking
from banjie.words import Audience

REPLAYED = "Idempotent-Replay"
MOST = 100
"""Entries of a page."""

CODE = re.compile(r"[0-9A-Z]{1,50}")
CURSOR = r"^[0-9A-Za-z-]*$"
PLACE = r"^[0-9A-Za-z.-]*$"
KEY = r"^[\x21-\x7e]+$"

if TYPE_CHECKING:
    StageOrAny = str
else:
    StageOrAny = Literal["", *(each.value for each in Stage if each is not Stage.NEW)]

Page = Annotated[int, Query(20, ge=1, le=MOST, description="Entries of a page.")]


# Items: what one can apply for. Public, like the guides themselves.


@endpoint("GET", "/items", "public", answer=a.ItemPage, refusals=(422,))
def items(
    request: HttpRequest,
    limit: Page = 20,
    cursor: Annotated[str, Query("", max_length=50, pattern=PLACE)] = "",
    q: Annotated[
        str, Query("", max_length=60, description="Words of the items looked for: of every day, of a name, initials.")
    ] = "",
) -> a.ItemPage:
    """The items one can apply for today, by code; or those that have every word of `q`, the best first.

    A page of what was looked for may hold fewer than `limit` and still have a `next`.
    """
    language, today = language_of(request), clock.today()
    if not q.strip():
        found = catalogue.items(today, language, cursor, limit + 1)
        lines = [a.item_line(each, language) for each in found[:limit]]
        return a.ItemPage(items=lines, next=lines[-1].code if len(found) > limit else None)
    try:
        results = search(q, today, limit, cursor, language)
    except BadInput:  # longer than its characters, when written in one normal form
        raise invalid(("q", "too_long")) from None
    except ValueError:
        raise invalid(("cursor", "unknown_choice")) from None
    known = item_queries.lines_of([(hit.code, hit.version) for hit in results.items], today, language)
    hits = [a.item_line(known[hit.code], language, hit.found) for hit in results.items if hit.code in known]
    return a.ItemPage(items=hits, next=results.after or None)


@endpoint("GET", "/items/{code}", "public", answer=a.Guide, refusals=(404, 422))
def item(request: HttpRequest, code: str) -> a.Guide:
    """The guide in force today: limits, materials, questions, criteria, steps, and when an answer would be due."""
    if not CODE.fullmatch(code):
        raise NotPossible("unknown_item")
    today = clock.today()
    try:
        law = catalogue.law_in_force(code, today)
    except NotPossible as no:  # not there, not yet in force, or not any more
        raise Told(no, status=404) from None
    return a.guide(law, language_of(request), today)


@endpoint("GET", "/items/{code}/deadline", "public", answer=a.IfFiled, refusals=(404, 409, 422))
def if_filed(
    request: HttpRequest,
    code: str,
    on: Annotated[date | None, Query(None, description="The day it is filed on, in opening hours; empty: now.")] = None,
) -> a.IfFiled:
    """If I file on this day, when by? The notice, the promised and the statutory date; `provisional` ones may move."""
    if not CODE.fullmatch(code):
        raise NotPossible("unknown_item")
    try:
        law = catalogue.law_in_force(code, on or clock.today())
    except NotPossible as no:  # not there, not yet in force, or not any more
        raise Told(no, status=404) from None
    return a.if_filed(law, opening(law, on) if on else clock.now(), language_of(request))


# Files


@endpoint("POST", "/files", "applicant", "staff", answer=a.Uploaded, status=201, refusals=(413, 415, 422))
def upload_file(request: HttpRequest, file: Annotated[UploadedFile, File(...)]) -> a.Uploaded:
    """Store a file, encrypted, before a case names it. What it is follows from its content, not from its name.

    Pictures (JPEG, PNG), PDF, OFD, Word and Excel without macros. A file that no case names is swept away later.
    """
    name = (file.name or "").encode(errors="replace").decode()
    kept = receive(file.read(), name, asking(request).id, microseconds(clock.now()))
    return a.Uploaded(id=kept.id, commitment=kept.commitment)


# A new case


@endpoint("POST", "/cases", "applicant", "staff", answer=a.Filed, status=201, refusals=(409, 413, 415, 422))
def file_case(
    request: HttpRequest,
    response: HttpResponse,
    body: Annotated[NewCase, Body(...)],
    idempotency_key: Annotated[str, Header(..., alias="Idempotency-Key", min_length=8, max_length=200, pattern=KEY)],
) -> a.Filed:
    """Hand in an application and get its number, its receipt, and the day by which an answer is due.

    The same key with the same body gives the same 201 again, with the header Idempotent-Replay: true, as long as
    the case exists; the same key with another body is refused with 422. Each asker's keys are their own.
    """
    actor = asking(request)
    command = submission_of(body, actor, clock.now())
    _require_people(command)
    handed_in = canonical(body.model_dump(mode="json"))
    try:
        done = first_answer(actor.id, idempotency_key, handed_in)
        if done is None:
            command = _with_the_library(body.item, command)
            _require_the_licence(body.item, command)
            done = submit(body.item, command, idempotency_key, handed_in)
    except NotPossible as no:
        if no.code == "unknown_item":
            raise invalid(("item", "unknown_choice")) from None
        raise _with_the_files(no, files_named(command.provided, command.late), actor) from None
    if done.repeated:
        response.headers[REPLAYED] = "true"
    return a.filed(done, _law_of(*a.procedure_of(done)), language_of(request))


# Cases


@endpoint("GET", "/cases", "applicant", "staff", answer=a.CasePage, refusals=(422,))
def cases(
    request: HttpRequest,
    limit: Page = 20,
    cursor: Annotated[str, Query("", max_length=36, pattern=CURSOR)] = "",
    stage: Annotated[StageOrAny, Query("", description="Only those at this stage; empty for all.")] = "",
    mine: Annotated[
        bool, Query(False, description="Only those one is named in oneself, not all of one's unit.")
    ] = False,
) -> a.CasePage:
    """The cases one takes part in, oneself or by one's unit, the newest first."""
    actor = asking(request)
    scope = Scope((actor.id,)) if mine else Scope.of(actor)
    found = queries.cases(scope, [stage] if stage else (), _stream(cursor), limit + 1)
    more = len(found) > limit
    years = item_queries.official_years({each.calendar for each in found})
    return a.CasePage(
        cases=[a.case_line(each, years) for each in found[:limit]],
        next=found[limit - 1].stream.hex if more else None,
    )


@endpoint("GET", "/cases/{number}", "applicant", "staff", answer=a.CaseShown, refusals=(404, 422))
def case(request: HttpRequest, number: str) -> a.CaseShown:
    """A case by its number or query number: where it stands, its clocks, its steps, and what one could ask for now."""
    view = queries.view(_found(request, number).stream, clock.now())
    return a.case_shown(view, asking(request), language_of(request))


@endpoint("GET", "/cases/{number}/events", "applicant", "staff", answer=a.FactPage, refusals=(404, 422))
def events(
    request: HttpRequest,
    number: str,
    limit: Page = 20,
    cursor: Annotated[int, Query(0, ge=0, le=2**31 - 1, description="The position after which to go on.")] = 0,
) -> a.FactPage:
    """The history of a case, fact by fact, in sentences without personal data."""
    view = queries.view(_found(request, number).stream, clock.now())
    after = [(each.position, each.event) for each in view.lines if each.position > cursor]
    actor = asking(request)
    facts = list(a.facts_shown(after[:limit], view.law, language_of(request), actor, sees_as(actor, view.state)))
    return a.FactPage(events=facts, next=str(after[limit - 1][0]) if len(after) > limit else None)


@endpoint("GET", "/cases/{number}/deadline", "applicant", "staff", answer=a.Deadline, refusals=(404, 422))
def deadline(request: HttpRequest, number: str) -> a.Deadline:
    """Why each clock of the case ends on the day it ends: every day, counted or not, with the reason."""
    view = queries.view(_found(request, number).stream, clock.now())
    return a.deadline(view, language_of(request))


@endpoint("GET", "/cases/{number}/receipt", "applicant", "staff", answer=ReceiptOfDates, refusals=(404, 422))
def receipt(request: HttpRequest, number: str) -> ReceiptOfDates:
    """The receipt of the dates: inputs, results and hashes, for `banjie verify-receipt` or the page /check-a-date/."""
    return shape_of(receipt_of(queries.view(_found(request, number).stream, clock.now())))


@endpoint("GET", "/cases/{number}/proof", "applicant", answer=ProofOfCase, refusals=(404, 422))
def proof(request: HttpRequest, number: str) -> ProofOfCase:
    """The proof that what the applicant is told stands in the log, for `banjie verify-proof` or /check-a-proof/.

    Of one's own case alone. Personal data stand in it as salted commitments; the file on the page has the salts.
    """
    actor, language = asking(request), language_of(request)
    view = queries.view(_found(request, number).stream, clock.now())
    if sees_as(actor, view.state) != "applicant":
        raise NotPossible("unknown_case")
    facts = a.facts_shown([(each.position, each.event) for each in view.lines], view.law, language, actor, "applicant")
    procedure = view.law.procedure
    title = (language == "en" and procedure.english) or procedure.name
    return ProofOfCase.model_validate(proofs.document(view, [each.position for each in facts], title))


@endpoint(
    "POST",
    "/cases/{number}/commands",
    "applicant",
    "staff",
    answer=a.CarriedOut,
    refusals=(404, 409, 413, 415, 422),
)
def ask(
    request: HttpRequest,
    response: HttpResponse,
    number: str,
    body: Annotated[AnyCommand, Body(...)],
) -> a.CarriedOut:
    """Ask something of a case, and get the facts that followed. Which kinds are possible now stands in its `offers`.

    The same `command_id` again gives the first result again, with the header Idempotent-Replay: true.
    """
    found, actor = _found(request, number), asking(request)
    audience: Audience = "staff"
    if actor.kind is not ActorKind.STAFF:  # who is no staff may be the applicant, or somebody with an interest
        state = queries.view(found.stream, clock.now()).state
        actor, audience = as_known(actor, state), sees_as(actor, state)
    command = command_of(body, actor, clock.now())
    _require_people(command)
    if isinstance(command, c.SubmitCorrection) and command.answers is not None:
        rules = catalogue.law(found.procedure, found.procedure_version).procedure
        case = queries.view(found.stream, command.at)
        about_licence.require_corrected(rules, case, command.answers.value, clock.today())
    try:
        done = handle(found.stream, command)
    except NotPossible as no:
        if status_of(no.code) == 409:
            now = _found(request, number)
            raise Told(no, version=now.version, stage=now.stage) from None
        provided = command.provided if isinstance(command, c.SubmitCorrection) else ()
        raise _with_the_files(no, files_named(provided, command.late), actor, found.stream) from None
    if done.repeated:
        response.headers[REPLAYED] = "true"
    law = catalogue.law(found.procedure, found.procedure_version)
    return a.carried_out(done, law, language_of(request), actor, audience)


# What they share


def _found(request: HttpRequest, number: str) -> Case:
    """The case of this number, where whoever asks takes part in it; the same "no" for "none" and "not yours"."""
    if not CODE.fullmatch(number):
        raise NotPossible("unknown_case")
    return queries.find(number, Scope.of(asking(request)))


@lru_cache(maxsize=512)
def _law_of(procedure: str, version: int, calendar: str) -> Law:
    """The law of a version that somebody applied under, with the calendar its facts count by: neither ever changes."""
    return catalogue.law(procedure, version)


def _stream(cursor: str) -> UUID | None:
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        raise invalid(("cursor", "unknown_choice")) from None


def _with_the_library(code: str, command: c.Submit) -> c.Submit:
    """The application with the licences that stand for its materials; an item that is unknown is the door's to say."""
    try:
        law = catalogue.law_in_force(code, clock.today())
    except NotPossible:
        return command
    return library.attached(command, law.procedure, clock.today())


def _require_the_licence(code: str, command: c.Submit) -> None:
    """BadInput where the item is about a licence that is not the applicant's, or does not stand."""
    try:
        law = catalogue.law_in_force(code, clock.today())
    except NotPossible:
        return  # the door says what is wrong with the item
    about_licence.require(law.procedure, command, clock.today())


def _require_people(command: c.Command) -> None:
    """Whoever a command names is a member of staff, and of the unit it says: the fact will say so for ever."""
    wrong = []
    for field, named in people_named(command):
        try:
            known = person(named.id)
        except LookupError:
            wrong.append((field, "unknown_choice"))
        else:
            if named.unit not in ("", known.unit):
                wrong.append((f"{field}.unit", "unknown_choice"))
    if wrong:
        raise invalid(*wrong)


def _with_the_files(
    no: NotPossible, named: list[tuple[str, FileRef]], actor: c.Actor, stream: UUID | None = None
) -> Told:
    """A "no" to a file names the very file. Asked only afterwards: what was taken once is repeated, not looked at."""
    is_about_files = isinstance(no, BadInput) and any(code == "unknown_file" for _, code in no.problems)
    wrong = [(f"{field}.id", "unknown_file") for field, file in named if not _may_name(file, actor, stream)]
    return Told(no, problems=wrong if is_about_files else ())


def _may_name(file: FileRef, actor: c.Actor, stream: UUID | None) -> bool:
    """Whether this file is as it is named, and the case's own or of no case yet: one's own, or for staff anybody's."""
    kept = find_file(file.id)
    if kept is None or kept.commitment != file.commitment:
        return False
    if kept.stream:
        return kept.stream == stream
    return kept.owner == actor.id or actor.kind is ActorKind.STAFF
