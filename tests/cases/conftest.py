"""Houses for the tests of the door."""

import pytest

from tests.cases.house import House
from tests.county import county
from tests.databases import Database

__all__ = ["county"]


@pytest.fixture
def house(database: Database) -> House:
    """A real installation: what happens, happens now."""
    return House(database)


@pytest.fixture
def demo(database: Database) -> House:
    """A demo installation on Monday 2 March 2026, ten o'clock: the test says when things happen."""
    return House(database, demo=True)
