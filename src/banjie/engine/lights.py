"""When a clock's light changes: the days, computed from its limit; the light itself is computed when it is read.

Counted on the clock itself, k = counted days up to and including today, n = the limit: day 0 is green; yellow from
k/n >= 0.8 or, for limits of three and more, from n - k <= 1; orange on the due day; red after it, rest days included.
"""

from dataclasses import dataclass
from datetime import date

from banjie.engine.clocks import Running
from banjie.engine.timelimits import ONE_DAY, Limit, Unit, due, left, used


@dataclass(frozen=True, slots=True)
class Turns:
    """The days on which a light changes; `yellow_on` is None where it goes from green straight to orange."""

    yellow_on: date | None
    orange_on: date
    red_on: date

    def light(self, on: date) -> str:
        """green, yellow, orange or red on this day."""
        if on >= self.red_on:
            return "red"
        if on >= self.orange_on:
            return "orange"
        return "yellow" if self.yellow_on and on >= self.yellow_on else "green"


def turns(running: Running) -> Turns:
    """The days on which this clock's light changes. A month limit counts in the calendar days it has."""
    last = running.due
    return Turns(_yellow(running, last), last, last + ONE_DAY)


def _yellow(running: Running, last: date) -> date | None:
    if running.limit.unit is Unit.WORKING_DAY:
        total, unit = running.limit.number, Unit.WORKING_DAY
    else:
        args = (running.start, last, running.by_day, running.calendar, running.pauses)
        total, unit = left(*args) + used(*args), Unit.CALENDAR_DAY
    counted = next((k for k in range(1, total) if 5 * k >= 4 * total or (total >= 3 and total - k <= 1)), None)
    if counted is None:
        return None
    on = due(running.start, Limit(counted, unit, stays=True), running.calendar, running.pauses)
    return on if on < last else None
