"""The rows that follow from a history: a pure function of state and law, so that `rebuild` gives the same bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from banjie.engine import measures
from banjie.engine.clocks import (
    Running,
    binding_limit,
    certificate_clock,
    clock,
    complaint_clock,
    nearest_limit,
    next_due,
    notice_clock,
    promised_clock,
    step_clock,
    verification_clock,
)
from banjie.engine.codec import microseconds
from banjie.engine.gaps import open_gaps, overdue
from banjie.engine.law import Clock, Law
from banjie.engine.lights import case_light, turns
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import UNDER_EXAMINATION, Stage, State

CASE_COLUMNS = (
    "stream",
    "home",
    "version",
    "head",
    "number",
    "query_number",
    "procedure",
    "procedure_version",
    "calendar",
    "channel",
    "unit",
    "contact",
    "stage",
    "received_on",
    "accepted_on",
    "promised_due_on",
    "legal_due_on",
    "decided_on",
    "closed_on",
    "result",
    "corrections",
    "part_of",
    "visits",
    "materials",
    "identity_only",
    "hand_offs",
    "done_at_once",
    "watched",
    "with_unit",
    "yellow_on",
    "yellow_minute",
    "orange_on",
    "red_on",
    "red_plus_on",
    "blue_from",
    "blue_until",
    "next_due_at",
)
TASK_COLUMNS = (
    "stream",
    "slug",
    "kind",
    "unit",
    "post",
    "people",
    "opened_on",
    "due_on",
    "yellow_on",
    "orange_on",
    "red_on",
)
PARTICIPANT_COLUMNS = ("stream", "who", "capacity")


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands in `case` (without stream, version and head), `task` by slug, and `participant` of one case."""

    case: tuple[Any, ...]
    tasks: dict[str, tuple[Any, ...]]
    participants: frozenset[tuple[str, str]]

    @property
    def next_due_at(self) -> int | None:
        """When time itself acts next (UTC microseconds)."""
        acts: int | None = self.case[-1]
        return acts

    def case_row(self, stream: UUID, head: bytes, version: int) -> tuple[Any, ...]:
        """The whole row of `case`, in the order of CASE_COLUMNS."""
        return (stream, self.case[0], version, head, *self.case[1:])


def derive(state: State, law: Law) -> Rows:
    """The rows of this state under this law."""
    acts_next = next_due(state, law)
    promised, statutory = promised_clock(state, law), binding_limit(state, law)
    part = state.part_of
    tasks = {each[0]: each for each in _tasks(state, law, nearest_limit(state, law))}
    light = case_light(state, law)
    case = (
        state.home,
        state.number,
        state.query_number,
        state.procedure,
        state.procedure_version,
        state.calendar,
        state.channel,
        state.unit,
        state.contact,
        state.stage.value,
        state.received_on,
        state.accepted_on,
        promised.due if promised else None,
        statutory.due if statutory else None,
        state.decided_on,
        state.closed_on,
        state.result,
        len(state.corrections),
        f"{part.role}:{part.stream}" if part else "",
        measures.visits(state),
        measures.materials(state),
        measures.identity_only(state, law.procedure),
        measures.hand_offs(state),
        measures.done_at_once(state),
        light.watched.value,
        _with_unit(tasks.values(), state),
        light.yellow_on,
        light.hour and light.hour.hour * 60 + light.hour.minute,
        light.orange_on,
        light.red_on,
        light.red_plus_on,
        light.blue_from,
        light.blue_until,
        microseconds(acts_next) if acts_next else None,
    )
    return Rows(case, tasks, frozenset(_participants(state, law)))


BESIDE = frozenset({"complaint", "verification", "cancellation"})
"""Kinds of task that are no part of the procedure: with whom the case is, they do not say."""


def _with_unit(tasks: Iterable[tuple[Any, ...]], state: State) -> str:
    """The unit whose turn it is: of the task due first; that of the case where no member of staff has one."""
    if state.is_closed:
        return ""
    waiting = [(each[6] or date.max, each[0], each[2]) for each in tasks if each[1] not in BESIDE]
    return min(waiting)[2] if waiting else state.unit


def _tasks(state: State, law: Law, decision: Running | None) -> Iterator[tuple[Any, ...]]:
    procedure = law.procedure
    if state.stage is Stage.SUBMITTED:
        notice = notice_clock(state, law)
        yield _task("receipt", "receipt", procedure.receives, "clerk", "", state.notice_from, notice, law)
    elif state.stage in UNDER_EXAMINATION:
        for slug, step in state.steps.items():
            rule = procedure.step(slug)
            if step.is_open and rule:
                people = "".join(f"|{each.id}" for each in step.people) + "|" if step.people else ""
                post = rule.post if people else "section_head"
                own = step_clock(state, law, step) or decision
                yield _task(slug, rule.kind, rule.unit, post, people, step.opened_on, own, law)
        if procedure.forwarding and not state.forwarded:
            unit = procedure.forwarding.preliminary_unit
            open_here = any(s.is_open and (r := procedure.step(n)) and r.unit == unit for n, s in state.steps.items())
            if not open_here:
                yield _task("forward", "forward", unit, "officer", "", state.accepted_on, decision, law)
        elif state.opening:
            yield from _of_proceeding(state, law, decision)
        elif state.examined_on and not open_gaps(state):
            yield _task("decision", "decision", procedure.decides, "decider", "", state.examined_on, decision, law)
        if overdue(state) and not state.examined_on:
            passed = max(each.passed_on for each in state.gaps.values() if each.passed_on)
            yield _task("gap", "gap", procedure.decides, "decider", "", passed, decision, law)
        hearing = state.hearing
        if hearing and hearing.requested_on and not (hearing.minutes_on or hearing.waived_on):
            host = f"|{hearing.host.id}|" if hearing.host else ""
            hold = clock(state, law, Clock.HEARING_HOLD)
            post = "hearing_host" if host else "head_of_agency"
            yield _task("hearing", "hearing", procedure.decides, post, host, hearing.requested_on, hold, law)
    elif state.stage is Stage.DECIDED:
        certificate = certificate_clock(state, law)
        if state.granted and state.granted.certificate and not state.issued:
            is_one_agency = procedure.agency_of(procedure.serves) == procedure.agency_of(procedure.decides)
            makes = procedure.serves if is_one_agency else procedure.decides
            yield _task("issue", "issue", makes, "licence_clerk", "", state.decided_on, certificate, law)
        else:
            yield _task("serve", "serve", procedure.serves, "clerk", "", state.decided_on, certificate, law)
    for complaint in state.complaints.values():  # at any stage, and after closing: it is a matter of its own
        if complaint.is_open:
            answer = _datable(complaint_clock(complaint, law), law)
            yield _task(complaint.id, "complaint", procedure.supervises, "supervisor", "", complaint.on, answer, law)
    if state.cancellation_owed:  # 注销 is an act of its own: until its case is open, this one asks for it
        opens = state.opening.by.unit if state.opening else procedure.decides
        yield _task("cancellation", "cancellation", opens, "officer", "", state.cancellation_owed, None, law)
    verification = state.verification
    if verification and verification.is_open:
        own = verification_clock(state, law)
        until = own and _datable(own, law)
        since = verification.since
        yield _task("verification", "verification", procedure.supervises, "supervisor", "", since, until, law)


def _of_proceeding(state: State, law: Law, decision: Running | None) -> Iterator[tuple[Any, ...]]:
    """What is to be done next in a proceeding of the agency itself: tell, answer, wait, decide."""
    opening = state.opening
    assert opening is not None
    if any(not step.finished_on for step in state.steps.values()):
        return
    if state.intent is None:
        since = max((each.finished_on for each in state.steps.values() if each.finished_on), default=opening.on)
        yield _task("intent", "intent", opening.by.unit, "officer", "", since, decision, law)
        return
    for each in state.statements:
        if each.is_open:
            slug = f"statement-{each.id}"
            yield _task(slug, "statement", opening.by.unit, "officer", "", each.on, decision, law)
    yield _task("decision", "decision", law.procedure.decides, "decider", "", state.intent.on, decision, law)


def _datable(running: Running, law: Law) -> Running | None:
    """The clock, or None where no calendar reaches its end: a complaint is taken whatever year it comes in."""
    try:
        turns(running, law.region)
    except NotPossible:
        return None
    return running


def _task(
    slug: str, kind: str, unit: str, post: str, people: str, opened_on: date | None, running: Running | None, law: Law
) -> tuple[Any, ...]:
    if running is None:
        return (slug, kind, unit, post, people, opened_on, None, None, None, None)
    light = turns(running, law.region)
    return (
        slug,
        kind,
        unit,
        post,
        people,
        opened_on,
        running.due,
        light.yellow_on,
        light.orange_on,
        light.red_on,
    )


def _participants(state: State, law: Law) -> Iterator[tuple[str, str]]:
    procedure = law.procedure
    yield procedure.receives, "receives"
    yield procedure.supervises, "supervises"
    if state.contact not in (procedure.contact, state.accepted.by.id if state.accepted else ""):
        yield state.contact, "contact"  # appointed from elsewhere; whoever receives or accepted sees it by their unit
    if state.party:
        yield state.party, "applicant"
    for agent in state.agents:
        yield agent, "agent"
    for party in state.third_parties:
        yield party, "third_party"
    if state.opening:
        yield state.opening.by.unit, "examines"
    if state.accepted:
        for slug, step in state.steps.items():
            rule = procedure.step(slug)
            if rule:
                yield rule.unit, "examines"
            for person in step.people:
                yield person.id, "examines"
        if procedure.forwarding is None or state.forwarded:
            yield procedure.decides, "decides"
            yield procedure.agency_of(procedure.decides), "leads"
            by_government = procedure.extension and procedure.extension.authority == "head_of_government"
            if state.joint or by_government:
                yield "head_of_government", "leads"
        if procedure.forwarding:
            yield procedure.forwarding.preliminary_unit, "examines"
        yield procedure.serves, "serves"
    if state.hearing and state.hearing.host:
        yield state.hearing.host.id, "host"
