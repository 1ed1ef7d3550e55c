"""A second, deliberately plain reading of the counting rules, to test the engine against.

Everything here walks: one day at a time, or one minute at a time, and asks of each day or minute
whether it counts.  There is no table, no arithmetic on weeks and no code shared with the product, so
that a mistake would have to be made twice, in two different ways, to stay unseen.

Words used throughout
---------------------
start
    Day 0, the day of the event that starts the period.  It never counts: 民法典 Art. 201 (1).
rests
    A predicate, one civil day to a truth value: True on a day off (weekend, holiday, shifted day off),
    False on a working day (weekday, make-up working day (调休)).
pauses
    Pairs (stopped, resumed) of days, half-open: the day the clock stops does not count, the day it
    resumes does (行政许可法 Art. 45 leaves the edges open; table of contested readings, row "Pause edges").  They
    may overlap, nest, touch, be empty, begin before the start and come in any order.
deadline
    The last day of the period; it runs to 24:00 of that day: 民法典 Art. 203 (2).

Sources: 民法典 Arts. 201-203, 行政许可法 Arts. 45 and 82, and the table of contested readings.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

Rests = Callable[[date], bool]
Pauses = Sequence[tuple[date, date]]
Moments = Sequence[tuple[datetime, datetime]]
Hours = Sequence[tuple[time, time]]

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
ONE_SECOND = timedelta(seconds=1)

WORKING_DAY = "working_day"
CALENDAR_DAY = "calendar_day"
MONTH = "month"
HOUR = "hour"
MINUTE = "minute"


def paused(day: date, pauses: Pauses) -> bool:
    """Whether the clock stands still on ``day``: some pause has stopped <= day < resumed.

    The time of a hearing, an inspection or an expert review is not counted (行政许可法 Art. 45); the
    edges are those of the table of contested readings, row "Pause edges".
    """
    return any(stopped <= day < resumed for stopped, resumed in pauses)


def working_days_due(start: date, number: int, rests: Rests, pauses: Pauses = ()) -> date:
    """Deadline of ``number`` working days (工作日) after day 0.

    行政许可法 Art. 82: the law's periods count in working days, days off are left out; 民法典 Art. 201
    (1): the day of the event does not count.  ``number`` 0 gives day 0 itself.
    """
    day = start
    counted = 0
    while counted < number:
        day = day + ONE_DAY
        if not rests(day) and not paused(day, pauses):
            counted = counted + 1
    return day


def calendar_days_end(start: date, number: int, pauses: Pauses = ()) -> date:
    """The ``number``-th day after day 0 on which the clock is not paused, days off included.

    民法典 Art. 201 (1) (the day of the event does not count), 行政许可法 Art. 45 (pauses do not count).
    ``number`` 0 gives day 0 itself.  Whether a day off moves this end is asked elsewhere.
    """
    day = start
    counted = 0
    while counted < number:
        day = day + ONE_DAY
        if not paused(day, pauses):
            counted = counted + 1
    return day


def rolled(day: date, rests: Rests, pauses: Pauses = ()) -> date:
    """The first day, from ``day`` on, that is neither a day off nor paused, if ``day`` is a day off.

    民法典 Art. 203 (1): when the last day of a period is a statutory day off, the day after the days off
    is the last day.  A deadline cannot fall on a day on which the clock stands, so the roll goes on
    through a pause (行政许可法 Art. 45).  A working day stays where it is.
    """
    if not rests(day):
        return day
    while rests(day) or paused(day, pauses):
        day = day + ONE_DAY
    return day


def calendar_days_due(start: date, number: int, rests: Rests, pauses: Pauses = (), stays: bool = False) -> date:
    """Deadline of ``number`` calendar days (自然日) after day 0.

    民法典 Arts. 201 (1) and 203 (1); ``stays`` is the reading of the table of contested readings, rows "日 in other
    laws" and "Backward day on a rest day", in which the end does not move off a day off.  ``number`` 0
    gives day 0 itself and does not roll: a period of no days has no last day to move.
    """
    end = calendar_days_end(start, number, pauses)
    if number == 0 or stays:
        return end
    return rolled(end, rests, pauses)


def corresponding_day(start: date, number: int) -> date:
    """The day of the ``number``-th month after ``start`` with the number ``start`` has in its month.

    民法典 Art. 202: the corresponding day of the month in which a period of months ends is its last day;
    where there is no corresponding day, the end of that month is.  Found by walking: first to the month,
    turning the page ``number`` times, then through it.
    """
    day = start
    pages = 0
    while pages < number:
        day = day + ONE_DAY
        if day.day == 1:
            pages = pages + 1
    if pages == 0:
        return start
    while day.day < start.day and (day + ONE_DAY).day != 1:
        day = day + ONE_DAY
    return day


def months_length(start: date, number: int) -> int:
    """Length in calendar days of ``number`` months after day 0, day 0 not counted.

    民法典 Arts. 201 (1) and 202.
    """
    end = corresponding_day(start, number)
    day = start
    length = 0
    while day != end:
        day = day + ONE_DAY
        length = length + 1
    return length


def months_due(start: date, number: int, rests: Rests, pauses: Pauses = (), stays: bool = False) -> date:
    """Deadline of ``number`` months after day 0.

    民法典 Art. 202 gives the length in days, 行政许可法 Art. 45 takes the paused days out of it, 民法典
    Art. 203 (1) moves an end that falls on a day off unless the limit ``stays``.  ``number`` 0 gives day 0.
    """
    return calendar_days_due(start, months_length(start, number), rests, pauses, stays)


def due(start: date, number: int, unit: str, rests: Rests, pauses: Pauses = (), stays: bool = False) -> date:
    """Deadline (a civil day, to its 24:00: 民法典 Art. 203 (2)) of a limit in days or months.

    ``unit`` is one of WORKING_DAY (行政许可法 Art. 82), CALENDAR_DAY (民法典 Art. 201 (1)) and MONTH
    (民法典 Art. 202).
    """
    if unit == WORKING_DAY:
        return working_days_due(start, number, rests, pauses)
    if unit == CALENDAR_DAY:
        return calendar_days_due(start, number, rests, pauses, stays)
    if unit == MONTH:
        return months_due(start, number, rests, pauses, stays)
    raise ValueError(unit)


def counts(day: date, start: date, unit: str, rests: Rests, pauses: Pauses = ()) -> bool:
    """Whether ``day`` counts in a period of this unit.

    Not day 0 nor a day before it (民法典 Art. 201 (1)); not a paused day (行政许可法 Art. 45); in working
    days not a day off (行政许可法 Art. 82), in calendar days and months every other day (民法典 Art. 202).
    """
    if day <= start or paused(day, pauses):
        return False
    return unit != WORKING_DAY or not rests(day)


def used(start: date, on: date, unit: str, rests: Rests, pauses: Pauses = ()) -> int:
    """Number of counted days after day 0 up to and including ``on``; 0 on day 0 and before it.

    民法典 Art. 201 (1), 行政许可法 Arts. 45 and 82.
    """
    day = start
    number = 0
    while day < on:
        day = day + ONE_DAY
        if counts(day, start, unit, rests, pauses):
            number = number + 1
    return number


def left(start: date, on: date, number: int, unit: str, rests: Rests, pauses: Pauses = ()) -> int:
    """Days left after ``on``: the limit less the days used; negative when the limit is over.

    For months the limit is its length in calendar days, up to the end before any roll (民法典 Art. 202).
    Units as in ``used``; 行政许可法 Art. 42 read with 民法典 Art. 201 (1).
    """
    length = months_length(start, number) if unit == MONTH else number
    return length - used(start, on, unit, rests, pauses)


def ledger(
    start: date, number: int, unit: str, rests: Rests, pauses: Pauses = (), stays: bool = False
) -> list[tuple[date, bool, int]]:
    """Every day from day 0 to the deadline: (day, whether it counts, how many have counted so far).

    The days through which an end rolls off a day off belong to the period (民法典 Art. 203 (1)) but do
    not count in it, so that the days that count number the limit (for months: its length in days).
    """
    length = months_length(start, number) if unit == MONTH else number
    last = due(start, number, unit, rests, pauses, stays)
    rows = [(start, False, 0)]
    day = start
    total = 0
    while day < last:
        day = day + ONE_DAY
        counted = total < length and counts(day, start, unit, rests, pauses)
        if counted:
            total = total + 1
        rows.append((day, counted, total))
    return rows


def running(moment: datetime, rests: Rests, pauses: Moments, hours: Hours, wall_clock: bool) -> bool:
    """Whether the clock of an hour or minute limit runs at ``moment`` (and just after it).

    Case-life table, row "Hours, minutes": inside the hall's opening hours (half-open, closing time is
    closed) of a working day, or at every moment in the other reading (``wall_clock``).  In both readings
    not inside a pause, half-open: 行政许可法 Art. 45 takes the time out of the period, whatever its unit.
    """
    if any(stopped <= moment < resumed for stopped, resumed in pauses):
        return False
    if wall_clock:
        return True
    if rests(moment.date()):
        return False
    return any(opens <= moment.time() < closes for opens, closes in hours)


def minutes_due(
    start: datetime,
    minutes: int,
    rests: Rests,
    pauses: Moments = (),
    hours: Hours = (),
    wall_clock: bool = False,
) -> datetime:
    """The instant at which the ``minutes``-th minute has elapsed on the running clock.

    民法典 Art. 201 (2): a period in hours begins at the moment the law or the parties name, so the seconds
    of the start are kept.  The walk goes minute by minute; where the start or an edge of a pause lies
    inside a minute, it goes second by second.  All in the hall's local time; opening hours are whole
    minutes, nothing is finer than a second.  An instant at closing time stays there: the minutes have
    then elapsed, and business time ends the day (民法典 Art. 203 (2)).
    """
    edges = [start]
    for stopped, resumed in pauses:
        edges = [*edges, stopped, resumed]
    for edge in edges:
        if edge.microsecond:
            raise ValueError("the oracle counts whole seconds")
    seconds_needed = any(edge.second for edge in edges)
    moment = start
    seconds_left = 60 * minutes
    while seconds_left > 0:
        step = ONE_SECOND if seconds_needed else ONE_MINUTE
        if running(moment, rests, pauses, hours, wall_clock):
            seconds_left = seconds_left - (1 if seconds_needed else 60)
        moment = moment + step
    return moment


def minutes_run(
    start: datetime,
    end: datetime,
    rests: Rests,
    pauses: Moments = (),
    hours: Hours = (),
    wall_clock: bool = False,
) -> int:
    """How many minutes of the time from ``start`` up to ``end`` the clock ran; whole minutes throughout.

    民法典 Art. 201 (2), read backwards: the minutes that ``minutes_due`` would have counted.
    """
    moment = start
    run = 0
    while moment < end:
        if running(moment, rests, pauses, hours, wall_clock):
            run = run + 1
        moment = moment + ONE_MINUTE
    return run


def latest_before(end: date, number: int, unit: str, rests: Rests, rolls: bool = False) -> date:
    """The last day on which an act is in time that is owed ``number`` days or months before ``end``.

    行政许可法 Art. 50 (thirty days before the licence expires) with 民法典 Art. 201 (1): the day of the event, ``end``
    itself, does not count.  In months the corresponding day, else the last of its month (Art. 202).  A day off stays
    (table of contested readings, row "Backward day on a rest day") unless the rule ``rolls``: then the next working
    day is in time too, as long as it lies before ``end``.
    """
    if number == 0:
        return end
    day = end
    if unit == MONTH:
        pages = 0
        while pages < number:
            if day.day == 1:
                pages = pages + 1
            day = day - ONE_DAY
        while day.day > end.day:
            day = day - ONE_DAY
    else:
        counted = 0
        while counted < number:
            day = day - ONE_DAY
            if unit == CALENDAR_DAY or not rests(day):
                counted = counted + 1
    if rolls and unit != WORKING_DAY:
        while rests(day) and day + ONE_DAY < end:
            day = day + ONE_DAY
    return day


def elapsed(first: date, last: date, unit: str, rests: Rests, inclusive: bool) -> int:
    """The days from ``first`` to ``last``, with ``first`` itself where the source counts so.

    Table of ambiguities, row A04: 6 March to 13 April is reported as 39 days, so the first day is counted too.
    """
    days = 0
    day = first
    while day <= last:
        counts_here = unit == CALENDAR_DAY or not rests(day)
        if counts_here and (inclusive or day != first):
            days = days + 1
        day = day + ONE_DAY
    return days
