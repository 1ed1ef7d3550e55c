"""The demo's supervision office has acted on its first findings, through the doors; told again it adds nothing."""

import pytest

from banjie.demo import stories, supervision
from banjie.duties.supervision.models import Card, Order, Outage
from banjie.store.log.models import Entry
from banjie.web import clock
from tests.county import County
from tests.duties.supervision.cases import worked

pytestmark = pytest.mark.database


def test_cards_stand_in_several_states_and_telling_it_again_adds_nothing(county: County) -> None:
    stories.tell(clock.now(), stories.item_codes())
    worked()

    assert supervision.tell(clock.now()) > 0
    states = {each.status for each in Card.objects.kept().all()}
    told = Entry.objects.filter(stream_kind__in=("card", "order", "outage")).count()
    supervision.tell(clock.now())

    assert {"closed", "fired"} <= states
    assert (Order.objects.kept().count(), Outage.objects.count()) == (1, 1)
    assert Entry.objects.filter(stream_kind__in=("card", "order", "outage")).count() == told
