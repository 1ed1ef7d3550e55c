"""The demo county with its stories: cases in every state, a draft on its way, messages. Every page shows something."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from banjie.config import worker
from banjie.demo import inspections, stories, supervision
from banjie.duties.inspections import sampling
from banjie.duties.supervision import cards, orders
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.records.accounts.models import User
from banjie.records.organisation.queries import actor_of
from banjie.web import clock
from banjie.web.messages import compile_messages
from tests.county import MONDAY, ROLES, County, found
from tests.databases import Database
from tests.faces.pages import all_forms_of

ROUND = "2026年清理"
"""What the keeper calls the clean-up round."""


NOTICE = """
year: 2026
document: 示例通知
published_on: 2026-03-01
holidays:
  - {name: 元旦, from: 2026-01-01, to: 2026-01-03}
  - {name: 春节, from: 2026-02-15, to: 2026-02-23}
  - {name: 清明节, from: 2026-04-04, to: 2026-04-06}
  - {name: 劳动节, from: 2026-05-01, to: 2026-05-05}
  - {name: 端午节, from: 2026-06-19, to: 2026-06-21}
  - {name: 中秋节, from: 2026-09-25, to: 2026-09-27}
  - {name: 国庆节, from: 2026-10-01, to: 2026-10-07}
  - {name: 示范日, from: 2026-03-05, to: 2026-03-05}
workdays: [2026-01-04, 2026-02-14, 2026-02-28, 2026-05-09, 2026-09-20, 2026-10-10]
"""
"""A notice by which the Thursday of this week is a day off: dates of running cases move."""
REASON = "补放一天假"


@pytest.fixture
def told(database: Database) -> Iterator[County]:
    """The county on a Monday morning, with the eighteen stories of the demo told."""
    compile_messages()
    cache.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        database.filled("county with stories", lambda: told_in(database))
        yield County(traveller)


def told_in(database: Database) -> None:
    """The stories, in the county that other tests founded perhaps."""
    database.filled("county", found)
    go_on()


def tell() -> None:
    """Found the county now and tell its stories."""
    found()
    go_on()


def go_on() -> None:
    """Tell the stories of a county that is founded, and let a keeper begin the next version of an item."""
    stories.tell(clock.now(), stories.item_codes())
    stories.handed_in_together(clock.now())
    keeper = Client()
    keeper.force_login(User.objects.get(username=ROLES["keeper"]))
    from_day = {"effective_from": (clock.today() + timedelta(days=1)).isoformat()}
    begun = keeper.post(reverse("desk:next_version", args=[stories.item_codes()[stories.FOOD]]), from_day)
    assert begun.status_code == 302, begun.status_code
    rounds = reverse("desk:rounds")
    form = next(each for each in all_forms_of(keeper.get(rounds)) if each.address == rounds)
    opened = keeper.post(rounds, {**form.values, "title": ROUND})
    assert opened.status_code == 302, opened.status_code
    calendar_keeper = Client()
    calendar_keeper.force_login(User.objects.get(username=ROLES["calendar_keeper"]))
    notice = {"way": "file", "command_id": uuid4(), "status": "official", "reason": REASON, "text": NOTICE}
    loaded = calendar_keeper.post(reverse("desk:calendar_load", args=["CN"]), notice)
    assert loaded.status_code == 302, loaded.content.decode()
    while worker.turn():
        """The inboxes fill."""
    supervised()


def looked_at() -> None:
    """Every case that is finished by now stood on a list, and one in ten was drawn."""
    first, second = (actor_of(User.objects.get(username=ROLES[each])) for each in ("inspector", "second_inspector"))
    assert first is not None
    assert second is not None
    today = clock.today()
    draw = sampling.open_draw(today - timedelta(days=700), today - timedelta(days=1), first, uuid4(), clock.now())
    sampling.give_beacon(draw.stream, "双色球示例期 03 11 17 + 08", second, uuid4(), clock.now())


def supervised() -> None:
    """The supervision office has looked at its first findings; a card and an order lie with the licensing section."""
    supervision.tell(clock.now())
    inspections.tell(clock.now())
    looked_at()
    office = actor_of(User.objects.get(username=ROLES["inspector"]))
    assert office is not None
    proof = (Evidence("reported", {"reference": "示例-01"}),)
    found = Finding("fee_outside_the_list", None, "", "licensing", "", clock.today(), proof, "browser")
    card = cards.report(found, office, supervision.SAID["explain"], uuid4(), clock.now()).stream
    cards.issue(card, "yellow", supervision.SAID["issue"], office, uuid4(), clock.now())
    orders.issue(orders.About("licensing", card), supervision.SAID["order"], office, uuid4(), clock.now())
