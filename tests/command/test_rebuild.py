"""`banjie rebuild` makes every row of every room again, and what it makes is what stood there."""

import argparse

import pytest
from django.apps import apps

from banjie.command import rebuild
from banjie.config import worker
from banjie.engine import commands as c
from tests.county import County, county
from tests.faces.cases import filed

__all__ = ["county"]

pytestmark = pytest.mark.database

DERIVED = ("cases", "papers", "licences", "archive", "publicity", "queue", "supervision", "fees", "delivery", "seals")
NOTES = {"Waiting", "Parked", "PlanLine", "KeptTrace"}
"""Notes of the worker and of a moment: neither truth nor derived."""


def rows() -> dict[str, list[object]]:
    return {
        model.__name__: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model._meta.app_label in DERIVED and model.__name__ not in NOTES
    }


def test_every_room_is_made_again_as_it_stood(county: County, capsys: pytest.CaptureFixture[str]) -> None:
    filed(county).do("applicant", lambda given: c.Withdraw(**given))
    while worker.turn():
        pass
    before = rows()

    assert rebuild.run(argparse.Namespace()) == 0

    after = rows()
    assert {name for name in before if before[name] != after[name]} == set()
    assert "of the archive" in capsys.readouterr().out
