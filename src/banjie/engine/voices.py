"""What is said beside the procedure: complaints (投诉) with a limit and an answer of their own, and notes (内部备注).

Neither moves a clock of the case nor reopens it.
"""

from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import (
    require_applicant,
    require_kept,
    require_pseudonyms,
    require_staff,
    require_taking_part,
    require_unit,
)
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Complaint, State

Allowed = dict[str, tuple[Any, ...]]

FOUND = ("founded", "partly_founded", "unfounded")
"""What a complaint can come to."""


# Complaints


def may_complain(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant, an agent or a third party of the case, from the day it was handed in and after closing too."""
    require_kept(state)
    is_third_party = actor.kind is e.ActorKind.THIRD_PARTY and actor.id in state.third_parties
    if not is_third_party:
        require_applicant(state, actor)
    return {}


def complain(state: State, command: c.Complain, law: Law) -> list[e.Event]:
    """Complained, with the region's limit; counted by the newest calendar, for the case may be long over."""
    against = command.against.id if command.against else ""
    if command.against:
        require_pseudonyms("against", [command.against])
    return [
        e.Complained(
            at=command.at,
            by=command.by.mark,
            calendar=law.current_calendar,
            complaint=f"complaint-{len(state.complaints) + 1}",
            text=command.text.ref,
            limit=law.region.complaint_limit,
            against=against,
        )
    ]


def may_answer_complaint(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """A supervisor of the unit that supervises the item, who has done nothing in the case and is not complained of."""
    require_kept(state)
    waiting = [each for each in state.complaints.values() if each.is_open]
    if not waiting:
        raise NotPossible("no_complaint_open")
    require_staff(actor, "supervisor")
    require_unit(actor, law.procedure.supervises)
    carries = {person.id for step in state.steps.values() for person in step.people}
    if actor.id in state.hands | carries:
        raise NotPossible("acted_in_the_case")
    theirs = tuple(each.id for each in waiting if each.against != actor.id)
    if not theirs:
        raise NotPossible("complained_of")
    return {"complaint": theirs, "outcome": FOUND}


def answer_complaint(state: State, command: c.AnswerComplaint, law: Law) -> list[e.Event]:
    """ComplaintAnswered, told to whoever complained."""
    complaint = _open_complaint(state, command)
    if command.outcome not in FOUND:
        raise NotPossible("no_such_outcome", outcomes=FOUND)
    return [
        e.ComplaintAnswered(
            at=command.at,
            by=command.by.mark,
            complaint=complaint.id,
            outcome=command.outcome,
            text=command.text.ref,
            to=complaint.told,
        )
    ]


def reads_complaint(complaint: Complaint, actor: c.Actor, law: Law) -> bool:
    """Whether somebody may read the words of a complaint and of its answer: its author and the supervising unit."""
    supervises = actor.kind is e.ActorKind.STAFF and actor.unit == law.procedure.supervises
    own = actor.kind is not e.ActorKind.STAFF and not {actor.id, actor.on_behalf_of}.isdisjoint(complaint.told)
    return own or (supervises and actor.id != complaint.against)


def _open_complaint(state: State, command: c.AnswerComplaint) -> Complaint:
    complaint = state.complaints.get(command.complaint)
    if complaint is None:
        raise NotPossible("unknown_complaint")
    if not complaint.is_open:
        raise NotPossible("complaint_answered")
    if complaint.against == command.by.id:
        raise NotPossible("complained_of")
    return complaint


# Notes


def may_note(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Staff of the units that take part, at any stage; nobody else ever reads it."""
    require_kept(state)
    require_staff(actor)
    require_taking_part(actor, law)
    return {}


def note(state: State, command: c.Note, law: Law) -> list[e.Event]:
    """Noted."""
    return [e.Noted(at=command.at, by=command.by.mark, text=command.text.ref)]
