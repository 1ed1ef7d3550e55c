"""An approval bureau in one county, departments at a centre in the next, on the same base items and the same code."""

import re
from datetime import date
from pathlib import Path

import pytest

import banjie
from banjie.demo import county
from banjie.records import catalogue
from banjie.records.catalogue import inherited, progress, queries
from banjie.records.catalogue.models import BaseItem, Draft, Item
from banjie.store.log.install import create_installation
from tests.databases import Database
from tests.records.conftest import AT

DAY = date(2026, 3, 2)
BUREAU, DEPARTMENTS = county.COUNTIES


@pytest.fixture
def founded(database: Database) -> None:
    """Both counties of the demo prefecture."""

    def found() -> None:
        create_installation(demo=True)
        county.found(AT)

    database.filled("two-counties", found)


@pytest.mark.database
@pytest.mark.requirement("M189")
def test_both_models_offer_the_same_base_items_decided_by_who_decides_there(founded):
    offered = {
        region: {each.code[19:31]: each for each in queries.published(DAY) if each.region == region}
        for region in county.COUNTIES
    }
    both = offered[BUREAU].keys() & offered[DEPARTMENTS].keys()

    assert len(both) >= 3
    bureaus = {offered[BUREAU][code].agency_of(offered[BUREAU][code].decides) for code in both}
    departments = {offered[DEPARTMENTS][code].agency_of(offered[DEPARTMENTS][code].decides) for code in both}
    assert bureaus == {"approval-bureau"}
    assert len(departments) >= 2
    for code in both:
        own = offered[DEPARTMENTS][code]
        assert own.agency_of(own.decides) == own.agency_of(own.seals) == own.agency_of(own.receives)
        assert Item.objects.filter(base=code).count() == 2
    assert inherited.claim_rate(BUREAU)[0] > inherited.claim_rate(DEPARTMENTS)[0] >= 3


@pytest.mark.database
@pytest.mark.requirement("M050")
def test_a_region_counts_what_it_has_written_anew(founded):
    found = progress.progress(BUREAU, DAY)

    assert found.done
    assert found.all == len({*found.done, *found.drafted, *found.open})
    in_force = {each.code[19:31] for each in queries.published(DAY) if each.region == BUREAU}
    assert {each.id for each in found.done} <= in_force
    Draft.objects.all().delete()
    assert progress.progress(BUREAU, DAY).done == found.done


@pytest.mark.database
def test_the_catalogue_of_the_demo_is_honest(founded):
    """Twelve items and more are complete; what is only an example lies with the keeper and binds nobody."""
    published = queries.published(DAY)

    assert len({each.code[19:31] for each in published}) >= 12
    assert all(not each.guide.examples for each in published)
    drafts = Draft.objects.all()
    assert drafts.count() >= 28
    assert not {each.code for each in published} & set(drafts.values_list("code", flat=True))
    assert BaseItem.objects.count() >= 12
    assert len(catalogue.items(DAY)) == len(published)


def test_no_line_of_the_program_asks_which_model_it_is() -> None:
    source = Path(banjie.__file__).parent
    asks = re.compile(r"approval.bureau|审批局|is_bureau|bureau_model|department_model")

    found = [
        str(path.relative_to(source))
        for path in sorted(source.rglob("*.py"))
        if "demo" not in path.parts and asks.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []
