"""`banjie verify --all`: every row of every room is what its history gives, and one changed by hand is named."""

from uuid import UUID

import pytest
from django.apps import apps

from banjie.command import derived
from banjie.config import worker
from banjie.engine import commands as c
from tests.cases.tampering import key, run, without_guards
from tests.county import County, county
from tests.faces.cases import filed

__all__ = ["county"]

pytestmark = pytest.mark.database

ROOMS = (
    *("catalogue", "parties", "cases", "papers", "licences", "archive", "publicity", "queue", "supervision", "fees"),
    *("delivery", "seals", "inspections", "statistics"),
)
OTHERWISE = {
    "Case Task Participant": "held against their histories by a part of their own, case by case",
    "Registration Counter": "truth beside the log, held against it as numbers",
    "PlanLine KeptTrace Watch Waiting Look": "notes of the worker and of a moment: neither truth nor derived",
    "Draft SignOff Finding": "in the making: what becomes of them stands in the log",
    "Edition SearchDocument SearchGram": "made for finding, out of the versions",
}


def found() -> dict[str, tuple[str, str]]:
    """What each part says that found something."""
    return {each.name: (each.fault.where, each.fault.what) for each in derived.parts() if each.fault}


def test_every_derived_row_of_a_room_is_audited_or_it_is_said_why_not() -> None:
    audited = {model for room in derived.ROOMS for model in room.models}
    named = {name for names in OTHERWISE for name in names.split()}
    models = {each for each in apps.get_models() if each._meta.app_label in ROOMS}

    assert {each.__name__ for each in models - audited} - named == set(), "audit it, or say why not"


@pytest.mark.tampers
def test_a_row_changed_put_in_or_taken_out_by_hand_is_named_and_nothing_is_changed(county: County) -> None:
    stream: UUID = filed(county).do("applicant", lambda given: c.Withdraw(**given)).stream
    while worker.turn():
        pass
    assert found() == {}

    with without_guards():
        run("UPDATE paper SET status = 'voided' WHERE about = %s", key(stream))
        run("DELETE FROM accounts_trailline")
        run("UPDATE archive_record SET digest = 'another' WHERE stream = %s", key(stream))
        run("UPDATE seal SET state = 'sealed_away', sealed_away_on = '2026-01-01'")
        run("UPDATE catalogue_procedureversion SET english = 'another'")
    told = found()

    changed = ("papers", "the audit trail", "the archive", "seals", "the catalogue")
    assert set(told) == {f"rows of {each}" for each in changed}
    assert {what for _, what in told.values()} == {"the row is not what its history gives (banjie rebuild)"}
    assert told["rows of the archive"][0] == f"archive_record, stream {stream.hex}"
    assert found() == told, "nothing was changed by looking"

    run("UPDATE bookmark SET no = 0 WHERE follower = 'archive'")
    behind = next(each for each in derived.parts() if each.name == "rows of the archive")
    assert (behind.fault, behind.unchecked, behind.why) == (None, 2, derived.WHY)
