"""What a region promises of many items at once (M148-M152), and whom it binds: the tightest one that applies.

A ceiling is dated data of the region's profile, with its source. It shortens nothing by itself: an item's own promise
is its promise, and one that is longer than its ceiling is named (`above`), or says by which law it is exempt. Only the
promise on the total time ("at most one month", 30 days) becomes a clock of the case, beside the department's.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from banjie.engine.calendar import Calendar
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit, due

if TYPE_CHECKING:
    from banjie.engine.law import Procedure, Region

PROMISE, TOTAL = "promise", "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A limit of a region for many items: from `since` to `until`, both included, on the authority of `source`.

    `of`: what it bounds: the "promise" of an item, or the "total" time of a case from its acceptance to its end.
    `category` (commerce, social, investment) and `item_class` (instant, promised): which items; "" means all.
    `is_soft`: something to strive for (努力), not a rule.
    """

    id: str
    name: str
    limit: Limit
    since: date
    source: str
    english: str = ""
    of: str = PROMISE
    until: date | None = None
    category: str = ""
    item_class: str = ""
    is_soft: bool = False

    def __post_init__(self) -> None:
        if self.of not in (PROMISE, TOTAL):
            raise ValueError(f"of: {self.of!r} is none of {PROMISE}, {TOTAL}")


def applicable(procedure: "Procedure", region: "Region", on: date, of: str = PROMISE) -> tuple[Ceiling, ...]:
    """The ceilings of a region that hold on a day for this item, the tightest first; none for one that is exempt."""
    if procedure.guide.exemption:
        return ()
    found = [
        each
        for each in region.ceilings
        if each.of == of
        and each.since <= on
        and (each.until is None or on <= each.until)
        and each.category in ("", procedure.guide.category)
        and each.item_class in ("", "instant" if procedure.instant else "promised")
    ]
    return tuple(sorted(found, key=lambda each: (in_working_days(each.limit), each.is_soft)))


def above(procedure: "Procedure", region: "Region", on: date) -> Ceiling | None:
    """The tightest ceiling that the item's promise is above; None where it keeps all of them.

    What is not promised is measured by the statutory limit: without a promise an applicant can count on no less.
    """
    promised = procedure.committed_limit or procedure.statutory_limit
    exceeded = [
        each for each in applicable(procedure, region, on) if in_working_days(promised) > in_working_days(each.limit)
    ]
    return exceeded[0] if exceeded else None


def total_promise(procedure: "Procedure", region: "Region", on: date, calendar: Calendar) -> Limit | None:
    """The promise on the total time of a case accepted on a day: the item's or the region's, whichever ends first."""
    promised = [each.limit for each in applicable(procedure, region, on, TOTAL)]
    if procedure.total_promise:
        promised.insert(0, procedure.total_promise)
    if len(promised) < 2:
        return promised[0] if promised else None
    try:
        return min(promised, key=lambda each: due(on, each, calendar))
    except NotPossible:  # a year that is not loaded stops no acceptance
        return min(promised, key=in_working_days)


MONTH = 21.75
"""Working days of an average month, for comparing limits of different units; a deadline never counts by it."""


def in_working_days(limit: Limit) -> float:
    """A limit as working days, for comparing and adding up limits of different units."""
    days = {
        Unit.WORKING_DAY: 1.0,
        Unit.CALENDAR_DAY: 5 / 7,
        Unit.MONTH: MONTH,
        Unit.HOUR: 1 / 8,
        Unit.MINUTE: 1 / 480,
    }
    return limit.number * days[limit.unit]
