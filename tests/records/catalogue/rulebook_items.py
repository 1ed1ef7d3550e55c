"""Every item of the rulebook as a procedure, for tests that need no database."""

from pathlib import Path

import pytest
from django.conf import settings

from banjie.engine.law import Procedure
from banjie.records.catalogue import rulebook
from banjie.records.organisation.rulebook import Organisation, organisation

FOOD = "food-business-new"
ORGANISATION: Organisation = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
EVERY_ITEM = pytest.mark.parametrize("name", [path.stem for path in rulebook.items()])


def pseudonym_of(username: str) -> str:
    """A pseudonym that tells whose it is."""
    return f"p-{username}"


def username_of(pseudonym: str) -> str:
    """The user name of such a pseudonym."""
    return pseudonym.removeprefix("p-")


def item(name: str = FOOD) -> Procedure:
    """The procedure of an item's file."""
    return rulebook.item(Path(settings.RULEBOOK) / "items" / f"{name}.yaml", ORGANISATION, pseudonym_of)
