"""What an agency may open itself is published apart from the items: by two people, whole in the log, in no list."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from banjie.engine.law import LICENCE_ACTS, Material, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.catalogue import proceedings, queries, rulebook
from banjie.records.catalogue.models import ProcedureVersion, ProceedingVersion
from banjie.records.catalogue.rebuild import rebuild
from banjie.records.catalogue.surroundings import around
from banjie.records.organisation.queries import pseudonym_of
from banjie.records.organisation.rulebook import read
from tests.records.conftest import AT

pytestmark = pytest.mark.database

DAY = date(2026, 3, 2)
GROUNDS = {each["id"]: each for each in read(Path(settings.RULEBOOK) / "ending-grounds.yaml")}


@pytest.fixture
def every(organised, demo_organisation, calendar) -> list[Procedure]:
    """Every proceeding of the rulebook."""
    return [rulebook.item(path, demo_organisation, pseudonym_of) for path in rulebook.proceedings()]


def publish(procedure: Procedure, second: str = "p-second") -> ProceedingVersion:
    return proceedings.publish(procedure, around(procedure, DAY), "p-keeper", second, AT, uuid4())


def stands() -> list[dict[str, object]]:
    rows = ProceedingVersion.objects.order_by("code", "version").values()
    return [{**each, "content": bytes(each["content"]), "id": 0} for each in rows]


def test_every_proceeding_of_the_rulebook_may_bind_and_is_no_item(every) -> None:
    for each in every:
        publish(each)

    assert {each.licence_act for each in every} == {"suspend", "revoke", "withdraw", "take_away", "cancel", "restore"}
    assert {each.licence_act for each in every} < set(LICENCE_ACTS)
    assert ProcedureVersion.objects.count() == 0
    assert catalogue.items(DAY) == []
    for each in every:
        law = catalogue.law_in_force(each.code, DAY)
        assert law.procedure == each
        assert catalogue.law(each.code, 1).digest == law.digest
        assert queries.laws([(each.code, 1)])[each.code, 1].procedure == each
        assert queries.names_of([(each.code, 1)])[each.code, 1] == each.name
        assert queries.newest_names([each.code])[each.code] == each.name
    assert [code for code, _version, _digest in proceedings.live(DAY)] == sorted(each.code for each in every)
    assert proceedings.live(date(2024, 1, 1)) == []
    for each in every:
        assert each.guide.item_name == "食品经营许可证", "the papers say which licence it is about"
        assert each.guide.places, "the papers say where one states and defends"


def test_the_rows_are_made_again_byte_for_byte(every) -> None:
    for each in every[:2]:
        publish(each)
    publish(replace(every[0], version=2, effective_from=date(2026, 7, 1)))
    before = stands()

    rebuild()

    assert stands() == before
    assert catalogue.law_in_force(every[0].code, DAY).procedure.version == 1
    assert catalogue.law_in_force(every[0].code, date(2026, 7, 1)).procedure.version == 2


def test_what_would_leave_a_holder_in_doubt_is_not_published(every) -> None:
    revoke = next(each for each in every if each.licence_act == "revoke")
    suspend = next(each for each in every if each.licence_act == "suspend")
    assert revoke.ex_officio
    assert suspend.ex_officio
    nameless = replace(revoke.ex_officio.grounds[0], basis=" ")
    for broken, part in (
        (replace(revoke, ex_officio=None), "ex_officio"),
        (replace(revoke, licence_act="change"), "licence_act"),
        (replace(revoke, licence=""), "licence"),
        (replace(revoke, materials=(Material(id="m", name="申请书"),)), "materials"),
        (replace(revoke, ex_officio=replace(revoke.ex_officio, grounds=(nameless,))), "grounds"),
        (replace(suspend, ex_officio=replace(suspend.ex_officio, longest=None)), "longest"),
    ):
        with pytest.raises(NotPossible) as no:
            publish(broken)
        assert (no.value.code, no.value.facts["part"]) == ("proceeding_incomplete", part)
    with pytest.raises(NotPossible, match="second_person_needed"):
        publish(revoke, second="p-keeper")
    assert ProceedingVersion.objects.count() == 0


def test_a_version_is_published_once_and_never_changed(every) -> None:
    first = publish(every[0])

    assert publish(every[0]) == first
    with pytest.raises(NotPossible, match="version_not_greater"):
        publish(replace(every[0], name="另一个名称"))


def test_every_ground_has_an_article_and_both_names_and_says_what_nobody_could_check() -> None:
    for each in GROUNDS.values():
        assert each["basis"].strip()
        assert each["english"].strip()
        assert each.get("compensation", "") in proceedings.COMPENSATIONS
        if "行政处罚法" in each["basis"]:
            assert each["doubt"]
