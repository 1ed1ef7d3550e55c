"""The kinds of step an examination can have: one file a kind, mostly a statement.

A kind says which outcomes it can come to, on which grounds it may pause the clock, which duty of the separation matrix
it is, how many people the law wants, and its basis. A hearing has refusals and commands of its own.
How to add one: `docs/how-to/add-a-step-kind.md`.
"""

from banjie.engine.steps.consultation import CONSULTATION
from banjie.engine.steps.expert_review import EXPERT_REVIEW
from banjie.engine.steps.hearing import HEARING
from banjie.engine.steps.inspection import INSPECTION
from banjie.engine.steps.investigation import INVESTIGATION
from banjie.engine.steps.kind import StepKind
from banjie.engine.steps.public_notice import PUBLIC_NOTICE
from banjie.engine.steps.review import REVIEW
from banjie.engine.steps.survey import SURVEY

KINDS: dict[str, StepKind] = {
    kind.slug: kind
    for kind in (REVIEW, SURVEY, CONSULTATION, EXPERT_REVIEW, INSPECTION, PUBLIC_NOTICE, HEARING, INVESTIGATION)
}

__all__ = ["KINDS", "StepKind"]
