"""Whatever anybody tries, in whatever order: the law's promises about a case hold.

A machine plays a case. Random people take what `possible` offers them, try things it does not offer, with arguments
that make no sense, and let time pass. After every step the promises are checked; at the end the history is read back.
"""

import dataclasses
import json
import os
import typing
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks, legal_clock, preliminary_clock, timers
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.decide import possible
from banjie.engine.guards import require_separate
from banjie.engine.guide import Benchmark, Guide
from banjie.engine.law import Clock, Commitment, Duty, Forwarding, Renewal, StepRule
from banjie.engine.lots import Lot
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import NEW, State, fold
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    CONSULTATION,
    EXPERTS,
    GROUNDS,
    INSTANT_DUTIES,
    LAB,
    LAW,
    REVIEW,
    SURVEY,
    days,
    with_steps,
)
from tests.engine.proceeding import RESTORATION, REVOCATION, SUSPENSION
from tests.engine.story import (
    CALENDAR,
    PARTICULARS,
    Story,
    busier_calendar,
    calendar,
    with_procedure,
    with_region,
)
from tests.engine.test_taking_back import REMAINS

pytestmark = pytest.mark.property

SOAK = os.environ.get("BANJIE_SOAK") == "1"
SECRET = "机密"
"""Stands in every personal text of the machine, and may stand in no fact."""

# The laws a case may stand under

ALL_GROUNDS = tuple(GROUNDS)
REPORT = StepRule(
    slug="report", kind="review", name="审查意见", unit="licensing", after=("survey", "review", "consultation")
)
RICH = with_steps(
    dataclasses.replace(SURVEY, rectification_pauses=True),
    REVIEW,
    CONSULTATION,
    dataclasses.replace(EXPERTS, after=("review",), when="rooms > 10"),
    dataclasses.replace(LAB, after=("survey",), limit=days(4)),
    REPORT,
    grounds=ALL_GROUNDS,
    total_promise=Limit(30, Unit.CALENDAR_DAY),
)
CAPPED = with_procedure(
    RICH,
    pause_grounds=tuple(dataclasses.replace(each, cap=days(2)) for each in GROUNDS.values()),
    third_parties=True,
    committed_limit=Limit(6, Unit.HOUR),
)
LOWER = StepRule(slug="lower", kind="review", name="初审", unit="fire-section")
TWO_LEVELS = with_steps(
    LOWER,
    REVIEW,
    dataclasses.replace(SURVEY, after=("lower",)),
    forwarding=Forwarding(preliminary_unit="fire-section", to_unit="licensing"),
    grounds=ALL_GROUNDS,
)
INSTANT = with_procedure(with_steps(REVIEW), instant=True, merged=INSTANT_DUTIES)
OFFER = Commitment(
    of="permit",
    basis="示例办法",
    content="场所合格",
    liability="撤销",
    power="核查",
    criteria=("space",),
    materials=("plan",),
    steps=("survey",),
    when="rooms < 10",
    verify_within=days(20),
)
ON_WORD = with_procedure(
    RICH,
    risks=("ordinary",),
    commitment=OFFER,
    materials=tuple(
        dataclasses.replace(each, may_be_late=days(3)) if each.id in ("plan", "lease") else each
        for each in RICH.procedure.materials
    ),
)
LAWS = {
    "discretion": with_procedure(
        RICH,
        criteria=(RICH.procedure.criteria[0], dataclasses.replace(RICH.procedure.criteria[1], check="rooms < 10")),
        steps=tuple(
            dataclasses.replace(each, checks=("space", "safety") if KINDS[each.kind].adverse else ())
            for each in RICH.procedure.steps
        ),
        guide=Guide(benchmarks=(Benchmark(id="b1", criterion="space", when="轻微", outcome="准予", leads_to="grant"),)),
    ),
    "rich": RICH,
    "capped, heard, in hours": CAPPED,
    "other readings": with_region(
        with_procedure(RICH, third_parties=True),
        hearing_pause="told",
        second_notice="red_card",
        not_needed_form="decision",
    ),
    "still other readings": with_region(
        with_procedure(RICH, third_parties=True),
        hearing_pause="told",
        pause_edges="both",
        told_time="actual",
        after_hours="next_working_day",
        resubmission="from_first_receipt",
        extension_moves_promise=True,
    ),
    "two levels": TWO_LEVELS,
    "two levels, registered": with_region(
        TWO_LEVELS, superior_clock="acceptance", pause_edges="after_stop", told_time="actual"
    ),
    "on their word": ON_WORD,
    "on their word, ended by itself": with_region(
        with_procedure(ON_WORD, commitment=dataclasses.replace(OFFER, steps=(), verify_mode="during")),
        gap_overdue="auto",
    ),
    "instant": INSTANT,
    "renewal": with_procedure(
        RICH, renews=Renewal(ends="opens", limit=days(2)), committed_limit=None, statutory_limit=days(45)
    ),
    "ex officio": with_procedure(REVOCATION, third_parties=True),
    "ex officio, for a time": SUSPENSION,
    "ex officio, lifted": with_region(RESTORATION, hearing_days="calendar_day", hearing_pause="told"),
    "given back": with_procedure(RICH, licence_act="cancel", licence_question="remark", statutory_limit=days(60)),
    "bare": with_procedure(with_steps(), criteria=(), decline_grounds=(), extension=None, licence=""),
    "merged, newer calendar": dataclasses.replace(
        with_procedure(RICH, merged=frozenset(Duty)),
        calendars={CALENDAR: calendar(), "newer": busier_calendar("newer")},
        current_calendar="newer",
    ),
}
JOINT = {"part_of": e.PartOf("bundle", "part"), "joint": e.Joint(days(45), days(20), "first-contact")}
"""A part of a joint handling."""
POSTS = frozenset(
    {
        *("clerk", "officer", "section_head", "decider", "head_of_agency", "licence_clerk"),
        *("calendar_keeper", "data_steward", "supervisor"),
    }
)
UNITS = [each.id for each in LAW.procedure.units]
IDS = ["ann", "ben", "cui", "dai"]


def staff(name: str, unit: str) -> c.Actor:
    """Somebody who holds every post there is, in this unit."""
    return c.Actor(name, e.ActorKind.STAFF, POSTS, unit, LAW.procedure.agency_of(unit))


APPLICANT = c.Actor("applicant", e.ActorKind.APPLICANT)
AGENT = c.Actor("agent", e.ActorKind.AGENT, on_behalf_of="applicant")
OTHERS = [
    APPLICANT,
    AGENT,
    c.Actor("stranger", e.ActorKind.APPLICANT),
    c.Actor("", e.ActorKind.APPLICANT),
    c.Actor("neighbour-0", e.ActorKind.THIRD_PARTY),
    c.Actor("outside", e.ActorKind.OUTSIDE),
    c.TIMER,
    staff("far", "far-unit"),
]

# Arguments that make no sense, or only by chance

WORDS = [
    *("", " ", "shoe", "张三", "\ud800", "x" * 300, "passed", "failed", "grant", "refuse", "hearing", "expert_review"),
    *("review", "survey", "lower", "form", "plan", "space", "applicant", "ann", "inspection", "other_agency", "test"),
]
DAYS = [date.min, date.max, date(2027, 12, 31), *(date(2026, month, 10) for month in range(1, 13))]
NUMBERS = [0, 1, 5, 10, 11, 10**6]
FILE = e.FileRef("file", "commitment")


def nonsense(pick: Random, cls: type[c.Command], name: str, hint: Any) -> Any:
    """Some value that the type of this field allows."""
    if name in ("applicant", "holder"):
        return c.Personal(pick.choice([{**PARTICULARS, "name": SECRET}, {}, {"kind": 5}, {"name": "\ud800"}]))
    if name == "answers":
        mixed = {key: pick.choice([0, -1, 8, True, "gas", None]) for key in pick.sample(["rooms", "fuel", "shoe"], 2)}
        given = c.Personal(pick.choice([{"rooms": 8}, {"rooms": 12, "remark": SECRET}, {}, mixed]))
        return given if cls is c.Submit or pick.random() < 0.5 else None
    if name == "particulars":
        return tuple(c.Personal({"name": SECRET}) for _ in range(pick.randrange(3)))
    parts = [each for each in typing.get_args(hint) if each is not type(None)]
    if type(None) in typing.get_args(hint):
        return None if pick.random() < 0.5 else nonsense(pick, cls, name, parts[0])
    if typing.get_origin(hint) is tuple:
        return tuple(nonsense(pick, cls, "", parts[0]) for _ in range(pick.randrange(3)))
    make: dict[Any, Callable[[], Any]] = {
        str: lambda: pick.choice(WORDS),
        bool: lambda: pick.random() < 0.5,
        date: lambda: pick.choice(DAYS),
        Limit: lambda: Limit(pick.choice(NUMBERS), pick.choice(list(Unit))),
        e.Person: lambda: e.Person(pick.choice([*IDS, *WORDS]), pick.choice([*UNITS, *WORDS])),
        e.PartOf: lambda: e.PartOf("stream", "stage"),
        e.Joint: lambda: JOINT["joint"],
        int: lambda: pick.choice([0, 1, 2, 99]),
        Lot: lambda: Lot(tuple(pick.sample([*IDS, *WORDS], 3)), pick.choice(["5f" * 16, *WORDS])),
        c.Citation: lambda: c.Citation(
            pick.choice(list(e.PointKind)), pick.choice(WORDS), pick.choice(list(e.Defect)), c.Personal(SECRET)
        ),
        e.Declaration: lambda: e.Declaration(version=pick.choice(WORDS), digest=pick.choice(WORDS)),
        c.Found: lambda: c.Found(pick.choice(WORDS), pick.random() < 0.5, c.Personal(SECRET)),
        c.BenchmarkUsed: lambda: c.BenchmarkUsed(
            pick.choice([*WORDS, "space"]), pick.choice([*WORDS, "b1"]), pick.choice([None, c.Personal(SECRET)])
        ),
        e.Provided: lambda: e.Provided(pick.choice(WORDS), pick.choice([(FILE,), ()]), pick.choice(WORDS)),
        c.Personal[str]: lambda: c.Personal(pick.choice([SECRET, "\ud800"])),
    }
    return make[hint]()


# Commands as an offer allows them


class Builder:
    """Makes, from what an offer allows, the command that has to be possible."""

    def __init__(self, story: Story, by: c.Actor, at: datetime, pick: Random, fresh: int) -> None:
        self.story, self.by, self.at, self.pick, self.fresh = story, by, at, pick, fresh

    @property
    def on(self) -> date:
        """The office's day."""
        return self.at.astimezone(OFFICE_ZONE).date()

    def one(self, values: Any) -> Any:
        """One of these."""
        return self.pick.choice(list(values))

    def some(self, values: Any, least: int = 1) -> list[Any]:
        """Some of these, each once."""
        every = list(values)
        return self.pick.sample(every, min(len(every), self.pick.randint(least, 3)))

    def arguments(self, offer: c.Offer) -> dict[str, Any]:
        """The arguments of a command of this kind; every kind has its method here, or needs none."""
        make = getattr(self, offer.kind, None)
        return make(offer.allowed) if make else {}

    def submit(self, allowed: Any) -> dict[str, Any]:
        large, small = {"rooms": 12, "remark": SECRET}, {"rooms": 8, "kitchen": True, "fuel": "gas"}
        given = self.some(allowed["material"], 0) if self.one([0, 1]) else ["form", "plan", "lease"]
        return {
            "applicant": {**PARTICULARS, "name": SECRET, "address": SECRET},
            "answers": {**self.one([large, small]), **self._expiry()},
            "provided": self._papers(given),
            "party": "" if self.by.kind is e.ActorKind.APPLICANT else "applicant",
            **self.one([{}, {}, JOINT]),
        }

    def _expiry(self) -> dict[str, str]:
        """The last day of the licence, of an item that renews one: soon, or later than any limit; or its number."""
        ahead = timedelta(days=self.one([3, 12, 400]))
        if self.story.law.procedure.licence_question:
            return {"remark": "JY-Q9"}
        return {"opens": (self.on + ahead).isoformat()} if self.story.law.procedure.renews else {}

    def _papers(self, materials: Any) -> tuple[e.Provided, ...]:
        return tuple(e.Provided(each, (e.FileRef(f"file-{each}", "c"),)) for each in materials)

    def submit_correction(self, allowed: Any) -> dict[str, Any]:
        return {
            "provided": self._papers(self.some(allowed["material"])),
            "answers": self.one([None, {"rooms": 8, **self._expiry()}, {"rooms": 12, **self._expiry()}]),
        }

    def sign_commitment(self, allowed: Any) -> dict[str, Any]:
        return {"told": allowed["told"][0]}

    def promise_gaps(self, allowed: Any) -> dict[str, Any]:
        return {"materials": tuple(self.some(allowed["materials"])), "told": allowed["told"][0]}

    def fill_gap(self, allowed: Any) -> dict[str, Any]:
        return {"provided": self._papers(self.some(allowed["material"]))}

    def accept(self, allowed: Any) -> dict[str, Any]:
        return {"gaps": allowed.get("gaps", ())}

    def verify_commitment(self, allowed: Any) -> dict[str, Any]:
        return {"outcome": self.one(allowed["outcome"]), "method": self.one(allowed["method"]), "text": SECRET}

    def record_measure(self, allowed: Any) -> dict[str, Any]:
        return {"measure": self.one(allowed["measure"]), "period": days(5), "text": SECRET}

    def restore_credit(self, allowed: Any) -> dict[str, Any]:
        return {"text": SECRET}

    def open_ex_officio(self, allowed: Any) -> dict[str, Any]:
        return {
            "licence_number": "JY-Q9",
            "ground": self.one(allowed["ground"]),
            "discovered_on": self.on - timedelta(days=self.pick.choice([0, 1, 40])),
            "facts": SECRET,
            "holder": {**PARTICULARS, "name": SECRET},
            "party": self.one(["applicant", ""]),
            "number": "999921-0002",
            "query_number": "Q2",
        }

    def tell_intent(self, allowed: Any) -> dict[str, Any]:
        return {"text": SECRET, "until": self.one(allowed.get("until", [None]))}

    def answer_statement(self, allowed: Any) -> dict[str, Any]:
        return {"statement": self.one(allowed["statement"]), "outcome": self.one(allowed["outcome"]), "text": SECRET}

    def decide_end(self, allowed: Any) -> dict[str, Any]:
        return {"reasons": SECRET}

    def discontinue(self, allowed: Any) -> dict[str, Any]:
        return {"ground": self.one(allowed["ground"]), "text": SECRET}

    def record_cancellation(self, allowed: Any) -> dict[str, Any]:
        return {"case": "999921-0003"}

    def make_statement(self, allowed: Any) -> dict[str, Any]:
        return {"text": SECRET}

    def report_rectified(self, allowed: Any) -> dict[str, Any]:
        return {"step": self.one(allowed["step"]), "text": SECRET}

    def find_not_needed(self, allowed: Any) -> dict[str, Any]:
        return {"basis": "示例办法 9", "text": SECRET}

    def decline(self, allowed: Any) -> dict[str, Any]:
        return {"ground": self.one(allowed["ground"]), "competent": "某局", "text": SECRET}

    def _points(self, allowed: Any) -> tuple[c.Citation, ...]:
        return tuple(
            c.Citation(e.PointKind(kind), name, e.Defect(defect), c.Personal(SECRET))
            for kind, name, defect in self.some(allowed["point"])
        )

    def correct_on_the_spot(self, allowed: Any) -> dict[str, Any]:
        return {"points": self._points(allowed)}

    def request_correction(self, allowed: Any) -> dict[str, Any]:
        missing = [point for point in allowed["point"] if point[2] == "missing"]
        points = {"point": missing} if missing and self.one([0, 1]) else allowed
        return {"points": self._points(points), "period": self.one([None, *allowed["period"]])}

    def remind_correction(self, allowed: Any) -> dict[str, Any]:
        return {"points": self._points(allowed)}

    def _decision(self, allowed: Any) -> dict[str, Any]:
        outcome = self.one(allowed["outcome"])
        points = [c.Citation(e.PointKind.CRITERION, each, e.Defect.UNMET) for each in allowed["point"]]
        cited = [points[0].id] if outcome == "refuse" else []
        told = [each.criterion for each in self.story.law.procedure.guide.benchmarks]
        weighed = dict.fromkeys([*allowed.get("weigh", ()), *(each for each in cited if each in told)])
        used = tuple(c.BenchmarkUsed(each, self.one(["b1", ""]), c.Personal(SECRET)) for each in weighed)
        return {
            "outcome": outcome,
            "points": tuple(points[:1] if outcome == "refuse" else points),
            "benchmarks": used,
        }

    def decide(self, allowed: Any) -> dict[str, Any]:
        return self._decision(allowed)

    def decide_at_once(self, allowed: Any) -> dict[str, Any]:
        decision = self._decision(allowed)
        met = decision["outcome"] == "grant"
        return {**decision, "findings": tuple(c.Found(each, met, c.Personal(SECRET)) for each in allowed["point"])}

    def _fitting(self, slug: str, number: int, besides: set[str] = frozenset()) -> list[e.Person]:  # type: ignore[assignment]
        """People of the step's unit who may carry it, some known, the rest new."""
        rule, state, found = self.story.law.procedure.step(slug), self.story.state, []
        assert rule is not None
        host = state.hearing.host.id if state.hearing and state.hearing.host else ""
        for name in self.some(IDS, 0):
            try:
                require_separate(state, name, KINDS[rule.kind].duty, self.story.law.procedure)
            except NotPossible:
                continue
            if name != host and name not in besides:
                found.append(e.Person(name, rule.unit))
        new = [e.Person(f"new-{self.fresh}-{each}", rule.unit) for each in range(number)]
        return [*found, *new][: max(number, 1)]

    def assign(self, allowed: Any) -> dict[str, Any]:
        step = self.one(allowed["step"])
        rule = self.story.law.procedure.step(step)
        assert rule is not None
        if "people" in allowed:  # not a head: they take it themselves
            return {"step": step, "people": tuple(e.Person(each, rule.unit) for each in allowed["people"])}
        number = max(rule.people, KINDS[rule.kind].people)
        return {"step": step, "people": tuple(self._fitting(step, number))}

    def substitute(self, allowed: Any) -> dict[str, Any]:
        step = self.one(allowed["step"])
        there = [each.id for each in self.story.state.steps[step].people]
        return {"step": step, "leaver": self.one(there), "joiner": self._fitting(step, 1, set(there))[0]}

    def finish_step(self, allowed: Any) -> dict[str, Any]:
        step = self.one(allowed["step"])
        rule = self.story.law.procedure.step(step)
        assert rule is not None
        outcome = self.one([*KINDS[rule.kind].outcomes[:1] * 3, *KINDS[rule.kind].outcomes])
        failing = self.story.state.failing
        if failing and KINDS[rule.kind].adverse:
            outcome = KINDS[rule.kind].adverse
        met = outcome != KINDS[rule.kind].adverse
        found = (c.Found("space", met, c.Personal(SECRET)), c.Found("safety", "safety" not in failing))
        if not self.story.law.procedure.criteria:
            found = ()
        return {"step": step, "outcome": outcome, "findings": found, "opinion": SECRET}

    def send_back(self, allowed: Any) -> dict[str, Any]:
        return {"step": self.one(allowed["step"]), "reasons": SECRET}

    def set_rectification(self, allowed: Any) -> dict[str, Any]:
        return {
            "step": self.one(allowed["step"]),
            "consent": e.Person(f"head-{self.fresh}", "licensing"),
            "findings": (c.Found("space", False), *(c.Found(each, False) for each in self.story.state.failing)),
            "text": SECRET,
        }

    def pause(self, allowed: Any) -> dict[str, Any]:
        ground, step = self.one(zip(allowed["ground"], allowed["step"], strict=True))
        cap = self.story.law.procedure.ground(ground).cap  # type: ignore[union-attr]
        length = 1 if cap else self.pick.randint(1, 25)
        return {"ground": ground, "step": step, "expected_end": self.on + timedelta(days=length)}

    def resume(self, allowed: Any) -> dict[str, Any]:
        return {"ground": self.one(allowed["ground"]), "ended_on": self.one([None, None, None, self.on])}

    def name_third_parties(self, allowed: Any) -> dict[str, Any]:
        number = len(self.story.state.third_parties)
        return {"parties": (e.Person(f"neighbour-{number}"),), "particulars": ({"name": SECRET},)}

    def appoint_host(self, allowed: Any) -> dict[str, Any]:
        return {"host": e.Person(f"host-{self.fresh}", "legal")}

    def give_hearing_notice(self, allowed: Any) -> dict[str, Any]:
        return {"held_on": self.one(allowed["held_on"]), "place": SECRET}

    def close_hearing(self, allowed: Any) -> dict[str, Any]:
        return {"minutes": SECRET}

    def revoke_extension(self, allowed: Any) -> dict[str, Any]:
        return {"reasons": SECRET}

    def extend(self, allowed: Any) -> dict[str, Any]:
        return {"length": self.one([None, *allowed["length"]]), "reasons": SECRET}

    def forward(self, allowed: Any) -> dict[str, Any]:
        return {"opinion": self.one(allowed["opinion"]), "text": SECRET}

    def serve(self, allowed: Any) -> dict[str, Any]:
        return {"method": self.one(allowed["method"]), "receipt": SECRET}

    def terminate(self, allowed: Any) -> dict[str, Any]:
        return {"ground": self.one(allowed["ground"]), "text": SECRET}

    def void(self, allowed: Any) -> dict[str, Any]:
        return {"reason": self.one(allowed["reason"]), "second": e.Person(f"second-{self.fresh}", "window")}

    def record_visit(self, allowed: Any) -> dict[str, Any]:
        came = {(each.place, each.reason) for each in self.story.state.visits if each.on == self.on}
        free = [(place, why) for place in allowed["place"] for why in allowed["reason"] if (place, why) not in came]
        place, reason = self.one(free)
        return {"place": place, "reason": reason, "materials": tuple(self.some(allowed["material"], 0))}

    def see_original(self, allowed: Any) -> dict[str, Any]:
        return {"material": self.one(allowed["material"]), "how": self.one(allowed["how"])}

    def return_original(self, allowed: Any) -> dict[str, Any]:
        return {"material": self.one(allowed["material"])}

    def send_papers(self, allowed: Any) -> dict[str, Any]:
        return {"materials": tuple(self.some(allowed["material"])), "to_unit": self.one(allowed["to_unit"])}

    def receive_papers(self, allowed: Any) -> dict[str, Any]:
        slip = self.one(allowed["slip"])
        return {"slip": slip, "missing": tuple(self.some(self.story.state.slips[slip].materials, 0))}

    def complain(self, allowed: Any) -> dict[str, Any]:
        return {"text": SECRET, "against": self.one([None, e.Person(self.one(IDS))])}

    def answer_complaint(self, allowed: Any) -> dict[str, Any]:
        return {
            "complaint": self.one(allowed["complaint"]),
            "outcome": self.one(allowed["outcome"]),
            "text": SECRET,
        }

    def note(self, allowed: Any) -> dict[str, Any]:
        return {"text": SECRET}

    def redate(self, allowed: Any) -> dict[str, Any]:
        return {"calendar": self.one(allowed["calendar"])}

    def appoint_contact(self, allowed: Any) -> dict[str, Any]:
        return {"contact": e.Person(self.one(IDS), "window")}

    def erase(self, allowed: Any) -> dict[str, Any]:
        return {"basis": "示例办法 10"}


# The machine

SEEDS = st.integers(0, 2**32 - 1)
RARELY = {"discontinue": 2, "withdraw": 2, "void": 2, "terminate": 2, "decline": 2, "find_not_needed": 2, "erase": 2}
NOT_OFTEN = {
    "complain": 5,
    "note": 5,
    "take_back": 50,
    "record_visit": 10,
    "see_original": 10,
    "send_papers": 10,
    "appoint_contact": 10,
    "make_statement": 10,
    "substitute": 20,
    "name_third_parties": 20,
    "send_back": 30,
}
GLADLY = {
    "tell_intent": 200,
    "answer_statement": 200,
    "decide_end": 300,
    "finish_step": 200,
    "decide": 200,
    "issue": 200,
    "serve": 200,
    "forward": 300,
    "close_hearing": 300,
}
WEIGHTS = {**RARELY, **NOT_OFTEN, **GLADLY}


def standing_facts(facts: list[e.Event]) -> list[e.Event]:
    """The facts without those that were taken back, and without the taking back."""
    standing: dict[int, e.Event] = {}
    for position, fact in enumerate(facts, 1):
        if isinstance(fact, e.TakenBack):  # with what was said in one breath with it
            standing = {place: each for place, each in standing.items() if place < fact.position}
        else:
            standing[position] = fact
    return list(standing.values())


class Case(RuleBasedStateMachine):
    """One case, and everybody who might want something of it."""

    @initialize(name=st.sampled_from(sorted(LAWS)), start=st.dates(date(2026, 1, 5), date(2026, 9, 30)), seed=SEEDS)
    def open(self, name: str, start: date, seed: int) -> None:
        """A law, a day, and an application."""
        self.now = datetime.combine(start, time(9), OFFICE_ZONE)
        self.fresh = 0
        self._open(name, seed)

    def _open(self, name: str, seed: int) -> None:
        self.story = Story(LAWS[name])
        if "newer calendar" in name:  # filed while the older one was the newest
            self.story.law = dataclasses.replace(LAWS[name], current_calendar=CALENDAR)
        pick = self._random(seed)
        if LAWS[name].procedure.ex_officio:
            self._take(pick, staff("ann", "licensing"), "open_ex_officio")
        else:
            self._take(pick, pick.choice([APPLICANT, AGENT, staff("ann", "window")]), "submit")
        self.story.law = LAWS[name]

    @rule(name=st.sampled_from(sorted(LAWS)), seed=SEEDS)
    @precondition(lambda self: self.story.state.is_closed and self.now.year == 2026)
    def the_next_one_please(self, name: str, seed: int) -> None:
        """Another case, under any of the laws."""
        self._read_back()
        self._open(name, seed)

    @rule(hours=st.sampled_from([2, 5, 20, 24, 72, 200]))
    @precondition(lambda self: not self.story.state.is_closed)
    def time_passes(self, hours: int) -> None:
        """And brings about what it brings about."""
        if self.now.year == 2026:
            self.now += timedelta(hours=hours)

    @rule()
    @precondition(lambda self: not self.story.state.is_closed)
    def something_falls_due(self) -> None:
        """The very instant at which time acts next."""
        due = timers(self.story.state, self.story.law)
        if due and due[0][0].year == 2026:
            self.now = max(self.now, due[0][0])

    @rule(seed=SEEDS)
    @precondition(lambda self: not self.story.state.erased)
    def somebody_does_what_is_offered(self, seed: int) -> None:
        """What is offered without a refusal is possible."""
        self._go_on(self._random(seed))

    @rule(seed=SEEDS)
    @precondition(lambda self: not self.story.state.is_closed)
    def several_do_what_is_offered(self, seed: int) -> None:
        """So that the machine gets far."""
        pick = self._random(seed)
        for _ in range(5):
            if not self.story.state.is_closed:
                self._go_on(pick)
                self.now += timedelta(minutes=pick.choice([0, 0, 20, 600]))

    def _go_on(self, pick: Random) -> None:
        offered: dict[str, list[c.Actor]] = {}
        for actor in self._cast(pick):
            for each in possible(self.story.state, actor, self.story.law, self.now):
                if each.no is None:
                    offered.setdefault(each.kind, []).append(actor)
        if offered:
            everybody_assigned = all(each.people for each in self.story.state.steps.values())
            weights = {**WEIGHTS, "assign": 10} if everybody_assigned else WEIGHTS
            kinds = sorted(offered)
            kind = pick.choices(kinds, [weights.get(each, 100) for each in kinds])[0]
            self._take(pick, pick.choice(offered[kind]), kind)

    @rule(seed=SEEDS)
    def several_try_anything(self, seed: int) -> None:
        """A command with any arguments: it follows the law or is refused in words, and nothing else happens."""
        pick = self._random(seed)
        for _ in range(5):
            self._try_anything(pick)

    def _try_anything(self, pick: Random) -> None:
        actor = pick.choice(self._cast(pick))
        cls = pick.choice([*c.PEOPLES, *c.TIMERS, *c.CARRIED])
        hints = typing.get_type_hints(cls)
        named = [each.name for each in dataclasses.fields(cls) if each.name not in c.ENVELOPE]
        given = {}
        offer = None
        if cls in c.PEOPLES:
            offer = self.story.offer(cls, actor, self.now)
            if offer.no is None and pick.random() < 0.7:  # one thing wrong, the rest as it should be
                self.fresh += 1
                given = Builder(self.story, actor, self.now, pick, self.fresh).arguments(offer)
                named = pick.sample(named, 1) if named else []
        given |= {
            each: nonsense(pick, cls, each, hints[each])
            for each in named
            if each not in ("number", "query_number", "key_id")
        }
        if pick.random() < 0.1:  # entered late
            paper_at = self.now - timedelta(hours=pick.choice([-1, 0, 1, 100]))
            second = pick.choice(["ben", "second", *WORDS])
            given["late"] = c.LateEntry(paper_at, FILE, pick.choice(["outage-7", *WORDS]), second)
        self._try(cls, actor, self.now + timedelta(seconds=pick.choice([0, 0, -3, -60])), given)

    @rule(seed=SEEDS)
    @precondition(lambda self: any(each.is_open for each in self.story.state.steps.values()))
    def two_branches_at_once(self, seed: int) -> None:
        """Two people on different branches: neither refuses the other, and the order makes no difference."""
        pick = self._random(seed)
        state, law = self.story.state, self.story.law
        acts: list[tuple[str, c.Actor, c.Offer]] = []
        for slug, step in state.steps.items():
            for person in step.people[:1]:
                actor = staff(person.id, person.unit)
                for kind in ("finish_step", "pause", "set_rectification"):
                    offer = self.story.offer(c.KINDS[kind], actor, self.now)
                    pairs = dict.fromkeys(offer.allowed, ())
                    for place, name in enumerate(offer.allowed.get("step", ())):
                        if name == slug:
                            pairs = {key: (values[place],) for key, values in offer.allowed.items()}
                    if pairs.get("step"):
                        acts.append((slug, actor, dataclasses.replace(offer, allowed=pairs)))
        people = {slug: {each.id for each in step.people} for slug, step in state.steps.items()}
        apart = [(one, other) for one in acts for other in acts if one[0] < other[0]]
        apart = [each for each in apart if not people[each[0][0]] & people[each[1][0]]]
        if not apart:
            return
        commands = []
        for _, actor, offer in pick.choice(apart):
            self.fresh += 1
            arguments = Builder(self.story, actor, self.now, pick, self.fresh).arguments(offer)
            commands.append(self.story.command(c.KINDS[offer.kind], actor, self.now, **arguments))
        ends = []
        for order in (commands, commands[::-1]):
            fork = Story(law, state)
            for command in order:
                fork.carry_out(command)
            ends.append(fork.state)
        if all(isinstance(each, c.FinishStep) for each in commands):
            assert ends[0] == ends[1]

    def _random(self, seed: int) -> Random:
        self.fresh += 1
        return Random(f"{seed} {self.fresh}")

    def _cast(self, pick: Random) -> list[c.Actor]:
        """Those whom the case has named, the parties, and some who came by."""
        state = self.story.state
        named = [staff(person.id, person.unit) for step in state.steps.values() for person in step.people]
        if state.hearing and state.hearing.host:
            named.append(staff(state.hearing.host.id, state.hearing.host.unit))
        came_by = [staff(pick.choice(["ann", "ben", "zoe"]), unit) for unit in UNITS]
        return [*dict.fromkeys([*named, *came_by]), *OTHERS]

    def _take(self, pick: Random, actor: c.Actor, kind: str) -> None:
        self.fresh += 1
        offer = self.story.offer(c.KINDS[kind], actor, self.now)
        assert offer.no is None
        self.story.advance(self.now)
        arguments = Builder(self.story, actor, self.now, pick, self.fresh).arguments(offer)
        before = self.story.state
        try:
            facts = self.story.do(c.KINDS[kind], actor, self.now, **arguments)
        except NotPossible as no:
            raise AssertionError(f"{kind} was offered to {actor.id} and then refused: {no} {arguments}") from no
        self._hold(before, facts)

    def _try(self, cls: type[c.Command], actor: c.Actor, at: datetime, arguments: dict[str, Any]) -> None:
        late = "late" in arguments
        self.story.advance(arguments["late"].paper_at if late else at)
        refused = self.story.offer(cls, actor, at).no if cls in c.PEOPLES and not late else None
        before = self.story.state
        try:
            facts = self.story.do(cls, actor, at, **arguments)
        except NotPossible:
            assert self.story.state == before
            return
        assert refused is None, f"{c.NAMES[cls]} was carried out though {refused}"
        self._hold(before, facts)

    def _hold(self, before: State, facts: list[e.Event]) -> None:
        """What every fact must keep, seen from the state before it."""
        law, state = self.story.law, before
        for fact in facts:
            match fact:
                case e.Paused():
                    limit = legal_clock(state, law) or preliminary_clock(state, law)
                    promise = next((each for each in clocks(state, law) if each.clock is Clock.PROMISED), None)
                    stopped = [each for each in (limit, promise) if each]
                    assert any(not each.is_over(fact.on) for each in stopped)
                    assert fact.clocks <= {Clock.LEGAL, Clock.PROMISED}
                    assert fact.expected_end > fact.on
                case e.Granted() | e.Refused():
                    if fact.by.kind is e.ActorKind.STAFF and not law.procedure.merged:
                        for duty in (Duty.INTAKE, Duty.SURVEY, Duty.REVIEW):
                            assert fact.by.id not in state.acted.get(duty, ())
                    assert state.accepted
                    assert not state.is_decided
                case e.EndDecided():
                    self._was_heard(state, fact)
                case e.LicenceEnded() | e.LicenceRestored():
                    assert state.served_on == fact.effective_on
                    assert state.ended or (state.granted and state.decided_on and not state.opening)
                    assert fact.number == state.former
                case e.Extended():
                    assert state.extension is None
                case e.HearingHeld() | e.HearingNoticed():
                    assert state.hearing
                    assert state.hearing.host
                    assert state.hearing.host.id == fact.by.id
                case _:
                    pass
            state = fold([fact], state)

    def _was_heard(self, state: State, fact: e.EndDecided) -> None:
        """Nobody's licence ends without notice, the five days, an answer to what they said, and another decider."""
        assert state.opening
        assert state.intent
        told, calendar = state.intent, self.story.law.calendar(state.calendar)
        free = sum(calendar.is_workday(told.on + timedelta(days=n)) for n in range(1, (fact.on - told.on).days))
        assert free >= 5, "five whole working days between the notice and the decision"
        assert (fact.act, fact.ground, fact.until) == (told.act, told.ground, told.until)
        assert fact.number == state.opening.licence_number
        assert not any(each.is_open for each in state.statements)
        assert not (state.hearing and state.hearing.is_pending)
        examined = (state.acted.get(duty, frozenset()) for duty in (Duty.SURVEY, Duty.REVIEW))
        assert not any(fact.by.id in each for each in examined)

    # What holds at every moment

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def time_has_nothing_left_to_do(self) -> None:
        self.story.advance(self.now)

        assert [when for when, _ in timers(self.story.state, self.story.law) if when <= self.now] == []

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def from_arrival_to_closing_a_clock_runs(self) -> None:
        state = self.story.state
        running = [each for each in clocks(state, self.story.law) if each.ended_on is None]

        assert bool(running) != state.is_closed
        assert state.contact, "exactly one contact, always"

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def every_date_can_be_computed_and_only_what_may_stand_stands(self) -> None:
        for each in clocks(self.story.state, self.story.law):
            assert each.due >= each.start
            each.used(self.now.date())
            if each.clock not in (Clock.LEGAL, Clock.PROMISED, Clock.PRELIMINARY, Clock.SHARE, Clock.STEP):
                assert each.pauses == ()

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def nothing_is_demanded_outside_the_guide(self) -> None:
        procedure = self.story.law.procedure
        known = {
            *(("material", each.id) for each in procedure.materials),
            *(("question", each.id) for each in procedure.questions),
        }
        for fact in self.story.facts:
            if isinstance(fact, e.CorrectionRequested | e.CorrectionReminded | e.CorrectedOnTheSpot):
                assert {(each.kind, each.id) for each in fact.points} <= known
            if isinstance(fact, e.Refused):
                cited = [each.id for each in fact.points if each.kind is e.PointKind.CRITERION]
                assert cited
                assert all(procedure.criterion(each) for each in cited)

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def the_great_events_happen_once(self) -> None:
        def count(*kinds: type) -> int:
            return sum(isinstance(fact, kinds) for fact in standing)

        standing = standing_facts(self.story.facts)
        assert count(e.Submitted) <= 1
        assert count(e.Accepted) <= 1
        assert count(e.Granted, e.Refused) <= min(1, count(e.Accepted))
        assert count(e.Extended) <= 1
        assert count(e.Forwarded) <= 1
        assert count(e.LimitPassed) <= 1
        assert count(e.Issued) <= count(e.Granted)
        assert count(e.OpenedExOfficio) + count(e.Submitted) <= 1
        assert not (count(e.OpenedExOfficio) and count(e.Accepted, e.Withdrawn, e.Terminated, e.Granted, e.LimitPassed))
        assert count(e.IntentTold) <= count(e.OpenedExOfficio)
        assert count(e.EndDecided) <= count(e.IntentTold)
        assert count(e.LicenceEnded, e.LicenceRestored) <= min(count(e.Served), count(e.EndDecided, e.Granted))
        ends = (e.Closed, e.Discontinued, e.Withdrawn, e.Terminated, e.Voided, e.Lapsed, e.Declined, e.FoundNotNeeded)
        assert count(*ends) == self.story.state.is_closed

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def the_numbers_of_papers_are_unique(self) -> None:
        numbers = [fact.notice for fact in self.story.facts if isinstance(fact, e.Paused | e.Extended)]

        assert len(set(numbers)) == len(numbers)

    @invariant()
    @precondition(lambda self: hasattr(self, "story"))
    def the_state_is_its_history(self) -> None:
        assert self.story.state == fold(self.story.facts, NEW)
        if any(isinstance(each, e.TakenBack) for each in self.story.facts):
            never = fold(standing_facts(self.story.facts), NEW)
            differ = {each.name for each in dataclasses.fields(State) if each.name != "act"} - REMAINS
            assert {name for name in differ if getattr(never, name) != getattr(self.story.state, name)} == set()
            assert [each.due for each in clocks(never, self.story.law)] == [
                each.due for each in clocks(self.story.state, self.story.law)
            ]
        assert set(vars(self.story.state)) == {each.name for each in dataclasses.fields(State)}

    def teardown(self) -> None:
        if hasattr(self, "story"):
            self._read_back()

    def _read_back(self) -> None:
        """The whole history as bytes, read back: the same bytes, the same case, and nobody's data."""
        self.story.require_replayable()
        for fact in self.story.facts:
            kind, body = e.encode(fact)
            text = body.decode()
            assert SECRET not in text
            assert PARTICULARS["id_number"] not in text
            assert json.loads(text) == json.loads(e.encode(e.decode(kind, json.loads(text)))[1])


TestCase = Case.TestCase
TestCase.settings = settings(
    max_examples=2_000 if SOAK else 40,
    stateful_step_count=60 if SOAK else 40,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
)
