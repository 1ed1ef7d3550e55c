"""When a light changes: the days, computed from a clock's limit; the light itself is computed when it is read.

Counted on the clock itself, k = counted days up to and including today, n = the limit: day 0 is green; yellow from
k/n >= 80 % or, for limits of three and more, from n - k <= 1 (`thresholds`: dated, a region's choice); orange on the
due day; red after it, rest days included. What should be done on the very day it began (an instant item, a limit that
ends that day) turns yellow at an hour of that day: there is no warning at its birth.

A case has one light: of the clock it is watched on at its stage. Red with a cross (red_plus) is what no promise
excuses: the statutory limit passed, an acceptance by silence, an unlawful second notice. Blue is a case that lawfully
waits: stopped on a ground of art. 45, or for the applicant's correction.
"""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from banjie.engine.clocks import (
    Running,
    certificate_clock,
    legal_clock,
    nearest_limit,
    notice_clock,
    running_limit,
)
from banjie.engine.events import DeemedAccepted, DeemedRenewed
from banjie.engine.law import Law, Region
from banjie.engine.state import UNDER_EXAMINATION, Stage, State
from banjie.engine.thresholds import Thresholds, in_force
from banjie.engine.timelimits import ONE_DAY, Limit, Unit, due, left, used


@dataclass(frozen=True, slots=True)
class Turns:
    """The days on which a light changes; `yellow_on` is None where it goes from green straight to orange.

    `hour`: the hour at which it turns yellow on `yellow_on`, which is the day it began; None of what is due later.
    """

    yellow_on: date | None
    orange_on: date
    red_on: date
    hour: time | None = None

    def light(self, on: date, clock: time | None = None) -> str:
        """green, yellow, orange or red on this day; `clock`: the office's time of day, its beginning where not said."""
        if on >= self.red_on:
            return "red"
        if on >= self.orange_on:
            return "orange"
        if self.yellow_on is None or on < self.yellow_on:
            return "green"
        is_early = self.hour is not None and on == self.yellow_on and (clock is None or clock < self.hour)
        return "green" if is_early else "yellow"


def turns(running: Running, region: Region, instant: bool = False) -> Turns:
    """The days on which this clock's light changes. A month limit counts in the calendar days it has.

    `instant`: of an item that is done while one waits (即办件).
    """
    last = running.due
    thresholds = in_force(region.lights, running.start)
    if last <= running.start:
        return Turns(last, last + ONE_DAY, last + ONE_DAY, thresholds.same_day)
    if instant:
        return Turns(running.start, last, last + ONE_DAY, thresholds.same_day)
    return Turns(_yellow(running, last, thresholds), last, last + ONE_DAY)


def _yellow(running: Running, last: date, by: Thresholds) -> date | None:
    if running.limit.unit is Unit.WORKING_DAY:
        total, unit = running.limit.number, Unit.WORKING_DAY
    else:
        args = (running.start, last, running.by_day, running.calendar, running.pauses)
        total, unit = left(*args) + used(*args), Unit.CALENDAR_DAY
    nearly = total - by.left if total >= by.left_from else total
    counted = next((k for k in range(1, total) if 100 * k >= by.used_per_cent * total or k >= nearly), None)
    if counted is None:
        return None
    on = due(running.start, Limit(counted, unit, stays=True), running.calendar, running.pauses)
    return on if on < last else None


# The light of a case


class Watched(StrEnum):
    """The four stages a case is watched at (预审、受理、办结、取件, M223), and nothing more once it is over."""

    PRE_REVIEW = "pre_review"  # handed in from afar, and nobody has answered yet
    ACCEPTANCE = "acceptance"  # at the window, in correction, or corrected: to be accepted or not
    COMPLETION = "completion"  # accepted, not decided
    COLLECTION = "collection"  # decided, not served
    OVER = ""


@dataclass(frozen=True, slots=True)
class CaseLight:
    """The days on which the light of a case changes: what its row keeps. Days it has not are None.

    `red_plus_on`: from this day whatever else is said. `blue_from`, `blue_until`: the days on which it lawfully waits,
    the last not included; no `blue_until`: until somebody lets it go on. `hour` as in `Turns`.
    """

    watched: Watched
    yellow_on: date | None = None
    orange_on: date | None = None
    red_on: date | None = None
    red_plus_on: date | None = None
    blue_from: date | None = None
    blue_until: date | None = None
    hour: time | None = None

    def light(self, on: date, clock: time | None = None) -> str:
        """The light on a day, as a code of the catalogue's `lights`; grey where the case is over."""
        if not self.watched:
            return "grey"
        if self.red_plus_on and on >= self.red_plus_on:
            return "red_plus"
        if self.blue_from and self.blue_from <= on and (self.blue_until is None or on < self.blue_until):
            return "blue"
        if self.orange_on is None or self.red_on is None:
            return "green"
        return Turns(self.yellow_on, self.orange_on, self.red_on, self.hour).light(on, clock)


def watched(state: State) -> Watched:
    """The stage a case is watched at."""
    if state.stage is Stage.SUBMITTED:
        from_afar = state.channel != "window" and not state.corrections
        return Watched.PRE_REVIEW if from_afar else Watched.ACCEPTANCE
    if state.stage is Stage.CORRECTION:
        return Watched.ACCEPTANCE
    if state.stage in UNDER_EXAMINATION:
        return Watched.COMPLETION
    return Watched.COLLECTION if state.stage is Stage.DECIDED else Watched.OVER


def watched_clock(state: State, law: Law) -> Running | None:
    """The clock that gives the case its light at its stage; None where it waits for the applicant, or is over."""
    match watched(state):
        case Watched.PRE_REVIEW | Watched.ACCEPTANCE:
            return notice_clock(state, law) if state.stage is Stage.SUBMITTED else None
        case Watched.COMPLETION:
            return nearest_limit(state, law)
        case Watched.COLLECTION:
            return certificate_clock(state, law)
    return None


def case_light(state: State, law: Law) -> CaseLight:
    """The days on which the light of this case changes, as things stand."""
    stage = watched(state)
    if stage is Watched.OVER:
        return CaseLight(stage)
    red_plus = _red_plus(state, law)
    if state.stage is Stage.CORRECTION:
        return CaseLight(stage, red_plus_on=red_plus, blue_from=state.correction_from)
    running = watched_clock(state, law)
    if running is None:
        return CaseLight(stage, red_plus_on=red_plus)
    instant = law.procedure.instant and stage is not Watched.COLLECTION
    changes = turns(running, law.region, instant)
    blue = _blue(running, state)
    return CaseLight(
        stage,
        changes.yellow_on,
        changes.orange_on,
        changes.red_on,
        red_plus,
        blue[0] if blue else None,
        blue[1] if blue else None,
        changes.hour,
    )


def _red_plus(state: State, law: Law) -> date | None:
    """The first day of what no promise excuses."""
    days = [each.on for each in state.corrections if each.unlawful]
    if isinstance(state.accepted, DeemedAccepted):
        days.append(state.accepted.on)
    if isinstance(state.granted, DeemedRenewed):
        days.append(state.granted.on)
    statutory = legal_clock(state, law) or running_limit(state, law)
    if statutory:
        decided_late = state.decided_on is not None and state.decided_on > statutory.due
        if decided_late or (state.stage in UNDER_EXAMINATION and statutory.runs_out):
            days.append(statutory.due + ONE_DAY)
    return min(days, default=None)


def _blue(running: Running, state: State) -> tuple[date, date | None] | None:
    """The days the clock stands on because of a pause nobody has ended, the last not included."""
    if running.stands_from:
        return running.stands_from, None
    first = min((each.stopped_on for each in state.open_pauses), default=None)
    spans = [each for each in running.pauses if first and each.stopped >= first and each.resumed > each.stopped]
    return (min(each.stopped for each in spans), max(each.resumed for each in spans)) if spans else None
