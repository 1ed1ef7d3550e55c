"""The demo county for programs: on a Monday morning like everywhere, and today for a server of its own process."""

import pytest

from banjie.demo import county as demo
from banjie.web import clock
from tests.county import county as county
from tests.databases import Database


@pytest.fixture
def county_today(installed: Database) -> Database:
    """The county as it would be founded now, not as a demo: another process has a clock that nobody moves."""
    return installed.filled("county-today", lambda: demo.found(clock.now()))
