"""Expert review (专家评审): stops the clock for the time told in writing (行政许可法 45)."""

from banjie.engine.steps.kind import StepKind

EXPERT_REVIEW = StepKind(
    slug="expert_review",
    outcomes=("passed", "failed"),
    adverse="failed",
    basis="行政许可法 45",
    may_pause_on=frozenset({"expert_review"}),
)
