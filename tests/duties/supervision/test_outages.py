"""An outage excuses once a second person has confirmed it, and only what rests on its days."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from banjie.cases.handle import carry_out_timers
from banjie.duties.supervision import excusing, outages, queries, rebuild
from banjie.duties.supervision.models import Card, Outage
from banjie.duties.supervision.outages import What
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.log import read
from banjie.web import clock
from tests.county import County
from tests.duties.supervision.cases import card_of, later, silent, some, worked
from tests.faces.cases import filed

pytestmark = pytest.mark.database


def out(day: str, until: str = "", unit: str = "", number: str = "TJ-2026-01") -> What:
    since = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=OFFICE_ZONE)
    ends = datetime.fromisoformat(f"{until or day}T17:00").replace(tzinfo=OFFICE_ZONE)
    return What(number, "999921", unit, since, ends, "运维日志 2026-031")


def refused(code: str, act: Any) -> None:
    with pytest.raises(NotPossible) as no:
        act()
    assert no.value.code == code


def test_a_card_that_rests_on_the_days_of_an_outage_is_excused_by_the_second_person(county: County) -> None:
    case = silent(county)
    card = card_of(case)
    row = outages.register(out("2026-03-09"), county.actor("inspector"), some(), clock.now())

    refused(
        "second_person_needed",
        lambda: excusing.confirm(row.stream, county.actor("inspector"), some(), clock.now()),
    )
    assert Card.objects.kept().get(stream=card.stream).status == "fired"
    assert excusing.confirm(row.stream, county.actor("second_inspector"), some(), clock.now()) == 1

    after = Card.objects.kept().get(stream=card.stream)
    assert (after.status, after.result) == ("closed", "excused")
    assert read.plain(read.entries(card.stream)[-1])["outage"] == "TJ-2026-01"
    assert case.state.accepted_on is not None, "the law's acceptance stands"


def test_an_outage_of_other_days_or_of_another_unit_excuses_nothing(county: County) -> None:
    card = card_of(silent(county))
    before = outages.register(out("2026-02-10", number="TJ-1"), county.actor("inspector"), some(), clock.now())
    elsewhere = What("TJ-2", "999921", "licensing", *(clock.now() - timedelta(hours=each) for each in (30, 20)), "日志")
    other = outages.register(elsewhere, county.actor("inspector"), some(), clock.now())

    for row in (before, other):
        assert excusing.confirm(row.stream, county.actor("second_inspector"), some(), clock.now()) == 0

    assert Card.objects.kept().get(stream=card.stream).status == "fired"


def test_what_is_confirmed_beforehand_is_never_found(county: County) -> None:
    case = filed(county)
    later(county, 8)
    row = outages.register(out("2026-03-06", "2026-03-09"), county.actor("inspector"), some(), clock.now())
    excusing.confirm(row.stream, county.actor("second_inspector"), some(), clock.now())

    carry_out_timers(case.stream, clock.now())
    worked()

    assert not Card.objects.kept().filter(case=case.stream, rule="silence").exists()


def test_an_outage_needs_its_evidence_an_end_and_the_post(county: County) -> None:
    inspector, at = county.actor("inspector"), clock.now()

    with pytest.raises(BadInput) as no:
        outages.register(out("2026-03-09", "2026-03-08"), inspector, some(), at)
    assert ("until", "not_after_the_beginning") in no.value.problems
    refused("not_for_your_post", lambda: outages.register(out("2026-02-10"), county.actor("clerk"), some(), at))
    outages.register(out("2026-02-10"), inspector, some(), at)
    refused("outage_number_taken", lambda: outages.register(out("2026-02-11"), inspector, some(), at))


def test_outages_are_rebuilt_and_told_to_their_region(county: County) -> None:
    row = outages.register(out("2026-02-10"), county.actor("inspector"), some(), clock.now())
    excusing.confirm(row.stream, county.actor("e_government"), some(), clock.now())
    before = list(Outage.objects.values())

    rebuild.rebuild()

    assert list(Outage.objects.values()) == before
    assert [each.number for each in queries.outages(county.actor("clerk"))] == ["TJ-2026-01"]
    assert not queries.outages(county.actor("other_keeper"))
