"""Other endings, and what happens around a case (55号 30)."""

from dataclasses import replace
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import moving
from banjie.engine.gaps import overdue
from banjie.engine.guards import (
    day_of,
    holding_agency,
    remedy_of,
    require_applicant,
    require_applied_for,
    require_holding_agency,
    require_live,
    require_plain,
    require_pseudonyms,
    require_staff,
    require_unit,
)
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Stage, State, fold

Allowed = dict[str, tuple[Any, ...]]

TERMINATION_GROUNDS = (
    "applicants_request",
    "death_or_incapacity",
    "dissolution",
    "item_abolished",
    "fee_unpaid",
    "force_majeure",
    "law",
)
GAP_OVERDUE = "gap_overdue"
"""A ground only while something that was to follow (容缺) did not come in time."""
VOID_REASONS = ("test", "duplicate")


def may_withdraw(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant's own authenticated act, until the decision."""
    require_live(state)
    require_applied_for(state)
    if state.is_decided:
        raise NotPossible("already_decided")
    require_applicant(state, actor)
    return {}


def withdraw(state: State, command: c.Withdraw, law: Law) -> list[e.Event]:
    """Withdrawn."""
    return [e.Withdrawn(at=command.at, by=command.by.mark, text=c.ref_of(command.text))]


def may_terminate(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Who decides in the agency that holds an accepted case ends it, only on a listed ground."""
    require_live(state)
    require_applied_for(state)
    if state.accepted is None:
        raise NotPossible("not_accepted")
    if state.is_decided:
        raise NotPossible("already_decided")
    require_staff(actor, "decider")
    require_holding_agency(state, actor, law)
    return {"ground": (*TERMINATION_GROUNDS, GAP_OVERDUE) if overdue(state) else TERMINATION_GROUNDS}


def terminate(state: State, command: c.Terminate, law: Law) -> list[e.Event]:
    """Terminated, in writing, with remedy."""
    if command.ground not in may_terminate(state, command.by, law, day_of(command))["ground"]:
        raise NotPossible("no_such_ground_to_terminate", ground=command.ground)
    remedy = remedy_of(law, holding_agency(state, law), state.e_service)
    return [
        e.Terminated(
            at=command.at,
            by=command.by.mark,
            ground=command.ground,
            text=c.ref_of(command.text),
            remedy=remedy,
        )
    ]


def may_void(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Two people of the receiving unit, for what never was an application; a proceeding is discontinued instead."""
    require_live(state)
    if state.opening:
        raise NotPossible("proceeding_of_its_own")
    if state.is_decided:
        raise NotPossible("already_decided")
    require_staff(actor, "clerk")
    require_unit(actor, law.procedure.receives)
    return {"reason": VOID_REASONS}


def void(state: State, command: c.Void, law: Law) -> list[e.Event]:
    """Voided; the number is kept."""
    if command.reason not in VOID_REASONS:
        raise NotPossible("not_voidable", reason=command.reason)
    if command.second.id == command.by.id:
        raise NotPossible("second_person_needed")
    require_pseudonyms("second", [command.second])
    return [e.Voided(at=command.at, by=command.by.mark, reason=command.reason, second=command.second.id)]


def may_redate(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The calendar's keeper, where a newer version stands: never back to an older one."""
    require_live(state)
    require_staff(actor, "calendar_keeper")
    if law.current_calendar == state.calendar:
        raise NotPossible("no_newer_calendar")
    return {"calendar": (law.current_calendar,)}


def redate(state: State, command: c.Redate, law: Law) -> list[e.Event]:
    """Redated: from here the case counts by this version; with every date that is another one for it."""
    if command.calendar != law.current_calendar:
        raise NotPossible("no_newer_calendar")
    for name in ("basis", "plan"):
        require_plain(name, getattr(command, name))
    fact = e.Redated(
        at=command.at,
        by=command.by.mark,
        calendar=command.calendar,
        before=state.calendar,
        basis=command.basis,
        plan=command.plan,
    )
    return [replace(fact, moved=moving.moved((state, law), (fold([fact], state), law)))]


def may_appoint_contact(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The section head or a clerk of the home agency changes the one contact person."""
    require_live(state)
    require_staff(actor, "section_head", "clerk")
    if actor.agency != state.home:
        raise NotPossible("not_your_unit", unit=state.unit)
    return {}


def appoint_contact(state: State, command: c.AppointContact, law: Law) -> list[e.Event]:
    """ContactAppointed: exactly one, always."""
    require_pseudonyms("contact", [command.contact])
    return [e.ContactAppointed(at=command.at, by=command.by.mark, contact=command.contact.id)]


def may_erase(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The data steward, after closing."""
    if state.stage is Stage.NEW:
        raise NotPossible("not_submitted")
    if not state.is_closed:
        raise NotPossible("not_closed")
    if state.erased:
        raise NotPossible("already_erased")
    if any(each.is_open for each in state.complaints.values()):
        raise NotPossible("complaint_open")
    if state.verification and state.verification.is_open:
        raise NotPossible("verification_open")
    if state.cancellation_owed:
        raise NotPossible("cancellation_open")
    require_staff(actor, "data_steward")
    return {}


def erase(state: State, command: c.Erase, law: Law) -> list[e.Event]:
    """Erased: the door destroys the key in the same transaction."""
    if not command.basis.strip():
        raise NotPossible("basis_needed")
    require_plain("basis", command.basis)
    return [e.Erased(at=command.at, by=command.by.mark, key_id=command.key_id, basis=command.basis)]
