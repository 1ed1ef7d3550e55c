"""Site survey (现场核查、踏勘): at least two people look at the place (行政许可法 34(3))."""

from banjie.engine.law import Duty
from banjie.engine.steps.kind import StepKind

SURVEY = StepKind(
    slug="survey",
    outcomes=("passed", "failed"),
    adverse="failed",
    basis="行政许可法 34(3); 总局令第78号 20",
    duty=Duty.SURVEY,
    may_pause_on=frozenset({"site_survey"}),
    people=2,
    may_rectify=True,
)
