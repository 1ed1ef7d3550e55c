"""What a region promises of many items at once: whom it binds, which is the tightest, who is exempt, and the total."""

from dataclasses import replace
from datetime import date

import pytest

from banjie.engine import commands as c
from banjie.engine import promises
from banjie.engine.ceilings import TOTAL, Ceiling
from banjie.engine.clocks import clock
from banjie.engine.law import Clock, Procedure, Region
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import APPLICANT, CLERK, LAW, PROCEDURE, REGION, days, filed
from tests.engine.story import calendar, day, with_procedure, with_region

ON = date(2026, 3, 2)


def ceiling(name: str, number: int, **more: object) -> Ceiling:
    """A ceiling in working days since 2025."""
    told = {"id": name, "name": name, "limit": days(number), "since": date(2025, 1, 1), "source": "示例方案"}
    return Ceiling(**(told | more))  # type: ignore[arg-type]


def region(*some: Ceiling) -> Region:
    """The region with these ceilings only."""
    return replace(REGION, ceilings=some)


def item(**changes: object) -> Procedure:
    """The item; `category` and `exemption` of its guide."""
    of_guide = {name: changes.pop(name) for name in ("category", "exemption") if name in changes}
    return replace(PROCEDURE, guide=replace(PROCEDURE.guide, **of_guide), **changes)  # type: ignore[arg-type]


@pytest.mark.requirement("M148", "M149")
def test_a_ceiling_binds_the_items_of_its_category_in_its_time() -> None:
    commerce = ceiling("commerce", 5, category="commerce", until=date(2026, 12, 31))
    here = region(commerce)

    assert promises.applicable(item(category="commerce"), here, ON) == (commerce,)
    assert promises.applicable(item(category="social"), here, ON) == ()
    assert promises.applicable(item(category="commerce"), here, date(2024, 12, 31)) == ()
    assert promises.applicable(item(category="commerce"), here, date(2025, 1, 1)) == (commerce,)
    assert promises.applicable(item(category="commerce"), here, date(2026, 12, 31)) == (commerce,)
    assert promises.applicable(item(category="commerce"), here, date(2027, 1, 1)) == ()


@pytest.mark.requirement("M152")
def test_the_tightest_ceiling_applies_and_a_soft_one_stands_behind_a_rule_of_the_same_length() -> None:
    soft = ceiling("effort", 5, item_class="promised", is_soft=True)
    rule = ceiling("commerce", 5, category="commerce")
    wide = ceiling("all", 15)
    here = region(wide, soft, rule)

    assert promises.applicable(item(category="commerce"), here, ON) == (rule, soft, wide)
    assert promises.applicable(item(category="commerce", instant=True), here, ON) == (rule, wide)
    assert promises.above(item(category="commerce", committed_limit=days(6)), here, ON) == rule
    assert promises.above(item(category="social", committed_limit=days(6)), here, ON) == soft
    assert promises.above(item(category="commerce", committed_limit=days(5)), here, ON) is None


def test_an_item_that_promises_nothing_is_measured_by_its_statutory_limit() -> None:
    here = region(ceiling("all", 15))

    assert promises.above(item(committed_limit=None), here, ON) is not None  # 20 working days
    assert promises.above(item(committed_limit=None, statutory_limit=days(15)), here, ON) is None


@pytest.mark.parametrize(
    ("limit", "is_above"),
    [
        (Limit(7, Unit.CALENDAR_DAY), False),
        (Limit(8, Unit.CALENDAR_DAY), True),
        (Limit(1, Unit.MONTH), True),
        (Limit(40, Unit.HOUR), False),
        (Limit(30, Unit.MINUTE), False),
    ],
)
def test_limits_of_other_units_are_compared_as_working_days(limit: Limit, is_above: bool) -> None:
    found = promises.above(item(committed_limit=limit), region(ceiling("all", 5)), ON)

    assert (found is not None) is is_above


@pytest.mark.requirement("M159")
def test_no_ceiling_binds_an_item_that_says_by_which_law_it_is_exempt() -> None:
    total = ceiling("month", 20, of=TOTAL)
    here, exempt = region(ceiling("all", 5), total), item(exemption="民办教育促进法第十七条")

    assert promises.applicable(exempt, here, ON) == ()
    assert promises.above(exempt, here, ON) is None
    assert promises.total_promise(exempt, here, ON, calendar()) is None
    assert promises.total_promise(replace(exempt, total_promise=days(9)), here, ON, calendar()) == days(9)


@pytest.mark.requirement("M150")
def test_the_total_is_what_ends_first_of_the_items_promise_and_the_regions() -> None:
    month = Limit(30, Unit.CALENDAR_DAY, stays=True)
    here = region(replace(ceiling("month", 1, of=TOTAL), limit=month))

    assert promises.total_promise(item(), here, ON, calendar()) == month
    assert promises.total_promise(item(total_promise=days(15)), here, ON, calendar()) == days(15)  # 23 March
    assert promises.total_promise(item(total_promise=days(25)), here, ON, calendar()) == month  # 1 April, not 7 April
    assert promises.total_promise(item(total_promise=days(15)), region(), ON, calendar()) == days(15)
    assert promises.total_promise(item(), region(), ON, calendar()) is None
    far = date(2090, 1, 1)  # no calendar reaches it, and nobody's acceptance waits for one
    assert promises.total_promise(item(total_promise=days(15)), here, far, calendar()) == days(15)


@pytest.mark.requirement("M150", "M151")
def test_at_most_one_month_is_thirty_days_from_acceptance_that_nothing_stops() -> None:
    """A month is thirty days for this promise only, and it ends on its day although that is a rest day."""
    story = filed(with_region(LAW, ceilings=REGION.ceilings), "03-05 09:00")

    story.do(c.Accept, CLERK, "03-05 10:00")

    running = story.clock(Clock.TOTAL)
    assert (running.limit, running.due) == (Limit(30, Unit.CALENDAR_DAY, stays=True), day("04-04"))  # Saturday, 清明
    assert story.due(Clock.LEGAL) == day("04-02")
    assert APPLICANT.id == story.state.party


def test_a_region_without_ceilings_and_an_item_without_a_total_have_no_such_clock() -> None:
    story = filed(with_procedure(with_region(LAW, ceilings=()), total_promise=None), "03-05 09:00")

    story.do(c.Accept, CLERK, "03-05 10:00")

    assert clock(story.state, story.law, Clock.TOTAL) is None


def test_what_a_ceiling_bounds_is_one_of_two_things() -> None:
    with pytest.raises(ValueError, match="of: 'trips'"):
        ceiling("x", 5, of="trips")
