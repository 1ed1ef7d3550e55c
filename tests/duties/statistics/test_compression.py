"""How much shorter the time is: against frozen baselines, by item, category and type of project."""

from dataclasses import replace
from datetime import date

import pytest

from banjie.duties.statistics import compression
from banjie.duties.statistics.compression import Compression, Line
from banjie.engine.project import Baseline
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import projects
from tests.cases.house import House
from tests.duties.statistics.county import asked


def days(number: int) -> Limit:
    """So many working days."""
    return Limit(number, Unit.WORKING_DAY)


def line(before: Limit, now: Limit) -> Line:
    """An item that took so long and promises so much."""
    baseline = Baseline(
        id="x", of="item", subject="x", name="x", before=before, after=now, frozen_on=date(2018, 4, 20), source="示例"
    )
    return Line(baseline, now)


@pytest.mark.requirement("M160", "M381")
def test_the_published_rates_of_projects_follow_from_their_frozen_baselines():
    rates = {each.baseline.subject: each.rate for each in compression.of_project_types()}

    assert rates == {"government_investment": 67.6, "social_investment_filing": 72.9}  # 185 -> 60, 155 -> 42


@pytest.mark.requirement("M381")
def test_a_category_is_the_rate_of_the_sums_and_beside_it_the_mean_of_the_rates():
    commerce = Compression(tuple(line(days(before), days(now)) for before, now in ((20, 8), (20, 12), (118, 43))))
    social = Compression((line(days(10), days(5)), line(days(20), days(10))))

    assert (commerce.before, commerce.now, commerce.rate) == (158, 63, 60.1)
    assert commerce.mean == round((60 + 40 + 63.6) / 3, 1)
    assert (social.rate, social.mean) == (50.0, 50.0)
    assert (Compression(()).rate, Compression(()).mean) == (None, None)


def test_limits_in_other_units_are_added_up_as_working_days():
    found = Compression((line(Limit(1, Unit.MONTH), days(5)), line(Limit(14, Unit.CALENDAR_DAY), days(5))))

    assert found.before == pytest.approx(31.75)
    assert found.rate == 68.5


def test_the_seal_changes_with_any_baseline_and_with_nothing_else():
    lines = list(projects.baselines())
    before = compression.seal()

    touched = [replace(lines[0], before=days(186)), *lines[1:]]
    renamed = [replace(lines[0], name="另一个名称"), *lines[1:]]

    assert compression.seal(lines) == before == compression.seal(renamed)
    assert compression.seal(touched) != before
    assert compression.seal(lines[1:]) != before


@pytest.mark.database
@pytest.mark.requirement("M160", "M381")
def test_a_new_version_changes_what_is_promised_and_never_what_it_is_measured_against(demo: House):
    period = asked(demo, "2026-03-01", "2026-03-31")
    first = compression.of_items(period, date(2026, 3, 2))
    assert [(each.baseline.before, each.now, each.rate) for each in first.lines] == [(days(20), days(8), 60.0)]

    demo.publish("food-business-new", version=2, committed_limit=days(5), effective_from=date(2026, 3, 10))

    assert compression.of_items(period, date(2026, 3, 2)).lines[0].rate == 60.0
    (now,) = compression.of_items(period, date(2026, 3, 10)).lines
    assert (now.baseline.before, now.now, now.rate) == (days(20), days(5), 75.0)
    assert {name: each.rate for name, each in compression.grouped(first, "category").items()} == {"commerce": 60.0}


@pytest.mark.database
def test_an_item_without_a_baseline_is_left_out_and_counted(demo: House):
    demo.publish("food-business-new", code=demo.code[:-1] + "9")

    period, elsewhere = (asked(demo, "2026-03-01", "2026-03-31", unit=unit) for unit in ("", "labour-office"))
    found = compression.of_items(period, date(2026, 3, 2))

    assert (len(found.lines), len(found.without)) == (1, 1)
    assert compression.of_items(elsewhere, date(2026, 3, 2)).lines == ()
