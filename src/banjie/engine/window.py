"""Between people and paper: who came (到场), which originals were seen or kept, papers that travel (55号 18).

Every physical contact of the applicant is a fact, so that "at most one visit" is measured and not claimed.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import day_of, require_kept, require_staff, require_taking_part, taking_part
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import NOT_COUNTED, State

Allowed = dict[str, tuple[Any, ...]]

VISIT_REASONS = ("hand_in", "correct", "show_originals", "hearing", NOT_COUNTED, "pay", "collect", "ask")
"""Why somebody came. On the site, officials come to the applicant: recorded, and no visit that is counted."""


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
