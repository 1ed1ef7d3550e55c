"""Investigation (调查核实): at least two people establish the facts of a proceeding of the agency itself (55号 45)."""

from banjie.engine.law import Duty
from banjie.engine.steps.kind import StepKind

INVESTIGATION = StepKind(
    slug="investigation",
    outcomes=("confirmed", "not_confirmed"),
    basis="行政许可法 69; 总局令第55号 45",
    duty=Duty.SURVEY,
    may_pause_on=frozenset({"inspection", "testing", "quarantine", "appraisal", "expert_review"}),
    people=2,
)
