"""One case before the people who work on it: who there is, and the moments at which they do something."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any, Protocol
from uuid import UUID

from banjie.demo.filings import Filing
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Law, StepRule
from banjie.engine.state import State
from banjie.engine.timelimits import Limit, Unit

Allowed = Mapping[str, tuple[Any, ...]]
Arguments = Mapping[str, Any]
OPENS, NOON, AFTER_NOON, CLOSES = time(9), time(12), time(13, 30), time(17)
DAYS_OF = {Unit.WORKING_DAY: 1.0, Unit.CALENDAR_DAY: 0.7, Unit.MONTH: 20.0, Unit.HOUR: 0.0, Unit.MINUTE: 0.0}


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


class People(Protocol):
    """Who works where, and how a scan comes about: what the office gives each desk."""

    staff: Callable[[str, str], list[c.Actor]]
    scan: Callable[[Live, c.Actor], e.FileRef]


class Desk:
    """What every room of the office asks of a case."""

    def __init__(self, office: People, case: Live) -> None:
        self.office = office
        self.case = case
        self.state = case.state
        self.law = case.law
        self.fate = case.filing.fate
        self.procedure = case.law.procedure

    @cached_property
    def calendar(self) -> Calendar:
        return self.law.calendar(self.state.calendar)

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

    def _actor(self, who: str, rule: StepRule) -> c.Actor | None:
        posts = (rule.post, "officer", "section_head")
        return next((each for post in posts for each in self.office.staff(rule.unit, post) if each.id == who), None)

    @property
    def _deciding_agency(self) -> str:
        return self.procedure.agency_of(self.procedure.decides)

    @property
    def _holding_agency(self) -> str:
        forwarding = self.procedure.forwarding
        if forwarding and self.state.forwarded is None:
            return self.procedure.agency_of(forwarding.preliminary_unit)
        return self._deciding_agency

    # Turns of events

    @property
    def _will_be_extended(self) -> bool:
        return self.fate == "extended" and self.state.extension is None and "extend" not in self.case.refused


def days_of(limit: Limit) -> float:
    """About how many working days a limit is."""
    return limit.number * DAYS_OF[limit.unit]
