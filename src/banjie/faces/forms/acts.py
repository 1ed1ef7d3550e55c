"""What a fact or a decision of a case rests on, as its date opens: article, who as what, facts and criteria, remedy.

It names units and duties, never a person, and quotes nothing that somebody wrote: whoever may see the day may see it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from banjie import words
from banjie.cases.queries import CaseView
from banjie.engine import events as e
from banjie.engine.clocks import Running, clocks, remedy_clocks
from banjie.engine.law import Duty, Law, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.reckoning import Recorded, standing_of, starter_of
from banjie.engine.state import State

DECISIONS = (e.Granted, e.Refused, e.Declined, e.FoundNotNeeded, e.Terminated, e.EndDecided)
"""Facts that dispose of an application: what they rest on stands with them in full."""
EXAMINED_BY = (
    e.Submitted,
    e.Corrected,
    e.Accepted,
    e.StepFinished,
    e.StepSilent,
    e.Rectified,
    e.HearingHeld,
    e.Forwarded,
    e.OpenedExOfficio,
    e.IntentTold,
    e.StatementAnswered,
)
"""Facts a decision looks back on."""
DUTY: Mapping[type[e.Fact], Duty] = {
    **dict.fromkeys((e.Submitted, e.Accepted, e.Declined, e.FoundNotNeeded, e.CorrectionRequested), Duty.INTAKE),
    **dict.fromkeys((e.Granted, e.Refused, e.Terminated, e.Extended, e.EndDecided, e.Discontinued), Duty.DECIDE),
}
LICENSING = "01"
"""The item type to which the articles of the Administrative Licensing Law apply by themselves."""
HASH_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Rests:
    """A criterion a decision rests on, or a fact: its words, its basis, the day where it has one."""

    text: str
    basis: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ClockStarted:
    """A clock that a fact started, and its last day; None where the calendar does not reach it."""

    name: str
    due: date | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Act:
    """A fact of the case as its date opens. `paper`: name and number; `hash`: how its place in the log begins."""

    position: int
    at: datetime
    name: str
    basis: str
    own_basis: tuple[str, ...]
    by: str
    duty: str
    criteria: tuple[Rests, ...]
    facts: tuple[Rests, ...]
    remedy: str
    papers: tuple[tuple[str, str], ...]
    starts: tuple[ClockStarted, ...]
    started: tuple[Running, ...]
    hash: str
    is_decision: bool

    @property
    def on(self) -> date:
        """The office's civil day."""
        return self.at.date()


class Shown(Protocol):
    """A case as it is shown to one reader, as far as its acts need it: what it calls things, and in which language."""

    view: CaseView
    state: State
    law: Law
    procedure: Procedure
    language: str

    def label(self, section: str, code: str) -> str:
        """The short name of a code."""

    def name(self, kind: str, id: str) -> str:
        """What something is called, by kind and id; the id where nobody knows."""

    def clock_name(self, running: Running) -> str:
        """What a clock is called in this case."""


def acts_of(page: Shown) -> dict[int, Act]:
    """Every fact of the case that its reader is told of, by position."""
    recorded = [Recorded(each.position, each.event, each.hash) for each in page.view.lines]
    standing = standing_of(recorded)
    started: dict[int, list[Running]] = {}
    for running in (*clocks(page.state, page.law), *remedy_clocks(page.state, page.law)):
        position = starter_of(running, standing)
        if position is not None:
            started.setdefault(position, []).append(running)
    return {each.position: _act(page, each, standing, tuple(started.get(each.position, ()))) for each in recorded}


def _clock_started(page: Shown, running: Running) -> ClockStarted:
    called = page.clock_name(running)
    try:
        return ClockStarted(called, running.due, running.is_provisional)
    except NotPossible:  # the calendar of that year is not loaded
        return ClockStarted(called, None, True)


def _act(page: Shown, line: Recorded, standing: list[Recorded], started: tuple[Running, ...]) -> Act:
    event, procedure = line.event, page.procedure
    is_decision = isinstance(event, DECISIONS)
    kind = e.NAMES[type(event)]
    duty = DUTY.get(type(event)) if event.by.kind is e.ActorKind.STAFF else None
    remedy = getattr(event, "remedy", None)
    number = getattr(event, "notice", "") or f"{page.state.query_number}-{line.position:02d}"
    return Act(
        position=line.position,
        at=event.at,
        name=words.act_name(kind, page.language),
        basis=words.act_basis(kind, page.language) if procedure.item_type == LICENSING else "",
        own_basis=procedure.basis if is_decision or isinstance(event, e.Accepted) else (),
        by=_by(page, event),
        duty=page.label("duties", duty.value) if duty else "",
        criteria=tuple(_criteria(page, event)),
        facts=tuple(_facts(page, event, standing, line.position)) if is_decision else (),
        remedy=words.remedy_text(remedy, page.language, isinstance(event, e.LimitPassed)) if remedy else "",
        papers=tuple((page.label("documents", each), number) for each in words.documents_of(event)),
        starts=tuple(_clock_started(page, each) for each in started),
        started=started,
        hash=line.hash[:HASH_SHOWN],
        is_decision=is_decision,
    )


def _by(page: Shown, event: e.Event) -> str:
    if event.by.kind is not e.ActorKind.STAFF or not event.by.unit:
        is_holder = page.state.opening and event.by.kind is e.ActorKind.APPLICANT  # nobody applied
        return page.label("actors", "holder" if is_holder else event.by.kind)
    unit = page.name("unit", event.by.unit)
    agency = page.procedure.agency_of(event.by.unit)
    return f"{page.name('agency', agency)} · {unit}" if agency else unit


def _criteria(page: Shown, event: e.Event) -> Iterator[Rests]:
    if isinstance(event, e.Granted):
        cited: tuple[str, ...] = event.criteria
    elif isinstance(event, e.Refused):
        cited = tuple(each.id for each in event.points if each.kind is e.PointKind.CRITERION)
    else:
        return
    for each in cited:
        known = page.procedure.criterion(each)
        yield Rests(page.name("criterion", each), known.basis if known else "")


def _facts(page: Shown, event: e.Event, standing: list[Recorded], position: int) -> Iterator[Rests]:
    for each in standing:
        if each.position >= position or not isinstance(each.event, EXAMINED_BY):
            continue
        name = words.act_name(e.NAMES[type(each.event)], page.language)
        step = getattr(each.event, "step", "")
        yield Rests(f"{name} · {page.name('step', step)}" if step else name, on=each.event.on)
