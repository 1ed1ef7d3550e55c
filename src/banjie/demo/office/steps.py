"""The steps of an examination: assigned, paused, rectified, finished, handed up."""

from collections.abc import Iterator
from datetime import date

from banjie.demo.office.desk import Act, Allowed, Arguments, days_of
from banjie.demo.office.judging import Judging
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import legal_clock
from banjie.engine.law import Duty, StepRule
from banjie.engine.state import StepState
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Unit

SLOW = 0.08
"""The share of steps that somebody leaves lying until their limit, or past it."""
EXAMINING = frozenset({"review", "inspection", "expert_review"})
"""Kinds of step that look at the standard; a survey does anyway."""
OPINIONS = (
    "材料齐全，内容与申报一致，建议准予。",
    "经逐项核对，符合许可条件。",
    "现场与图纸一致，设施到位。",
    "核对无误，同意进入下一环节。",
)
OPINIONS_AGAINST = ("经核查未达到许可条件，建议不予许可。", "现场情况与申报不符，建议不予许可。")


class Steps(Judging):
    """Whoever examines, step by step."""

    def _step(self, step: StepState, rule: StepRule) -> Iterator[Act]:
        slug, opened_on = step.plan.slug, step.opened_on
        assert opened_on is not None
        if not step.people:
            yield from self._assignment(rule, opened_on)
            return
        if self.fate == "substituted" and not self.case.happened["substituted"]:
            yield from self._substitution(step, rule, opened_on)
        begun = max(step.assigned_on or opened_on, opened_on)
        worker = self._actor(step.people[0].id, rule)
        if worker is None:
            return
        paused = [each for each in self.state.open_pauses if each.step == slug]
        if paused:
            if self.fate == "paused":
                ground = paused[0].ground
                when = self._office_moment(f"resume/{slug}", paused[0].stopped_on, 3)
                yield Act(when, f"resume/{slug}", worker, c.Resume, lambda _: {"ground": ground})
            return
        may_pause = rule.may_pause_on & KINDS[rule.kind].may_pause_on
        pauses = may_pause and not self.case.happened["paused"] and f"pause/{slug}" not in self.case.refused
        if self.fate in ("paused", "paused_out") and pauses:
            text = c.Personal("现场取样送检，检验检测所需时间不计入办理期限。")
            promise = self.procedure.committed_limit
            when = self._office_moment(f"pause/{slug}", begun, 0 if promise and days_of(promise) < 3 else 1)
            yield Act(
                when, f"pause/{slug}", worker, c.Pause, lambda allowed: self._pause_of(allowed, slug, when.date(), text)
            )
            return
        rectifies = rule.rectification if f"rectify/{slug}" not in self.case.refused else None
        if self.fate in ("rectified", "not_rectified") and rectifies:
            if step.rectification is None:
                yield from self._rectification(step, rule, worker, begun)
                return
            if self.fate == "rectified" and not step.rectified:
                if self.case.applicant:
                    text = c.Personal("已加装防蝇防鼠设施，并重新划分生熟加工区。")
                    when = self._at_home("rectified", step.rectification.on, 3)
                    yield Act(
                        when,
                        "rectified",
                        self.case.applicant,
                        c.ReportRectified,
                        lambda _: {"step": slug, "text": text},
                    )
                return
            over = self.calendar.working_day_after(step.rectification.on, rectifies.number + 1)
            begun = step.rectified_on or over
        days = self._days_of_work(step, rule)
        if self._will_be_extended:
            days += 12
        when = self._office_moment(f"finish/{slug}/{step.attempt}", begun, days)
        yield Act(
            when,
            f"finish/{slug}/{step.attempt}",
            worker,
            c.FinishStep,
            lambda _: self._finished(step, rule),
        )

    def _assignment(self, rule: StepRule, opened_on: date) -> Iterator[Act]:
        head = self._one_of(rule.unit, "section_head")
        officers = self.office.staff(rule.unit, rule.post) or self.office.staff(rule.unit, "officer")
        needed = max(rule.people, KINDS[rule.kind].people)
        if head is None or len(officers) < needed:
            return
        # Whoever acted on another step of the case keeps out of this one, as far as there are others.
        taken = {each.id for step in self.state.steps.values() for each in step.people}
        free = [each for each in officers if each.id not in taken]
        chosen = self.case.choice(f"people/{rule.slug}").sample(free if len(free) >= needed else officers, needed)
        people = tuple(e.Person(each.id, each.unit) for each in chosen)
        days = self.case.choice(f"assign/{rule.slug}").choice((0, 0, 0, 1, 1, 2))
        when = self._office_moment(f"assign/{rule.slug}", opened_on, days)
        yield Act(when, f"assign/{rule.slug}", head, c.Assign, lambda _: {"step": rule.slug, "people": people})

    def _substitution(self, step: StepState, rule: StepRule, opened_on: date) -> Iterator[Act]:
        head = self._one_of(rule.unit, "section_head")
        taken = frozenset(each.id for other in self.state.steps.values() for each in other.people)
        joiner = self._one_of(rule.unit, rule.post, "joiner", taken)
        if head and joiner:
            leaver, person = step.people[0].id, e.Person(joiner.id, joiner.unit)
            told = {"step": step.plan.slug, "leaver": leaver, "joiner": person}
            when = self._office_moment("substitute", step.assigned_on or opened_on, 0)
            yield Act(when, "substitute", head, c.Substitute, lambda _: told)

    def _pause_of(self, allowed: Allowed, slug: str, on: date, text: c.Text) -> Arguments | None:
        grounds = [name for name, step in zip(allowed["ground"], allowed["step"], strict=True) if step == slug]
        published = self.procedure.ground(grounds[0]) if grounds else None
        if published is None:
            return None
        most = published.cap.number if published.cap and published.cap.unit is Unit.WORKING_DAY else 5
        told = most if self.fate == "paused" else max(most // 2, 1)
        return {
            "ground": published.id,
            "step": slug,
            "expected_end": self.calendar.working_day_after(on, told),
            "text": text,
        }

    def _rectification(self, step: StepState, rule: StepRule, worker: c.Actor, begun: date) -> Iterator[Act]:
        head = self._one_of(rule.unit, "section_head")
        unmet = self._judged(rule.slug)
        if head is None or not unmet:
            return
        consent = e.Person(head.id, head.unit)
        text = c.Personal("生熟加工区未完全分开，防蝇设施不全，限期整改。")

        def arguments(_: Allowed) -> Arguments:
            found = self._findings(rule.slug, unmet)
            return {"step": rule.slug, "consent": consent, "findings": found, "text": text}

        when = self._office_moment(f"rectify/{rule.slug}", begun, 1)
        yield Act(when, f"rectify/{rule.slug}", worker, c.SetRectification, arguments)

    def _days_of_work(self, step: StepState, rule: StepRule) -> int:
        """How many working days somebody takes: mostly well inside the limit, now and then up to it or past it."""
        pick = self.case.choice(f"work/{rule.slug}/{step.attempt}")
        limits = [
            days_of(each)
            for each in (rule.limit, self.procedure.committed_limit, self.procedure.statutory_limit)
            if each
        ]
        least = min(limits, default=5.0)
        if self.fate == "late":
            return round(days_of(self.procedure.statutory_limit) + pick.randint(1, 4))
        if pick.random() < SLOW:
            return round(least + pick.choice((0, 0, 1, 2)))
        return min(int(least * pick.uniform(0.1, 0.6)), 9)

    def _finished(self, step: StepState, rule: StepRule) -> Arguments:
        kind, slug = KINDS[rule.kind], step.plan.slug
        unmet = ""
        if kind.adverse and self.fate in ("refused", "not_rectified") and self._is_the_bad_one(step):
            unmet = self._judged(slug)
        good = next(each for each in kind.outcomes if each != kind.adverse)
        examines = kind.adverse and (rule.checks or kind.duty is Duty.SURVEY or kind.slug in EXAMINING)
        findings = self._findings(slug, unmet) if examines else ()
        against = any(not each.met for each in findings)
        opinion = self.case.choice(f"opinion/{slug}").choice(OPINIONS_AGAINST if against else OPINIONS)
        outcome = kind.adverse if against else good
        return {"step": slug, "outcome": outcome, "findings": findings, "opinion": c.Personal(opinion)}

    def _is_the_bad_one(self, step: StepState) -> bool:
        """The last step without another after it, of those the deciding agency carries out itself."""
        own = [
            slug
            for slug, each in self.state.steps.items()
            if (self.procedure.forwarding is None or each.plan.after_forwarding)
            and (rule := self.procedure.step(slug)) is not None
            and KINDS[rule.kind].adverse
        ]
        return bool(own) and step.plan.slug == own[-1]

    def _handing_up(self) -> Iterator[Act]:
        forwarding, state = self.procedure.forwarding, self.state
        if forwarding is None:
            return
        if state.forwarded is None:
            own = [each for each in state.steps.values() if not each.plan.after_forwarding]
            if any(each.finished_on is None for each in own):
                return
            last = max((each.finished_on for each in own if each.finished_on), default=state.accepted_on)
            head = self._one_of(forwarding.preliminary_unit, "section_head")
            if head and last:
                text = c.Personal("经初审，材料齐全，拟同意上报。")
                when = self._office_moment("forward", last, 1)
                yield Act(when, "forward", head, c.Forward, lambda _: {"opinion": "recommended", "text": text})
        elif state.arrived_on is None:
            above = self._one_of(forwarding.to_unit, "section_head") or self._one_of(forwarding.to_unit, "officer")
            if above:
                yield Act(
                    self._office_moment("arrival", state.forwarded.on, 1),
                    "arrival",
                    above,
                    c.ConfirmArrival,
                    lambda _: {},
                )

    def _sending_back(self) -> Iterator[Act]:
        if self.fate != "sent_back" or self.state.examined_on is None or self.case.happened["sent_back"]:
            return
        decider = self._one_of(self.procedure.decides, "decider")
        if decider:
            reasons = c.Personal("核查记录缺少第二名核查人员签字，请补充后重新提交。")
            when = self._office_moment("send back", self.state.examined_on, 0)
            yield Act(
                when,
                "send_back",
                decider,
                c.SendBack,
                lambda allowed: {"step": allowed["step"][-1], "reasons": reasons},
            )

    def _contact(self, base: date) -> Iterator[Act]:
        clerk = self._clerk()
        other = clerk and self._one_of(self.procedure.receives, "clerk", "contact", frozenset({clerk.id}))
        if clerk and other:
            person = e.Person(other.id, other.unit)
            yield Act(
                self._office_moment("contact", base, 1),
                "contact",
                clerk,
                c.AppointContact,
                lambda _: {"contact": person},
            )

    def _extension(self) -> Iterator[Act]:
        legal = legal_clock(self.state, self.law)
        head = self._agency_staff(self._deciding_agency, "head_of_agency")
        if legal and head:
            before = self.calendar.working_day_number(self.calendar.working_days_until(legal.due) - 1)
            reasons = c.Personal("需要核实的情况较多，经负责人批准延长办理期限。")
            yield Act(
                self._office_moment("extend", before, 0), "extend", head, c.Extend, lambda _: {"reasons": reasons}
            )
