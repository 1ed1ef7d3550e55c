"""Consultation (征求意见): another unit gives its opinion; where the item says so, its silence is no objection."""

from banjie.engine.steps.kind import StepKind

CONSULTATION = StepKind(
    slug="consultation",
    outcomes=("no_objection", "objection"),
    adverse="objection",
    basis="行政许可法 26, 36",
)
