"""The standard, not the person (认标准不认人): what a step checks, and which outcome follows from what was found.

The same application under the same version of the standard has the same checklist, the same computed results and, for
the same findings, the same outcome: nothing here asks who reviews.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banjie.engine import events as e
from banjie.engine import rules
from banjie.engine.law import Criterion, Material, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State
from banjie.engine.steps import KINDS, StepKind


@dataclass(frozen=True, slots=True)
class Check:
    """One point of a checklist. `needed`: the step cannot be finished without a finding on it.

    `materials`: what proves it and applies, each with whether it is there; its standard stands in the material.
    `computed`: what the answers say by the criterion's own expression; None where it has none and somebody must judge.
    """

    criterion: Criterion
    needed: bool
    materials: tuple[tuple[Material, bool], ...]
    computed: bool | None = None


def failing(procedure: Procedure, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The criteria whose own expression the answers do not meet."""
    return tuple(
        each.id
        for each in procedure.criteria
        if each.check and not rules.applies(each.check, answers, procedure.questions)
    )


def checklist(
    procedure: Procedure, slug: str, failed: Collection[str], required: Collection[str], provided: Collection[str]
) -> tuple[Check, ...]:
    """What somebody at this step checks, in the order of the standard; every criterion where the step names none.

    `failed`, `required`, `provided`: the criteria the answers fail, the materials that apply and those handed in.
    """
    rule = procedure.step(slug)
    if rule is None:
        raise NotPossible("no_such_step", step=slug)
    return tuple(
        Check(
            criterion=each,
            needed=each.id in rule.checks,
            materials=tuple(
                (material, material.id in provided)
                for material in procedure.materials
                if material.id in each.materials and material.id in {*required, *provided}
            ),
            computed=each.id not in failed if each.check else None,
        )
        for each in procedure.criteria
        if not rule.checks or each.id in rule.checks
    )


def checklist_of(state: State, procedure: Procedure, slug: str) -> tuple[Check, ...]:
    """The checklist of a step of this case."""
    return checklist(procedure, slug, state.failing, state.required, state.provided)


def outcome_of(kind: StepKind, findings: Sequence[e.Finding]) -> str:
    """What a step comes to by these findings; "" for a kind whose outcome does not follow from any."""
    if not kind.adverse:
        return ""
    favourable = next(each for each in kind.outcomes if each != kind.adverse)
    return favourable if all(each.met for each in findings) else kind.adverse


def require_standard(state: State, procedure: Procedure, findings: Sequence[e.Finding]) -> None:
    """Each criterion once, and nothing found that the answers contradict."""
    found = [each.criterion for each in findings]
    if len(set(found)) < len(found):
        raise NotPossible("each_criterion_once")
    for each in findings:
        criterion = procedure.criterion(each.criterion)
        if criterion and criterion.check and each.met is (each.criterion in state.failing):
            raise NotPossible("finding_contradicts_check", criterion=each.criterion)


def require_outcome(
    state: State,
    procedure: Procedure,
    slug: str,
    outcome: str,
    findings: Sequence[e.Finding],
    believed: Collection[str] = (),
) -> None:
    """The findings are whole, and the outcome is the one that follows from them; `believed` need none (告知承诺)."""
    rule = procedure.step(slug)
    assert rule is not None
    require_standard(state, procedure, findings)
    found = {each.criterion for each in findings}
    open_still = [each for each in rule.checks if each not in found and each not in believed]
    if open_still:
        raise NotPossible("finding_needed", criteria=open_still)
    follows = outcome_of(KINDS[rule.kind], findings)
    if follows in ("", outcome):
        return
    if outcome == KINDS[rule.kind].adverse:
        raise NotPossible("reason_must_cite_condition")
    raise NotPossible("outcome_contradicts_findings", outcome=outcome)
