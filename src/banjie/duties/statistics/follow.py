"""The rows of the statistics follow the cases: how long a decision took, which surveys were finished."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from banjie.cases.handle import STREAM_KIND
from banjie.duties.statistics.models import Handled, Surveyed
from banjie.engine import events as e
from banjie.engine.calendar import Calendar
from banjie.engine.clocks import promised_clock, running_limit
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State, fold
from banjie.engine.steps.survey import SURVEY
from banjie.engine.timelimits import Limit, Unit, spent, used
from banjie.records import catalogue
from banjie.store.log import read
from banjie.store.log.read import LogEntry

DECISIONS = frozenset({e.NAMES[e.Granted], e.NAMES[e.Refused]})
FINISHED = e.NAMES[e.StepFinished]


class Figures:
    """Keeps what the figures need of a case and its row does not say."""

    name = "figures"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        if entry.kind in DECISIONS or entry.kind == FINISHED:
            follow(entry)


def follow(entry: LogEntry) -> None:
    """The rows that this fact makes; none for a step that is no survey."""
    facts = [each for each in read.entries(entry.stream) if each.position <= entry.position]
    event = e.decode(entry.kind, read.plain(entry))
    state = fold(e.decode(each.kind, read.plain(each)) for each in facts)
    law = catalogue.law(state.procedure, state.procedure_version)
    if isinstance(event, e.StepFinished):
        rule = law.procedure.step(event.step)
        if rule and rule.kind == SURVEY.slug:
            told: dict[str, Any] = {
                "procedure": state.procedure,
                "procedure_version": state.procedure_version,
                "unit": rule.unit,
                "finished_on": event.on,
                "passed": event.outcome == "passed",
            }
            Surveyed.objects.kept().update_or_create(
                stream=entry.stream, slug=event.step, attempt=event.attempt, defaults=told
            )
        return
    decided = event.at
    days, counted = _days(state, law)
    Handled.objects.kept().update_or_create(
        stream=entry.stream,
        defaults={
            "procedure": state.procedure,
            "procedure_version": state.procedure_version,
            "decided_on": event.on,
            "days": days,
            "counted_days": counted,
            "minutes": _minutes(state, law, decided) if law.procedure.instant else None,
        },
    )


def _days(state: State, law: Law) -> tuple[int | None, int | None]:
    start, decided = state.counted_from, state.decided_on
    if start is None or decided is None:
        return None, None
    calendar = law.calendar(state.calendar)
    running = promised_clock(state, law) or running_limit(state, law)
    each_day = Limit(0, Unit.WORKING_DAY)
    try:
        days = used(start, decided, each_day, calendar)
        counted = used(start, decided, each_day, calendar, running.pauses if running else ())
    except NotPossible:
        return None, None
    return days, counted


def _minutes(state: State, law: Law, decided: datetime) -> int | None:
    if state.notice_at is None:
        return None
    hours = () if law.reading("hours_by_wall_clock", state.received_on) else law.region.hours
    try:
        return open_minutes(state.notice_at, decided, law.calendar(state.calendar), hours)
    except NotPossible:
        return None


def open_minutes(start: datetime, end: datetime, calendar: Calendar, hours: Sequence[Sequence[time]]) -> int:
    """Whole minutes between two instants in which the hall was open; every minute, where no hours are given.

    On one civil day every minute counts, open or not: whoever is served at noon waited until then.
    """
    start, end = start.astimezone(OFFICE_ZONE), end.astimezone(OFFICE_ZONE)
    if not hours or start.date() == end.date():
        return max(int((end - start) // timedelta(minutes=1)), 0)
    sessions = [(opens, closes) for opens, closes in hours]
    return int(spent(start, end, calendar, hours=sessions) // timedelta(minutes=1))
