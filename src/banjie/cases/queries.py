"""Reads for pages and programs: always within a scope, always as time has already advanced the case."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from banjie.cases.models import Case, Participant, Registration, Task
from banjie.cases.scope import Scope, whole_house
from banjie.engine import events as e
from banjie.engine.clocks import Running, clocks
from banjie.engine.codec import instant
from banjie.engine.commands import Actor, Offer
from banjie.engine.decide import advance, possible
from banjie.engine.events import Ref
from banjie.engine.law import Law
from banjie.engine.lights import Turns
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import EX_OFFICIO, State, fold
from banjie.records import catalogue
from banjie.store.keys.read import open_personal
from banjie.store.log import read


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a history with its position, the time the store received it, and its hash in the chain."""

    position: int
    event: e.Event
    recorded_at: datetime
    hash: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a page needs it. `state` is advanced to `at`; `lines` are the facts recorded so far."""

    stream: UUID
    state: State
    law: Law
    lines: tuple[Line, ...]
    at: datetime

    @property
    def on(self) -> date:
        """The day of looking."""
        return self.at.date()

    @property
    def version(self) -> int:
        """The position a person saw: what a command must name as `expected_version`."""
        return self.lines[-1].position

    @property
    def clocks(self) -> tuple[Running, ...]:
        """The clocks of the case."""
        return clocks(self.state, self.law)

    def offers(self, actor: Actor) -> dict[str, Offer]:
        """What this actor could ask for now, by kind."""
        return {each.kind: each for each in possible(self.state, actor, self.law, self.at)}

    def opened(self, *refs: Ref | None) -> dict[str, Any]:
        """The personal data behind these references, by reference; None where the key was destroyed."""
        wanted = [each.ref for each in refs if each]
        found = open_personal(self.stream, wanted)
        return {ref: None if value is None else json.loads(value) for ref, value in found.items()}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of a work list: the case it is in, when it is due, and its light today."""

    stream: UUID
    slug: str
    kind: str
    number: str
    query_number: str
    procedure: str
    procedure_version: int
    stage: str
    unit: str
    post: str
    people: tuple[str, ...]
    opened_on: date
    due_on: date | None
    light: str
    calendar: str = ""


def find(text: str, scope: Scope) -> Case:
    """The case with this number or query number, within the scope; NotPossible("unknown_case") for both absences."""
    found = Case.objects.within(scope)
    case = found.filter(number=text).first() or found.filter(query_number=text).first()
    if case is None:
        raise NotPossible("unknown_case")
    return case


def stream_of(text: str) -> UUID:
    """The stream a number was given to; NotPossible("unknown_case"). Says nothing about who may see it."""
    known = (
        Registration.objects.kept().filter(number=text).first()
        or Registration.objects.kept().filter(query_number=text).first()
    )
    if known is None:
        raise NotPossible("unknown_case")
    return known.stream


def view(stream: UUID, at: datetime) -> CaseView:
    """The whole case; the caller has made sure that it may be seen."""
    lines = tuple(
        Line(entry.position, e.decode(entry.kind, read.plain(entry)), instant(entry.recorded_at), entry.hash.hex())
        for entry in read.entries(stream)
    )
    if not lines:
        raise NotPossible("unknown_case")
    state = fold(line.event for line in lines)
    law = catalogue.law(state.procedure, state.procedure_version)
    state, _ = advance(state, law, at)
    return CaseView(stream, state, law, lines, at)


def version(stream: UUID) -> int:
    """The position of the newest fact of a case; 0 for an unknown stream."""
    return max((entry.position for entry in read.entries(stream)), default=0)


def cases(scope: Scope, stages: Sequence[str] = (), after: UUID | None = None, most: int = 50) -> list[Case]:
    """The newest cases of a scope, at most `most`, older than the cursor `after`."""
    found = Case.objects.within(scope)
    if stages:
        found = found.filter(stage__in=stages)
    if after:
        found = found.filter(stream__lt=after)
    return list(found.order_by("-stream")[:most])


def among(streams: Collection[UUID], scope: Scope) -> list[Case]:
    """Those of these cases that may be seen."""
    return list(Case.objects.within(scope).filter(stream__in=list(streams))) if streams else []


def open_among(streams: Collection[UUID]) -> set[UUID]:
    """Those of these cases that have not ended, whoever may see them: that is all it says of them."""
    with whole_house("whether a case has ended says nothing else of it"):
        return set(
            Case.objects.everything().filter(stream__in=list(streams), closed_on=None).values_list("stream", flat=True)
        )


def proceedings(scope: Scope, most: int = 50) -> list[Case]:
    """The newest proceedings of the agency itself (依职权) of a scope, those under way first."""
    found = Case.objects.within(scope).filter(channel=EX_OFFICIO)
    return list(found.order_by(F("closed_on").asc(nulls_first=True), "-stream")[:most])


def tasks(scope: Scope, actor: Actor, on: date, mine: bool = False, most: int = 200) -> list[TaskLine]:
    """The open tasks of the actor's unit by time left; with `mine` only those assigned to the actor."""
    found = Task.objects.within(scope).filter(unit=actor.unit)
    if mine:
        found = found.filter(people__contains=f"|{actor.id}|")
    rows = list(found.order_by("due_on", "opened_on")[:most])
    known = {
        each.stream: each for each in Case.objects.within(scope).filter(stream__in=[row.stream_id for row in rows])
    }
    return [line_of(row, known[row.stream_id], on) for row in rows if row.stream_id in known]


def line_of(row: Task, case: Case, on: date) -> TaskLine:
    """A task of a case as a line, with its light on a day."""
    light = ""
    if row.orange_on and row.red_on:
        light = Turns(row.yellow_on, row.orange_on, row.red_on).light(on)
    people = tuple(each for each in row.people.split("|") if each)
    return TaskLine(
        row.stream_id,
        row.slug,
        row.kind,
        case.number,
        case.query_number,
        case.procedure,
        case.procedure_version,
        case.stage,
        row.unit,
        row.post,
        people,
        row.opened_on,
        row.due_on,
        light,
        case.calendar,
    )


def overdue(scope: Scope, on: date, most: int = 200) -> list[Case]:
    """The undecided cases of a scope past their promised or statutory day, oldest first, with their contact (M156)."""
    undecided = Case.objects.within(scope).filter(decided_on=None, closed_on=None)
    late = undecided.filter(Q(promised_due_on__lt=on) | Q(legal_due_on__lt=on))
    return list(late.order_by(F("legal_due_on").asc(nulls_last=True), "stream")[:most])


def participants(stream: UUID, scope: Scope) -> Mapping[str, list[str]]:
    """Who takes part in a case, by capacity."""
    found: dict[str, list[str]] = {}
    for each in Participant.objects.within(scope).filter(stream=stream).order_by("capacity", "who"):
        found.setdefault(each.capacity, []).append(each.who)
    return found


# What is counted


@dataclass(frozen=True, slots=True)
class Totals:
    """What is known of the closed cases of one item: trips, papers, hand-offs, and how many stayed inside the promise.

    `no_visit`, `one_visit`: without any, with one at most; `over_promise`: with more than their version announced.
    """

    procedure: str
    cases: int
    visits: int
    no_visit: int
    one_visit: int
    over_promise: int
    materials: int
    five_materials: int
    identity_only: int
    hand_offs: int
    at_once: int

    def share(self, number: int) -> int:
        """Per cent of the closed cases."""
        return round(100 * number / self.cases) if self.cases else 0


MOST_MATERIALS = 5
"""≤5 份: what M112 asks a share of."""


def totals(since: date, until: date, code: str = "") -> list[Totals]:
    """What closed from a day up to and including another, item by item: one statement. Figures name no case."""
    with whole_house("figures of an item name no case"):
        closed = Case.objects.everything().filter(closed_on__gte=since, closed_on__lte=until)
        closed = closed.exclude(channel=EX_OFFICIO)
        rows = list(
            (closed.filter(procedure__startswith=code) if code else closed)
            .values("procedure", "procedure_version", "visits")
            .order_by("procedure", "procedure_version", "visits")
            .annotate(
                cases=Count("stream"),
                papers=Sum("materials"),
                few=Count("stream", filter=Q(materials__lte=MOST_MATERIALS)),
                known=Count("stream", filter=Q(identity_only=True)),
                moved=Sum("hand_offs"),
                at_once=Count("stream", filter=Q(done_at_once=True)),
            )
        )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["procedure"], []).append(row)
    return [_totals(procedure, same) for procedure, same in found.items()]


def _totals(procedure: str, rows: Sequence[Mapping[str, Any]]) -> Totals:
    promised = {
        version: catalogue.law(procedure, version).procedure.visits
        for version in {row["procedure_version"] for row in rows}
    }
    return Totals(
        procedure=procedure,
        cases=sum(row["cases"] for row in rows),
        visits=sum(row["cases"] * row["visits"] for row in rows),
        no_visit=sum(row["cases"] for row in rows if row["visits"] == 0),
        one_visit=sum(row["cases"] for row in rows if row["visits"] <= 1),
        over_promise=sum(row["cases"] for row in rows if row["visits"] > promised[row["procedure_version"]]),
        materials=sum(row["papers"] for row in rows),
        five_materials=sum(row["few"] for row in rows),
        identity_only=sum(row["known"] for row in rows),
        hand_offs=sum(row["moved"] for row in rows),
        at_once=sum(row["at_once"] for row in rows),
    )
