"""Between people and paper: who came (到场), which originals were seen or kept, papers that travel (55号 18).

Every physical contact of the applicant is a fact, so that "at most one visit" is measured and not claimed.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import (
    day_of,
    notice_number,
    require_kept,
    require_live,
    require_staff,
    require_taking_part,
    require_unit,
    taking_part,
)
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import KEPT, NOT_COUNTED, SEEN, State

Allowed = dict[str, tuple[Any, ...]]

VISIT_REASONS = ("hand_in", "correct", "show_originals", "hearing", NOT_COUNTED, "pay", "collect", "ask")
"""Why somebody came. On the site, officials come to the applicant: recorded, and no visit that is counted."""

WAYS_TO_SEE = (SEEN, KEPT, "copy_compared")
"""How an original was looked at: seen and given back, kept by the office, or a copy held against it."""


# Visits


def may_record_visit(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """A clerk or officer of a unit that takes part, at any stage and after closing."""
    require_kept(state)
    require_staff(actor, "clerk", "officer", "licence_clerk")
    require_taking_part(actor, law)
    materials = tuple(each.id for each in law.procedure.materials)
    return {"place": taking_part(law), "reason": VISIT_REASONS, "material": materials}


def record_visit(state: State, command: c.RecordVisit, law: Law) -> list[e.Event]:
    """Visited; NotPossible("visit_already_counted") where day, place and reason are the same."""
    place = command.place or command.by.unit
    if place not in taking_part(law):
        raise NotPossible("no_such_place", place=place)
    if command.reason not in VISIT_REASONS:
        raise NotPossible("no_such_reason_to_visit", reasons=VISIT_REASONS)
    require_materials(command.materials, law)
    on = day_of(command)
    if any((each.on, each.place, each.reason) == (on, place, command.reason) for each in state.visits):
        raise NotPossible("visit_already_counted", place=place)
    return [
        e.Visited(at=command.at, by=command.by.mark, place=place, reason=command.reason, materials=command.materials)
    ]


def require_materials(materials: Sequence[str], law: Law) -> None:
    """Materials of the guide, each once."""
    for each in materials:
        if law.procedure.material(each) is None:
            raise NotPossible("outside_guide", point=each)
    if len(set(materials)) < len(materials):
        raise NotPossible("each_material_once")


# Originals


def may_see_original(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """A clerk or officer of a unit that takes part, until closing, of what was handed in and is not kept already."""
    require_live(state)
    require_staff(actor, "clerk", "officer", "licence_clerk")
    require_taking_part(actor, law)
    materials = tuple(each for each in state.provided if not _is_kept(state, each))
    if not materials:
        raise NotPossible("no_original_to_see")
    return {"material": materials, "how": WAYS_TO_SEE}


def _is_kept(state: State, material: str) -> bool:
    original = state.originals.get(material)
    return original is not None and original.is_kept


def see_original(state: State, command: c.SeeOriginal, law: Law) -> list[e.Event]:
    """OriginalSeen; NotPossible("original_already_kept") for one that lies with the office."""
    require_materials((command.material,), law)
    if command.how not in WAYS_TO_SEE:
        raise NotPossible("no_such_way_to_see", ways=WAYS_TO_SEE)
    if command.material not in state.provided:
        raise NotPossible("original_of_nothing", material=command.material)
    if _is_kept(state, command.material):
        raise NotPossible("original_already_kept", material=command.material)
    return [e.OriginalSeen(at=command.at, by=command.by.mark, material=command.material, how=command.how)]


def may_return_original(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Whoever has one in their unit, at any stage and after closing."""
    require_kept(state)
    require_staff(actor, "clerk", "officer", "licence_clerk")
    kept = tuple(each for each, original in state.originals.items() if original.is_kept)
    if not kept:
        raise NotPossible("no_original_kept")
    here = tuple(each for each in kept if state.papers_at.get(each) == actor.unit)
    if not here:
        raise _elsewhere(state, kept[0])
    return {"material": here}


def return_original(state: State, command: c.ReturnOriginal, law: Law) -> list[e.Event]:
    """OriginalReturned."""
    require_materials((command.material,), law)
    if not _is_kept(state, command.material):
        raise NotPossible("original_not_kept", material=command.material)
    if state.papers_at.get(command.material) != command.by.unit:
        raise _elsewhere(state, command.material)
    return [e.OriginalReturned(at=command.at, by=command.by.mark, material=command.material)]


def _elsewhere(state: State, material: str) -> NotPossible:
    """Why a paper is not here: it lies with another unit, is on its way, or never was one."""
    slip = next((each for each in state.slips.values() if material in each.materials and each.is_on_the_way), None)
    if slip:
        return NotPossible("paper_on_its_way", point=material, slip=slip.number)
    if material in state.papers_at:
        return NotPossible("paper_elsewhere", point=material, unit=state.papers_at[material])
    return NotPossible("not_held_on_paper", point=material)


# Papers that travel


def may_send_papers(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Whoever has papers of the case in their unit; an archive takes them after closing too."""
    require_kept(state)
    require_staff(actor)
    require_taking_part(actor, law)
    here = tuple(material for material, unit in state.papers_at.items() if unit == actor.unit)
    others = tuple(each for each in taking_part(law) if each != actor.unit)
    if not here or not others:
        raise NotPossible("no_papers_here")
    return {"material": here, "to_unit": others}


def send_papers(state: State, command: c.SendPapers, law: Law) -> list[e.Event]:
    """PapersSent, with the number of the hand-over slip (材料交接单)."""
    if command.to_unit == command.by.unit:
        raise NotPossible("sender_is_receiver")
    if command.to_unit not in taking_part(law):
        raise NotPossible("no_such_place", place=command.to_unit)
    if not command.materials:
        raise NotPossible("nothing_to_send")
    require_materials(command.materials, law)
    for each in command.materials:
        if state.papers_at.get(each) != command.by.unit:
            raise _elsewhere(state, each)
    return [
        e.PapersSent(
            at=command.at,
            by=command.by.mark,
            slip=notice_number(state, "slip"),
            materials=command.materials,
            from_unit=command.by.unit,
            to_unit=command.to_unit,
        )
    ]


def may_receive_papers(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Somebody of the unit the slip names, who did not send it."""
    require_kept(state)
    require_staff(actor)
    waiting = [each for each in state.slips.values() if each.is_on_the_way]
    if not waiting:
        raise NotPossible("no_papers_on_the_way")
    here = [each for each in waiting if each.to_unit == actor.unit]
    if not here:
        raise NotPossible("not_your_unit", unit=waiting[0].to_unit)
    others = tuple(each.number for each in here if each.sent_by != actor.id)
    if not others:
        raise NotPossible("sender_is_receiver")
    return {"slip": others}


def receive_papers(state: State, command: c.ReceivePapers, law: Law) -> list[e.Event]:
    """PapersReceived; what is named as missing is the sender's again, who has to find it."""
    slip = state.slips.get(command.slip)
    if slip is None:
        raise NotPossible("unknown_slip")
    if not slip.is_on_the_way:
        raise NotPossible("slip_already_received", slip=slip.number)
    require_unit(command.by, slip.to_unit)
    if slip.sent_by == command.by.id:
        raise NotPossible("sender_is_receiver")
    for each in command.missing:
        if each not in slip.materials:
            raise NotPossible("not_on_slip", point=each)
    require_materials(command.missing, law)
    return [e.PapersReceived(at=command.at, by=command.by.mark, slip=slip.number, missing=command.missing)]
