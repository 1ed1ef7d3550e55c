"""Document review (书面审查): an officer holds the papers against the criteria."""

from banjie.engine.steps.kind import StepKind

REVIEW = StepKind(slug="review", outcomes=("passed", "failed"), adverse="failed", basis="行政许可法 34")
