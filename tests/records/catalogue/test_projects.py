"""What the rulebook says of whole projects: limits from milestone to milestone, and frozen baselines."""

from fractions import Fraction

import pytest

from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import projects
from banjie.records.organisation.rulebook import BadRulebook


@pytest.mark.requirement("M160")
def test_the_published_compression_rates_follow_from_the_frozen_baselines() -> None:
    government = projects.baseline("project_type", "government_investment")
    filing = projects.baseline("project_type", "social_investment_filing")
    assert government is not None
    assert filing is not None

    rates = [
        round(100 * float(1 - Fraction(each.after.number, each.before.number)), 1) for each in (government, filing)
    ]

    assert rates == [67.6, 72.9]
    assert government.before == Limit(185, Unit.WORKING_DAY)
    assert projects.baseline("project_type", "house") is None


@pytest.mark.requirement("M145")
@pytest.mark.requirement("M146")
@pytest.mark.requirement("M147")
@pytest.mark.requirement("M154")
def test_the_profiles_of_the_rulebook_name_their_source_and_their_day() -> None:
    found = {each.id: each for each in projects.profiles()}

    assert {name: each.limit.number for name, each in found.items()} == {
        "government-60": 60,
        "filing-42": 42,
        "pilot-45": 45,
        "before-construction-100": 100,
    }
    assert found["before-construction-100"].limit.unit is Unit.CALENDAR_DAY
    assert found["before-construction-100"].trips == 1
    assert all(each.source and each.since and each.english for each in found.values())


def test_a_line_with_a_fault_is_refused_by_name(tmp_path, settings) -> None:
    (tmp_path / "baselines.yaml").write_text("- {id: a, of: x, subject: y, before: long}", encoding="utf-8")
    (tmp_path / "project-limits.yaml").write_text("a: b", encoding="utf-8")
    settings.RULEBOOK = tmp_path

    with pytest.raises(BadRulebook, match=r"baselines\.yaml.*before"):
        projects.baselines()
    with pytest.raises(BadRulebook, match="a list"):
        projects.profiles()
