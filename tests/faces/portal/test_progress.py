"""Approvals in the open: counts per item with their meaning, and not a word about a person."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from banjie.cases.progress import counted
from banjie.engine import commands as c
from banjie.engine.events import Person
from tests.county import MONDAY, County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
CLERKS_DAY = 3


def grant(county: County, days: int) -> None:
    """A food licence accepted on Monday and granted so many days later."""
    case = filed(county).examined()
    county.move_to(MONDAY + days * DAY)
    case.do("decider", lambda given: c.Decide(**given, outcome="grant"))


@pytest.mark.requirement("M204")
def test_everybody_sees_how_many_came_how_far_they_are_and_who_supervises(county: County) -> None:
    filed(county)
    filed(county).accepted()
    person = county.applicant()

    page = text_of(county.client().get("/progress/"))

    assert "食品经营许可-新办" in page
    assert "2 收件" in page
    assert "1 受理" in page
    assert "食品经营监督管理股" in page
    assert "12345" in page
    for private in (person.name, person.phone, person.id_number):
        assert private not in page


def test_days_and_the_share_in_time_are_those_of_the_decided_cases(county: County) -> None:
    grant(county, CLERKS_DAY)
    filed(county).accepted()

    (food,) = counted().items

    assert (food.received, food.accepted, food.decided, food.running) == (2, 2, 1, 2)
    assert food.days == CLERKS_DAY
    assert (food.in_time, food.measured, food.share_in_time) == (1, 1, 100)


def test_a_late_decision_is_never_rounded_away(county: County) -> None:
    grant(county, 20)

    (food,) = counted().items

    assert food.share_in_time == 0


def test_what_was_void_is_no_application(county: County) -> None:
    case = filed(county)
    second = county.actor("section_head")
    case.do("clerk", lambda given: c.Void(**given, reason="test", second=Person(second.id, second.unit)))

    assert counted().items == ()
    assert "还没有收到申请" in text_of(county.client().get("/progress/"))


def test_the_counts_say_as_of_when_they_are(county: County) -> None:
    assert "截至 2026年3月2日 09:30" in text_of(county.client().get("/progress/"))

    filed(county)
    assert "还没有收到申请" in text_of(county.client().get("/progress/"))
    cache.clear()
    assert "食品经营许可" in text_of(county.client().get("/progress/"))
