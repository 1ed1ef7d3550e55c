"""From measures to a score: each sign adds what it is worth, as the region's dated data say.

A sign is one measure and how far it lies between what honest work shows every day (`usual`) and what it hardly ever
shows (`striking`). Its weight is in log odds, so that signs add up; the sum, beside how seldom the thing is at all
(`base`), is the score per mille. Nothing is hidden: what a suspicion says is the list of its signs.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from banjie.duties.supervision.findings import Evidence, Finding

FAINT = 20
"""Per mille below which nothing is even a candidate."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What one sign is worth: nothing at `usual`, `weight` at `striking`, in between in proportion."""

    weight: float
    usual: float
    striking: float
    reason: str = ""

    def __post_init__(self) -> None:
        if self.usual == self.striking:
            raise ValueError("usual and striking must differ")

    def worth(self, measured: float) -> float:
        """The log odds of this measure."""
        part = (measured - self.usual) / (self.striking - self.usual)
        return self.weight * min(max(part, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The data of one detector in one region from a day on. `look`: the score from which a supervisor is shown it;
    `card`: the score from which it may become a card without one."""

    base: float
    look: int
    card: int
    signs: Mapping[str, Measure]
    numbers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """One measure of one suspicion, for the reader. `expected`: what is usual; `positions`: the facts it rests on."""

    code: str
    measured: int
    expected: int
    worth: float
    positions: tuple[int, ...] = ()
    stream: UUID | None = None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a detector saw. `subject`: what it is about, the same whenever it is seen again; `score`: per mille."""

    detector: str
    subject: str
    stream: UUID | None
    number: str
    unit: str
    person: str
    on: date
    score: int
    signs: tuple[Sign, ...]
    places: tuple[tuple[UUID, int], ...] = ()

    @property
    def finding(self) -> Finding:
        """As the supervision room takes it: the score, then each sign that spoke, then the facts."""
        told = [Evidence("detected", {"score": self.score})]
        for sign in self.signs:
            if sign.worth > 0.05 or sign.worth < -0.05:
                values: dict[str, Any] = {"measured": sign.measured, "expected": sign.expected}
                first = sign.positions[0] if sign.positions else 0
                told.append(Evidence(f"{self.detector}_{sign.code}", values, first, sign.stream if first else None))
        for stream, position in self.places:
            told.append(Evidence("detected_fact", {}, position, None if stream == self.stream else stream))
        return Finding(
            self.detector, self.stream, self.number, self.unit, self.person, self.on, tuple(told), self.subject
        )


class Weighing:
    """The signs of one suspicion being added up."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._total = bounds.base
        self.signs: list[Sign] = []

    def add(
        self,
        code: str,
        measured: float,
        expected: float = 0,
        positions: Sequence[int] = (),
        stream: UUID | None = None,
        shown: float | None = None,
    ) -> None:
        """One more sign; a sign the region gives no weight is not looked at. `shown`: the measure as people read it."""
        measure = self._bounds.signs.get(code)
        if measure is None:
            return
        worth = measure.worth(measured)
        self._total += worth
        told = round(measured if shown is None else shown)
        self.signs.append(Sign(code, told, round(expected), worth, tuple(positions), stream))

    def habit(self, counts: tuple[int, int, int, int]) -> None:
        """The sign of whoever does it often: so many hits in so many tries, beside everybody else's."""
        self.add("habit", 10 * surprise(*counts), counts[1], shown=counts[0])

    @property
    def score(self) -> int:
        """Per mille."""
        return round(1000 / (1 + math.exp(-self._total)))

    @property
    def is_faint(self) -> bool:
        """Whether it is not worth carrying on."""
        return self.score < FAINT


def surprise(hits: int, tries: int, all_hits: int, all_tries: int) -> float:
    """How surprising it is that somebody has so many hits in so many tries, where all others have theirs: the
    number of noughts of the chance (3: one in a thousand), at most 12; 0 for somebody without others to compare with.
    """
    others, other_hits = all_tries - tries, all_hits - hits
    if not hits or others <= 0:
        return 0.0
    rate = (other_hits + 1) / (others + 2)
    if hits / tries <= rate:
        return 0.0
    chance = 0.0
    for number in range(hits, tries + 1):
        chance += math.exp(_log_of_term(number, tries, rate))
    return min(-math.log10(max(chance, 1e-12)), 12.0)


def _log_of_term(number: int, tries: int, rate: float) -> float:
    ways = math.lgamma(tries + 1) - math.lgamma(number + 1) - math.lgamma(tries - number + 1)
    return ways + number * math.log(rate) + (tries - number) * math.log1p(-rate)


def bounds_of(plain: Mapping[str, Any], where: str) -> dict[str, Bounds]:
    """The bounds of every detector from plain data; ValueError with the path of what is wrong."""
    found = {}
    for name, told in plain.items():
        try:
            measures = {
                code: Measure(float(each["weight"]), float(each["usual"]), float(each["striking"]), each["reason"])
                for code, each in told["signs"].items()
            }
            numbers = {code: int(each) for code, each in told.get("numbers", {}).items()}
            found[name] = Bounds(
                float(told["base"]), int(told["look"]), int(told["card"]), measures, numbers, told["reason"]
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise ValueError(f"{where}: {name}: {problem!r}") from problem
        if not FAINT <= found[name].look <= found[name].card <= 1000:
            raise ValueError(f"{where}: {name}: look and card are scores per mille, look the lower")
    return found
