"""Situation questions (情形引导): a few plain questions, and exactly the materials that follow from the answers.

Which material is needed is the engine's answer (`engine.rules`), the same that binds the window; the words of why come
from the same condition (`conditions`). A question stands here only if something in the guide depends on it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import rules
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.law import Material, Procedure, Provider, Question
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.conditions import in_words

TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
NAME = re.compile(r"[A-Za-z_]\w*")


class Need(StrEnum):
    """Whether a material is to be handed in: OPEN while an answer it hangs on is missing."""

    NEEDED = "needed"
    OPEN = "open"
    LOOKED_UP = "looked_up"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Why:
    """A material with whether it is needed, why or why not, and what it shows."""

    material: Material
    name: str
    need: Need
    reason: str
    shows: tuple[str, ...]
    provider: str


def named_in(expression: str) -> frozenset[str]:
    """The names an expression uses; what stands in quotation marks is no name."""
    return frozenset(NAME.findall(TEXT.sub("''", expression)))


def depended_on(procedure: Procedure) -> tuple[Question, ...]:
    """The questions on which a material, a step or such a question depends, in the order of the guide."""
    known = {each.id: each for each in procedure.questions}
    parts: Iterable[Any] = (*procedure.materials, *procedure.steps)
    open_ = {name for each in parts for name in named_in(each.when)} & known.keys()
    found: set[str] = set()
    while open_:
        name = open_.pop()
        found.add(name)
        open_ |= (named_in(known[name].when) & known.keys()) - found
    return tuple(each for each in procedure.questions if each.id in found)


def standing(when: str, procedure: Procedure, answers: Mapping[str, Any]) -> bool | None:
    """Whether a condition holds with these answers; None while it hangs on a question that is not answered.

    A question that does not apply itself is not waited for.
    """
    if not when:
        return True
    known = {each.id: each for each in procedure.questions}
    for name in named_in(when) & known.keys():
        asked = known[name]
        if answers.get(name) in (None, "") and not _is_beside_the_point(asked, procedure, answers):
            return None
    try:
        return rules.applies(when, answers, procedure.questions)
    except (NotPossible, ValueError, TypeError):
        return None


def _is_beside_the_point(question: Question, procedure: Procedure, answers: Mapping[str, Any]) -> bool:
    if not question.when or question.id in named_in(question.when):
        return False
    return standing(question.when, procedure, answers) is False


def materials_of(procedure: Procedure, answers: Mapping[str, Any], language: str) -> list[Why]:
    """Every material of the guide with its need and its reason: first what is needed, then what is open."""
    found = [_why(each, procedure, answers, language) for each in procedure.materials]
    order = list(Need)
    return sorted(found, key=lambda each: order.index(each.need))


def needed_ids(procedure: Procedure, answers: Mapping[str, Any]) -> dict[str, Need]:
    """The need of each material, by its id."""
    return {each.id: _need(each, procedure, answers) for each in procedure.materials}


def without_idle(procedure: Procedure, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those to questions that do not apply: what was typed before another answer changed."""
    kept = dict(answers)
    for question in procedure.questions:
        if question.id in kept and standing(question.when, procedure, kept) is False:
            del kept[question.id]
    return kept


def _need(material: Material, procedure: Procedure, answers: Mapping[str, Any]) -> Need:
    holds = standing(material.when, procedure, answers)
    if holds is False:
        return Need.NOT_NEEDED
    if not material.necessary:
        return Need.LOOKED_UP if material.provider is Provider.GOVERNMENT else Need.NOT_NEEDED
    return Need.OPEN if holds is None else Need.NEEDED


def _why(material: Material, procedure: Procedure, answers: Mapping[str, Any], language: str) -> Why:
    need = _need(material, procedure, answers)
    condition = in_words(material.when, procedure, language)
    match need:
        case Need.NEEDED if condition:
            reason = _("Needed, because %(condition)s.") % {"condition": condition}
        case Need.NEEDED:
            reason = _("Everybody who applies for this hands it in.")
        case Need.OPEN:
            reason = _("Needed only if %(condition)s. You have not said yet.") % {"condition": condition}
        case Need.LOOKED_UP:
            reason = _("We look this up ourselves; you need not bring it.")
        case _ if condition and material.necessary:
            reason = _("Not needed: it is asked for only if %(condition)s.") % {"condition": condition}
        case _:
            reason = _("You may hand it in; you need not.")
    return Why(
        material,
        (language == "en" and material.english) or material.name,
        need,
        reason,
        tuple(
            (language == "en" and each.english) or each.text
            for each in procedure.criteria
            if material.id in each.materials
        ),
        words.label("providers", material.provider, language),
    )


def grouped(found: Sequence[Why]) -> dict[str, list[Why]]:
    """The materials by need, for a template: `needed`, `open`, `looked_up`, `not_needed`."""
    return {each.value: [why for why in found if why.need is each] for each in Need}


NOBODY = Actor("", ActorKind.APPLICANT)
"""Whoever answers the questions before signing in."""
