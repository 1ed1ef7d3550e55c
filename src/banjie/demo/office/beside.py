"""What happens beside the way to the decision: papers travel, somebody comes, notes, complains."""

from collections.abc import Iterator

from banjie.demo.office.desk import Act, Allowed, Arguments, Desk
from banjie.engine import commands as c

PAPERS_TRAVEL, NOTED, COMES = 0.5, 0.25, 0.12
"""How many of the cases with papers send them on, in how many somebody leaves a note, and in how many one comes."""
NOTES = (
    "已电话告知申请人准备现场核查，约在周四上午。",
    "门头名称与营业执照略有出入，申请人说明近期变更。",
    "同一地址去年有过注销记录，已核对，不影响本次申请。",
    "请核查时留意后厨排水。",
)


class Beside(Desk):
    """What nobody has to do for the case to go on."""

    def _complaints(self) -> Iterator[Act]:
        state, case = self.state, self.case
        waiting = next((each for each in state.complaints.values() if each.is_open), None)
        if waiting:
            supervisor = self._one_of(self.procedure.supervises, "supervisor")
            if supervisor:
                outcome = case.choice("complaint").choice(("founded", "partly_founded", "unfounded"))
                text = c.Personal("经核查，窗口解释不够清楚，已向您致歉并改进告知方式。")
                told = {"complaint": waiting.id, "outcome": outcome, "text": text}
                when = self._office_moment("complaint", waiting.on, 3)
                yield Act(when, "answer_complaint", supervisor, c.AnswerComplaint, lambda _: told)
        elif self.fate == "complained" and case.applicant and not state.complaints and state.accepted_on:
            text = c.Personal("电话里两次得到的答复不一样，希望说清楚到底还要什么。")
            when = self._at_home("complain", state.accepted_on, 2)
            yield Act(when, "complain", case.applicant, c.Complain, lambda _: {"text": text})

    def _papers(self) -> Iterator[Act]:
        """Papers that were left at the window go to whoever examines, with a slip that both sides sign."""
        state = self.state
        slip = next((each for each in state.slips.values() if each.is_on_the_way), None)
        first = next((self.procedure.step(each) for each in state.steps), None)
        clerk = self._clerk()
        if slip:
            taker = self._one_of(slip.to_unit, "section_head") or self._one_of(slip.to_unit, "officer")
            if taker:
                when = self._office_moment("papers in", self._day(state.last_at or self.case.filing.at), 0)
                yield Act(when, "papers_in", taker, c.ReceivePapers, lambda _: {"slip": slip.number})
        elif first and clerk and not state.slips and self.case.choice("papers").random() < PAPERS_TRAVEL:
            here = tuple(each for each, unit in state.papers_at.items() if unit == clerk.unit)
            if here and first.unit != clerk.unit:
                told = {"materials": here, "to_unit": first.unit}
                when = self._office_moment("papers out", state.accepted_on or self.case.filing.at, 0)
                yield Act(when, "papers_out", clerk, c.SendPapers, lambda _: told)

    def _at_the_counter(self) -> Iterator[Act]:
        """Somebody comes to ask; an original is held against the copy that came on line or by post."""
        clerk, filing = self._clerk(), self.case.filing
        if clerk is None or self.state.accepted_on is None or self.case.choice("visit").random() > COMES:
            return
        if not self.case.happened["visited"]:
            when = self._office_moment("visit", self.state.accepted_on, 1)
            reason = "ask" if filing.channel == "window" else "show_originals"
            yield Act(when, "visit", clerk, c.RecordVisit, lambda _: {"reason": reason})
        elif filing.channel != "window" and not self.case.happened["original_seen"]:
            when = self._not_before(self.state.last_at or filing.at, self.case.choice("original"))
            yield Act(when, "original", clerk, c.SeeOriginal, self._compared)

    @staticmethod
    def _compared(allowed: Allowed) -> Arguments:
        return {"material": allowed["material"][0], "how": "copy_compared"}

    def _note(self) -> Iterator[Act]:
        if self.case.happened["noted"] or self.case.choice("note").random() > NOTED:
            return
        step = next((each for each in self.state.steps.values() if each.is_open and each.people), None)
        rule = step and self.procedure.step(step.plan.slug)
        author = rule and step and self._actor(step.people[0].id, rule)
        if author and step and step.assigned_on:
            text = c.Personal(self.case.choice("note text").choice(NOTES))
            when = self._office_moment("note", step.assigned_on, 0)
            yield Act(when, "note", author, c.Note, lambda _: {"text": text})
