"""The detectors at work: what moved on is looked at once a night, and a suspicion reaches a supervisor, once."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from banjie.duties.supervision import cards, detecting, queries, rebuild
from banjie.duties.supervision.detectors.signs import Suspicion
from banjie.duties.supervision.detectors.trace import Trace
from banjie.duties.supervision.models import Card, KeptTrace, Look
from banjie.engine import codec
from banjie.store.log import read
from banjie.web import clock
from tests.county import County
from tests.duties.supervision.cases import later, worked
from tests.engine.story import RULEBOOK
from tests.faces.cases import Filed, filed

pytestmark = pytest.mark.database


def lies(county: County) -> Filed:
    """An accepted case nobody touches for five weeks; the worker has done its work."""
    case = filed(county).accepted()
    later(county, 35)
    worked()
    return case


def stands(case: Filed) -> list[Card]:
    return list(Card.objects.kept().filter(rule="blocked_node", case=case.stream).order_by("unit"))


@pytest.mark.requirement("M133")
def test_a_node_beyond_its_share_reaches_a_supervisor_as_a_suspicion_with_the_responsible_unit(county: County) -> None:
    case = lies(county)

    suspected = stands(case)

    assert {each.unit for each in suspected} == {"licensing", "site-survey"}
    assert {each.status for each in suspected} == {"fired"}, "a suspicion is no card"
    finding = cards.finding_of(suspected[0].stream)
    assert finding.evidence[0].code == "detected"
    assert finding.evidence[-1].position > 0
    assert not queries.cards(county.actor("officer")), "nobody is told of a suspicion that no supervisor has looked at"
    assert {each.stream for each in suspected} <= {each.stream for each in queries.cards(county.actor("inspector"))}


def test_a_supervisor_reads_what_was_measured_and_what_is_usual_and_the_unit_reads_nothing_yet(county: County) -> None:
    card = stands(lies(county))[0]
    page = f"/desk/supervision/cards/{card.stream}/"

    told = county.client("inspector").get(page)

    assert told.status_code == 200
    said = told.content.decode()
    assert "环节梗阻" in said
    assert "个工作日没有任何办理记录" in said
    assert "疑点分值" in said
    for role in ("officer", "section_head", "clerk", "applicant", "other_agency"):
        assert county.client(role).get(page).status_code in (403, 404), role


def test_whoever_looks_again_says_nothing_twice(county: County) -> None:
    case = lies(county)
    before = {each.stream for each in stands(case)}

    for days in (1, 2):
        later(county, days)
        worked()

    assert {each.stream for each in stands(case)} == before
    assert [len(read.entries(each)) for each in before] == [1, 1]
    assert Look.objects.get(region="999921").on == clock.today()


def test_by_day_and_once_looked_at_nothing_is_done(county: County) -> None:
    filed(county).accepted()
    worked()
    assert detecting.look(clock.now()) == 0

    KeptTrace.objects.kept().update(stale=True)

    assert detecting.look(clock.now()) == 1, "the trace is made anew"
    assert detecting.look(clock.now()) == 0


def test_traces_are_made_again_from_the_log_and_hold_no_name(county: County) -> None:
    case = filed(county).accepted()
    worked()
    kept = KeptTrace.objects.kept().get(stream=case.stream)

    KeptTrace.objects.kept().update(plain="{}", region="")

    assert rebuild.rebuild() == Card.objects.kept().count()

    again = KeptTrace.objects.kept().get(stream=case.stream)
    assert (again.plain, again.region, again.is_open) == (kept.plain, "999921", True)
    trace = codec.from_plain(Trace, detecting.plain_of(again.plain))
    assert trace.stream == case.stream
    assert county.applicant().name not in kept.plain


def test_a_case_nobody_can_date_keeps_no_other_waiting(county: County) -> None:
    case = filed(county).accepted()
    lost = case.stream.__class__(int=5)
    detecting.note([lost])

    while detecting.refresh():
        pass

    assert not KeptTrace.objects.kept().filter(stale=True).exists()
    assert KeptTrace.objects.kept().get(stream=lost).plain == ""


def test_a_trace_of_an_older_release_is_made_anew(county: County) -> None:
    case = filed(county).accepted()
    worked()
    KeptTrace.objects.kept().update(plain='{"of": "another shape"}', looked=False)

    detecting.detect("999921", clock.today())
    assert KeptTrace.objects.kept().get(stream=case.stream).stale

    worked()
    assert "another shape" not in KeptTrace.objects.kept().get(stream=case.stream).plain


def test_a_region_whose_data_are_broken_is_looked_at_tomorrow_and_the_worker_goes_on(
    county: County, tmp_path: Path, settings: Any
) -> None:
    filed(county).accepted()
    worked()
    later(county, 1)
    (tmp_path / "supervision").mkdir()
    (tmp_path / "supervision" / "detectors.yaml").write_text("- {region: '', valid_from: 2025-01-01}\n", "utf-8")
    settings.RULEBOOK = tmp_path

    assert detecting.look(clock.now()) == 0
    assert Look.objects.get(region="999921").on == clock.today()


def test_the_regions_data_are_those_of_the_day(county: County) -> None:
    today = detecting.rules_of("999921", clock.today())

    assert set(today.bounds) == {each for each in today.bounds if today.bounds[each].reason}
    assert all(measure.reason for bounds in today.bounds.values() for measure in bounds.signs.values())
    with pytest.raises(LookupError):
        detecting.rules_of("999921", today.valid_from - timedelta(days=1))


def test_a_suspicion_becomes_a_card_by_itself_only_by_the_regions_choice_and_above_its_bound(
    county: County, tmp_path: Path, settings: Any
) -> None:
    case, region = filed(county).accepted(), "supervision/regions/999921.yaml"
    here = Suspicion(
        detector="back_filled",
        subject="one",
        stream=case.stream,
        number=case.number,
        unit="hall-window",
        person="",
        on=clock.today(),
        score=999,
        signs=(),
        places=((case.stream, 1),),
    )
    bounds = detecting.rules_of("999921", clock.today()).bounds["back_filled"]

    with transaction.atomic():
        detecting.fire(here, bounds)
        shutil.copytree(RULEBOOK, tmp_path / "rulebook")
        chosen = (RULEBOOK / region).read_text("utf-8").replace("issued_by_rule: []", "issued_by_rule: [back_filled]")
        (tmp_path / "rulebook" / region).write_text(chosen, "utf-8")
        settings.RULEBOOK = tmp_path / "rulebook"
        detecting.fire(replace(here, subject="two", score=bounds.card - 1), bounds)
        detecting.fire(replace(here, subject="three", score=bounds.card), bounds)

    status = {each.stream: each.status for each in Card.objects.kept().filter(rule="back_filled")}
    seen = [status[replace(here, subject=name).finding.key] for name in ("one", "two", "three")]
    assert seen == ["fired", "fired", "issued"]
