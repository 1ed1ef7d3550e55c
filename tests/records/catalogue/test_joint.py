"""The joint matters of the rulebook: two agencies at least, items that are published, a limit the law allows."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import joint, rulebook
from banjie.records.organisation.rulebook import BadRulebook, organisation

ORGANISATION = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
ON = date(2026, 3, 2)


def test_every_joint_matter_has_items_of_its_region_that_two_agencies_decide_on() -> None:
    read = [rulebook.item(path, ORGANISATION, lambda user: f"p-{user}") for path in rulebook.items()]
    items = {each.code: each for each in read}
    agencies = {each.id: each.region for each in ORGANISATION.agencies}

    assert len(joint.matters(ON)) >= 2
    for each in joint.matters(ON):
        procedures = [items[part.code] for part in each.parts]
        assert len({procedure.agency_of(procedure.decides) for procedure in procedures}) >= 2
        assert {procedure.region for procedure in procedures} == {each.region}
        assert not any(procedure.forwarding for procedure in procedures)
        assert (each.limit, each.extension.length) == (Limit(45, Unit.WORKING_DAY), Limit(15, Unit.WORKING_DAY))
        assert agencies[each.government] == agencies[each.lead] == each.region
        assert each.basis
        assert each.english


def test_a_matter_is_found_by_exactly_its_items_from_its_day_on() -> None:
    found = joint.matters(ON)[0]
    codes = [part.code for part in found.parts]

    assert joint.matter_of(codes, ON) == joint.matter_of(codes[::-1], ON) == found == joint.matter(found.id, ON)
    assert joint.matter_of(codes[:1], ON) is None
    assert joint.matter_of([*codes, "x"], ON) is None
    assert joint.matter_of(codes, date(2025, 12, 31)) is None


def test_two_parts_never_play_the_same_role(tmp_path, settings) -> None:
    source = (Path(settings.RULEBOOK) / "joint" / "venue-with-kitchen.yaml").read_text(encoding="utf-8")
    (tmp_path / "joint").mkdir()
    (tmp_path / "joint" / "wrong.yaml").write_text(source.replace("role: venue", "role: food"), encoding="utf-8")
    settings.RULEBOOK = tmp_path

    with pytest.raises(BadRulebook, match="same role"):
        joint.matters(ON)
