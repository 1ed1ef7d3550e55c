"""The demo county with its stories: cases in every state, a draft on its way, messages. Every page shows something."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from banjie.config import worker
from banjie.demo import stories
from banjie.records.accounts.models import User
from banjie.web import clock
from banjie.web.messages import compile_messages
from tests.county import MONDAY, ROLES, County, found
from tests.databases import Database
from tests.faces.pages import all_forms_of

ROUND = "2026年清理"
"""What the keeper calls the clean-up round."""


@pytest.fixture
def told(database: Database) -> Iterator[County]:
    """The county on a Monday morning, with the eighteen stories of the demo told."""
    compile_messages()
    cache.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        database.filled("county with stories", tell)
        yield County(traveller)


def tell() -> None:
    """Found the county now, tell its stories, and let a keeper begin the next version of an item."""
    found()
    stories.tell(clock.now(), stories.item_codes())
    keeper = Client()
    keeper.force_login(User.objects.get(username=ROLES["keeper"]))
    from_day = {"effective_from": (clock.today() + timedelta(days=1)).isoformat()}
    begun = keeper.post(reverse("desk:next_version", args=[stories.item_codes()[stories.FOOD]]), from_day)
    assert begun.status_code == 302, begun.status_code
    rounds = reverse("desk:rounds")
    form = next(each for each in all_forms_of(keeper.get(rounds)) if each.address == rounds)
    opened = keeper.post(rounds, {**form.values, "title": ROUND})
    assert opened.status_code == 302, opened.status_code
    while worker.turn():
        """The inboxes fill."""
