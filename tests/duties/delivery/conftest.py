"""The tests of the delivery stand in the demo county, beside a stand-in for the carrier."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from banjie.demo.peers.carrier import Carrier
from banjie.demo.peers.serving import Faults
from tests.county import county

__all__ = ["county"]

SECRET = "a secret for tests, shared with the carrier"


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
