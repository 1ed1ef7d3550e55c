"""What is filed in the demo county: enough of everything, by invented people, and the same for the same seed."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from banjie.demo import crowd
from banjie.demo.filings import DAYS_BACK, FATES, ITEMS, Filing, filings
from banjie.engine import applicant
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Procedure
from banjie.records.catalogue import rulebook
from banjie.records.organisation.rulebook import organisation
from tests.engine.story import calendar as rulebook_calendar

BEGUN_ON = date(2026, 3, 2)


@pytest.fixture(scope="module")
def procedures() -> Mapping[str, Procedure]:
    given = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
    found = {path.stem: rulebook.item(path, given, str) for path in rulebook.items()}
    # What is about a licence its holder must have already nobody files out of nothing; a renewal may be older.
    return {name: each for name, each in found.items() if not each.licence_question or each.renews}


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return rulebook_calendar()


def filed(
    procedures: Mapping[str, Procedure], calendar: Calendar, begun: date = BEGUN_ON, seed: str = "s", more: int = 0
) -> list[Filing]:
    until = datetime.combine(begun + timedelta(days=more), time(18), OFFICE_ZONE)
    return list(filings(seed, begun, until, procedures, calendar))


def test_whatever_the_day_it_begins_half_a_year_brings_three_hundred_cases_of_every_item_in_every_way(
    procedures, calendar
):
    for begun in (date(2025, 7, 3) + timedelta(days=17 * n) for n in range(30)):
        found = filed(procedures, calendar, begun)

        assert 300 <= len(found) <= 420
        assert {each.item for each in found} == set(procedures) == set(ITEMS)
        assert {each.fate for each in found} == set(FATES)
        assert {each.channel for each in found} == {"online", "window", "post", "agent", "kiosk"}
        assert min(each.at for each in found).date() >= begun - timedelta(days=DAYS_BACK)
        assert max(each.at for each in found).date() <= begun


def test_rest_days_are_quiet_and_nobody_is_at_the_window_on_them_before_it_opens_or_after_it_closes(
    procedures, calendar
):
    found = filed(procedures, calendar)

    rest = [each for each in found if not calendar.is_workday(each.at.date())]
    at_the_window = [each for each in found if each.channel in ("window", "agent", "post")]
    assert 0 < len(rest) < len(found) / 5
    assert all(9 <= each.at.hour < 17 for each in at_the_window)
    assert any(each.at.hour >= 19 for each in found)


def test_the_same_seed_and_day_give_the_same_filings_and_another_seed_others(procedures, calendar):
    once, again, other = (filed(procedures, calendar, seed=seed) for seed in ("s", "s", "t"))

    assert once == again
    assert [(each.item, each.fate, each.at) for each in once] != [(each.item, each.fate, each.at) for each in other]


def test_a_county_told_further_is_filed_in_as_before_and_later(procedures, calendar):
    once, further = filed(procedures, calendar), filed(procedures, calendar, more=30)

    assert further[: len(once)] == once
    assert len(further) > len(once) + 10


def test_its_people_are_invented_their_numbers_pass_and_their_regions_belong_to_nobody(procedures, calendar):
    people = {each.person for each in filed(procedures, calendar, more=60)}

    assert len(people) > 100
    for person in people:
        assert applicant.problems(person.particulars, BEGUN_ON) == []
        region = person.id_number[2:8] if person.kind == "enterprise" else person.id_number[:6]
        assert region in (crowd.YUNLING, crowd.YUNXI)
        assert person.phone.startswith("1380000")
    for key in ("user", "id_number", "phone"):
        assert max(Counter(getattr(each, key) for each in people).values()) == 1, key
