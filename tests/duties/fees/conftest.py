"""The fees' tests stand in the demo county, beside a stand-in for the provider."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from banjie.demo.peers.payments import Payments
from banjie.demo.peers.serving import Faults
from tests.county import county

__all__ = ["county"]

SECRET = "a secret for tests, shared with the provider"


@pytest.fixture
def payments() -> Iterator[Payments]:
    """The stand-in, serving on loopback, and known to the settings."""
    stand_in = Payments(SECRET, faults=Faults(hang_seconds=0.4))
    settings.PAYMENT = {"url": stand_in.start(), "key": "banjie", "secret": SECRET}
    try:
        yield stand_in
    finally:
        settings.PAYMENT = {}
        stand_in.stop()
