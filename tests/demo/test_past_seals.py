"""The demo's past is sealed a few papers at a time; what is new is left for whoever visits."""

from datetime import timedelta

import pytest

from banjie.demo import past_seals
from banjie.duties.papers import sealing
from banjie.duties.papers.models import Paper
from banjie.duties.seals.models import Ordered
from banjie.web import clock
from tests.county import County, county
from tests.duties.seals.papers import granted, typeset

__all__ = ["county"]

pytestmark = pytest.mark.database


def test_old_decisions_are_sealed_in_the_keepers_name_and_new_ones_wait_for_a_visitor(county: County) -> None:
    old, _ = typeset(granted(county), "decision_to_grant")
    county.move_to(clock.now() + timedelta(days=4))
    new, _ = typeset(granted(county), "decision_to_grant")

    assert past_seals.work(clock.now()) == 0
    assert [each.paper for each in Ordered.objects.all()] == [old.stream]
    past_seals.work(clock.now() + past_seals.EVERY)
    while sealing.work(clock.now()):
        pass

    status = dict(Paper.objects.kept().filter(kind=old.kind).values_list("stream", "status"))
    assert status == {old.stream: "sealed", new.stream: "made_out"}
    assert Ordered.objects.get().by in {county.actor(each).id for each in ("seal_keeper", "second_seal_keeper")}
