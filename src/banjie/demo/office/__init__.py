"""What is done next in a case of the demo county: by whom, when, and with which words.

The answer follows from where the case stands (its folded state, with its filing and a seed), never from a script: an
act is what the engine offers that person at that moment, and time itself acts where nobody does. So a county that was
told half-way, or in which a visitor pressed a button, is simply carried on. One file a room of the office: `receipt`,
`steps`, `hearing`, `decision`, `beside`; all stand on `desk`, and what is judged on `judging`.
"""

from collections.abc import Callable, Iterator

from banjie.demo.office.beside import Beside
from banjie.demo.office.decision import Decision
from banjie.demo.office.desk import Act, Live
from banjie.demo.office.hearing import Hearing
from banjie.demo.office.receipt import Receipt
from banjie.demo.office.steps import Steps
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.state import UNDER_EXAMINATION, Stage

GO_ON_AFTER_CLOSING = frozenset({"erased", "complained", "misclick", "committed", "commitment_broken"})
"""Turns of events after which something still happens when the case is over."""


class Office:
    """Who works where. `staff`: the people of a unit who hold a post, always in the same order."""

    def __init__(self, staff: Callable[[str, str], list[c.Actor]], scan: Callable[[Live, c.Actor], e.FileRef]) -> None:
        self.staff = staff
        self.scan = scan

    def acts(self, case: Live) -> list[Act]:
        """What people will do in this case as it stands, the earliest first; [] where all wait, or it is over."""
        found = [each for each in _Case(self, case).acts() if each.label not in case.refused]
        return sorted(found, key=lambda each: (each.when, each.label))


class _Case(Receipt, Steps, Hearing, Decision, Beside):
    """What every room of the office would do, by where the case stands."""

    def acts(self) -> Iterator[Act]:
        """Everything somebody will do, as things stand."""
        stage = self.state.stage
        if stage is Stage.SUBMITTED:
            yield from self._receipt()
        elif stage is Stage.CORRECTION:
            yield from self._correction()
        elif stage in UNDER_EXAMINATION:
            yield from self._examination()
        elif stage is Stage.DECIDED:
            yield from self._after_the_decision()
        elif stage is Stage.CLOSED and self.fate == "erased" and not self.state.erased:
            yield from self._erasure()
        if self.state.act and self.fate == "misclick" and not self.case.happened["taken_back"]:
            yield from self._misclick(self.state.act)
        if stage is not Stage.NEW and not self.state.erased:
            yield from self._complaints()
            yield from self._verification()
        if stage in UNDER_EXAMINATION:
            yield from self._papers()
            yield from self._note()
            yield from self._at_the_counter()

    def _examination(self) -> Iterator[Act]:
        state, case = self.state, self.case
        accepted_on = state.accepted_on or self._day(case.filing.at)
        yield from self._gaps()
        if self.fate == "withdrawn" and case.applicant:
            yield Act(self._at_home("withdraw", accepted_on, 3), "withdraw", case.applicant, c.Withdraw, lambda _: {})
        if self.fate == "statement" and case.applicant and not case.happened["statement_made"]:
            text = c.Personal("申请人认为经营场所与周边居民楼之间已设置独立排烟管道，请予考虑。")
            yield Act(
                self._at_home("statement", accepted_on, 2),
                "statement",
                case.applicant,
                c.MakeStatement,
                lambda _: {"text": text},
            )
        if self.fate == "terminated":
            decider = self._agency_staff(self._holding_agency, "decider")
            if decider:
                text = c.Personal("申请人书面请求终止办理。")
                when = self._office_moment("terminate", accepted_on, 2)
                yield Act(
                    when,
                    "terminate",
                    decider,
                    c.Terminate,
                    lambda allowed: {"ground": allowed["ground"][0], "text": text},
                )
        if self.fate == "contact_changed" and not case.happened["contact_appointed"]:
            yield from self._contact(accepted_on)
        if self._will_be_extended:
            yield from self._extension()
        if self.procedure.third_parties:
            yield from self._third_parties(accepted_on)
        yield from self._hearing()
        for step in state.steps.values():
            rule = self.procedure.step(step.plan.slug)
            if rule and step.is_open:
                yield from self._step(step, rule)
        yield from self._handing_up()
        yield from self._sending_back()
        yield from self._decision()
