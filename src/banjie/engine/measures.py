"""What is counted of a case and of an item: trips, papers, hand-offs, and what can be done without any of them.

Of a case everything follows from its facts, of an item from its steps, their conditions and the form of its materials:
no number here was typed by anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banjie.engine import rules
from banjie.engine.law import Material, Procedure, Provider
from banjie.engine.receipt import LIBRARY
from banjie.engine.state import State
from banjie.engine.steps import KINDS

IDENTITY = frozenset({"id_card", "business_licence"})
"""Licence types (`Material.licence`) of who shows nothing but who they are."""
PAPER = "paper"
FORM = "form"


# Of a case


def visits(state: State) -> int:
    """How often the applicant had to come (M096): two reasons on one day at one place are one trip."""
    return len({(each.on, each.place) for each in state.visits if each.counts})


def visits_over_promise(state: State, procedure: Procedure) -> int:
    """How many of these trips the item did not announce; 0 where the promise was kept."""
    return max(visits(state) - procedure.visits, 0)


def materials(state: State) -> int:
    """How many materials were handed in, each counted once (M112); what the library had, nobody handed in."""
    return len(_handed_in(state))


def identity_only(state: State, procedure: Procedure) -> bool:
    """Whether nothing but an identity card or a business licence was handed in beside the form itself (M112)."""
    known = [material for each in _handed_in(state) if (material := procedure.material(each))]
    shown = [each for each in known if each.kind != FORM]
    return bool(shown) and all(each.licence in IDENTITY for each in shown)


def _handed_in(state: State) -> list[str]:
    return [name for name, each in state.provided.items() if each.form != LIBRARY]


def hand_offs(state: State) -> int:
    """How often the case or its papers went from one unit to another (M376)."""
    return state.hand_offs


def done_at_once(state: State) -> bool:
    """Whether the result was handed over on the day the application came (立等可取, M111)."""
    return state.served_on is not None and state.received_on == state.decided_on == state.served_on


# Of an item


@dataclass(frozen=True, slots=True)
class Presence:
    """Something for which the applicant has to come, or hand over paper: a material or a step, `when` it applies."""

    part: str
    id: str
    when: str = ""


def presence(procedure: Procedure, answers: Mapping[str, Any] | None = None) -> tuple[Presence, ...]:
    """Everything for which the applicant has to come; with answers only what applies to them.

    A material they bring and that nobody takes as a file; a step at which they are heard in person.
    """
    found = [Presence("material", each.id, each.when) for each in procedure.materials if _must_be_brought(each)]
    found += [Presence("step", each.slug, each.when) for each in procedure.steps if KINDS[each.kind].in_person]
    return tuple(each for each in found if answers is None or rules.applies(each.when, answers, procedure.questions))


def _must_be_brought(material: Material) -> bool:
    return material.necessary and material.form == PAPER and material.provider is not Provider.GOVERNMENT


def zero_visit(procedure: Procedure, answers: Mapping[str, Any] | None = None) -> bool:
    """Whether nobody has to come (零上门, M097): in any situation, or in the one these answers describe."""
    return not presence(procedure, answers)


def fully_online(procedure: Procedure, answers: Mapping[str, Any] | None = None) -> bool:
    """Whether the whole process can go on line (全流程网办, M213): nobody comes, and no paper moves on any side."""
    return zero_visit(procedure, answers) and not any(
        each.form == PAPER and (answers is None or rules.applies(each.when, answers, procedure.questions))
        for each in procedure.materials
        if each.necessary
    )
