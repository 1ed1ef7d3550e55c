"""Joint handling (联合办理): what several agencies decide on under one limit, handed in and read as one."""

from datetime import date, datetime
from typing import Annotated

from annotated_types import MaxLen
from django.http import HttpRequest, HttpResponse
from ninja.params.models import Body, Header
from pydantic import BaseModel, Field

from banjie import words
from banjie.cases import bundles
from banjie.cases.scope import Scope
from banjie.engine.codec import OFFICE_ZONE, canonical
from banjie.engine.commands import Actor
from banjie.engine.events import Declaration, Provided
from banjie.engine.not_possible import NotPossible
from banjie.faces.api import answers as a
from banjie.faces.api import fields as f
from banjie.faces.api.commands import Applicant, Channel, ProvidedBody, SignedBody, built, channel_of
from banjie.faces.api.openapi import endpoint
from banjie.faces.api.problems import invalid, language_of
from banjie.faces.api.views import CODE, KEY, REPLAYED
from banjie.faces.forms import library
from banjie.faces.forms.joint import called
from banjie.records import catalogue
from banjie.records.catalogue.joint import Matter, matter, matters
from banjie.web import clock
from banjie.web.request import asking


class NewPart(f.Body):
    """What is handed in for one part. `role`: of the matter."""

    role: f.Code
    answers: f.Answers = Field(default_factory=dict, description="As in an application for the item alone.")
    provided: Annotated[list[ProvidedBody], MaxLen(f.MOST)] = Field(default_factory=list)
    commitment: SignedBody | None = None
    gaps: Annotated[list[f.Code], MaxLen(f.MOST)] = Field(default_factory=list)
    gaps_told: SignedBody | None = None


class NewBundle(f.Body):
    """Applications for every part of a joint matter, by one applicant: all of them are registered, or none."""

    matter: f.Code = Field(description="The id of the joint matter, as `/joint-matters` lists it.")
    applicant: Applicant
    parts: Annotated[list[NewPart], MaxLen(f.MOST)]
    channel: Channel | None = Field(default=None, description="How it came; by default what the asker is.")
    e_service: f.Flag = Field(default=False, description="The applicant agrees to be served electronically.")
    declared: f.Flag = Field(default=False, description="The applicant has confirmed the declaration (声明).")


class MatterPartShown(BaseModel):
    """An item of a joint matter."""

    role: str
    item: str


class MatterShown(BaseModel):
    """A joint matter that is offered today."""

    id: str
    name: str
    basis: str
    limit: a.LimitShown
    parts: list[MatterPartShown]


class MatterList(BaseModel):
    """The joint matters that are offered today."""

    matters: list[MatterShown]


class PartShown(BaseModel):
    """A part: its case, where it stands, and its own share of the joint limit."""

    role: str
    item: str
    agency: str
    number: str
    query_number: str
    stage: str
    result: str
    accepted_on: date | None
    share_due: date | None
    decided_on: date | None
    ended_on: date | None
    late: bool = Field(description="Undecided beyond its share.")


class BundleShown(BaseModel):
    """A joint handling. `due`: of the joint limit, null before a part is accepted."""

    number: str
    matter: str
    name: str
    opened_at: datetime
    due: a.Due | None
    extended: bool
    closed_on: date | None
    parts: list[PartShown]


@endpoint("GET", "/joint-matters", "public", answer=MatterList)
def joint_matters(request: HttpRequest) -> MatterList:
    """What several agencies decide on under one limit, and the items it consists of."""
    language = language_of(request)
    return MatterList(matters=[_matter(each, language) for each in matters(clock.today()) if _is_offered(each)])


@endpoint("POST", "/bundles", "applicant", "staff", answer=BundleShown, status=201, refusals=(409, 413, 415, 422))
def file_bundle(
    request: HttpRequest,
    response: HttpResponse,
    body: Annotated[NewBundle, Body(...)],
    idempotency_key: Annotated[str, Header(..., alias="Idempotency-Key", min_length=8, max_length=200, pattern=KEY)],
) -> BundleShown:
    """Hand in every part of a joint matter at once. Everything wrong with any part is said, as `parts.<role>.…`.

    The same key with the same body gives the same joint handling again, with the header Idempotent-Replay: true; with
    another body it is refused with 422.
    """
    actor, at = asking(request), clock.now()
    known = matter(body.matter, at.date())
    if known is None:
        raise invalid(("matter", "unknown_choice"))
    codes = {each.role: each.code for each in known.parts}
    asked = bundles.Register(
        at=at,
        by=actor,
        matter=body.matter,
        applicant=body.applicant.particulars(),
        parts={each.role: _asked(each, codes.get(each.role, ""), body, actor) for each in body.parts},
        channel=body.channel or channel_of(actor),
        e_service=body.e_service,
        declaration=words.declaration() if body.declared else None,
    )
    stream = bundles.register(asked, idempotency_key, canonical(body.model_dump(mode="json")))
    shown = bundles.view(stream, at)
    if shown.state.opened and shown.state.opened.at != at:
        response.headers[REPLAYED] = "true"
    return _shown(shown, language_of(request))


@endpoint("GET", "/bundles/{number}", "applicant", "staff", answer=BundleShown, refusals=(404, 422))
def bundle(request: HttpRequest, number: str) -> BundleShown:
    """A joint handling by its number, for whoever may see one of its parts."""
    if not CODE.fullmatch(number):
        raise NotPossible("unknown_bundle")
    return _shown(bundles.numbered(number, Scope.of(asking(request)), clock.now()), language_of(request))


def _asked(part: NewPart, code: str, body: NewBundle, by: Actor) -> bundles.PartAsked:
    provided = tuple(built(Provided, each) for each in part.provided)
    return bundles.PartAsked(
        answers=part.answers,
        provided=(*provided, *_held(part, code, body, by, provided)),
        commitment=None if part.commitment is None else built(Declaration, part.commitment),
        gaps=tuple(part.gaps),
        gaps_told=None if part.gaps_told is None else built(Declaration, part.gaps_told),
    )


def _held(part: NewPart, code: str, body: NewBundle, by: Actor, brought: tuple[Provided, ...]) -> tuple[Provided, ...]:
    """What the licence library has for this part; nothing for an item that is not offered, which the door says."""
    today = clock.today()
    try:
        procedure = catalogue.law_in_force(code, today).procedure
    except NotPossible:
        return ()
    return library.missing(procedure, by, body.applicant.id_number, part.answers, brought, today)


def _is_offered(each: Matter) -> bool:
    try:
        for part in each.parts:
            catalogue.law_in_force(part.code, clock.today())
    except NotPossible:
        return False
    return True


def _matter(each: Matter, language: str) -> MatterShown:
    return MatterShown(
        id=each.id,
        name=called(each, language),
        basis=each.basis,
        limit=a.limit_shown(each.limit, language),
        parts=[MatterPartShown(role=part.role, item=part.code) for part in each.parts],
    )


def _shown(view: bundles.BundleView, language: str) -> BundleShown:
    opened, running = view.state.opened, view.clock
    assert opened is not None
    found = matter(opened.matter, opened.on)
    late = {part.role for part, _ in view.late}
    due = None
    if running:
        name = words.label("misc", "joint_limit", language)
        due = a.Due(clock="joint", name=name, on=running.due, provisional=running.is_provisional)
    parts = []
    for part in view.state.parts:
        noted = view.state.noted[part.role]
        parts.append(
            PartShown(
                role=part.role,
                item=part.code,
                agency=part.agency,
                number=noted.number,
                query_number=noted.query_number,
                stage=noted.stage,
                result=noted.result,
                accepted_on=noted.accepted_on,
                share_due=noted.share_due,
                decided_on=noted.decided_on,
                ended_on=noted.ended_on,
                late=part.role in late,
            )
        )
    return BundleShown(
        number=opened.number,
        matter=opened.matter,
        name=called(found, language) if found else opened.matter,
        opened_at=opened.at.astimezone(OFFICE_ZONE),
        due=due,
        extended=view.state.extension is not None,
        closed_on=view.state.closed_on,
        parts=parts,
    )
