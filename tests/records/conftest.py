"""The demo county as the rulebook has it: organisation, calendars, items."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from banjie.engine.law import Procedure
from banjie.records import catalogue
from banjie.records.catalogue import rulebook
from banjie.records.organisation import load, queries
from banjie.records.organisation.rulebook import Organisation, organisation
from tests.databases import Database

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo_organisation() -> Organisation:
    """The organisation's file."""
    return organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")


@pytest.fixture
def organised(installed: Database, demo_organisation: Organisation) -> Database:
    """An installation with the demo county's organisation."""
    return installed.filled("organised", partial(load.load, demo_organisation))


@pytest.fixture
def food(organised: Database, demo_organisation: Organisation) -> Procedure:
    """The food business licence, not published yet."""
    path = Path(settings.RULEBOOK) / "items" / "food-business-new.yaml"
    return rulebook.item(path, demo_organisation, queries.pseudonym_of)


@pytest.fixture
def calendar(organised: Database) -> str:
    """A calendar of the years 2024 to 2027, loaded."""
    catalogue.load_calendar(
        "CN-2026.1", rulebook.years(2024, 2027), by="p-one", at=AT, second_person="p-two", command_id=uuid4()
    )
    return "CN-2026.1"
