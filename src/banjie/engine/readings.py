"""Contested readings: where the texts leave a choice, what may be chosen, by whom, and from which day on.

A region's profile has a reading for every point, and may change one from a day on; an item may settle a point for its
own cases, where its own law does. What binds a case is what stood on the day its application arrived: a region that
changes its mind changes no running case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

READINGS: Mapping[str, tuple[Any, ...]] = {
    "hours_by_wall_clock": (False, True),
    "hearing_pause": ("request", "told"),
    "second_notice": ("refuse", "red_card"),
    "superior_clock": ("arrival", "acceptance"),
    "not_needed_form": ("notice", "decision"),
    "pause_edges": ("half_open", "after_stop", "both"),
    "told_time": ("told", "actual"),
    "after_hours": ("same_day", "next_working_day"),
    "resubmission": ("from_resubmission", "from_first_receipt"),
    "extension_moves_promise": (False, True),
    "hearing_days": ("working_day", "calendar_day"),
    "special_step": ("actual", "additive"),
    "sent_back": ("continue", "reset"),
    "gap_overdue": ("in_writing", "auto"),
}
"""What may be chosen, point by point; the first is the default."""

YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A contested point that an item's own law settles. `value` as in `READINGS`; "yes" or "no" for True or False.

    Whether there is such a point and such a value, the publishing gate asks; `basis`: the article that settles it.
    """

    name: str
    value: str
    basis: str = ""

    @property
    def chosen(self) -> Any:
        """The value as `READINGS` has it; ValueError where the point or the value is unknown."""
        for each in READINGS.get(self.name, ()):
            if self.value == YES_NO.get(each, each):
                return each
        raise ValueError(f"{self.name}: {self.value!r} is none of {', '.join(values_of(self.name))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Settled):
    """A reading that a region chose: it holds from `valid_from` on, for what arrives from then on."""

    valid_from: date


def values_of(name: str) -> tuple[str, ...]:
    """What may be chosen on this point, as it is written; nothing for a point that does not exist."""
    return tuple(YES_NO.get(each, each) for each in READINGS.get(name, ()))


def in_force(readings: Iterable[Reading], on: date) -> dict[str, Any]:
    """What the newest reading of each point that holds on a day has chosen."""
    held = sorted((each for each in readings if each.valid_from <= on), key=lambda each: each.valid_from)
    return {each.name: each.chosen for each in held}
