"""What is found of each criterion, and what a refusal then cites."""

from collections.abc import Iterable, Sequence

from banjie.demo.office.desk import Arguments, Desk
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.standard import Check, checklist_of


class Judging(Desk):
    """Holds a case against its standard."""

    def _findings(self, slug: str = "", unmet: str = "") -> tuple[c.Found, ...]:
        """What was found of each criterion of a step's checklist: what the answers fail is unmet, and so is `unmet`."""
        against = c.Personal("经核查，现场情况与申报材料不一致，未达到该项条件。")
        failed = {*self.state.failing, unmet}
        asked = [each.criterion for each in self._checks(slug)]
        return tuple(c.Found(each.id, each.id not in failed, against if each.id in failed else None) for each in asked)

    def _checks(self, slug: str) -> tuple[Check, ...]:
        state = self.state
        if slug:
            return checklist_of(state, self.procedure, slug)
        return tuple(Check(each, True, ()) for each in self.procedure.criteria)

    def _judged(self, slug: str = "") -> str:
        """A criterion somebody has to judge, of those this step looks at; "" where the answers settle all."""
        found = [each.criterion.id for each in self._checks(slug) if not each.criterion.check]
        return found[-1] if found else ""

    def _refusal(self, cited: Sequence[str], text: str) -> Arguments:
        """What a refusal cites, with the line of the benchmarks for every criterion that has any."""
        said = c.Personal(text)
        points = tuple(c.Citation(e.PointKind.CRITERION, each, e.Defect.UNMET, said) for each in cited)
        return {"points": points, "benchmarks": self._benchmarks(cited, "refuse")}

    def _benchmarks(self, criteria: Iterable[str], outcome: str) -> tuple[c.BenchmarkUsed, ...]:
        """For each of these criteria that has benchmarks the line that fits; where none does, why not."""
        used = []
        for criterion in dict.fromkeys(criteria):
            lines = [each for each in self.procedure.guide.benchmarks if each.criterion == criterion]
            fitting = [each.id for each in lines if each.leads_to in ("", outcome)]
            if fitting:
                used.append(c.BenchmarkUsed(criterion, fitting[0]))
            elif lines:
                used.append(c.BenchmarkUsed(criterion, "", c.Personal("现有基准未涉及本案情形，经集体讨论决定。")))
        return tuple(used)


def citation(point: tuple[str, str, str], text: str) -> c.Citation:
    kind, name, defect = point
    return c.Citation(e.PointKind(kind), name, e.Defect(defect), c.Personal(text) if text else None)
