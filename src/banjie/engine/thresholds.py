"""When a light turns: a region's choice, dated; the default is the project's rule table (电子监察).

A clock goes by the thresholds in force on the day it began, whatever the region chooses later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How a light turns yellow; orange is the due day itself and red every day after it, which no region can choose.

    `used_per_cent`: yellow once so much of the limit is used. `left`: and once so few counted days remain, of limits
    of at least `left_from` counted days. `same_day`: the hour at which what is due on the day it began turns yellow.
    ValueError for thresholds that would warn on day 0 or never.
    """

    valid_from: date = date.min
    used_per_cent: int = 80
    left: int = 1
    left_from: int = 3
    same_day: time = time(16)
    source: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.used_per_cent <= 100:
            raise ValueError(f"lights: used_per_cent: {self.used_per_cent} is not between 1 and 100")
        if not 0 <= self.left < self.left_from:
            raise ValueError(f"lights: left: {self.left} of limits from {self.left_from} on would warn on day 0")


DEFAULT = (Thresholds(),)


def in_force(thresholds: Sequence[Thresholds], on: date) -> Thresholds:
    """The newest thresholds that have come into force by a day; the oldest where none has."""
    by_day = sorted(thresholds, key=lambda each: each.valid_from)
    return next((each for each in reversed(by_day) if each.valid_from <= on), by_day[0])
