"""Which days are working days, and how surely we know it: dated data, never a guess.

Each year is *official* (the State Council's holiday notice, with its make-up working days 调休) or *provisional*
(weekends and statutory days only, so every date that falls in it is shown as 暂定). A year that is not loaded is
refused, never assumed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from banjie.engine.not_possible import NotPossible


@dataclass(frozen=True, slots=True)
class Year:
    """One year as its notice gives it.

    `holidays`: each day off that the notice names (weekend days inside a holiday included) with the holiday's name.
    `workdays`: the make-up working days, Saturdays and Sundays on which offices work.
    """

    year: int
    official: bool
    holidays: Mapping[date, str]
    workdays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a region adds to the national calendar, e.g. 广西三月三: days off and extra working days, with names."""

    region: str
    holidays: Mapping[date, str]
    workdays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of consecutive years, as known in one version of the calendar.

    `rank[i]` is the number of working days up to and including the day with ordinal `first + i`; `workdays[k]` is the
    k-th working day (from 0). Together they make "the n-th working day after" two look-ups. `known_from`: when this
    version was loaded, so that a calendar has two times: the days it is about, and since when it has been known.
    """

    version: str
    region: str
    years: Mapping[int, Year]
    overlays: tuple[Overlay, ...]
    first: int
    last: int
    rank: tuple[int, ...]
    workdays: tuple[date, ...]
    known_from: datetime | None = None

    @classmethod
    def build(
        cls,
        version: str,
        years: Iterable[Year],
        region: str = "CN",
        overlays: Iterable[Overlay] = (),
        known_from: datetime | None = None,
    ) -> "Calendar":
        """The calendar of these years; they must be consecutive (ValueError), for a gap would be a silent guess."""
        by_year = {year.year: year for year in sorted(years, key=lambda each: each.year)}
        if not by_year:
            raise ValueError("a calendar needs at least one year")
        numbers = list(by_year)
        if numbers != list(range(numbers[0], numbers[-1] + 1)):
            raise ValueError(f"the years of a calendar must be consecutive, not {numbers}")
        laid_over = tuple(overlays)
        first, last = date(numbers[0], 1, 1).toordinal(), date(numbers[-1], 12, 31).toordinal()
        named = _named(by_year, laid_over)
        rank, workdays, count = [], [], 0
        for ordinal in range(first, last + 1):
            if named.get(ordinal, ordinal % 7 not in (0, 6)):  # of ordinals, 7 was a Sunday
                count += 1
                workdays.append(date.fromordinal(ordinal))
            rank.append(count)
        return cls(version, region, by_year, laid_over, first, last, tuple(rank), tuple(workdays), known_from)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day; NotPossible("calendar_not_loaded") outside the loaded years."""
        index = self._index(day.toordinal())
        return self.rank[index] > (self.rank[index - 1] if index else 0)

    def is_official(self, year: int) -> bool:
        """Whether this year's notice is loaded; False also where the year is not loaded at all."""
        known = self.years.get(year)
        return known is not None and known.official

    def reason(self, day: date) -> tuple[str, str]:
        """Why a day is or is not a working day: a code of the word catalogue, and the holiday's name or ""."""
        self._index(day.toordinal())
        for overlay in reversed(self.overlays):
            if day in overlay.workdays:
                return "make_up_day", ""
            if day in overlay.holidays:
                return "holiday", overlay.holidays[day]
        year = self.years[day.year]
        if day in year.workdays:
            return "make_up_day", ""
        if day in year.holidays:
            return "holiday", year.holidays[day]
        return ("weekend", "") if day.weekday() >= 5 else ("working_day", "")

    def working_days_until(self, day: date) -> int:
        """The number of working days from the calendar's first day up to and including `day`."""
        return self.rank[self._index(day.toordinal())]

    def working_day_number(self, count: int) -> date:
        """The day on which `working_days_until` first reaches `count`; NotPossible where the years do not go so far."""
        if count > len(self.workdays):
            raise NotPossible("calendar_not_loaded", year=date.fromordinal(self.last).year + 1)
        return self.workdays[count - 1]

    def working_day_after(self, day: date, number: int) -> date:
        """The `number`-th working day after `day` (number >= 1): two look-ups, whatever the distance."""
        index = day.toordinal() - self.first
        try:
            if index >= 0:
                return self.workdays[self.rank[index] + number - 1]
        except IndexError:
            pass
        return self.working_day_number(self.working_days_until(day) + number)  # says which year is missing

    def next_working_day(self, day: date) -> date:
        """The first working day on or after `day`."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def _index(self, ordinal: int) -> int:
        if not self.first <= ordinal <= self.last:
            raise NotPossible("calendar_not_loaded", year=date.fromordinal(ordinal).year)
        return ordinal - self.first


def as_known(calendars: Iterable[Calendar], at: datetime) -> Calendar:
    """What was known at an instant: of these versions of one region's calendar the one loaded last by then.

    A date told that day can be told again with it, however often the calendar was mended since. A version without a
    time was known from the beginning. NotPossible("no_calendar_loaded") where none was.
    """
    known = [each for each in calendars if each.known_from is None or each.known_from <= at]
    if not known:
        raise NotPossible("no_calendar_loaded", region="")
    return max(known, key=lambda each: (each.known_from is not None, each.known_from or at))


def _named(years: Mapping[int, Year], overlays: Iterable[Overlay]) -> dict[int, bool]:
    """Whether offices work, of each day that a notice or a region names, by its ordinal: the last word wins."""
    named: dict[int, bool] = {}
    for number, year in years.items():
        named |= {day.toordinal(): False for day in year.holidays if day.year == number}
        named |= {day.toordinal(): True for day in year.workdays if day.year == number}
    for overlay in overlays:
        named |= {day.toordinal(): False for day in overlay.holidays}
        named |= {day.toordinal(): True for day in overlay.workdays}
    return named
