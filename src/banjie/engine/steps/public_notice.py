"""Public notice (公示): the application lies open; objections are heard."""

from banjie.engine.steps.kind import StepKind

PUBLIC_NOTICE = StepKind(
    slug="public_notice",
    outcomes=("no_objection", "objection"),
    adverse="objection",
    basis="行政许可法 36, 46",
    may_pause_on=frozenset({"public_notice"}),
)
