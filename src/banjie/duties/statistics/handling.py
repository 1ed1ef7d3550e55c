"""How long decisions took: means and medians, and surveys finished; three statements whatever the number of cases."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q

from banjie.cases.models import Case
from banjie.duties.statistics.asked import Asked, Version, Versions, rows
from banjie.duties.statistics.figures import EXCLUDED
from banjie.duties.statistics.models import Handled, Surveyed


@dataclass(frozen=True, slots=True)
class Times:
    """How long many took, as a count of each length."""

    lengths: Mapping[int, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many."""
        return sum(self.lengths.values())

    @property
    def mean(self) -> float | None:
        """The mean with two decimals; None without any."""
        total = sum(length * number for length, number in self.lengths.items())
        return round(total / self.number, 2) if self.number else None

    @property
    def median(self) -> float | None:
        """The length in the middle, or the mean of the two in the middle; None without any."""
        if not self.number:
            return None
        return (self._at((self.number - 1) // 2) + self._at(self.number // 2)) / 2

    def within(self, most: int) -> int:
        """How many took at most so long."""
        return sum(number for length, number in self.lengths.items() if length <= most)

    def beyond(self, length: int) -> int:
        """How many took longer."""
        return self.number - self.within(length)

    def _at(self, place: int) -> int:
        for length, number in sorted(self.lengths.items()):
            if place < number:
                return length
            place -= number
        raise IndexError(place)

    def __add__(self, other: "Times") -> "Times":
        return Times(Counter(self.lengths) + Counter(other.lengths))


@dataclass(frozen=True, slots=True)
class Taken:
    """How long the decisions of a period took, by version of an item."""

    days: Mapping[Version, Times]
    counted_days: Mapping[Version, Times]
    minutes: Mapping[Version, Times]
    versions: Versions

    def of(self, code: str, keep: Callable[[Version], bool] = lambda _version: True) -> Times:
        """A figure of some items: handling_days, handling_counted or instant_minutes; KeyError for another."""
        told = {"handling_days": self.days, "handling_counted": self.counted_days, "instant_minutes": self.minutes}
        return total(times for version, times in told[code].items() if keep(version))

    def by_item(self, code: str) -> dict[str, Times]:
        """A figure by the code of the item."""
        codes = {version[0] for version in (self.minutes if code == "instant_minutes" else self.days)}
        return {each: self.of(code, lambda version, each=each: version[0] == each) for each in sorted(codes)}  # type: ignore[misc]


def total(some: Iterable[Times]) -> Times:
    """All of them together."""
    found: Counter[int] = Counter()
    for each in some:
        found.update(each.lengths)
    return Times(dict(found))


def taken(asked: Asked, versions: Versions) -> Taken:
    """How long the decisions of the period took; two statements, one line a length and version."""
    days: dict[Version, Counter[int]] = {}
    counted: dict[Version, Counter[int]] = {}
    minutes: dict[Version, Counter[int]] = {}
    with rows(Handled, asked) as found:
        meant = found.filter(_in_period("decided_on", asked), versions.meant(asked)).exclude(stream__in=left_out(asked))
        grouped = meant.order_by().values_list("procedure", "procedure_version", "days", "counted_days")
        for code, number, whole, running, cases in grouped.filter(days__isnull=False).annotate(cases=Count("stream")):
            days.setdefault((code, number), Counter())[whole] += cases
            counted.setdefault((code, number), Counter())[running] += cases
        short = meant.filter(minutes__isnull=False).order_by().values_list("procedure", "procedure_version", "minutes")
        for code, number, length, cases in short.annotate(cases=Count("stream")):
            minutes.setdefault((code, number), Counter())[length] += cases
    return Taken(_times(days), _times(counted), _times(minutes), versions)


def _times(found: Mapping[Version, Counter[int]]) -> dict[Version, Times]:
    return {version: Times(dict(lengths)) for version, lengths in found.items()}


def surveys(asked: Asked, versions: Versions) -> int:
    """How many surveys on the spot were finished in the period. One statement."""
    with rows(Surveyed, asked) as found:
        return int(found.filter(_in_period("finished_on", asked), versions.meant(asked)).count())


def left_out(asked: Asked) -> object:
    """The cases that are in no figure, as a part of a statement."""
    with rows(Case, asked) as cases:
        return cases.filter(result__in=EXCLUDED).values("stream")


def _in_period(day: str, asked: Asked) -> Q:
    return Q(**{f"{day}__gte": asked.since, f"{day}__lte": asked.until})
