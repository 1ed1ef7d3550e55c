"""Which ceilings of its region bind an item (M148-M152): the tightest one that applies.

A ceiling shortens nothing by itself: an item's own promise is its promise, and one that is longer than its ceiling is
named (`above`), or says by which law it is exempt. Only the promise on the total time ("at most one month", 30 days)
becomes a clock of the case, beside the department's.
"""

from datetime import date

from banjie.engine.calendar import Calendar
from banjie.engine.ceilings import PROMISE, TOTAL, Ceiling, in_working_days
from banjie.engine.law import Procedure, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, due


def applicable(procedure: Procedure, region: Region, on: date, of: str = PROMISE) -> tuple[Ceiling, ...]:
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


def above(procedure: Procedure, region: Region, on: date) -> Ceiling | None:
    """The tightest ceiling that the item's promise is above; None where it keeps all of them.

    What is not promised is measured by the statutory limit: without a promise an applicant can count on no less.
    """
    promised = procedure.committed_limit or procedure.statutory_limit
    exceeded = [
        each for each in applicable(procedure, region, on) if in_working_days(promised) > in_working_days(each.limit)
    ]
    return exceeded[0] if exceeded else None


def total_promise(procedure: Procedure, region: Region, on: date, calendar: Calendar) -> Limit | None:
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
