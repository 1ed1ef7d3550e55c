"""If I file today, when by? The dates an application of a day would have, counted as those of a real case are.

Nothing is guessed beside the engine: a case that was received and accepted at that instant is thought up, and its own
clocks answer, with the region's and the item's readings and whatever calendar is known.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from banjie.engine import events as e
from banjie.engine.clocks import Running, clocks, notice_clock
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import TIMER
from banjie.engine.law import Clock, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import acceptance
from banjie.engine.state import Stage, State

TOLD = (Clock.NOTICE, Clock.PRELIMINARY, Clock.PROMISED, Clock.LEGAL, Clock.TOTAL)
"""The clocks somebody who has not filed yet is told of, in this order."""
BEARS_ON_IT = ("after_hours", "hours_by_wall_clock")
"""The contested readings that can move one of these dates."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The dates of an application that arrives at `at`.

    `running`: the notice clock, and the clocks of a decision where it is accepted the same day. `latest`: the clock
    that binds first where the agency takes all the time it has to answer; None where nothing was promised and no law
    sets a limit. `readings`: how the law is read where that bears on these dates.
    """

    at: datetime
    calendar: str
    counts_from: str
    readings: tuple[tuple[str, str | bool], ...]
    running: tuple[Running, ...]
    latest: Running | None

    @property
    def on(self) -> date:
        """The office's civil day on which it is filed."""
        return self.at.astimezone(OFFICE_ZONE).date()


def if_filed(law: Law, at: datetime) -> Forecast:
    """The dates of an application under this law that arrives at this instant.

    NotPossible("calendar_not_loaded") for a day of a year that is not loaded. A due date that no loaded year reaches is
    refused by its own clock.
    """
    on = at.astimezone(OFFICE_ZONE).date()
    law.calendar(law.current_calendar).is_workday(on)  # a year nobody loaded is refused here
    received = _received(law, at)
    notice = notice_clock(received, law)
    assert notice is not None, "whatever is received is to be answered"
    decided = _accepted(received, law, on)
    answered = replace(notice, ended_on=None)
    found = {Clock.NOTICE: answered, **{each.clock: each for each in decided if each.clock in TOLD}}
    return Forecast(
        at=at,
        calendar=law.current_calendar,
        counts_from=law.procedure.counts_from,
        readings=tuple((name, law.reading(name, on)) for name in BEARS_ON_IT),
        running=tuple(found[each] for each in TOLD if each in found),
        latest=_latest(received, answered, law),
    )


def opening(law: Law, on: date) -> datetime:
    """The instant a day is asked for by: when the hall opens."""
    opens = law.region.hours[0][0] if law.region.hours else time(9)
    return datetime.combine(on, opens, OFFICE_ZONE)


def _latest(received: State, answered: Running, law: Law) -> Running | None:
    try:
        accepted = _accepted(received, law, answered.due)
        return min((each for each in accepted if each.clock in TOLD[1:4]), key=lambda each: each.due_at, default=None)
    except NotPossible:  # no calendar reaches that far
        return None


def _received(law: Law, at: datetime) -> State:
    procedure = law.procedure
    return State(
        stage=Stage.SUBMITTED,
        procedure=procedure.code,
        procedure_version=procedure.version,
        calendar=law.current_calendar,
        received_at=at,
        notice_at=at,
        notice_limit=procedure.notice_limit,
        applicable=tuple(each.slug for each in procedure.steps if not each.when),
    )


def _accepted(received: State, law: Law, on: date) -> tuple[Running, ...]:
    """The clocks of the decision where it is accepted on this day."""
    assert received.received_at is not None, "what is accepted was received"
    same_day = on == received.received_on
    at = received.received_at if same_day else opening(law, on)
    fact = e.Accepted(at=at, by=TIMER.mark, calendar=received.calendar, **acceptance(received, law, on))
    state = replace(received, stage=Stage.ACCEPTED, accepted=replace(fact, plan=()), accepted_on=on)
    return tuple(each for each in clocks(state, law) if each.clock is not Clock.NOTICE)
