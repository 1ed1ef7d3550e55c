"""The editor of an item names a promise above what its region promises of all; it refuses nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from banjie import words
from banjie.engine.law import Procedure
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import drafts, rulebook
from banjie.records.organisation.rulebook import organisation

ITEMS = Path(settings.RULEBOOK) / "items"


def item(name: str, exemption: str | None = None, **changes: object) -> Procedure:
    """An item of the rulebook."""
    county = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
    found = rulebook.item(ITEMS / f"{name}.yaml", county, lambda user: f"p-{user}")
    guide = found.guide if exemption is None else replace(found.guide, exemption=exemption)
    return replace(found, guide=guide, **changes)  # type: ignore[arg-type]


@pytest.mark.requirement("M148", "M152")
def test_a_promise_above_its_ceiling_is_named_with_the_ceiling():
    (flag,) = drafts.above_ceiling(item("food-business-new"))

    assert flag.code == "promise_above_ceiling"
    said = words.refusal(flag, "zh-hans")
    assert "8 个工作日" in said.what
    assert "5 个工作日" in said.what
    assert "商事服务类" in said.what
    assert "promise_above_ceiling" in {each.code for each in drafts.flags(item("food-business-new"))}


def test_a_promise_within_its_ceiling_and_a_region_without_a_profile_are_not_named():
    assert list(drafts.above_ceiling(item("food-business-new", committed_limit=Limit(5, Unit.WORKING_DAY)))) == []
    assert list(drafts.above_ceiling(item("food-business-new", region="999900"))) == []


@pytest.mark.requirement("M159")
def test_an_item_that_a_law_regulates_specially_is_not_named_and_says_why():
    school = item("private-school")

    assert "民办教育促进法" in school.guide.exemption
    assert list(drafts.above_ceiling(school)) == []
    assert [each.code for each in drafts.above_ceiling(item("private-school", exemption=""))] == [
        "promise_above_ceiling"
    ]
