"""The decision; what is made and handed over on it, and what is verified or erased long after."""

from collections.abc import Iterator

from banjie.demo.office.desk import Act, Allowed, Arguments
from banjie.demo.office.judging import Judging
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.endings import GAP_OVERDUE
from banjie.engine.gaps import open_gaps, overdue
from banjie.engine.state import BROKEN, KEPT_WORD
from banjie.engine.timelimits import Limit, Unit


class Decision(Judging):
    """Decides, and serves what was decided."""

    def _gaps(self) -> Iterator[Act]:
        """What was to follow comes before its day, or never: then whoever decides ends the case in writing."""
        state, case = self.state, self.case
        waiting = open_gaps(state)
        if waiting and self.fate != "gap_overdue" and case.applicant:
            gap = next(iter(waiting.values()))
            days = case.choice("gap").randint(1, max(gap.gap.period.number - 1, 1))
            yield Act(
                self._at_home("gap", gap.since, days),
                "gap",
                case.applicant,
                c.FillGap,
                lambda allowed: {"provided": tuple(e.Provided(each, form="copy") for each in allowed["material"])},
            )
        if late := overdue(state):
            decider = self._agency_staff(self._holding_agency, "decider")
            passed = state.gaps[late[0]].passed_on
            if decider and passed:
                text = c.Personal("承诺后补的材料逾期没有补齐。")
                yield Act(
                    self._office_moment("gap_overdue", passed, 1),
                    "gap_overdue",
                    decider,
                    c.Terminate,
                    lambda _: {"ground": GAP_OVERDUE, "text": text},
                )

    def _decision(self) -> Iterator[Act]:
        state = self.state
        if open_gaps(state) or overdue(state):
            return
        goes_back = self.fate == "sent_back" and "send_back" not in self.case.refused
        if state.examined_on is None or (goes_back and not self.case.happened["sent_back"]):
            return
        examined = frozenset(each.id for step in state.steps.values() for each in step.people)
        same = self.procedure.step(next(iter(state.steps), "")) if self.procedure.merged else None
        people = [
            each for each in self.office.staff(self.procedure.decides, "decider") if same or each.id not in examined
        ]
        if not people:
            return
        # Somebody who heads the agency signs seldom: the first who may decide does.
        plain = [each for each in people if "head_of_agency" not in each.posts]
        decider = self.case.choice("decider").choice(plain or people)
        base = state.examined_on
        if state.hearing and state.hearing.is_pending:
            return
        if state.hearing:
            heard = state.hearing.minutes_on or self.calendar.working_day_after(
                state.hearing.told_on, state.hearing.window.number + 1
            )
            base = max(base, heard)
        elif self.procedure.third_parties or self._will_be_extended:
            return
        days = self.case.choice("decide").choice((0, 0, 0, 1, 1, 2))
        when = self._office_moment("decide", base, days)
        yield Act(when, f"decide/{state.version}", decider, c.Decide, self._decided)

    def _decided(self, allowed: Allowed) -> Arguments | None:
        weigh = tuple(allowed.get("weigh", ()))
        if "grant" in allowed["outcome"] and self.fate not in ("refused", "not_rectified"):
            return {"outcome": "grant", "benchmarks": self._benchmarks(weigh, "grant")}
        found = [each.criterion for step in self.state.steps.values() for each in step.findings if not each.met]
        cited = list(dict.fromkeys(found)) or [each for each in (self._judged(),) if each]
        if "refuse" not in allowed["outcome"] or not cited:
            return {"outcome": "grant", "benchmarks": self._benchmarks(weigh, "grant")}
        text = (
            "现场核查未达到该项条件，且在整改期内未能改正。"
            if self.fate == "not_rectified"
            else "经审查未达到该项条件。"
        )
        refusal = self._refusal(cited, text)
        return {"outcome": "refuse", **refusal, "benchmarks": self._benchmarks([*weigh, *cited], "refuse")}

    # After the decision

    def _after_the_decision(self) -> Iterator[Act]:
        state, pick = self.state, self.case.choice("after")
        yield from self._given_back()
        decided_on = state.decided_on or self._day(self.case.filing.at)
        if state.granted and state.granted.certificate and state.issued is None:
            maker = self._agency_staff(self._deciding_agency, "licence_clerk")
            if maker:
                when = self._office_moment("issue", decided_on, pick.choice((0, 1, 1, 2)))
                yield Act(when, "issue", maker, c.Issue, lambda _: {})
            return
        server = self._one_of(self.procedure.serves, "licence_clerk") or self._one_of(self.procedure.serves, "clerk")
        if server:
            days = 0 if self.procedure.instant else pick.choice((0, 1, 1, 2, 3))
            days = 14 if self.fate == "uncollected" else days
            method = pick.choice(
                ("in_person", "in_person", "post", "electronic") if state.e_service else ("in_person", "post")
            )
            when = self._office_moment("serve", self._day(state.last_at or self.case.filing.at), days)
            receipt = c.Personal("本人签收" if method == "in_person" else "送达回证已存")
            yield Act(when, "serve", server, c.Serve, lambda _: {"method": method, "receipt": receipt})

    def _given_back(self) -> Iterator[Act]:
        """An original that the office kept goes back once the decision stands."""
        kept = next((each for each, original in self.state.originals.items() if original.is_kept), None)
        unit = kept and self.state.papers_at.get(kept)
        posts = ("clerk", "officer", "licence_clerk")
        holder = next((each for post in posts for each in self.office.staff(unit or "", post)), None)
        if kept and holder and self.state.decided_on:
            when = self._office_moment("given back", self.state.decided_on, 0)
            yield Act(when, f"given_back/{kept}", holder, c.ReturnOriginal, lambda _: {"material": kept})

    def _verification(self) -> Iterator[Act]:
        """Some weeks after the grant the supervising unit looks; a broken promise gets its measure."""
        verification = self.state.verification
        supervisor = self._one_of(self.procedure.supervises, "supervisor")
        if verification is None or not verification.is_open or supervisor is None:
            return
        if verification.waits:
            broken = self.fate == "commitment_broken" and not verification.ordered
            told = {
                "outcome": BROKEN if broken else KEPT_WORD,
                "method": self.case.choice("verification").choice(("field_check", "data_sharing")),
                "text": c.Personal("现场情况与承诺不一致。" if broken else "经核查与承诺一致。"),
            }
            days = 5 if verification.ordered else self.case.choice("verification").choice((6, 9, 14, 20))
            when = self._office_moment(f"verify/{verification.since}", verification.since, days)
            yield Act(when, f"verify/{verification.since}", supervisor, c.VerifyCommitment, lambda _: told)
        elif verification.found_on:
            order = {
                "measure": "order_to_correct",
                "period": Limit(10, Unit.WORKING_DAY),
                "text": c.Personal("责令十个工作日内改正，届时再次核查。"),
            }
            when = self._office_moment("measure", verification.found_on, 1)
            yield Act(when, "measure", supervisor, c.RecordMeasure, lambda _: order)

    def _erasure(self) -> Iterator[Act]:
        steward = next(iter(self.office.staff("platform", "data_steward")), None)
        if steward and self.state.closed_on:
            basis = "个人信息保护法 第四十七条；保管期限届满（演示）"
            when = self._office_moment("erase", self.state.closed_on, 20)
            yield Act(when, "erase", steward, c.Erase, lambda _: {"basis": basis})
