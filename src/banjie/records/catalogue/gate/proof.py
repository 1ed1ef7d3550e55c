"""Criteria, materials and expressions: what is asked proves something, and what must be true can be shown."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from banjie.engine import rules
from banjie.engine.law import Procedure, Question
from banjie.engine.not_possible import NotPossible

MOST_TRIALS = 500
NUMBER = re.compile(r"(?<![\w.])\d+")
NAME = re.compile(r"[A-Za-z_]\w*")
STRING = re.compile(r"'[^']*'|\"[^\"]*\"")


def problems(procedure: Procedure) -> Iterator[NotPossible]:
    """What proves nothing, what nothing proves, and expressions that fail or never hold."""
    proving = {name for criterion in procedure.criteria for name in criterion.materials}
    for material in procedure.materials:
        if material.id not in proving:
            yield NotPossible("material_proves_nothing", material=material.id, name=material.name)
        if not material.basis.strip():
            yield NotPossible("material_without_basis", material=material.id, name=material.name)
    seen = {each.criterion for each in procedure.guide.benchmarks}
    shown = bool(procedure.guide.survey) or any(step.kind == "survey" for step in procedure.steps)
    for criterion in procedure.criteria:
        if not criterion.materials and not shown:
            yield NotPossible("nothing_to_prove_it", criterion=criterion.id, text=criterion.text)
        if not criterion.basis.strip():
            yield NotPossible("criterion_without_basis", criterion=criterion.id, text=criterion.text)
    for unknown in sorted(name for name in seen if procedure.criterion(name) is None):
        yield NotPossible("benchmark_of_no_criterion", criterion=unknown)
    for step in procedure.steps:
        for unknown in (name for name in step.checks if procedure.criterion(name) is None):
            yield NotPossible("check_of_no_criterion", step=step.slug, criterion=unknown)
    listed = [(each.name, each.material) for each in procedure.guide.proofs]
    listed += [(each.name, each.material) for each in procedure.guide.intermediaries]
    for name, told in listed:
        if procedure.material(told) is None:
            yield NotPossible("listed_material_unknown", name=name, material=told)
    yield from _expressions(procedure)


def _expressions(procedure: Procedure) -> Iterator[NotPossible]:
    questions = procedure.questions
    asks = {each.id: names(each.when, questions) for each in questions}
    circle = _circle(asks)
    if circle:
        yield NotPossible("questions_in_a_circle", questions=circle)
    parts = [(f"questions.{each.id}", each.when) for each in questions]
    parts += [(f"materials.{each.id}", each.when) for each in procedure.materials]
    parts += [(f"steps.{each.slug}", each.when) for each in procedure.steps]
    parts += [(f"criteria.{each.id}", each.check) for each in procedure.criteria]
    if procedure.commitment:
        parts.append(("commitment", procedure.commitment.when))
    for where, when in parts:
        if not when:
            continue
        holds = False
        try:
            for answers in trials(when, questions):
                holds = holds or rules.applies(when, answers, questions)
        except NotPossible as no:
            yield NotPossible("rule_may_fail", where=where, rule=when, why=str(no.facts.get("why", no.code)))
            continue
        if not holds:
            yield NotPossible("never_applies", where=where, rule=when)


def names(when: str, questions: tuple[Question, ...]) -> frozenset[str]:
    """The questions an expression speaks of."""
    spoken = set(NAME.findall(STRING.sub("''", when)))
    return frozenset(each.id for each in questions if each.id in spoken)


def trials(when: str, questions: tuple[Question, ...]) -> Iterator[Mapping[str, Any]]:
    """Answers that try an expression at its edges: every choice, both booleans, each number and those beside it."""
    spoken = [each for each in questions if each.id in names(when, questions)]
    values = [[(each.id, value) for value in _values(each, when)] for each in spoken]
    for combination in islice(product(*values), MOST_TRIALS):
        yield dict(combination)


def _values(question: Question, when: str) -> list[Any]:
    texts = [found[1:-1] for found in STRING.findall(when)]
    if question.type == "yes_no":
        return [False, True]
    if question.type == "choice":
        return ["", *(each.value for each in question.choices)]
    if question.type == "number":
        told = {int(found) for found in NUMBER.findall(STRING.sub("''", when))}
        near = {each + step for each in told for step in (-1, 0, 1)}
        return sorted({0, 1, 10**12 - 1} | {each for each in near if each >= 0})
    if question.type == "date":
        return ["", "1900-01-01", "2999-12-31", *texts]
    return ["", "x", *texts]


def _circle(asks: Mapping[str, frozenset[str]]) -> list[str]:
    waiting = dict(asks)
    while True:
        free = [name for name, before in waiting.items() if not before & waiting.keys()]
        if not free:
            return sorted(waiting)
        for name in free:
            del waiting[name]
