"""The window answers what was handed in, and the applicant puts right what was named."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from banjie.demo.office.desk import Act, Allowed, Arguments
from banjie.demo.office.judging import Judging, citation
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.state import Act as Pressed

SAYS_OF_DEFECT: Mapping[str, str] = {
    e.Defect.MISSING: "请补交，复印件上注明与原件一致并签名。",
    e.Defect.ILLEGIBLE: "扫描件不清晰，请重新提供。",
}


class Receipt(Judging):
    """From the application to its acceptance, or to another answer."""

    def _receipt(self) -> Iterator[Act]:
        filing, state = self.case.filing, self.state
        clerk, base = self._clerk(), state.notice_at or filing.at
        if clerk is None or (self.fate == "silent" and not state.corrections):
            return
        at_counter = filing.channel == "window"
        days = 0 if at_counter else self.case.choice("receipt").choice((0, 0, 1, 1, 1, 2, 2, 3, 4))
        when = self._office_moment(f"receipt/{len(state.corrections)}", base, days)
        if at_counter and not state.corrections:
            when = self._not_before(filing.at, self.case.choice("counter"))
        if self.fate == "withdrawn_early" and self.case.applicant:
            yield Act(
                self._at_home("withdraw", filing.at, 0), "withdraw", self.case.applicant, c.Withdraw, lambda _: {}
            )
            return
        missing = [each for each in state.required if each not in state.provided and each not in state.promised]
        if missing and not state.corrections:
            yield Act(when, "correction", clerk, c.RequestCorrection, self._missing_points)
        elif self.fate == "on_the_spot" and not self.case.happened["corrected_on_the_spot"]:
            yield Act(when, "on_the_spot", clerk, c.CorrectOnTheSpot, self._a_slip)
        elif self.fate in ("declined", "barred"):
            yield Act(when, "decline", clerk, c.Decline, self._ground_to_decline)
        elif self.fate == "not_needed" or (self.fate == "misclick" and not self.case.happened["taken_back"]):
            text = c.Personal("您申报的活动不属于需要取得许可的情形，可以直接开展。")
            yield Act(
                when,
                "not_needed",
                clerk,
                c.FindNotNeeded,
                lambda _: {"basis": self.procedure.basis[0][:100], "text": text},
            )
        elif self.fate == "voided":
            second = self._one_of(self.procedure.receives, "clerk", "second", frozenset({clerk.id}))
            if second:
                person = e.Person(second.id, second.unit)
                yield Act(
                    when, "void", clerk, c.Void, lambda allowed: {"reason": allowed["reason"][-1], "second": person}
                )
        elif self.procedure.instant:
            yield Act(when, "at_once", clerk, c.DecideAtOnce, self._at_once)
        elif self.fate == "outage":
            yield self._late_entry(clerk)
        else:
            yield Act(
                when, f"accept/{state.version}", clerk, c.Accept, lambda allowed: {"gaps": allowed.get("gaps", ())}
            )

    def _missing_points(self, allowed: Allowed) -> Arguments | None:
        """Everything that is missing and, now and then, one paper that is there but poor: named once."""
        points = [each for each in allowed["point"] if each[2] == e.Defect.MISSING]
        flaws = [each for each in allowed["point"] if each[2] == e.Defect.ILLEGIBLE and each[0] == e.PointKind.MATERIAL]
        pick = self.case.choice("points")
        if flaws and pick.random() < 0.3:
            points.append(pick.choice(flaws))
        return {"points": tuple(citation(each, SAYS_OF_DEFECT.get(each[2], "")) for each in points)} if points else None

    def _a_slip(self, allowed: Allowed) -> Arguments | None:
        slips = [each for each in allowed["point"] if each[2] in (e.Defect.CLERICAL, e.Defect.UNSIGNED)]
        chosen = self.case.choice("slip").choice(slips)
        return {"points": (citation(chosen, "当场更正并由申请人确认。"),)}

    def _ground_to_decline(self, allowed: Allowed) -> Arguments:
        own = [each for each in allowed["ground"] if each not in ("other_agency", "barred_78", "barred_79")]
        if self.fate == "barred" and own:
            return {"ground": own[0], "text": c.Personal("经核查，申请人仍处在禁止申请的期限内。")}
        text = c.Personal("本事项不属于本机关职权范围，请向有权机关申请。")
        return {"ground": "other_agency", "competent": "云岭市行政审批局", "text": text}

    def _at_once(self, allowed: Allowed) -> Arguments:
        unmet = self._judged() if self.fate == "refused" else ""
        cited = [*self.state.failing, *([unmet] if unmet and unmet not in self.state.failing else [])]
        if not cited:
            return {"outcome": "grant", "findings": self._findings()}
        return {
            "outcome": "refuse",
            "findings": self._findings("", unmet),
            **self._refusal(cited, "经核对，不符合该项条件。"),
        }

    def _late_entry(self, clerk: c.Actor) -> Act:
        """补录: accepted on paper while the system was down, entered the next working day with the scan."""
        paper_at = self._office_moment("paper", self.state.notice_at or self.case.filing.at, 0)
        entered = self._office_moment("entered", paper_at, 1)
        second = self._one_of(self.procedure.receives, "clerk", "witness", frozenset({clerk.id})) or clerk

        def arguments(_: Allowed) -> Arguments:
            scan = self.office.scan(self.case, clerk)
            return {"late": c.LateEntry(paper_at, scan, "政务外网线路检修", second.id)}

        return Act(entered, "outage", clerk, c.Accept, arguments)

    def _misclick(self, act: Pressed) -> Iterator[Act]:
        """A slip of the hand, taken back within two minutes by whoever pressed."""
        clerk = self._clerk()
        if clerk and act.by == clerk.id:
            yield Act(act.at + timedelta(seconds=75), "take_back", clerk, c.TakeBack, lambda _: {})

    # The applicant puts right what was named

    def _correction(self) -> Iterator[Act]:
        state = self.state
        if self.fate == "lapsed":
            return
        base = state.correction_from or self._day(state.last_at or self.case.filing.at)
        flawed = [
            name
            for kind, name, defect in sorted(state.named)
            if kind == e.PointKind.MATERIAL and defect != e.Defect.MISSING
        ]
        brought = [*state.still_missing, *(each for each in flawed if ("material", each) not in state.corrected)]
        handed_in = self.case.happened["corrected"]
        if self.fate == "corrected_twice" and len(state.still_missing) > 1 and not handed_in:
            brought = list(state.still_missing[:1])
        clerk = self._clerk()
        if self.fate == "corrected_twice" and handed_in and not self.case.happened["correction_reminded"] and clerk:
            when = self._office_moment("remind", base, 3)
            yield Act(when, "remind", clerk, c.RemindCorrection, self._reminded)
            return
        days = self.case.choice("correction").randint(1, 6) + 2 * handed_in
        by, when = self.case.applicant, self._at_home(f"corrected/{handed_in}", base, days)
        if by is None:
            by, when = clerk, self._office_moment(f"corrected/{handed_in}", base, min(days, 4))
        if by is not None and brought:
            provided = tuple(e.Provided(each, form="copy") for each in dict.fromkeys(brought))
            yield Act(when, f"corrected/{state.version}", by, c.SubmitCorrection, lambda _: {"provided": provided})

    def _reminded(self, allowed: Allowed) -> Arguments | None:
        points = tuple(citation(each, "请在补正期限内补齐。") for each in allowed["point"])
        return {"points": points} if points else None
