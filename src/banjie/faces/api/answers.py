"""What goes out: the shapes of the answers, and how they are read off what the engine says. No personal data.

People are pseudonyms, texts that people wrote stay sealed, and a date says whether it may still move (`provisional`:
the holidays of a year it touches are not out yet).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from banjie import words
from banjie.cases.handle import Done
from banjie.cases.models import Case
from banjie.cases.queries import CaseView
from banjie.engine import commands as c
from banjie.engine import commitment, forecast, gaps
from banjie.engine import events as e
from banjie.engine.clocks import Running
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Law, Procedure, Region
from banjie.engine.lights import turns
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import StepState
from banjie.engine.timelimits import Limit, Unit, due, is_provisional
from banjie.faces.api.commands import OFFERED_KINDS
from banjie.faces.forms.acting import as_known, sees_as
from banjie.records.catalogue.naming import value_in_words
from banjie.records.catalogue.queries import may_move
from banjie.words import Audience

BASE = "/api/v1"


class LimitShown(BaseModel):
    """A limit, never a bare number of days."""

    number: int
    unit: Unit
    text: str


class Due(BaseModel):
    """The last day of a clock; null where the calendar of that year is not loaded."""

    clock: str
    name: str
    on: date | None
    provisional: bool


# Items


class FoundBy(BaseModel):
    """Why an item was found: a word of the query, the field it stands in, and the text there.

    `field`: name, alias, topic, summary, condition, material, flow, question; everyday for an everyday word, initials.
    """

    word: str
    field: str
    text: str


class ItemLine(BaseModel):
    """An item one can apply for."""

    code: str
    version: int
    name: str
    summary: str
    item_type: str
    agency: str
    statutory_limit: LimitShown
    committed_limit: LimitShown | None
    instant: bool = Field(description="Decided at once at the window (即办件).")
    fee: str
    visits: int
    link: str


class ItemFound(ItemLine):
    """The same, with one entry of `found` for each word that was looked for."""

    found: list[FoundBy]


class ItemPage(BaseModel):
    """A page of items. `next` is the cursor of the page after it, null on the last."""

    items: list[ItemFound]
    next: str | None


class MaterialShown(BaseModel):
    """A material of the guide. `when`: a CEL expression over the answers; empty means always."""

    id: str
    name: str
    basis: str
    necessary: bool
    when: str
    provider: str
    originals: int
    copies: int
    standard: str


class ChoiceShown(BaseModel):
    """One answer a question offers."""

    value: str
    label: str


class QuestionShown(BaseModel):
    """A question of the form: type text, number, choice, yes_no or date."""

    id: str
    label: str
    type: str
    help: str
    when: str
    needed: bool
    choices: list[ChoiceShown]


class CriterionShown(BaseModel):
    """What must be true to grant, and what proves it."""

    id: str
    text: str
    basis: str
    materials: list[str]


class StepOfGuide(BaseModel):
    """A step of the examination."""

    slug: str
    kind: str
    name: str
    unit: str
    after: list[str]
    limit: LimitShown | None
    when: str
    basis: str


class TextShown(BaseModel):
    """Which text is signed: send it back as it is."""

    version: str
    digest: str


class CommitmentShown(BaseModel):
    """The commitment of an item: what one is told, what it stands for, and how it is verified."""

    of: str
    basis: str
    content: str
    liability: str
    power: str
    public: bool
    when: str
    materials: list[str]
    criteria: list[str]
    verify_mode: str
    verify_within: LimitShown | None
    told: TextShown


class GapShown(BaseModel):
    """A material that may follow, within which time of the acceptance, and what happens otherwise."""

    material: str
    within: LimitShown
    consequence: str


class GapsShown(BaseModel):
    """Everything that may follow."""

    materials: list[GapShown]
    told: TextShown


class Guide(ItemLine):
    """The service guide (办事指南): everything the office may ask, and everything it owes."""

    region: str
    basis: list[str]
    effective_from: date
    notice_limit: LimitShown
    correction_period: LimitShown
    certificate_limit: LimitShown
    licence: str
    licence_years: int
    materials: list[MaterialShown]
    questions: list[QuestionShown]
    criteria: list[CriterionShown]
    steps: list[StepOfGuide]
    pause_grounds: list[ChoiceShown]
    commitment: CommitmentShown | None = Field(description="What can be taken on the applicant's word (告知承诺).")
    gaps: GapsShown | None = Field(description="What may follow the acceptance (容缺), and the text signed for it.")
    if_filed_today: list[Due] = Field(description="The days by which an answer and a decision would be due.")


def limit_shown(limit: Limit, language: str) -> LimitShown:
    """A limit with its words."""
    return LimitShown(number=limit.number, unit=limit.unit, text=words.limit_in_words(limit, language))


def _limit_if(limit: Limit | None, language: str) -> LimitShown | None:
    return None if limit is None else limit_shown(limit, language)


def item_line(item: Any, language: str, found: Sequence[Any] = ()) -> ItemFound:
    """A line of the catalogue's list, with why it was found."""
    return ItemFound(
        code=item.code,
        version=item.version,
        name=item.name,
        summary=item.summary,
        item_type=item.item_type,
        agency=item.agency,
        statutory_limit=limit_shown(item.statutory_limit, language),
        committed_limit=_limit_if(item.committed_limit, language),
        instant=item.instant,
        fee=item.fee,
        visits=item.visits,
        link=f"{BASE}/items/{item.code}",
        found=[FoundBy(word=each.word, field=each.field, text=each.text) for each in found],
    )


def guide(law: Law, language: str, on: date) -> Guide:
    """The guide of a procedure, with the due dates of an application filed on this day."""
    procedure = law.procedure
    english = language == "en"

    def called(thing: Any, attribute: str = "name") -> str:
        return str((english and thing.english) or getattr(thing, attribute))

    agency = procedure.agency(procedure.agency_of(procedure.decides))
    return Guide(
        code=procedure.code,
        version=procedure.version,
        name=called(procedure),
        summary=(english and procedure.summary_english) or procedure.summary,
        item_type=procedure.item_type,
        agency=called(agency),
        statutory_limit=limit_shown(procedure.statutory_limit, language),
        committed_limit=_limit_if(procedure.committed_limit, language),
        instant=procedure.instant,
        fee=value_in_words("", "fee", procedure.fee, language),
        visits=procedure.visits,
        link=f"{BASE}/items/{procedure.code}",
        region=procedure.region,
        basis=list(procedure.basis),
        effective_from=procedure.effective_from,
        notice_limit=limit_shown(procedure.notice_limit, language),
        correction_period=limit_shown(procedure.correction_period, language),
        certificate_limit=limit_shown(procedure.certificate_limit, language),
        licence=procedure.licence,
        licence_years=procedure.licence_years,
        materials=[
            MaterialShown(
                id=each.id,
                name=called(each),
                basis=each.basis,
                necessary=each.necessary,
                when=each.when,
                provider=each.provider.value,
                originals=each.originals,
                copies=each.copies,
                standard=each.standard,
            )
            for each in procedure.materials
        ],
        questions=[
            QuestionShown(
                id=each.id,
                label=called(each, "label"),
                type=each.type,
                help=each.help,
                when=each.when,
                needed=each.needed,
                choices=[ChoiceShown(value=one.value, label=called(one, "label")) for one in each.choices],
            )
            for each in procedure.questions
        ],
        criteria=[
            CriterionShown(id=each.id, text=called(each, "text"), basis=each.basis, materials=list(each.materials))
            for each in procedure.criteria
        ],
        steps=[
            StepOfGuide(
                slug=each.slug,
                kind=each.kind,
                name=called(each),
                unit=each.unit,
                after=list(each.after),
                limit=_limit_if(each.limit, language),
                when=each.when,
                basis=each.basis,
            )
            for each in procedure.steps
        ],
        pause_grounds=[ChoiceShown(value=each.id, label=called(each)) for each in procedure.pause_grounds],
        commitment=_commitment(law, language),
        gaps=_gaps(law, language, on),
        if_filed_today=list(_if_filed(law, procedure, language, on)),
    )


def _text(told: e.Declaration) -> TextShown:
    return TextShown(version=told.version, digest=told.digest)


def _commitment(law: Law, language: str) -> CommitmentShown | None:
    offer, english = law.procedure.commitment, language == "en"
    if offer is None:
        return None
    return CommitmentShown(
        of=offer.of,
        basis=offer.basis,
        content=(english and offer.content_english) or offer.content,
        liability=(english and offer.liability_english) or offer.liability,
        power=(english and offer.power_english) or offer.power,
        public=offer.public,
        when=offer.when,
        materials=list(offer.materials),
        criteria=list(offer.criteria),
        verify_mode=offer.verify_mode,
        verify_within=_limit_if(offer.verify_within, language),
        told=_text(commitment.told(law)),
    )


def _gaps(law: Law, language: str, on: date) -> GapsShown | None:
    found = [gaps.gap_of(each, law, on) for each in gaps.periods(law)]
    shown = [
        GapShown(material=each.material, within=limit_shown(each.period, language), consequence=each.consequence)
        for each in found
    ]
    return GapsShown(materials=shown, told=_text(gaps.told(law, on))) if shown else None


def _if_filed(law: Law, procedure: Procedure, language: str, on: date) -> Iterator[Due]:
    """Answered, promised and by law: each as if the step before it took no day."""
    limits = (
        ("notice", procedure.notice_limit),
        ("promised", procedure.committed_limit),
        ("legal", procedure.statutory_limit),
    )
    for clock, limit in limits:
        if limit is not None and limit.unit not in (Unit.HOUR, Unit.MINUTE):
            yield _due_of(clock, on, limit, law, law.current_calendar, language)


def _due_of(clock: str, start: date, limit: Limit, law: Law, version: str, language: str) -> Due:
    name = words.label("clocks", clock, language)
    calendar = law.calendar(version)
    try:
        last = due(start, limit, calendar)
    except NotPossible:  # the calendar of that year is not loaded
        return Due(clock=clock, name=name, on=None, provisional=True)
    return Due(clock=clock, name=name, on=last, provisional=is_provisional(start, last, calendar))


class DueShown(Due):
    """The last day of a clock with where it starts, its limit, and the instant for one of hours or minutes."""

    start: date
    limit: LimitShown
    at: datetime | None


class IfFiled(BaseModel):
    """By when there is what, for an application that arrives on a day.

    `clocks`: the answer (notice), and the decision where it is accepted the same day: promised, legal, preliminary,
    total. `latest`: what binds first where the agency takes all the time it has to answer.
    """

    code: str
    version: int
    on: date
    calendar: str
    counts_from: str = Field(description="What the time for the decision counts from: acceptance or application.")
    readings: dict[str, str | bool] = Field(description="How the law is read where that bears on these dates.")
    clocks: list[DueShown]
    latest: DueShown | None


def if_filed(law: Law, at: datetime, language: str) -> IfFiled:
    """The dates of an application that arrives at this instant."""
    known = forecast.if_filed(law, at)
    return IfFiled(
        code=law.procedure.code,
        version=law.procedure.version,
        on=known.on,
        calendar=known.calendar,
        counts_from=known.counts_from,
        readings=dict(known.readings),
        clocks=[_due_shown(each, language) for each in known.running],
        latest=_due_shown(known.latest, language) if known.latest else None,
    )


def _due_shown(running: Running, language: str) -> DueShown:
    by_the_clock = running.limit.unit in (Unit.HOUR, Unit.MINUTE)
    last = _known(lambda: running.due)
    return DueShown(
        clock=running.clock.value,
        name=words.label("clocks", running.clock, language),
        on=last,
        provisional=last is None or running.is_provisional,
        start=running.start,
        limit=limit_shown(running.limit, language),
        at=_known(lambda: running.due_at) if by_the_clock else None,
    )


# Files and new cases


class Uploaded(BaseModel):
    """A stored file: what a material names it by. It is readable to nobody but its owner until a case holds it."""

    id: str
    commitment: str


class Links(BaseModel):
    """Where a case is read and asked."""

    case: str
    events: str
    deadline: str
    receipt: str
    commands: str


class Filed(BaseModel):
    """The receipt (收件凭证): from here the office owes an answer by `due`."""

    number: str
    query_number: str
    version: int
    received_at: datetime
    due: Due
    links: Links


def links(number: str) -> Links:
    """The addresses of a case."""
    case = f"{BASE}/cases/{number}"
    return Links(
        case=case,
        events=f"{case}/events",
        deadline=f"{case}/deadline",
        receipt=f"{case}/receipt",
        commands=f"{case}/commands",
    )


def procedure_of(done: Done) -> tuple[str, int, str]:
    """Code and version of the procedure by which an application was taken, and the calendar it counts by."""
    fact = _submitted(done)
    return fact.procedure, fact.procedure_version, fact.calendar


def _submitted(done: Done) -> e.Submitted:
    return next(each for each in done.events if isinstance(each, e.Submitted))


def filed(done: Done, law: Law, language: str) -> Filed:
    """The receipt, from the facts alone: the same however often and whenever it is asked for."""
    fact = _submitted(done)
    return Filed(
        number=done.number,
        query_number=done.query_number,
        version=done.version,
        received_at=fact.at.astimezone(OFFICE_ZONE),
        due=_due_of("notice", fact.on, fact.notice_limit, law, fact.calendar, language),
        links=links(done.number),
    )


# Cases


class CaseLine(BaseModel):
    """A case as a list shows it."""

    number: str
    query_number: str
    item: str
    stage: str
    version: int
    received_on: date
    promised_due_on: date | None
    legal_due_on: date | None
    provisional: bool = Field(description="Whether a due date may still move, as a year's notice is not out.")
    decided_on: date | None
    closed_on: date | None
    result: str
    link: str


class CasePage(BaseModel):
    """A page of cases, the newest first. `next` is the cursor of the page after it, null on the last."""

    cases: list[CaseLine]
    next: str | None


def case_line(case: Case, years: Mapping[str, frozenset[int]]) -> CaseLine:
    """The row of a case. `years`: the official ones of its calendar (`official_years`)."""
    dues = [each for each in (case.promised_due_on, case.legal_due_on) if each]
    return CaseLine(
        number=case.number,
        query_number=case.query_number,
        item=case.procedure,
        stage=case.stage,
        version=case.version,
        received_on=case.received_on,
        promised_due_on=case.promised_due_on,
        legal_due_on=case.legal_due_on,
        provisional=may_move(years, case.calendar, case.received_on, max(dues, default=None)),
        decided_on=case.decided_on,
        closed_on=case.closed_on,
        result=case.result,
        link=f"{BASE}/cases/{case.number}",
    )


class ClockShown(BaseModel):
    """A clock of the case today. `left` is negative when over; counts are null where a year's calendar is missing."""

    clock: str
    name: str
    step: str
    start: date
    limit: LimitShown
    due_on: date | None
    due_at: datetime | None = Field(description="Set for limits of hours and minutes.")
    provisional: bool
    ended_on: date | None
    used: int | None
    left: int | None
    paused: bool
    over: bool
    light: str = Field(description="green, yellow, orange, red; empty once it ended.")


class StepShown(BaseModel):
    """A step of the case."""

    slug: str
    name: str
    kind: str
    unit: str
    standing: str = Field(description="waiting, open or finished.")
    opened_on: date | None
    assigned_on: date | None
    finished_on: date | None
    people: list[str]
    attempt: int
    outcome: str
    after: list[str]


class PointShown(BaseModel):
    """A point a command may cite, ready to be sent back in `points`."""

    kind: str
    id: str
    defect: str


class Refused(BaseModel):
    """Why something cannot be asked for now."""

    code: str
    detail: str
    next: str


Allowed = str | LimitShown | PointShown


class OfferShown(BaseModel):
    """A kind of command: what it may be asked with, or why it cannot be asked for now."""

    kind: str
    name: str
    possible: bool
    allowed: dict[str, list[Allowed]]
    no: Refused | None


class CaseShown(BaseModel):
    """A case as it stands at this moment, for one reader. `version` is what a command names as `expected_version`."""

    number: str
    query_number: str
    version: int
    item: str
    item_version: int
    name: str
    stage: str
    stage_name: str
    result: str
    channel: str
    unit: str
    contact: str
    received_on: date | None
    accepted_on: date | None
    examined_on: date | None
    decided_on: date | None
    served_on: date | None
    closed_on: date | None
    corrections: int
    required: list[str]
    provided: list[str]
    clocks: list[ClockShown]
    steps: list[StepShown]
    offers: list[OfferShown]
    links: Links


def case_shown(view: CaseView, actor: c.Actor, language: str) -> CaseShown:
    """The case as this actor may know and change it: an interested third party learns nothing of what was handed in."""
    state, procedure = view.state, view.law.procedure
    is_private = sees_as(actor, state) == "third_party"
    names = words.names_of(procedure, language)
    offers = view.offers(as_known(actor, state))
    return CaseShown(
        number=state.number,
        query_number=state.query_number,
        version=state.version,
        item=state.procedure,
        item_version=state.procedure_version,
        name=(language == "en" and procedure.english) or procedure.name,
        stage=state.stage.value,
        stage_name=words.label("stages", state.stage.value, language),
        result=state.result,
        channel=state.channel,
        unit=state.unit,
        contact=state.contact,
        received_on=state.received_on,
        accepted_on=state.accepted_on,
        examined_on=state.examined_on,
        decided_on=state.decided_on,
        served_on=state.served_on,
        closed_on=state.closed_on,
        corrections=len(state.corrections),
        required=[] if is_private else list(state.required),
        provided=[] if is_private else list(state.provided),
        clocks=[_clock(each, language, view.on, view.law.region) for each in view.clocks],
        steps=[_step(slug, each, procedure, language) for slug, each in state.steps.items()],
        offers=[_offer(each, language, names) for kind, each in offers.items() if kind in OFFERED_KINDS],
        links=links(state.number),
    )


def _known(read: Callable[[], Any]) -> Any:
    """What a clock says, or None where the calendar of a year it needs is not loaded."""
    try:
        return read()
    except NotPossible:
        return None


def _clock(running: Running, language: str, on: date, region: Region) -> ClockShown:
    last = _known(lambda: running.due)
    by_the_clock = running.limit.unit in (Unit.HOUR, Unit.MINUTE)
    return ClockShown(
        clock=running.clock.value,
        name=words.label("clocks", running.clock, language),
        step=running.step,
        start=running.start,
        limit=limit_shown(running.limit, language),
        due_on=last,
        due_at=_known(lambda: running.due_at) if by_the_clock else None,
        provisional=last is None or running.is_provisional,
        ended_on=running.ended_on,
        used=_known(lambda: running.used(on)),
        left=_known(lambda: running.left(on)),
        paused=running.is_paused(on),
        over=last is not None and running.is_over(on),
        light="" if running.ended_on or last is None else turns(running, region).light(on),
    )


def _step(slug: str, step: StepState, procedure: Procedure, language: str) -> StepShown:
    rule = procedure.step(slug)
    assert rule is not None, slug
    opened = "open" if step.is_open else "waiting"
    return StepShown(
        slug=slug,
        name=(language == "en" and rule.english) or rule.name,
        kind=rule.kind,
        unit=rule.unit,
        standing="finished" if step.finished_on else opened,
        opened_on=step.opened_on,
        assigned_on=step.assigned_on,
        finished_on=step.finished_on,
        people=[each.id for each in step.people],
        attempt=step.attempt,
        outcome=step.outcome,
        after=list(step.plan.after),
    )


def _offer(offer: c.Offer, language: str, names: words.Names) -> OfferShown:
    no = None
    if isinstance(offer.no, NotPossible):
        refusal = words.refusal(offer.no, language, names)
        no = Refused(code=refusal.code, detail=refusal.what, next=refusal.next)
    return OfferShown(
        kind=offer.kind,
        name=words.label("commands", offer.kind, language),
        possible=offer.no is None,
        allowed={name: [_allowed(each, language) for each in values] for name, values in offer.allowed.items()},
        no=no,
    )


def _allowed(value: Any, language: str) -> Allowed:
    if isinstance(value, Limit):
        return limit_shown(value, language)
    if isinstance(value, tuple):
        kind, name, defect = value
        return PointShown(kind=kind, id=name, defect=defect)
    return str(value)


# Facts


class Who(BaseModel):
    """Who acted, by pseudonym: never a name."""

    id: str
    kind: str
    unit: str
    on_behalf_of: str


class FactShown(BaseModel):
    """What happened, in a sentence without personal data. `position`: its place in the history, from 1."""

    position: int
    kind: str
    at: datetime
    by: Who
    sentence: str


class FactPage(BaseModel):
    """The facts of a case in order, those that concern the reader. `next`: the cursor of what follows, or null."""

    events: list[FactShown]
    next: str | None


class CarriedOut(BaseModel):
    """What came of a command: the facts it left, with those that time itself had brought about first."""

    number: str
    version: int
    events: list[FactShown]


def facts_shown(
    facts: Sequence[tuple[int, e.Event]], law: Law, language: str, reader: c.Actor, audience: Audience
) -> Iterator[FactShown]:
    """These facts in the asked language, without those that do not concern this reader (`forms.acting.sees_as`)."""
    for position, fact in facts:
        sentence = words.sentence(fact, language, audience, law=law, reader=(reader.id, reader.on_behalf_of))
        if sentence is None:
            continue
        by = fact.by
        yield FactShown(
            position=position,
            kind=e.NAMES[type(fact)],
            at=fact.at.astimezone(OFFICE_ZONE),
            by=Who(id=by.id, kind=by.kind.value, unit=by.unit, on_behalf_of=by.on_behalf_of),
            sentence=sentence,
        )


def carried_out(done: Done, law: Law, language: str, reader: c.Actor, audience: Audience) -> CarriedOut:
    """What came of a command."""
    first = done.version - len(done.events) + 1
    facts = list(enumerate(done.events, start=first))
    events = list(facts_shown(facts, law, language, reader, audience))
    return CarriedOut(number=done.number, version=done.version, events=events)


# The ledger


class DayShown(BaseModel):
    """A day of a clock: whether it counted, the count after it, and why."""

    day: date
    counted: bool
    number: int
    reason: str
    text: str
    provisional: bool


class LedgerShown(BaseModel):
    """A clock day by day, from day 0 to its last day. Empty days where a year's calendar is missing."""

    clock: str
    name: str
    step: str
    summary: str
    basis: str
    due_on: date | None
    provisional: bool
    days: list[DayShown]


class Deadline(BaseModel):
    """Why each clock of the case ends on the day it ends."""

    number: str
    on: date
    clocks: list[LedgerShown]


def deadline(view: CaseView, language: str) -> Deadline:
    """The ledger of every clock."""
    names = words.names_of(view.law.procedure, language)
    ledgers = [_ledger(each, language, view.on, names) for each in view.clocks]
    return Deadline(number=view.state.number, on=view.on, clocks=ledgers)


def _ledger(running: Running, language: str, on: date, names: words.Names) -> LedgerShown:
    told: words.Explanation | None = _known(lambda: words.explain(running, language, on, names))
    codes = [] if told is None else [each.reason for each in running.ledger()]
    lines: Iterable[words.Line] = told.lines if told else ()
    return LedgerShown(
        clock=running.clock.value,
        name=words.label("clocks", running.clock, language),
        step=running.step,
        summary=told.summary if told else "",
        basis=told.basis if told else "",
        due_on=told.due if told else None,
        provisional=told.provisional if told else True,
        days=[
            DayShown(
                day=line.day,
                counted=line.counted,
                number=line.number,
                reason=code,
                text=line.text,
                provisional=line.provisional,
            )
            for code, line in zip(codes, lines, strict=True)
        ],
    )
