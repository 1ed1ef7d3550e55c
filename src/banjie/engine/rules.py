"""When a material, a question or a step applies (适用情形): CEL expressions over the answers, bounded in size.

`when` is not a criterion: a criterion is what must be true to grant. Expressions are typed against the questions when a
procedure is published, so a misspelt name or a comparison of unlike types is refused there, not at the window.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from banjie.engine.law import Material, Procedure, Question, StepRule
from banjie.engine.not_possible import NotPossible

LONGEST_EXPRESSION = 500
"""Characters an expression may have; with the evaluator's own iteration budget it bounds what one `when` can cost."""

TYPES = {"text": "STRING", "choice": "STRING", "date": "STRING", "number": "INT", "yes_no": "BOOL"}
EMPTY: dict[str, Any] = {"text": "", "choice": "", "date": "", "number": 0, "yes_no": False}


class BadRule(ValueError):
    """An expression that cannot stand in a procedure: the reason in words, with the place in the expression."""


@lru_cache(maxsize=512)
def _environment(questions: tuple[tuple[str, str], ...]) -> Any:
    return cel.NewEnv(variables={name: getattr(cel.Type, TYPES[kind]) for name, kind in questions})


@lru_cache(maxsize=4096)
def _compiled(expression: str, questions: tuple[tuple[str, str], ...]) -> Any:
    if len(expression) > LONGEST_EXPRESSION:
        raise BadRule(f"an expression may have {LONGEST_EXPRESSION} characters, this one has {len(expression)}")
    try:
        compiled = _environment(questions).compile(expression)
    except RuntimeError as problem:
        raise BadRule(str(problem)) from problem
    if compiled.return_type().name() != cel.Type.BOOL.name():
        raise BadRule(f"an expression says yes or no, this one gives {compiled.return_type().name()}")
    return compiled


@lru_cache(maxsize=512)
def _counting(expression: str, questions: tuple[tuple[str, str], ...]) -> Any:
    if len(expression) > LONGEST_EXPRESSION:
        raise BadRule(f"an expression may have {LONGEST_EXPRESSION} characters, this one has {len(expression)}")
    try:
        compiled = _environment(questions).compile(expression)
    except RuntimeError as problem:
        raise BadRule(str(problem)) from problem
    if compiled.return_type().name() != cel.Type.INT.name():
        raise BadRule(f"an expression says how many, this one gives {compiled.return_type().name()}")
    return compiled


def counted(units: str, answers: Mapping[str, Any], questions: tuple[Question, ...]) -> int:
    """How many units of a fee these answers come to; NotPossible("rule_fails") where it cannot be said."""
    data = {each.id: answers.get(each.id, EMPTY[each.type]) for each in questions}
    result = _counting(units, _signature(questions)).eval(data=data)
    if result.type().name() != cel.Type.INT.name():
        raise NotPossible("rule_fails", rule=units, why=str(result.value()))
    return int(result.value())


def _signature(questions: tuple[Question, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each.id, each.type) for each in questions)


def applies(when: str, answers: Mapping[str, Any], questions: tuple[Question, ...]) -> bool:
    """Whether what carries this `when` applies, given the answers; an unanswered question counts as empty.

    NotPossible("rule_fails") where the expression cannot be evaluated with these answers (it divides by one that is 0).
    """
    if not when:
        return True
    data = {each.id: answers.get(each.id, EMPTY[each.type]) for each in questions}
    result = _compiled(when, _signature(questions)).eval(data=data)
    if result.type().name() != cel.Type.BOOL.name():
        raise NotPossible("rule_fails", rule=when, why=str(result.value()))
    return bool(result.value())


def check(procedure: Procedure) -> list[tuple[str, str]]:
    """Every broken expression of a procedure as (where, why); empty when all are sound."""
    signature = _signature(procedure.questions)
    problems: list[tuple[str, str]] = []
    parts: tuple[Material | Question | StepRule, ...] = (*procedure.materials, *procedure.questions, *procedure.steps)
    for each in parts:
        if each.when:
            try:
                _compiled(each.when, signature)
            except BadRule as problem:
                problems.append((each.slug if isinstance(each, StepRule) else each.id, str(problem)))
    if procedure.commitment and procedure.commitment.when:
        try:
            _compiled(procedure.commitment.when, signature)
        except BadRule as problem:
            problems.append(("commitment", str(problem)))
    for criterion in procedure.criteria:
        if criterion.check:
            try:
                _compiled(criterion.check, signature)
            except BadRule as problem:
                problems.append((criterion.id, str(problem)))
    for fee in procedure.guide.fees:
        try:
            for condition in (fee.when, fee.reduced_when):
                if condition:
                    _compiled(condition, signature)
            if fee.units:
                _counting(fee.units, signature)
        except BadRule as problem:
            problems.append((fee.listed, str(problem)))
    return problems
