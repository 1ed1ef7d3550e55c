"""Where the deadline is computed. Nowhere else.

How days count (行政许可法 82, 民法典 201-203, and the project's table of contested readings):

* Day 0 is the triggering civil day and never counts; a limit of n ends at 24:00 of the n-th counted day.
* A pause is half-open, [stopped, resumed): the day the clock stops does not count, the day it resumes does.
* n months end on the corresponding day of the n-th month after, else on that month's last day.
* A limit in calendar days or months that ends on a rest day ends on the next working day on which the clock runs,
  unless the limit `stays`.
* Hours and minutes run from the instant, inside the hall's opening hours of working days (or by the wall clock).

All functions are pure; dates are civil days of the office, instants carry their zone. A year that is needed and not
loaded is NotPossible("calendar_not_loaded").

>>> from datetime import date, timedelta
>>> spring = {date(2026, 2, 15) + timedelta(days=n): "春节" for n in range(9)}
>>> year = Year(2026, True, spring, frozenset({date(2026, 2, 14), date(2026, 2, 28)}))
>>> calendar = Calendar.build("doctest", [year])
>>> due(date(2026, 2, 13), Limit(5, Unit.WORKING_DAY), calendar)
datetime.date(2026, 2, 27)
>>> due(date(2026, 1, 31), Limit(1, Unit.MONTH), calendar)
datetime.date(2026, 2, 28)
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile

from banjie.engine.calendar import Calendar, Year
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible

__all__ = ["Calendar", "Day", "Limit", "Span", "Unit", "Year", "due", "due_at", "ledger", "left", "spent", "used"]

OPENING_HOURS: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17)))
ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a limit counts."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    HOUR = "hour"
    MINUTE = "minute"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number and its unit, always together: 20 working days and 20 days are different law.

    `stays`: a calendar-day or month limit that ends on a rest day stays there instead of rolling (the rule's choice).
    """

    number: int
    unit: Unit
    stays: bool = False

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError(f"a limit cannot be negative: {self.number}")

    def plus(self, other: "Limit") -> "Limit":
        """This limit lengthened by another of the same unit (ValueError otherwise)."""
        if other.unit is not self.unit:
            raise ValueError(f"cannot add {other.unit} to {self.unit}")
        return Limit(self.number + other.number, self.unit, self.stays)


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a clock stands: [stopped, resumed). One that ends before it begins cannot be counted."""

    stopped: date
    resumed: date


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the ledger: a day, whether it counted, the count after it, and why.

    `reason` is a code of the word catalogue: day_zero, working_day, make_up_day, calendar_day, weekend, holiday,
    paused, rolled. `name` is the holiday's name or "". `official` is False where the year's notice is not out (暂定).
    """

    day: date
    counted: bool
    number: int
    reason: str
    name: str
    official: bool


def due(start: date, limit: Limit, calendar: Calendar, pauses: Sequence[Span] = ()) -> date:
    """The last day of the limit: it is kept by acting up to 24:00 of this day. `start` is day 0."""
    if limit.unit is Unit.WORKING_DAY and not pauses and limit.number:
        return calendar.working_day_after(start, limit.number)  # the common case: two look-ups
    if limit.number == 0:
        return start
    if limit.unit is Unit.WORKING_DAY:
        return _nth_working_day(start, limit.number, calendar, pauses)
    merged = _merged(start, pauses)
    end = _nth_day(start, _length(start, limit), merged)
    if limit.stays:
        return end
    while not calendar.is_workday(end) or _paused(end, merged):
        end += ONE_DAY
    return end


def used(start: date, on: date, limit: Limit, calendar: Calendar, pauses: Sequence[Span] = ()) -> int:
    """Counted days after day 0 up to and including `on`: working days, or calendar days for the other day units."""
    if on <= start:
        return 0
    count = _rank(limit, calendar)
    counted = count(on) - count(start)
    for span in _merged(start, pauses):
        if span.stopped <= on:
            last = min(span.resumed - ONE_DAY, on)
            counted -= count(last) - count(span.stopped - ONE_DAY)
    return counted


def rest(cap: Limit, calendar: Calendar, spans: Sequence[Span]) -> Limit:
    """What is left of a cap on excluded days after these spans, in the same unit; a number of 0 when it is used up.

    Days and months do not mix: a cap in months is used up by the first span.
    """
    count = _rank(cap, calendar)
    merged = _merged(date.min, spans)
    spent = sum(count(span.resumed - ONE_DAY) - count(span.stopped - ONE_DAY) for span in merged)
    if cap.unit is Unit.MONTH:
        return Limit(0, cap.unit) if spent else cap
    return Limit(max(cap.number - spent, 0), cap.unit, cap.stays)


def left(start: date, on: date, limit: Limit, calendar: Calendar, pauses: Sequence[Span] = ()) -> int:
    """Counted days that remain after `on`; negative when over. A month limit counts in calendar days."""
    _days_only(limit)
    total = limit.number if limit.unit is Unit.WORKING_DAY else _length(start, limit)
    return total - used(start, on, limit, calendar, pauses)


def ledger(
    start: date, limit: Limit, calendar: Calendar, pauses: Sequence[Span] = (), until: date | None = None
) -> tuple[Day, ...]:
    """Every day from day 0 to the deadline (or to `until`, where that comes first), whether it counted, and why.

    Cost: one entry a day.
    """
    end = due(start, limit, calendar, pauses)
    end = min(end, until or end)
    merged = _merged(start, pauses)
    working = limit.unit is Unit.WORKING_DAY
    length = limit.number if working else _length(start, limit)
    lines = [Day(start, False, 0, "day_zero", "", calendar.is_official(start.year))]
    number, day = 0, start
    while day < end:
        day += ONE_DAY
        reason, name = calendar.reason(day)
        counted = False
        if _paused(day, merged):
            reason, name = "paused", ""
        elif not working and number >= length:
            reason = reason if reason in ("weekend", "holiday") else "rolled"
        elif not working:
            counted, reason = True, "calendar_day"
        else:
            counted = reason in ("working_day", "make_up_day")
        number += counted
        lines.append(Day(day, counted, number, reason, name, calendar.is_official(day.year)))
    return tuple(lines)


def due_at(
    start: datetime,
    limit: Limit,
    calendar: Calendar,
    pauses: Sequence[tuple[datetime, datetime]] = (),
    hours: Sequence[tuple[time, time]] = OPENING_HOURS,
    wall_clock: bool = False,
) -> datetime:
    """The instant at which an hour or minute limit has elapsed (民法典 201(2)).

    `hours` are the hall's opening hours of a working day, in order; `wall_clock` counts every minute of every day
    instead. `pauses` are half-open spans of instants. Instants of any zone are counted, and answered, in the office's;
    ValueError for one without a zone.
    """
    if limit.unit not in (Unit.HOUR, Unit.MINUTE):
        raise ValueError(f"{limit.unit} limits end on a day: use due()")
    start = _in_office(start)
    stands = sorted((_in_office(stopped), _in_office(resumed)) for stopped, resumed in pauses)
    remaining = timedelta(**{"hours" if limit.unit is Unit.HOUR else "minutes": limit.number})
    if not remaining:
        return start
    spans = _running_from(start, calendar, hours, wall_clock)
    for opened, closed in _without(spans, stands):
        if closed - opened >= remaining:
            return opened + remaining
        remaining -= closed - opened
    raise AssertionError("the spans of opening hours never end")


def spent(
    start: datetime,
    end: datetime,
    calendar: Calendar,
    pauses: Sequence[tuple[datetime, datetime]] = (),
    hours: Sequence[tuple[time, time]] = OPENING_HOURS,
    wall_clock: bool = False,
) -> timedelta:
    """How much time a clock of hours or minutes ran between two instants: nothing where `end` comes first.

    What `due_at` counts forwards, read backwards; arguments as there. Cost: one step a day.
    """
    start, end = _in_office(start), _in_office(end)
    stands = sorted((_in_office(stopped), _in_office(resumed)) for stopped, resumed in pauses)
    spans = takewhile(lambda span: span[0] < end, _running_from(start, calendar, hours, wall_clock, end.date()))
    return sum((min(closed, end) - opened for opened, closed in _without(spans, stands) if opened < end), timedelta())


def in_days(length: timedelta, hours: Sequence[tuple[time, time]] = OPENING_HOURS) -> tuple[int, timedelta]:
    """A length of opening hours as whole working days and the hours and minutes beside them.

    A working day is as long as the hall is open on one, never 24 hours of opening time; 24 hours where it never closes.
    """
    opens = sum((timedelta(hours=b.hour - a.hour, minutes=b.minute - a.minute) for a, b in hours), timedelta())
    return divmod(length, opens or ONE_DAY)


def latest_before(end: date, limit: Limit, calendar: Calendar, rolls: bool = False) -> date:
    """The last day on which something is in time that is owed so long before `end`, which itself never counts.

    n days before lies n counted days back; n months before is the corresponding day, else that month's last. A rest
    day stays; where the rule `rolls`, the next working day is still in time, though never `end` itself or later.
    """
    _days_only(limit)
    if limit.unit is Unit.WORKING_DAY:
        day = end
        for _ in range(limit.number):
            day -= ONE_DAY
            while not calendar.is_workday(day):
                day -= ONE_DAY
        return day
    day = end - timedelta(days=limit.number) if limit.unit is Unit.CALENDAR_DAY else _months_on(end, -limit.number)
    if not rolls or not limit.number:
        return day
    return min(calendar.next_working_day(day), end - ONE_DAY)


def is_provisional(start: date, end: date, calendar: Calendar) -> bool:
    """Whether a date in [start, end] lies in a year whose notice is not out, so that `end` may still move (暂定)."""
    return any(not calendar.is_official(year) for year in range(start.year, end.year + 1))


# How days are counted


def _rank(limit: Limit, calendar: Calendar) -> Callable[[date], int]:
    """How many days that this unit counts there are up to and including a day, from some fixed day on."""
    _days_only(limit)
    return calendar.working_days_until if limit.unit is Unit.WORKING_DAY else date.toordinal


def _nth_working_day(start: date, number: int, calendar: Calendar, pauses: Sequence[Span]) -> date:
    rank = calendar.working_days_until
    target = rank(start) + number
    for span in _merged(start, pauses):
        if span.stopped > calendar.working_day_number(target):
            break
        target += rank(span.resumed - ONE_DAY) - rank(span.stopped - ONE_DAY)
    return calendar.working_day_number(target)


def _nth_day(start: date, number: int, merged: Sequence[Span]) -> date:
    end = start + timedelta(days=number)
    for span in merged:
        if span.stopped > end:
            break
        end += span.resumed - span.stopped
    return end


def _length(start: date, limit: Limit) -> int:
    """The calendar days after day 0 that a calendar-day or month limit has."""
    if limit.unit is Unit.CALENDAR_DAY:
        return limit.number
    if limit.unit is not Unit.MONTH:
        raise ValueError(f"{limit.unit} limits end at an instant: use due_at()")
    return (_months_on(start, limit.number) - start).days


def _months_on(day: date, number: int) -> date:
    """The corresponding day so many months on (or back, for a negative number), else that month's last (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_office(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"an instant without a zone says nothing: {instant.isoformat()}")
    return instant.astimezone(OFFICE_ZONE)


def _merged(start: date, pauses: Sequence[Span]) -> list[Span]:
    """The pauses after day 0 as disjoint spans in order: they may overlap, touch, nest or be empty.

    ValueError for one that ends before it begins.
    """
    if not pauses:
        return []
    merged: list[Span] = []
    for span in sorted(pauses, key=lambda each: (each.stopped, each.resumed)):
        if span.resumed < span.stopped:
            raise ValueError(f"a pause ends on or after the day it begins, not {span.stopped} to {span.resumed}")
        stopped = max(span.stopped, start + ONE_DAY)
        if span.resumed <= stopped:
            continue
        if merged and stopped <= merged[-1].resumed:
            merged[-1] = Span(merged[-1].stopped, max(merged[-1].resumed, span.resumed))
        else:
            merged.append(Span(stopped, span.resumed))
    return merged


def _paused(day: date, merged: Sequence[Span]) -> bool:
    return any(span.stopped <= day < span.resumed for span in merged)


def _days_only(limit: Limit) -> None:
    if limit.unit in (Unit.HOUR, Unit.MINUTE):
        raise ValueError(f"{limit.unit} limits end at an instant: use due_at()")


def _running_from(
    start: datetime,
    calendar: Calendar,
    hours: Sequence[tuple[time, time]],
    wall_clock: bool,
    last: date = date.max,
) -> Iterator[tuple[datetime, datetime]]:
    """The spans in which minutes count, from `start` to the `last` day, or until the calendar's years are over."""
    if wall_clock:
        while start.date() <= last:
            calendar.is_workday(start.date())  # an unloaded year is refused here too
            yield start, start + ONE_DAY
            start += ONE_DAY
        return
    day = start.date()
    while day <= last:
        if calendar.is_workday(day):
            for opens, closes in hours:
                opened = datetime.combine(day, opens, start.tzinfo)
                closed = datetime.combine(day, closes, start.tzinfo)
                if closed > start:
                    yield max(opened, start), closed
        day += ONE_DAY


def _without(
    spans: Iterator[tuple[datetime, datetime]], pauses: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """These spans with the pauses cut out of them."""
    for opened, closed in spans:
        for stopped, resumed in pauses:
            if resumed <= opened or stopped >= closed or resumed <= stopped:
                continue
            if stopped > opened:
                yield opened, stopped
            opened = min(resumed, closed)
        if opened < closed:
            yield opened, closed


def require_inside(day: date, on: date) -> None:
    """NotPossible("limit_already_over") where `on` lies after the last day of a limit."""
    if on > day:
        raise NotPossible("limit_already_over", due=day)
