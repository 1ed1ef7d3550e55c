"""The tests of the delivery stand in the demo county with a decided case, beside a stand-in for the carrier."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.demo.peers.carrier import Carrier
from banjie.demo.peers.serving import Faults
from banjie.engine import commands as c
from banjie.web.messages import compile_messages
from tests import county as county_of
from tests.county import FOOD, MONDAY, County
from tests.databases import Database
from tests.faces.cases import Filed, filed

SECRET = "a secret for tests, shared with the carrier"


@pytest.fixture
def county(database: Database) -> Iterator[County]:
    """The county on a Monday morning, in which one food licence is decided and made already."""
    compile_messages()
    cache.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        here = County(traveller)

        def found() -> None:
            database.filled("county", county_of.found)
            decide(filed(here))

        database.filled("county with a decided case", found)
        here.move_to(MONDAY + timedelta(hours=1))  # however long that took
        yield here


def decide(case: Filed) -> Filed:
    """Examined, granted, and the licence made."""
    case.examined().do("decider", lambda given: c.Decide(**given, outcome="grant"))
    return case.do("licence_clerk", lambda given: c.Issue(**given))


@pytest.fixture
def case(county: County) -> Filed:
    """The decided case: it waits to reach its applicant."""
    with whole_house("the test looks for its case"):
        row = Case.objects.everything().get()
    return Filed(county, row.stream, row.query_number, FOOD)


@pytest.fixture
def parcels() -> Iterator[Carrier]:
    """The stand-in, serving on loopback, and known to the settings; parcels move when they are told to."""
    stand_in = Carrier(SECRET, faults=Faults(hang_seconds=0.4), pace=None)
    settings.CARRIER = {"url": stand_in.start(), "key": "banjie", "secret": SECRET}
    try:
        yield stand_in
    finally:
        settings.CARRIER = {}
        stand_in.stop()
