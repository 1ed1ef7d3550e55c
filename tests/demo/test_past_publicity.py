"""The demo's past became public in time; what a visitor decides becomes public when the worker gets there."""

from datetime import timedelta

import pytest

from banjie.demo import past_publicity
from banjie.demo.models import Filed
from banjie.duties.publicity import publishing
from banjie.duties.publicity.follow import Publicity
from banjie.duties.publicity.models import Disclosure
from banjie.engine.codec import microseconds
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.county import County, county
from tests.duties.seals.papers import granted

__all__ = ["county"]

pytestmark = pytest.mark.database


def test_a_told_decision_was_public_on_its_day_and_a_visitors_waits_for_the_worker(county: County) -> None:
    case = granted(county)
    sequence.sequence()
    run([Publicity()], now=microseconds(clock.now()))
    row = Disclosure.objects.kept().get()
    month_later = clock.now() + timedelta(days=30)

    assert past_publicity.work(month_later) == 0, "decided after the county was begun, by a visitor"
    Filed.objects.create(name="a filing of its life", stream=case.stream)
    assert past_publicity.work(month_later) == 1

    row.refresh_from_db(from_queryset=Disclosure.objects.kept())
    assert (row.status, row.published_on) == ("published", row.after_on + timedelta(1))
    assert row.published_on <= row.due_on
    assert publishing.work(month_later) == 0
