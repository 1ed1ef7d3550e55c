"""What is done next in a case of the demo county: by whom, when, and with which words.

The answer follows from where the case stands (its folded state, with its filing and a seed), never from a script: an
act is what the engine offers that person at that moment, and time itself acts where nobody does. So a county that was
told half-way, or in which a visitor pressed a button, is simply carried on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from banjie.demo.filings import Filing
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.calendar import Calendar
from banjie.engine.clocks import legal_clock
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.endings import GAP_OVERDUE
from banjie.engine.gaps import open_gaps, overdue
from banjie.engine.law import Duty, Law, StepRule
from banjie.engine.standard import Check, checklist_of
from banjie.engine.state import BROKEN, KEPT_WORD, UNDER_EXAMINATION, Stage, State, StepState
from banjie.engine.state import Act as Pressed
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Limit, Unit

Allowed = Mapping[str, tuple[Any, ...]]
Arguments = Mapping[str, Any]
OPENS, NOON, AFTER_NOON, CLOSES = time(9), time(12), time(13, 30), time(17)
DAYS_OF = {Unit.WORKING_DAY: 1.0, Unit.CALENDAR_DAY: 0.7, Unit.MONTH: 20.0, Unit.HOUR: 0.0, Unit.MINUTE: 0.0}
SLOW = 0.08
"""The share of steps that somebody leaves lying until their limit, or past it."""


@dataclass(slots=True)
class Live:
    """A case of the county on its way. `happened`: how often each kind of fact did."""

    filing: Filing
    stream: UUID
    law: Law
    applicant: c.Actor | None
    state: State
    happened: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)

    def choice(self, label: str) -> Random:
        """Chance, as its filing has it."""
        return self.filing.chance(label)


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody will ask for something at a moment. `arguments`: made of what the engine then allows; None: nothing."""

    when: datetime
    label: str
    by: c.Actor
    kind: type[c.Command]
    arguments: Callable[[Allowed], Arguments | None]


class Office:
    """Who works where. `staff`: the people of a unit who hold a post, always in the same order."""

    def __init__(self, staff: Callable[[str, str], list[c.Actor]], scan: Callable[[Live, c.Actor], e.FileRef]) -> None:
        self.staff = staff
        self.scan = scan

    def acts(self, case: Live) -> list[Act]:
        """What people will do in this case as it stands, the earliest first; [] where all wait, or it is over."""
        found = [each for each in _Desk(self, case).acts() if each.label not in case.refused]
        return sorted(found, key=lambda each: (each.when, each.label))


class _Desk:
    """One case before the people who work on it."""

    def __init__(self, office: Office, case: Live) -> None:
        self.office = office
        self.case = case
        self.state = case.state
        self.law = case.law
        self.fate = case.filing.fate
        self.procedure = case.law.procedure

    @cached_property
    def calendar(self) -> Calendar:
        return self.law.calendar(self.state.calendar)

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

    # Moments

    def _office_moment(self, label: str, base: date | datetime, days: int) -> datetime:
        """A moment in office hours `days` working days after a day, and after everything that has happened."""
        pick = self.case.choice(f"{label}/moment")
        day = self._day(base)
        first = self.calendar.next_working_day(day) if days <= 0 else self.calendar.working_day_after(day, days)
        minutes = pick.choice((*range(0, 170), *range(275, 470)))
        when = datetime.combine(first, OPENS, OFFICE_ZONE) + timedelta(minutes=minutes)
        return self._not_before(when, pick)

    def _not_before(self, when: datetime, pick: Random) -> datetime:
        last = self.state.last_at
        if last is None or when > last:
            return when
        when = last.astimezone(OFFICE_ZONE) + timedelta(minutes=pick.randint(6, 50))
        if when.time() < OPENS or not self.calendar.is_workday(when.date()):
            when = datetime.combine(self.calendar.next_working_day(when.date()), OPENS, OFFICE_ZONE)
            return when + timedelta(minutes=pick.randint(1, 40))
        if when.time() >= CLOSES:
            following = self.calendar.working_day_after(when.date(), 1)
            return datetime.combine(following, OPENS, OFFICE_ZONE) + timedelta(minutes=pick.randint(1, 40))
        if NOON <= when.time() < AFTER_NOON:
            return datetime.combine(when.date(), AFTER_NOON, OFFICE_ZONE) + timedelta(minutes=pick.randint(0, 25))
        return when

    def _at_home(self, label: str, base: date | datetime, days: int) -> datetime:
        """A moment of the applicant's: any day, from morning to late evening."""
        pick = self.case.choice(f"{label}/moment")
        when = datetime.combine(self._day(base), time(8), OFFICE_ZONE) + timedelta(
            days=days, minutes=pick.randint(0, 840)
        )
        last = self.state.last_at
        return (
            when
            if last is None or when > last
            else last.astimezone(OFFICE_ZONE) + timedelta(minutes=pick.randint(30, 300))
        )

    @staticmethod
    def _day(base: date | datetime) -> date:
        return base.astimezone(OFFICE_ZONE).date() if isinstance(base, datetime) else base

    # People

    def _one_of(self, unit: str, post: str, label: str = "", without: frozenset[str] = frozenset()) -> c.Actor | None:
        people = [each for each in self.office.staff(unit, post) if each.id not in without]
        return self.case.choice(f"{unit}/{post}/{label}").choice(people) if people else None

    def _clerk(self) -> c.Actor | None:
        """Who sits at the window: one who may decide too only where the item is decided at once."""
        clerks = self.office.staff(self.procedure.receives, "clerk")
        fitting = [each for each in clerks if ("decider" in each.posts) == self.procedure.instant]
        return self.case.choice("clerk").choice(fitting or clerks) if clerks else None

    def _agency_staff(self, agency: str, post: str) -> c.Actor | None:
        units = [each.id for each in self.procedure.units if each.agency == agency]
        found = [each for unit in units for each in self.office.staff(unit, post)]
        return self.case.choice(f"{agency}/{post}").choice(found) if found else None

    @property
    def _deciding_agency(self) -> str:
        return self.procedure.agency_of(self.procedure.decides)

    # Receipt

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
        return (
            {"points": tuple(_citation(each, SAYS_OF_DEFECT.get(each[2], "")) for each in points)} if points else None
        )

    def _a_slip(self, allowed: Allowed) -> Arguments | None:
        slips = [each for each in allowed["point"] if each[2] in (e.Defect.CLERICAL, e.Defect.UNSIGNED)]
        chosen = self.case.choice("slip").choice(slips)
        return {"points": (_citation(chosen, "当场更正并由申请人确认。"),)}

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

    # Beside the procedure

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

    def _given_back(self) -> Iterator[Act]:
        """An original that the office kept goes back once the decision stands."""
        kept = next((each for each, original in self.state.originals.items() if original.is_kept), None)
        unit = kept and self.state.papers_at.get(kept)
        posts = ("clerk", "officer", "licence_clerk")
        holder = next((each for post in posts for each in self.office.staff(unit or "", post)), None)
        if kept and holder and self.state.decided_on:
            when = self._office_moment("given back", self.state.decided_on, 0)
            yield Act(when, f"given_back/{kept}", holder, c.ReturnOriginal, lambda _: {"material": kept})

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
        points = tuple(_citation(each, "请在补正期限内补齐。") for each in allowed["point"])
        return {"points": points} if points else None

    # Examination

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

    @property
    def _holding_agency(self) -> str:
        forwarding = self.procedure.forwarding
        if forwarding and self.state.forwarded is None:
            return self.procedure.agency_of(forwarding.preliminary_unit)
        return self._deciding_agency

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

    @property
    def _will_be_extended(self) -> bool:
        return self.fate == "extended" and self.state.extension is None and "extend" not in self.case.refused

    def _extension(self) -> Iterator[Act]:
        legal = legal_clock(self.state, self.law)
        head = self._agency_staff(self._deciding_agency, "head_of_agency")
        if legal and head:
            before = self.calendar.working_day_number(self.calendar.working_days_until(legal.due) - 1)
            reasons = c.Personal("需要核实的情况较多，经负责人批准延长办理期限。")
            yield Act(
                self._office_moment("extend", before, 0), "extend", head, c.Extend, lambda _: {"reasons": reasons}
            )

    def _third_parties(self, base: date) -> Iterator[Act]:
        officer = self._agency_staff(self._deciding_agency, "officer")
        if officer is None:
            return
        if not self.state.third_parties:
            pick = self.case.choice("third parties")
            names = pick.sample(("邻居：段先生", "邻居：汤女士", "业主委员会", "相邻商铺经营者"), pick.choice((1, 2)))
            parties = tuple(e.Person(f"t-{self.case.stream.hex[-12:]}-{number}") for number in range(len(names)))
            told = tuple(c.Personal({"name": each, "contact": "云岭县城关镇"}) for each in names)
            when = self._office_moment("third parties", base, 2)
            yield Act(
                when, "third_parties", officer, c.NameThirdParties, lambda _: {"parties": parties, "particulars": told}
            )
        elif self.state.hearing is None:
            yield Act(self._office_moment("told", base, 3), "told", officer, c.TellHearingRight, lambda _: {})

    def _hearing(self) -> Iterator[Act]:
        hearing = self.state.hearing
        if hearing is None or hearing.minutes_on or hearing.waived_on:
            return
        if hearing.requested_on is None:
            asker = self.case.applicant if self.fate in ("heard", "hearing_waived") else None
            if self.fate == "third_party_heard" and self.state.third_parties:
                asker = c.Actor(self.state.third_parties[0], e.ActorKind.THIRD_PARTY)
            if asker:
                yield Act(
                    self._at_home("ask", hearing.told_on, 2), "ask_hearing", asker, c.RequestHearing, lambda _: {}
                )
            return
        if self.fate == "hearing_waived" and self.case.applicant:
            yield Act(
                self._at_home("waive", hearing.requested_on, 4),
                "waive",
                self.case.applicant,
                c.WaiveHearing,
                lambda _: {},
            )
            return
        host = self._agency_staff(self._deciding_agency, "hearing_host")
        head = self._agency_staff(self._deciding_agency, "head_of_agency")
        if host is None or head is None:
            return
        if hearing.host is None:
            person = e.Person(host.id, host.unit)
            yield Act(
                self._office_moment("host", hearing.requested_on, 1),
                "host",
                head,
                c.AppointHost,
                lambda _: {"host": person},
            )
        elif hearing.held_on is None:
            place = c.Personal("云岭县政务服务中心三楼听证室")
            when = self._office_moment("notice", hearing.requested_on, 2)
            yield Act(
                when,
                "hearing_notice",
                host,
                c.GiveHearingNotice,
                lambda allowed: {"held_on": allowed["held_on"][0], "place": place},
            )
        else:
            minutes = c.Personal("双方陈述意见并质证，争议集中在夜间噪声；听证笔录经核对签字。")
            yield Act(
                self._office_moment("minutes", hearing.held_on, 0),
                "minutes",
                host,
                c.CloseHearing,
                lambda _: {"minutes": minutes},
            )

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
            when = self._office_moment(f"pause/{slug}", begun, 0 if promise and _days(promise) < 3 else 1)
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

    def _actor(self, who: str, rule: StepRule) -> c.Actor | None:
        posts = (rule.post, "officer", "section_head")
        return next((each for post in posts for each in self.office.staff(rule.unit, post) if each.id == who), None)

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
            _days(each) for each in (rule.limit, self.procedure.committed_limit, self.procedure.statutory_limit) if each
        ]
        least = min(limits, default=5.0)
        if self.fate == "late":
            return round(_days(self.procedure.statutory_limit) + pick.randint(1, 4))
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

    def _erasure(self) -> Iterator[Act]:
        steward = next(iter(self.office.staff("platform", "data_steward")), None)
        if steward and self.state.closed_on:
            basis = "个人信息保护法 第四十七条；保管期限届满（演示）"
            when = self._office_moment("erase", self.state.closed_on, 20)
            yield Act(when, "erase", steward, c.Erase, lambda _: {"basis": basis})


SAYS_OF_DEFECT: Mapping[str, str] = {
    e.Defect.MISSING: "请补交，复印件上注明与原件一致并签名。",
    e.Defect.ILLEGIBLE: "扫描件不清晰，请重新提供。",
}
EXAMINING = frozenset({"review", "inspection", "expert_review"})
"""Kinds of step that look at the standard; a survey does anyway."""
GO_ON_AFTER_CLOSING = frozenset({"erased", "complained", "misclick", "committed", "commitment_broken"})
"""Turns of events after which something still happens when the case is over."""
PAPERS_TRAVEL, NOTED, COMES = 0.5, 0.25, 0.12
"""How many of the cases with papers send them on, in how many somebody leaves a note, and in how many one comes."""
NOTES = (
    "已电话告知申请人准备现场核查，约在周四上午。",
    "门头名称与营业执照略有出入，申请人说明近期变更。",
    "同一地址去年有过注销记录，已核对，不影响本次申请。",
    "请核查时留意后厨排水。",
)
OPINIONS = (
    "材料齐全，内容与申报一致，建议准予。",
    "经逐项核对，符合许可条件。",
    "现场与图纸一致，设施到位。",
    "核对无误，同意进入下一环节。",
)
OPINIONS_AGAINST = ("经核查未达到许可条件，建议不予许可。", "现场情况与申报不符，建议不予许可。")


def _citation(point: tuple[str, str, str], text: str) -> c.Citation:
    kind, name, defect = point
    return c.Citation(e.PointKind(kind), name, e.Defect(defect), c.Personal(text) if text else None)


def _days(limit: Limit) -> float:
    """About how many working days a limit is."""
    return limit.number * DAYS_OF[limit.unit]
