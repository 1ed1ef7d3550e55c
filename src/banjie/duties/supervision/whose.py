"""Whose turn it was in a case, day by day: the departments', the applicant's, somebody else's. Pure.

A day belongs to whoever had the case when it ended, from the day of receipt up to the day before closing: so the days
of the three add up to the time that has passed, which nothing ever stops. Others are those the law lets the clock stand
for: a hearing, a laboratory, experts (art. 45), for as long as the written notice told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banjie.engine import events as e
from banjie.engine.clocks import ends_by_itself, excluded
from banjie.engine.law import RECTIFICATION_GROUND, Law
from banjie.engine.state import NEW, UNDER_EXAMINATION, Stage, State, evolve
from banjie.engine.timelimits import ONE_DAY, Limit, Unit, used


class Who(StrEnum):
    """Whose turn it was."""

    DEPARTMENT = "department"
    APPLICANT = "applicant"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that belong to one: from `since` up to the day before `until`. `why`: receipt, correction,
    examination, rectification, delivery, or the ground on which the clock stood; `working`: working days among them."""

    who: Who
    why: str
    since: date
    until: date
    working: int

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class Total:
    """How long a case was with one of them, in calendar and in working days."""

    who: Who
    days: int
    working: int


def stretches(facts: Iterable[e.Event], law: Law, on: date) -> tuple[Stretch, ...]:
    """The days from receipt to closing, or to `on` where it is open, as stretches in order."""
    told = list(facts)
    whole = NEW
    for fact in told:
        whole = evolve(whole, fact)
    if whole.received_on is None:
        return ()
    end = min(on, whole.closed_on or on)
    calendar = law.calendar(whole.calendar)
    found: list[tuple[date, Who, str]] = []
    for day, state in _days(told, whole.received_on, end):
        who, why = _turn(state, whole, law, day, on)
        if not found or found[-1][1:] != (who, why):
            found.append((day, who, why))
    if not found:  # received today
        return ()
    begins = [since for since, _, _ in found]
    working = Limit(0, Unit.WORKING_DAY)
    return tuple(
        Stretch(who, why, since, until, used(since - ONE_DAY, until - ONE_DAY, working, calendar))
        for (since, who, why), until in zip(found, [*begins[1:], end], strict=True)
    )


def totals(told: Iterable[Stretch]) -> tuple[Total, ...]:
    """How long it was with each of the three, nobody left out."""
    days, working = dict.fromkeys(Who, 0), dict.fromkeys(Who, 0)
    for each in told:
        days[each.who] += each.days
        working[each.who] += each.working
    return tuple(Total(who, days[who], working[who]) for who in Who)


def _days(told: list[e.Event], first: date, end: date) -> Iterator[tuple[date, State]]:
    """Each day with the case as it stood at its end."""
    state, place, day = NEW, 0, first
    while day < end:
        while place < len(told) and told[place].on <= day:
            state, place = evolve(state, told[place]), place + 1
        yield day, state
        day += ONE_DAY


def _turn(state: State, whole: State, law: Law, day: date, on: date) -> tuple[Who, str]:
    if state.stage is Stage.SUBMITTED:
        return Who.DEPARTMENT, "receipt"
    if state.stage is Stage.CORRECTION:
        return Who.APPLICANT, "correction"
    if state.stage is Stage.DECIDED:
        return Who.DEPARTMENT, "delivery"
    if state.stage not in UNDER_EXAMINATION:
        return Who.DEPARTMENT, "examination"
    for pause in whole.pauses:
        span = excluded(pause, whole, law)
        stands_on = pause.resumed_on is None and ends_by_itself(pause, whole, law) is None
        if span.stopped <= day < (max(span.resumed, on) if stands_on else span.resumed):
            return (Who.APPLICANT if pause.ground == RECTIFICATION_GROUND else Who.OTHERS), pause.ground
    if any(step.rectification and step.is_open and not step.rectified for step in state.steps.values()):
        return Who.APPLICANT, "rectification"
    return Who.DEPARTMENT, "examination"
