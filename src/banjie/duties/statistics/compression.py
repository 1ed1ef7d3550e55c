"""How much shorter the time is than before the reform (时限压缩率): against baselines that were frozen, never moved.

Of an item: 1 - what it promises now / what it took before. Of several: the same of their sums (or the mean of their
rates, shown beside it), each limit as working days (a month as 21.75, five of seven calendar days). An item without a
baseline, or one that promises nothing and has no statutory limit, is left out and counted.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banjie.duties.statistics.asked import Asked, agency_of, class_of
from banjie.engine.ceilings import in_working_days
from banjie.engine.law import Procedure
from banjie.engine.project import Baseline
from banjie.engine.timelimits import Limit
from banjie.records.catalogue import projects
from banjie.records.catalogue import queries as catalogue

ITEM, PROJECT_TYPE = "item", "project_type"


@dataclass(frozen=True, slots=True)
class Line:
    """One item, or one type of project, and its baseline; `procedure` None for a type of project."""

    baseline: Baseline
    now: Limit
    procedure: Procedure | None = None

    @property
    def rate(self) -> float | None:
        """Per cent with one decimal."""
        return rate([(in_working_days(self.baseline.before), in_working_days(self.now))])


@dataclass(frozen=True, slots=True)
class Compression:
    """The rate of some items: of their sums, and the mean of theirs; `without`: items that have no baseline."""

    lines: tuple[Line, ...]
    without: tuple[Procedure, ...] = ()

    @property
    def before(self) -> float:
        """Working days before the reform, in all."""
        return sum(in_working_days(each.baseline.before) for each in self.lines)

    @property
    def now(self) -> float:
        """Working days promised now, in all."""
        return sum(in_working_days(each.now) for each in self.lines)

    @property
    def rate(self) -> float | None:
        """Per cent with one decimal, of the sums; None without a line."""
        return rate([(self.before, self.now)])

    @property
    def mean(self) -> float | None:
        """The mean of the rates of the lines."""
        rates = [each.rate for each in self.lines if each.rate is not None]
        return round(sum(rates) / len(rates), 1) if rates else None


def rate(pairs: Iterable[tuple[float, float]]) -> float | None:
    """100 (1 - now / before) of the sums, with one decimal; None where nothing took any time before."""
    some = list(pairs)
    before, now = sum(each for each, _ in some), sum(each for _, each in some)
    return round(100 * (1 - now / before), 1) if before else None


def of_items(asked: Asked, on: date) -> Compression:
    """The items in force on a day that are asked for, whoever may see their cases: an item is no secret."""
    lines, without = [], []
    for procedure in catalogue.published(on):
        if not asked.takes(procedure):
            continue
        baseline = projects.baseline(ITEM, procedure.code)
        if baseline is None or baseline.frozen_on > on:
            without.append(procedure)
        else:
            lines.append(Line(baseline, procedure.committed_limit or procedure.statutory_limit, procedure))
    return Compression(tuple(lines), tuple(without))


def of_project_types() -> tuple[Line, ...]:
    """The types of project with their baselines, as they were published."""
    return tuple(Line(each, each.after) for each in projects.baselines() if each.of == PROJECT_TYPE)


def grouped(found: Compression, by: str) -> Mapping[str, Compression]:
    """By "category", "agency" or "item_class"."""
    key = {
        "category": lambda procedure: procedure.guide.category,
        "agency": agency_of,
        "item_class": class_of,
    }[by]
    groups: dict[str, list[Line]] = {}
    for line in found.lines:
        assert line.procedure is not None
        groups.setdefault(key(line.procedure), []).append(line)
    return {name: Compression(tuple(lines)) for name, lines in sorted(groups.items())}


def seal(lines: Sequence[Baseline] | None = None) -> str:
    """A short digest of the baselines: whoever kept it sees whether one of them was touched since."""
    told = projects.baselines() if lines is None else lines
    plain = "\n".join(f"{each.of} {each.subject} {each.before} {each.after} {each.frozen_on}" for each in told)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]
