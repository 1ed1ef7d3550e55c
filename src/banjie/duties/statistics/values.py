"""The figures of a period as one shows them: each with its definition, numerator, denominator and what was left out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from banjie.duties.statistics import compression, handling
from banjie.duties.statistics.asked import Asked, Version, Versions, below
from banjie.duties.statistics.counting import Counted, Number, counted
from banjie.duties.statistics.definitions import Definition, definitions
from banjie.duties.statistics.figures import COUNTS
from banjie.duties.statistics.handling import Taken
from banjie.engine import promises
from banjie.engine.calendar import Calendar
from banjie.engine.ceilings import Ceiling
from banjie.engine.law import Procedure, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Unit
from banjie.records.catalogue import queries as catalogue
from banjie.records.organisation.models import Agency
from banjie.records.organisation.models import Region as Place
from banjie.records.organisation.queries import region_profile

DAILY = {"received_daily": "received", "finished_daily": "finished"}
TIMES = ("handling_days", "handling_counted", "instant_minutes")
OF_ITEMS = ("instant_items", "compression")
WITHIN = "within_"


@dataclass(frozen=True, slots=True)
class Value:
    """A figure: `number` is what one reads (None: nothing to count), `counted` of `among` (None: it is a total).

    `excluded`: how many were left out; `median` beside a mean.
    """

    definition: Definition
    number: float | None
    counted: float
    among: float | None = None
    excluded: int = 0
    median: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that was counted for a period, for whoever shows or groups it."""

    asked: Asked
    on: date
    versions: Versions
    counted: Counted
    taken: Taken
    surveys: int
    items: tuple[Procedure, ...]
    compression: compression.Compression
    calendar: Calendar | None
    profile: Region | None

    @property
    def working_days(self) -> int | None:
        """The working days of the period that have come; None where no calendar says."""
        until = min(self.asked.until, self.on)
        try:
            return None if self.calendar is None else sum(_working(self.calendar, self.asked.since, until))
        except NotPossible:
            return None

    def value(self, code: str) -> Value:
        """A figure by its code; KeyError."""
        definition = definitions()[code]
        if code in COUNTS:
            return _of_number(definition, self.counted.number(code))
        if code in DAILY:
            number, days = self.counted.number(DAILY[code]), self.working_days
            mean = round(number.counted / days, 2) if days else None
            return Value(definition, mean, number.counted, days, number.excluded)
        if code in TIMES:
            times = self.taken.of(code)
            total = sum(length * many for length, many in times.lengths.items())
            return Value(definition, times.mean, total, times.number, median=times.median)
        if code == "surveys":
            return Value(definition, self.surveys, self.surveys)
        if code == "instant_items":
            instant = sum(each.instant for each in self.items)
            return _of_number(definition, Number(code, instant, len(self.items)))
        if code == "compression":
            found = self.compression
            return Value(definition, found.rate, round(found.now, 1), round(found.before, 1), len(found.without))
        return self._within(definition)

    def values(self) -> list[Value]:
        """Every figure, in the order of the rulebook."""
        return [self.value(code) for code in definitions()]

    def ceiling(self, code: str) -> Ceiling | None:
        """The ceiling a figure is about; None for every other figure, and where the region has none."""
        if not code.startswith(WITHIN) or self.profile is None:
            return None
        return next((each for each in self.profile.ceilings if each.id == code.removeprefix(WITHIN)), None)

    def bound_by(self, version: Version, ceiling: Ceiling) -> bool:
        """Whether a version of an item is bound by a ceiling."""
        procedure = self.versions[version]
        return self.profile is not None and ceiling in promises.applicable(procedure, self.profile, self.asked.until)

    def _within(self, definition: Definition) -> Value:
        ceiling = self.ceiling(definition.code)
        if ceiling is None or ceiling.limit.unit is not Unit.WORKING_DAY:
            return Value(definition, None, 0, 0)
        times = self.taken.of("handling_days", lambda version: self.bound_by(version, ceiling))
        return _of_number(definition, Number(definition.code, times.within(ceiling.limit.number), times.number))


def table(asked: Asked, on: date, region: str) -> Table:
    """Everything counted for a period, as of a day: the same number of statements for any number of cases. Figures of
    items are of those of this region."""
    versions = Versions.all()
    found = counted(asked, versions)
    here = replace(asked, regions=asked.regions or below(region))
    return Table(
        asked=asked,
        on=on,
        versions=versions,
        counted=found,
        taken=handling.taken(asked, versions),
        surveys=handling.surveys(asked, versions),
        items=tuple(each for each in catalogue.published(on) if here.takes(each)),
        compression=compression.of_items(here, on),
        calendar=calendar_of(region),
        profile=profile_of(region),
    )


def region_of(agency: str) -> str:
    """The region of an agency; "" for none."""
    return Agency.objects.filter(pk=agency).values_list("region_id", flat=True).first() or ""


def profile_of(region: str) -> Region | None:
    """The profile a place lives by: its own, that of the nearest place above it, or of the first below it."""
    for code in _around(region):
        try:
            return region_profile(code)
        except LookupError:
            continue
    return None


def calendar_of(region: str) -> Calendar | None:
    """The calendar of a place; None where none is loaded."""
    profile = profile_of(region)
    if profile is None:
        return None
    try:
        return catalogue.current_calendar(profile.code)
    except NotPossible:
        return None


def _around(region: str) -> list[str]:
    parents: dict[str, str | None] = dict(Place.objects.values_list("code", "parent_id"))
    found, above = [], region if region in parents else None
    while above:
        found.append(above)
        above = parents.get(above)
    return [*found, *sorted(below(region))]


def _working(calendar: Calendar, since: date, until: date) -> Iterator[int]:
    yield from (calendar.is_workday(date.fromordinal(day)) for day in range(since.toordinal(), until.toordinal() + 1))


def _of_number(definition: Definition, number: Number) -> Value:
    shown = float(number.counted) if number.among is None else number.share
    return Value(definition, shown, number.counted, number.among, number.excluded)
