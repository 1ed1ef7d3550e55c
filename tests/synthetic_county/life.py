"""How one case goes: people act at working minutes, the engine decides what follows, and the facts are kept.

A `Life` is told minute by minute from a queue of what somebody means to do next; with a `Twist` somebody does it
otherwise than the law means. Nothing here asks how it might be found out.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from math import exp, log
from random import Random
from typing import Any
from uuid import UUID

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import promised_clock, running_limit
from banjie.engine.decide import advance, decide
from banjie.engine.law import Law
from banjie.engine.state import NEW, Stage, State, fold
from tests.engine.story import PARTICULARS
from tests.synthetic_county.offices import DAY, Office, day_number, minute, moment

REF = e.Ref("text", "0" * 64)
TEXT = c.Personal("说明", sealed=REF)
MET = (c.Found("space", True),)


@dataclass(frozen=True)
class Twist:
    """One kind of misconduct, and how boldly: 1 is blatant, 0 hardly to be told from honest work."""

    kind: str
    boldness: float


ODDITIES = (
    "quick",
    "typed_at_day_end",
    "late_test",
    "retest",
    "changed_application",
    "own_reasons",
    "alone",
    "slow",
    "fast_lane",
    "backlog",
    "advised",
)
"""What honest offices do too, and looks like misconduct: by name, so that a test can ask for one."""


@dataclass
class Told:
    """A case as it was told: its facts with their positions and the instants at which the log received them."""

    stream: UUID
    law: Law
    item: str
    office: str
    party: str
    lines: list[tuple[int, e.Event, datetime]]
    planted: dict[str, float]


def between(low: float, high: float, part: float) -> float:
    """The point between two numbers, in proportion on a logarithmic scale."""
    return exp(log(low) + (log(high) - log(low)) * min(max(part, 0.0), 1.0))


class Life:
    """One case being told."""

    def __init__(
        self,
        office: Office,
        item: str,
        rng: Random,
        stream: UUID,
        party: str,
        filed: float,
        twist: Twist | None = None,
        oddity: str = "",
        better: bool = False,
    ) -> None:
        self.office, self.item, self.rng, self.twist = office, item, rng, twist
        self.oddity, self.better = oddity, better
        self.law = office.laws[item]
        self.stream, self.party = stream, party
        self.filed = filed
        self.state: State = NEW
        self.lines: list[tuple[int, e.Event, datetime]] = []
        self.planted: dict[str, float] = {}
        self.refile: float | None = None
        self._queue: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self._commands = count(1)
        self._last_day: date | None = None
        self._officers: dict[str, tuple[c.Actor, ...]] = {}
        self._notices = 0
        self._pauses = 0
        self.outage = ""
        self.typing: tuple[datetime, timedelta] | None = None

    # Telling

    def tell(self) -> Told:
        """The whole case."""
        self.then(self.filed, self._file)
        if not self.oddity and self.twist is None:
            part = self.rng.random()
            rare = (("fast_lane", self.office.fast_lane), ("backlog", self.office.backlog), ("advised", 0.012))
            for name, chance in rare:
                if 0 <= part < chance and self.item not in ("counter", "register"):
                    self.oddity = name
                part -= chance
        if self.oddity == "own_reasons" or (self.twist is None and not self.oddity and self.rng.random() < 0.03):
            self.then(self.filed + self.rng.lognormvariate(log(4), 0.8) * DAY, self._withdraws_for_own_reasons)
        if self.rng.random() < 0.12:
            self.then(self.filed + self.rng.uniform(0.2, 8) * DAY, self._note)
        while self._queue:
            x, _, what = heapq.heappop(self._queue)
            if self.state.is_closed:
                break
            what(x)
        return Told(self.stream, self.law, self.item, self.office.name, self.party, self.lines, self.planted)

    def then(self, x: float, what: Callable[[float], None]) -> None:
        """Somebody means to do this at that working minute."""
        heapq.heappush(self._queue, (x, next(self._order), what))

    def act(self, cls: type[c.Command], by: c.Actor, x: float, at: datetime | None = None, **more: Any) -> None:
        """Carry out a command, after what time itself has brought about."""
        at = at or moment(x)
        if self.state.last_at and at < self.state.last_at:
            at = self.state.last_at + timedelta(seconds=1)
        if self._last_day is not None and at.date() != self._last_day:
            self.state, done = advance(self.state, self.law, at)
            for _, facts in done:
                self._keep(facts, at)
        if self.state.is_closed:
            return
        self._last_day = at.date()
        late, recorded = None, at
        if self.typing and cls is not c.Issue:  # dated by the paper, typed in one after the other
            recorded, self.typing = self.typing[0], (self.typing[0] + self.typing[1], self.typing[1])
        elif self.outage and by.kind is e.ActorKind.STAFF and cls in (c.Submit, c.Accept) and x - self.filed < 200:
            recorded = at + timedelta(hours=20)
        if recorded != at:
            scan, second = e.FileRef("scan", "0" * 64), f"{self.office.name}-window-9"
            late = c.LateEntry(paper_at=at, scan=scan, outage=self.outage, second=second)
        number = UUID(int=(self.stream.int & ~0xFFFF) | next(self._commands))
        command = cls(command_id=number, at=recorded, by=by, late=late, **more)
        facts = decide(self.state, command, self.law)
        self.state = fold(facts, self.state)
        self._keep(facts, recorded)

    def _keep(self, facts: list[e.Event], recorded: datetime) -> None:
        for fact in facts:
            self.lines.append((len(self.lines) + 1, fact, recorded))

    def _spread(self, middle: float, sigma: float = 0.8) -> float:
        """So many minutes, more or less, at this office's pace."""
        return self.rng.lognormvariate(log(middle), sigma) * self.office.pace

    @property
    def _kind(self) -> str:
        return self.twist.kind if self.twist else ""

    @property
    def _bold(self) -> float:
        return self.twist.boldness if self.twist else 0.0

    # People

    def _clerk(self) -> c.Actor:
        posts = ("clerk", "decider") if self.item == "counter" else ("clerk",)
        return self.office.staff("window", self.rng.randrange(2), *posts)

    def _decider(self) -> c.Actor:
        return self.office.staff("decide", 0 if self.rng.random() < 0.8 else 1, "decider", "licence_clerk")

    def _pick(self, kind: str, x: float, wanted: int) -> tuple[c.Actor, ...]:
        """People for a step."""
        if kind == "review":
            numbers = [0 if self.oddity == "alone" else self.rng.randrange(self.office.present(x))]
        else:
            numbers = self.rng.sample(range(4), wanted)
        return tuple(self.office.staff(kind, number, "officer") for number in numbers)

    # Receipt

    def _file(self, x: float) -> None:
        own = self.law.procedure
        complete = self.rng.random() < 0.82
        if self._kind == "back_filled" or self.oddity:
            complete = True
        if self._kind == "second_correction" or self.oddity == "changed_application":
            complete = False
        provided = [e.Provided("form", form="copy")] + ([e.Provided("plan", form="copy")] if complete else [])
        provided += [e.Provided("lease", form="copy")] if self.better else []
        at_window = (
            self.item == "counter"
            or self._kind == "back_filled"
            or self.oddity in ("quick", "fast_lane")
            or self.rng.random() < 0.45
        )
        arguments: dict[str, Any] = {
            "applicant": c.Personal(PARTICULARS, sealed=REF),
            "answers": c.Personal({"rooms": 8}, sealed=REF),
            "provided": tuple(provided),
            "number": f"{own.code}-{self.stream.hex[:8]}",
            "query_number": "Q",
        }
        if at_window:
            clerk = self._clerk()
            if (
                self._kind == "back_filled" and self.rng.random() < 0.25
            ):  # as a late entry, after an outage nobody knows
                self.outage = "outage-unknown"
                apart = timedelta(minutes=between(200, 1, self._bold))
                self.typing = (moment(x + 6 * DAY), apart)
            self.act(c.Submit, clerk, x, channel="window", party=self.party, **arguments)
        else:
            clerk = self._clerk()
            at = moment(x)
            if self.rng.random() < 0.35:  # in the evening, from home
                at = at.replace(hour=18) + timedelta(minutes=self.rng.uniform(0, 300))
                x = minute(at)
            self.act(c.Submit, c.Actor(self.party, e.ActorKind.APPLICANT), x, at=at, **arguments)
        if self.item == "counter":
            self.then(x + self.rng.uniform(4, 40), lambda x: self._at_once(x, clerk))
            return
        if self._kind == "back_filled":
            self._in_one_sitting(x, clerk)
            return
        waits = at_window and self.rng.random() < 0.6
        delay = self.rng.uniform(3, 20) if waits else self._spread(self.office.window, 0.9)
        if self.oddity == "fast_lane":
            delay = self.rng.uniform(2, 10)
        if self._kind == "second_correction" and self.rng.random() < self._bold:
            delay = self.rng.uniform(2.5, 4.6) * DAY
        delay = min(delay, 4.6 * DAY)
        self.then(x + delay, lambda x: self._answer(x, clerk))

    def _at_once(self, x: float, clerk: c.Actor) -> None:
        if any(each not in self.state.provided for each in self.state.required):
            self.then(x, lambda x: self._answer(x, clerk))
            return
        self.act(c.DecideAtOnce, clerk, x, outcome="grant", findings=MET)
        self.then(x + self.rng.uniform(1, 10), lambda x: self.act(c.Serve, clerk, x, method="in_person"))

    def _answer(self, x: float, clerk: c.Actor) -> None:
        """Accept, or say what is wrong."""
        if self.state.stage is not Stage.SUBMITTED:
            return
        missing = [each for each in self.state.required if each not in self.state.provided]
        flawed = self._flaw()
        if missing or flawed:
            points = tuple(c.Citation(e.PointKind.MATERIAL, each, e.Defect.MISSING) for each in missing) or flawed
            self.act(c.RequestCorrection, clerk, x, points=points)
            self._notices += 1
            if self._notices > 1 and self._kind == "second_correction":
                self.planted["second_correction"] = self._bold
            if self.rng.random() < 0.93 or self._kind:
                wait = min(self.rng.lognormvariate(log(2.2), 0.8), 8) * DAY
                self.then(x + wait, lambda x: self._corrects(x, clerk))
            return
        if self.item == "counter":
            self._at_once(x, clerk)
            return
        self.act(c.Accept, clerk, x)
        self.then(x, self._accepted)

    def _flaw(self) -> tuple[c.Citation, ...]:
        """What a clerk finds wrong with the plan that is there: honestly, or to win time."""
        if "plan" not in self.state.provided:
            return ()
        wanted = (e.Defect.ILLEGIBLE, e.Defect.WRONG_FORM, e.Defect.UNSIGNED, e.Defect.INCOMPLETE)
        if self._kind == "second_correction":
            most = 1 + round(self._bold * 2 * self.rng.uniform(0.5, 1))
            if 1 <= self._notices <= most:
                return (c.Citation(e.PointKind.MATERIAL, "plan", wanted[self._notices - 1]),)
            return ()
        chance = {0: 0.05, 1: 0.12 * self.office.bad_scanner, 2: 0.06 * self.office.bad_scanner}.get(self._notices, 0.0)
        if self._kind == "back_filled" or self.oddity or self.rng.random() > chance:
            return ()
        return (c.Citation(e.PointKind.MATERIAL, "plan", wanted[self._notices]),)

    def _corrects(self, x: float, clerk: c.Actor) -> None:
        if self.state.stage is not Stage.CORRECTION:
            return
        own = c.Actor(self.party, e.ActorKind.APPLICANT)
        provided = [e.Provided("plan", form="copy")]
        changed = self._notices == 1 and self._kind == "" and self.rng.random() < 0.06
        changed = changed or (self.oddity == "changed_application" and self._notices == 1)
        answers = c.Personal({"rooms": 12}, sealed=REF) if changed else None
        if "lease" in self.state.required and self._notices > 1:
            provided.append(e.Provided("lease", form="copy"))
        self.act(c.SubmitCorrection, own, x, provided=tuple(provided), answers=answers)
        delay = self._spread(self.office.window, 0.9)
        if self._kind == "second_correction" and self.rng.random() < self._bold:
            delay = self.rng.uniform(2.5, 4.6) * DAY
        self.then(x + min(delay, 4.6 * DAY), lambda x: self._answer(x, clerk))

    # Examination

    def _accepted(self, x: float) -> None:
        kind, limit = self._kind, self.law.procedure.committed_limit
        assert limit is not None
        if kind == "off_system":
            x += self.rng.uniform(0.45, 0.95) * limit.number * DAY
            self._typed_in(x, between(1400, 3, self._bold))
            return
        if kind == "coaxed_withdrawal":
            left = between(7, 0.3, self._bold) * self.rng.uniform(0.7, 1.3)
            self.then(self._before_due(left), self._talks_them_out_of_it)
        if self.oddity == "backlog":
            x += self.rng.uniform(3, 7) * DAY
        if self.oddity == "advised":
            self.then(self._before_due(self.rng.uniform(0.3, 5)), self._is_advised)
        quick = self.oddity in ("quick", "fast_lane", "backlog") or (not kind and self.rng.random() < self.office.quick)
        for slug, step in self.state.steps.items():
            if step.is_open:
                self.then(x + (5 if quick else self._spread(180)), lambda x, slug=slug: self._assign(x, slug, quick))

    def _before_due(self, left: float) -> float:
        """The working minute at which so many working days are left of the promise."""
        clock = promised_clock(self.state, self.law)
        assert clock is not None
        return (day_number(clock.due) + 0.999 - left) * DAY

    def _assign(self, x: float, slug: str, quick: bool = False) -> None:
        step = self.state.steps[slug]
        if not step.is_open or step.people:
            return
        rule = self.law.procedure.step(slug)
        assert rule is not None
        kind = rule.unit.split("-")[-1]
        wanted = 2 if rule.kind in ("survey", "inspection") else 1
        people = self._second_pair_of_eyes(x) if slug == "second" else self._pick(kind, x, wanted)
        self._officers[slug] = people
        named = tuple(e.Person(each.id, each.unit) for each in people)
        if wanted == 1 and self.rng.random() < 0.6:
            self.act(c.Assign, people[0], x, step=slug, people=named)
        else:
            self.act(c.Assign, self.office.staff(kind, 8, "section_head"), x, step=slug, people=named)
        self.then(x + self._takes(rule.kind, slug, quick), lambda x: self._work(x, slug, quick))

    def _second_pair_of_eyes(self, x: float) -> tuple[c.Actor, ...]:
        first = self._officers["review"]
        present = 1 if self.oddity == "alone" else self.office.present(x)
        if self._kind == "one_person":
            self.planted["one_person"] = self._bold
            return first
        others = [number for number in range(present) if not first[0].id.endswith(f"-{number}")]
        if not others or self.rng.random() < 0.04:  # nobody else is there, or nobody thinks of it
            return first
        return (self.office.staff("review", self.rng.choice(others), "officer"),)

    def _takes(self, kind: str, slug: str, quick: bool) -> float:
        """Minutes of work and waiting on a step."""
        if self.oddity == "fast_lane":
            return self.rng.uniform(25, 80) if kind == "survey" else self.rng.uniform(3, 25)
        if self.oddity == "advised":
            return 20 * DAY
        if quick:
            return self.rng.uniform(5, 30) if kind == "review" else self.rng.uniform(40, 150)
        if self._kind == "one_person" and slug == "second":
            return between(500, 2, self._bold) * self.rng.uniform(0.6, 1.5)
        if self._kind == "blocked_node" and slug in ("fire", "survey", "second", "lab"):
            share = {"fire": 4, "survey": 5, "second": 2, "lab": 4}[slug]
            self.planted["blocked_node"] = self._bold
            return share * DAY * (1.3 + 2.6 * self._bold * self.rng.uniform(0.7, 1.2))
        if self.oddity == "late_test" and slug == "review":
            return max(self._before_due(1.6) - self._now(), 5)
        if self.oddity == "late_test" and slug == "lab":
            return self.rng.uniform(20, 60)
        if self._kind == "coaxed_withdrawal":  # it lies, and that is why
            return 30 * DAY
        if self.oddity == "slow" and slug != "review":
            return 4.5 * DAY
        if self._kind == "last_day_pause" and slug == "lab":
            return max(self._before_due(between(3.2, 0.4, self._bold)) - self._now(), 5)
        middle = {"review": 320, "survey": 500, "inspection": 420, "consultation": 520}[kind]
        if self.item == "register":
            middle = 70
        if kind == "survey" and self.rng.random() < 0.05:  # round the corner, and at once
            return self.rng.uniform(25, 90)
        return self._spread(middle, 0.75)

    def _now(self) -> float:
        assert self.state.last_at is not None
        return minute(self.state.last_at)

    def _work(self, x: float, slug: str, quick: bool) -> None:
        """The step is worked on: the clock stops for a test, or the step comes to its end."""
        step, worker = self.state.steps[slug], self._officers[slug][0]
        if not step.is_open or any(each.step == slug for each in self.state.open_pauses):
            return
        number = int(worker.id.rsplit("-", 1)[1])
        if worker.unit.endswith("-review") and number >= self.office.present(x):  # away: it waits until they are back
            self.then((x // (5 * DAY) + 1) * 5 * DAY + self.rng.uniform(5, 300), lambda x: self._work(x, slug, quick))
            return
        if slug == "lab" and self._wants_pause():
            self._pause(x, slug, worker)
            return
        later = self.oddity == "typed_at_day_end" or self.rng.random() < self.office.writes_later
        if later and not quick:  # typed in at the end of the day
            x = (x // DAY) * DAY + max(x % DAY, self.rng.uniform(330, 385))
        outcome = "no_objection" if slug == "fire" else "passed"
        self.then(x, lambda x: self._finish(x, slug, worker, outcome, quick))

    def _finish(self, x: float, slug: str, worker: c.Actor, outcome: str, quick: bool) -> None:
        if not self.state.steps[slug].is_open:
            return
        self.act(c.FinishStep, worker, x, step=slug, outcome=outcome, findings=MET)
        for other, step in self.state.steps.items():
            if step.is_open and not step.people:
                wait = 5 if quick else self._spread(120)
                if self._kind == "one_person":
                    wait = self.rng.uniform(1, 20)
                self.then(x + wait, lambda x, other=other: self._assign(x, other, quick))
        if self.state.examined_on:
            self._examined(x, quick)

    # Pauses

    def _wants_pause(self) -> bool:
        if self._kind == "last_day_pause":
            return self._pauses == 0
        if self._kind == "pause_chain":
            return self._pauses < 2 + round(self._bold * 3 * self.rng.uniform(0.6, 1.1))
        if self.oddity in ("late_test", "retest"):
            return self._pauses < (2 if self.oddity == "retest" else 1)
        return self.rng.random() < (0.4, 0.16, 0.08)[min(self._pauses, 2)]

    def _pause(self, x: float, slug: str, worker: c.Actor) -> None:
        told = self.rng.randint(3, 8)
        if self._kind == "last_day_pause":
            told = self.rng.randint(4, 6 + round(8 * self._bold))
        clock = promised_clock(self.state, self.law)
        assert clock is not None
        legal_clock = running_limit(self.state, self.law)
        assert legal_clock is not None
        today = moment(x).date()
        if legal_clock.is_over(today) or (clock.is_over(today) and self.rng.random() < 0.8):
            self.then(x, lambda x: self._finish(x, slug, worker, "passed", False))
            return
        ground = self.rng.choice(("inspection", "testing"))
        number = day_number(moment(x).date()) + told
        legal = moment(number * DAY).date()
        self.act(c.Pause, worker, x, ground=ground, expected_end=legal, step=slug)
        if self._kind in ("last_day_pause", "pause_chain") and (self._kind == "last_day_pause" or self._pauses):
            self.planted[self._kind] = self._bold
        if self._kind == "last_day_pause":
            self.planted.setdefault("blocked_node", self._bold)
        self._pauses += 1
        early = self.rng.random() < 0.6
        back = x + (self.rng.uniform(0.4, 0.95) * told * DAY if early else (told + 0.2) * DAY)
        self.then(back, lambda x: self._back(x, slug, worker, ground))

    def _back(self, x: float, slug: str, worker: c.Actor, ground: str) -> None:
        at = moment(x)
        self.state, done = advance(self.state, self.law, at)
        for _, facts in done:
            self._keep(facts, at)
        if self.state.is_closed:
            return
        if any(each.step == slug for each in self.state.open_pauses):
            self.act(c.Resume, worker, x, ground=ground)
        rest = self._spread(400)
        if self._kind == "pause_chain":
            rest = between(4 * DAY, 60, self._bold) * self.rng.uniform(0.6, 1.5)
        self.then(x + rest, lambda x: self._work(x, slug, False))

    # Decision

    def _examined(self, x: float, quick: bool) -> None:
        wait = self.rng.uniform(3, 20) if quick or self.item == "register" else self._spread(260)
        at = x + wait
        if not quick and self.item != "register":
            at = self._moved(at)
        decider = self._officers["review"][0] if self.item == "register" else self._decider()
        if self.item == "register":
            decider = c.Actor(
                decider.id,
                decider.kind,
                frozenset({"decider", "licence_clerk"}),
                self.office.unit("decide"),
                self.office.name,
            )
        self.then(at, lambda x: self._decide(x, decider))

    def _moved(self, at: float) -> float:
        """When the decision is really made: in the weekly meeting, at the end of the limit, or at once."""
        if self._kind == "mass_closing":
            edge = self._before_due(1) + 1
            start = 310 + 50 * self._bold * self.rng.random()
            if edge + start > at:
                self.planted["mass_closing"] = self._bold
                return edge + start + self.rng.uniform(0, 25 + 55 * (1 - self._bold))
            return at
        if self.office.meets and not self._kind:
            number = int(at // DAY)
            for ahead in range(6):
                if moment((number + ahead) * DAY).weekday() == 3 and (number + ahead) * DAY + 240 > at:
                    return (number + ahead) * DAY + 240 + self.rng.uniform(0, 70)
        short = int(at // (20 * DAY)) == self.office.short
        if self.rng.random() < (0.55 if short else self.office.puts_off):
            edge = self._before_due(1 + self.rng.choice((0, 0, 0, 1, 1, 2)))
            return max(at, edge + self.rng.triangular(0, 389, 300))
        return at

    def _decide(self, x: float, decider: c.Actor) -> None:
        if self.state.examined_on is None or self.state.is_decided:
            return
        if self.rng.random() < 0.06 and not self._kind:
            points = (c.Citation(e.PointKind.CRITERION, "space", e.Defect.UNMET),)
            self.act(c.Decide, decider, x, outcome="refuse", points=points)
        else:
            self.act(c.Decide, decider, x, outcome="grant")
        self.typing = None
        self.then(x + self._spread(150), lambda x: self._issue(x, decider))

    def _issue(self, x: float, decider: c.Actor) -> None:
        if self.state.granted:
            self.act(c.Issue, decider, x)
        clerk = self._clerk()
        self.then(x + self._spread(300), lambda x: self.act(c.Serve, clerk, x, method="in_person"))

    # On paper first

    def _in_one_sitting(self, x: float, clerk: c.Actor) -> None:
        """Everything is typed in one after the other, from the paper file."""
        self.planted["back_filled"] = self._bold
        span = between(1500, 4, self._bold) * self.rng.uniform(0.7, 1.4)
        if self.typing:
            span = 4 * DAY * self.rng.uniform(0.6, 1.4)
        self.then(x + span * 0.15, lambda x: self._typed_in(x, span * 0.8, clerk))

    def _typed_in(self, x: float, span: float, clerk: c.Actor | None = None) -> None:
        """The steps one after the other inside this span, as if they happened there."""
        if clerk:
            self.act(c.Accept, clerk, x)
        else:
            self.planted["off_system"] = self._bold
            self.planted.setdefault("blocked_node", self._bold)
        todo: list[Callable[[float], None]] = []
        checked: list[str] = []
        for rule in self.law.procedure.steps:
            kind = rule.unit.split("-")[-1]
            wanted = 2 if rule.kind == "survey" else 1
            people = self._pick(kind, x, wanted)
            checked += [people[0].id] if rule.kind == "review" else []
            named = tuple(e.Person(each.id, each.unit) for each in people)
            head = self.office.staff(kind, 8, "section_head")
            outcome = "no_objection" if rule.slug == "fire" else "passed"
            todo.append(lambda x, r=rule, n=named, h=head: self.act(c.Assign, h, x, step=r.slug, people=n))
            todo.append(
                lambda x, r=rule, w=people[0], o=outcome: self.act(
                    c.FinishStep, w, x, step=r.slug, outcome=o, findings=MET
                )
            )
        if len(checked) > 1 and len(set(checked)) == 1:
            self.planted["one_person"] = self._bold
        if not clerk and self.rng.random() < 0.4 * self._bold:
            window = self._clerk()
            todo.append(lambda x: self.act(c.RecordVisit, window, x, reason="collect"))
        decider = self._decider()
        todo.append(lambda x: self._decide(x, decider))
        marks = sorted(self.rng.random() for _ in todo)
        for part, what in zip(marks, todo, strict=True):
            self.then(x + part * span, what)

    # Beside the procedure

    def _note(self, x: float) -> None:
        if self.state.stage is not Stage.NEW and self.item != "counter":
            self.act(c.Note, self.office.staff("review", 0, "officer"), x, text=TEXT)

    def _withdraws_for_own_reasons(self, x: float) -> None:
        if self.state.stage in (Stage.NEW, Stage.DECIDED) or self.item == "counter":
            return
        if self.rng.random() < 0.3 and self.state.accepted:
            self.act(c.Note, self.office.staff("review", 0, "officer"), x - 1, text=TEXT)
            x += self.rng.uniform(20, 800)
        self._withdraw(x)
        if self.rng.random() < 0.4:
            self.refile = x + self.rng.lognormvariate(log(5), 0.9) * DAY

    def _talks_them_out_of_it(self, x: float) -> None:
        if self.state.is_decided or self.state.is_closed:
            return
        if self.rng.random() < 0.5 + 0.5 * self._bold:
            officer = self.office.staff("review", 0, "officer")
            if self.rng.random() < 0.5:
                self.act(c.Note, officer, x, text=TEXT)
            else:
                self.act(c.RecordVisit, officer, x, reason="ask")
        self.planted["coaxed_withdrawal"] = self._bold
        self.planted.setdefault("blocked_node", self._bold)
        later = x + between(900, 20, self._bold) * self.rng.uniform(0.6, 1.5)
        self._queue.clear()
        self.then(later, self._withdraw)
        self.refile = later + between(13, 0.4, self._bold) * self.rng.uniform(0.7, 1.5) * DAY

    def _is_advised(self, x: float) -> None:
        """Somebody calls and says, as they may, that it will be refused as it stands; a better application follows."""
        if self.state.is_decided or self.state.is_closed:
            return
        self.act(c.Note, self.office.staff("review", 0, "officer"), x, text=TEXT)
        self._queue.clear()
        self.then(x + self.rng.uniform(30, 1500), self._withdraw)
        self.refile = x + self.rng.lognormvariate(log(6), 0.7) * DAY

    def _withdraw(self, x: float) -> None:
        if self.state.is_decided or self.state.stage is Stage.NEW:
            return
        self.act(c.Withdraw, c.Actor(self.party, e.ActorKind.APPLICANT), x)
