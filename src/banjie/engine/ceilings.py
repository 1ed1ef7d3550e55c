"""A ceiling: what a region promises of many items at once (M148-M152), as dated data of its profile with its source.

Which one binds an item: `promises`.
"""

from dataclasses import dataclass
from datetime import date

from banjie.engine.timelimits import Limit, Unit

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
