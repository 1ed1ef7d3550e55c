"""What a kind of step states about itself."""

from dataclasses import dataclass

from banjie.engine.law import Duty
from banjie.engine.timelimits import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """A kind of step. `outcomes`: codes a step of this kind may finish with; `people`: the least the law allows.

    `adverse`: the outcome that speaks against the applicant and so has to cite an unmet criterion; "" where none does.
    `assign_within`: how soon after acceptance the law wants the people named, where the item does not say.
    `may_rectify`: whether it may set the one rectification period before it fails. `in_person`: whether the applicant
    has to come to the office for it.
    """

    slug: str
    outcomes: tuple[str, ...]
    basis: str
    duty: Duty = Duty.REVIEW
    may_pause_on: frozenset[str] = frozenset()
    people: int = 1
    adverse: str = ""
    assign_within: Limit | None = None
    may_rectify: bool = False
    in_person: bool = False
