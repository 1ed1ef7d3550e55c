"""Inspection (检验、检测、检疫、鉴定): two people named within five working days of acceptance (行政许可法 45, 55)."""

from banjie.engine.law import Duty
from banjie.engine.steps.kind import StepKind
from banjie.engine.timelimits import Limit, Unit

INSPECTION = StepKind(
    slug="inspection",
    outcomes=("passed", "failed"),
    adverse="failed",
    basis="行政许可法 45, 55",
    duty=Duty.SURVEY,
    may_pause_on=frozenset({"inspection", "testing", "quarantine", "appraisal"}),
    people=2,
    assign_within=Limit(5, Unit.WORKING_DAY),
)
