"""What falls due in the next ten working days, and how much of it is likely to be late. A forecast accuses nobody.

How it is computed: a case accepted k working days ago (today counts), whose day is its n-th, is late as often as the
decided cases of the same item in the last twelve months were that had not been decided before their k-th day either:

    likelihood = (those that took more than n working days) / (those that took k or more)

Where an item has fewer than ten such cases, those of its category and class are asked instead; where these are fewer
than ten too, nothing is said. The expected number of a day is the sum of its likelihoods.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count, Q

from banjie.cases.models import Case
from banjie.duties.statistics import handling, listing
from banjie.duties.statistics.asked import Asked, Version, Versions, class_of, rows
from banjie.duties.statistics.figures import dated
from banjie.duties.statistics.handling import Times
from banjie.engine.calendar import Calendar

DAYS = 10
LOOK = timedelta(days=365)
LEAST = 10
"""Past cases without which nothing is said."""
LIKELY = 0.5
"""From this likelihood on a case is expected to be late."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day to come: how many cases fall due on it, how many of them are expected to be late, and of how many nothing
    can be said; `likely`: of how many a breach is more likely than not."""

    on: date
    due: int
    expected: float
    likely: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days to come, in order, and how many cases are past their day already."""

    days: tuple[Day, ...]
    late: int

    @property
    def due(self) -> int:
        """How many cases fall due."""
        return sum(each.due for each in self.days)

    @property
    def expected(self) -> float:
        """How many of them are expected to be late."""
        return round(sum(each.expected for each in self.days), 1)

    @property
    def likely(self) -> int:
        """Of how many a breach is more likely than not."""
        return sum(each.likely for each in self.days)


class Past:
    """How long the cases of each item took in the last twelve months, for whoever asks how long one may take."""

    def __init__(self, asked: Asked, versions: Versions, on: date, calendar: Calendar) -> None:
        everything = replace(asked, since=on - LOOK, until=on)
        taken = handling.taken(everything, versions)
        self._calendar, self._on, self._versions = calendar, on, versions
        self._items: dict[str, Counter[int]] = {}
        self._kinds: dict[tuple[str, str], Counter[int]] = {}
        for version, times in taken.days.items():
            procedure = versions[version]
            self._items.setdefault(version[0], Counter()).update(times.lengths)
            kind = procedure.guide.category, class_of(procedure)
            self._kinds.setdefault(kind, Counter()).update(times.lengths)

    def likelihood(self, version: Version, accepted_on: date, due: date) -> float | None:
        """How likely a case accepted on one day and due on another is to be late; None where nothing can be said."""
        rank = self._calendar.working_days_until
        spent, limit = rank(self._on) - rank(accepted_on), rank(due) - rank(accepted_on)
        procedure = self._versions[version]
        for lengths in (self._items.get(version[0]), self._kinds.get((procedure.guide.category, class_of(procedure)))):
            past = Times(lengths or {})
            comparable = past.beyond(spent - 1)
            if comparable >= LEAST:
                return past.beyond(max(limit, spent - 1)) / comparable
        return None


def forecast(asked: Asked, versions: Versions, on: date, calendar: Calendar) -> Forecast:
    """The next ten working days after a day. Four statements, whatever the number of cases."""
    past, ends = Past(asked, versions, on, calendar), calendar.working_day_after(on, DAYS)
    day = on + timedelta(days=1)
    found: dict[date, list[float]] = {}
    while day <= ends:
        if calendar.is_workday(day):
            found[day] = [0, 0, 0, 0]
        day += timedelta(days=1)
    with rows(Case, asked) as cases:
        running = dated(cases).filter(versions.meant(asked), RUNNING)
        late = running.filter(due__lt=on).count()
        grouped = running.filter(due__gt=on, due__lte=ends).order_by()
        grouped = grouped.values_list("procedure", "procedure_version", "accepted_on", "due")
        lines = list(grouped.annotate(cases=Count("stream")))
    for code, number, accepted_on, due, many in lines:
        numbers = found.setdefault(due, [0, 0, 0, 0])
        likelihood = past.likelihood((code, number), accepted_on, due)
        numbers[0] += many
        if likelihood is None:
            numbers[3] += many
        else:
            numbers[1] += many * likelihood
            numbers[2] += many if likelihood >= LIKELY else 0
    days = [
        Day(each, int(due), round(expected, 1), int(likely), int(unknown))
        for each, (due, expected, likely, unknown) in sorted(found.items())
    ]
    return Forecast(tuple(days), late)


RUNNING = Q(accepted_on__isnull=False, decided_on=None, closed_on=None)


@dataclass(frozen=True, slots=True)
class Expected:
    """A case that falls due, and how likely it is to be late (None: nothing can be said)."""

    case: Case
    likelihood: float | None


def falling_due(asked: Asked, versions: Versions, on: date, day: date, calendar: Calendar) -> list[Expected]:
    """The cases one may see that fall due on a day, the likeliest to be late first; at most a page of them."""
    past = Past(asked, versions, on, calendar)
    found = listing.page(RUNNING & Q(due=day), asked, versions)
    told = [
        Expected(case, past.likelihood((case.procedure, case.procedure_version), case.accepted_on, day))
        for case in found.cases
        if case.accepted_on
    ]
    return sorted(told, key=lambda each: 1.0 if each.likelihood is None else -each.likelihood)
