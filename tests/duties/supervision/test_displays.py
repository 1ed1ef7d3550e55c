"""Guides that are not on the wall of the hall in time are found (72(2)); those that are, are not."""

from datetime import timedelta
from uuid import uuid4

import pytest

from banjie.duties.supervision import displays
from banjie.duties.supervision.models import Card, Watch
from banjie.records.catalogue import batches
from banjie.records.catalogue.batches import Channel
from banjie.records.catalogue.models import GuideBatch
from banjie.web import clock
from tests.county import County
from tests.duties.supervision.cases import later, worked

pytestmark = pytest.mark.database


def opened(county: County) -> GuideBatch:
    keeper = county.actor("keeper").id
    return batches.open_batch("999921", "第一批", [(county.code(), 1)], keeper, clock.now(), uuid4())


def on_the_wall(county: County, batch: GuideBatch) -> None:
    given = (clock.today(), "大厅公示墙", county.actor("keeper").id, clock.now(), uuid4())
    batches.make_public("999921", batch.number, Channel.WALL, *given)


def test_a_batch_that_is_not_on_the_wall_in_time_is_found_once_with_its_number(county: County) -> None:
    batch = opened(county)
    worked()
    last = displays.due_on(batch.stream)
    assert last == clock.today() + timedelta(days=14), "ten working days"

    later(county, 30)
    worked()
    worked()

    card = Card.objects.kept().get(rule="guide_not_displayed")
    assert (card.on, card.unit) == (last + timedelta(days=1), county.actor("keeper").unit)


def test_a_batch_that_is_on_the_wall_in_time_is_found_nowhere(county: County) -> None:
    batch = opened(county)
    worked()
    later(county, 3)
    on_the_wall(county, batch)
    later(county, 30)
    worked()

    assert not Card.objects.kept().filter(rule="guide_not_displayed").exists()
    assert not Watch.objects.kept().filter(stream=batch.stream).exists()
