"""T17: what nobody may write sticks nowhere, whoever sends it with whatever form (reliability.md)."""

import json
import os
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from itertools import product
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models

from banjie.engine import events as e
from banjie.faces.api.commands import OFFERED, body_of
from banjie.store.log import read
from tests.rights.cast import SEES, Person
from tests.rights.test_matrix import ENDS_A_SESSION, IS_SOAK, Probe, World, world

__all__ = ["world"]

pytestmark = pytest.mark.database

on_sqlite = pytest.mark.skipif(
    os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres") and not IS_SOAK, reason="the forms are the same"
)

MARK = "PLANTED."
DAY, NUMBER = date(1999, 9, 9), 918273645

WRITABLE = {
    ("saved_filter", "name"): "the owner's name for a view of their own list",
    ("accounts_user", "username"): "a new account, as the security administrator opens it",
    ("accounts_user", "display_name"): "the name of a member of staff, as the security administrator enters it",
    ("catalogue_draft", "content"): "the texts of an item, in the draft of its keeper",
}
"""Columns in which what somebody typed stands in clear, under the name it was sent by, and why that is right."""

OF_THE_SERVER = frozenset({"by", "at", "number", "query_number", "standing", "stream", "recorded_at", "home"})
"""What a command carries that no sender says: who asks and when, and what is known of them."""


def names() -> dict[str, object]:
    """Every name a form could be sent with that means something inside: each column, each field of a fact or command.

    The value says by its form where it came from: a text with its name, a day long past, a number nobody has.
    """
    found: dict[str, object] = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            is_day = isinstance(column, models.DateField)
            is_number = isinstance(column, models.IntegerField)
            found[column.name] = DAY.isoformat() if is_day else NUMBER if is_number else MARK + column.name
    for kind in (*e.NAMES, *OFFERED):
        for each in fields(kind):
            found.setdefault(each.name, MARK + each.name)
    return found


def stuck() -> Iterator[tuple[str, str, str]]:
    """Where something planted stands now: table, column, what it was sent as."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                    if MARK.lower() in text.lower() or DAY.isoformat() in text or text == str(NUMBER):
                        at = text.lower().find(MARK.lower())
                        yield table, column, text[at : at + 40] if at >= 0 else text[:40]


def senders(world: World, roles: frozenset[str]) -> list[Person]:
    """Who sends a form: in the suite the first that may, in `make soak` everybody who may."""
    known = [each for each in world.people if each.role in SEES["food"] | {"elsewhere_clerk", "stranger"}]
    may = [each for each in [*known, *world.people] if each.held & roles and each.role]
    return list({each.role: each for each in may}.values())[: 40 if IS_SOAK else 1]


@pytest.mark.slow
@on_sqlite
def test_what_nobody_may_write_sticks_nowhere(world):
    planted, tries = names(), 0
    before = {case.name: [entry.kind for entry in read.entries(case.stream)] for case in world.cases}
    assert len(planted) > 300

    for address in world.addresses:
        if address.method != "POST" or address.name in ENDS_A_SESSION:
            continue
        for person in senders(world, address.roles):
            about = world.cases if address.is_about_a_case and IS_SOAK else world.cases[:1]
            for case in about:
                path = world.path(Probe(address, person, case))
                if address.name.startswith("api:"):
                    told = {"HTTP_AUTHORIZATION": f"Bearer {person.token}"} if person.token else {}
                    answer = person.client.post(path, json.dumps(planted), content_type="application/json", **told)
                else:
                    answer = person.client.post(path, {name: str(value) for name, value in planted.items()})
                assert answer.status_code < 500, f"{address.name} by {person.role}"
                tries += len(planted)

    found = {(table, column) for table, column, _ in stuck() if (table, column) not in WRITABLE}
    assert found == set()
    assert tries >= 5_000
    for case in world.cases:
        grown = [entry.kind for entry in read.entries(case.stream)][len(before[case.name]) :]
        assert set(grown) <= {"unmasked"}, f"{case.name}: a form of nonsense was taken for {grown}"


def test_no_body_of_the_api_has_a_place_for_what_only_the_server_knows():
    for command in OFFERED:
        offered = body_of(command).model_fields.keys()
        assert not offered & OF_THE_SERVER, command.__name__
        assert {"command_id", "expected_version"} <= offered, command.__name__


@on_sqlite
@pytest.mark.parametrize("role", ["applicant", "clerk", "officer", "decider"])
def test_the_api_refuses_each_name_it_does_not_know_one_by_one(world, role):
    person = next(each for each in world.people if each.role == role)
    case = world.cases[0]
    told = {"HTTP_AUTHORIZATION": f"Bearer {person.token}"}
    before = len(read.entries(case.stream))

    for kind, name in product(["withdraw", "accept", "note"], sorted(OF_THE_SERVER)):
        body = {"kind": kind, "command_id": str(uuid4()), "expected_version": 1, name: MARK + name}
        answer = person.client.post(
            f"/api/v1/cases/{case.query_number}/commands", json.dumps(body), content_type="application/json", **told
        )
        assert answer.status_code in (403, 422), (kind, name, answer.content[:300])

    assert len(read.entries(case.stream)) == before
