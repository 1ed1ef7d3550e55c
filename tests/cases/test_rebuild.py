"""The derived rows follow from the log: wiped, they come back the same; tampered with, they are named and mended."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from banjie.cases import rebuild, rows
from banjie.cases.models import Case, Counter, Participant, Registration, Task
from banjie.cases.scope import is_whole_house
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.store.log import verify
from tests.cases.house import House
from tests.cases.tampering import key, run
from tests.databases import in_threads

pytestmark = pytest.mark.database

DERIVED = ("case", "task", "participant")


def every_stage(house: House) -> list[UUID]:
    """A case at every stage."""
    command = house.application()
    waiting = house.submit(provided=command.provided[1:]).stream
    missing = c.Citation(e.PointKind.MATERIAL, command.provided[0].material, e.Defect.MISSING)
    house.do(waiting, c.RequestCorrection, house.cast.clerk, points=(missing,))
    part = house.submit(part_of=e.PartOf(str(uuid4()), "catering")).stream
    gone = house.submitted()
    house.do(gone, c.Withdraw, house.cast.applicant)
    on_the_line = [
        house.accepted(),
        house.assigned(),
        house.examined(),
        house.decided(),
        house.issued(),
        house.closed(),
    ]
    return [waiting, part, gone, *on_the_line]


def stands() -> dict[str, list[Any]]:
    """Every derived row as the database holds it."""
    found = {}
    with connection.cursor() as cursor:
        for table in DERIVED:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [tuple(bytes(x) if isinstance(x, memoryview) else x for x in row) for row in cursor.fetchall()]
            found[table] = sorted(rows, key=repr)
    return found


def wipe() -> None:
    """Remove every derived row."""
    for table in reversed(DERIVED):
        run(f'DELETE FROM "{table}"')


def test_wiped_rows_come_back_byte_for_byte(house):
    streams = every_stage(house)
    before = stands()

    wipe()
    wiped = stands()
    count = rebuild.rebuild()

    assert wiped == {table: [] for table in DERIVED}
    assert count == len(streams) == len(before["case"])
    assert stands() == before


def test_rebuilding_a_sound_house_changes_nothing_and_may_be_repeated(house):
    every_stage(house)
    before = stands()

    rebuild.rebuild()
    rebuild.rebuild()

    assert stands() == before


def test_what_is_not_derived_is_not_touched(house):
    house.closed()
    numbers = list(Registration.objects.kept().values_list()), list(Counter.objects.values_list())

    wipe()
    rebuild.rebuild()

    assert (list(Registration.objects.kept().values_list()), list(Counter.objects.values_list())) == numbers
    assert list(verify.verify()) == []


def test_a_rebuilt_case_goes_on(house):
    stream = house.assigned()

    wipe()
    rebuild.rebuild()
    house.finish(stream, "document_review")

    assert set(house.tasks(stream)) == {"site_survey"}


TAMPERED: dict[str, tuple[str, str]] = {
    "a due date": ("case", "UPDATE \"case\" SET promised_due_on = '2031-01-01' WHERE stream = %s"),
    "a stage": ("case", "UPDATE \"case\" SET stage = 'closed' WHERE stream = %s"),
    "a head": (
        "case",
        'UPDATE "case" SET head = prev FROM log WHERE log.stream = "case".stream AND "case".stream = %s',
    ),
    "the next timer": ("case", 'UPDATE "case" SET next_due_at = NULL WHERE stream = %s'),
    "a task of somebody else": (
        "task",
        "UPDATE task SET people = '|p-friend|' WHERE stream = %s AND slug = 'site_survey'",
    ),
    "a task that is gone": ("task", "DELETE FROM task WHERE stream = %s AND slug = 'site_survey'"),
    "a light put off": ("task", "UPDATE task SET red_on = '2031-01-01' WHERE stream = %s AND slug = 'site_survey'"),
    "a participant let in": (
        "participant",
        "UPDATE participant SET who = 'p-spy' WHERE stream = %s AND who = 'hall-window'",
    ),
    "a participant kept out": ("participant", "DELETE FROM participant WHERE stream = %s AND who = 'p-applicant'"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_row_is_named_and_mended(house, what):
    table, statement = TAMPERED[what]
    sound, stream = house.assigned(), house.assigned()
    before = stands()

    assert run(statement, key(stream)) == 1
    found = list(rebuild.differences())
    rebuild.rebuild()

    assert [(each.stream, each.table) for each in found] == [(stream, table)]
    assert found[0].stands != found[0].should
    assert stands() == before
    assert sound != stream


def test_a_case_without_a_history_is_named_and_removed(house):
    stream = house.accepted()
    before = stands()
    stray = uuid4()
    columns = ", ".join(field.column for field in Case._meta.fields if field.column != "stream")
    run(
        f'INSERT INTO "case" (stream, {columns}) SELECT %s, {columns} FROM "case" WHERE stream = %s',
        key(stray),
        key(stream),
    )

    found = list(rebuild.differences())
    rebuild.rebuild()

    assert [(each.stream, each.table) for each in found] == [(stray, "case")]
    assert stands() == before


def test_a_case_without_rows_is_named_and_gets_them_back(house):
    stream = house.accepted()
    before = stands()
    wipe()

    found = list(rebuild.differences())
    rebuild.rebuild()

    assert [(each.stream, each.table) for each in found] == [(stream, table) for table in DERIVED]
    assert stands() == before


def test_looking_for_differences_lets_nobody_else_read_everything(house):
    house.accepted()
    wipe()
    looking = rebuild.differences()
    next(looking)

    assert not is_whole_house()
    looking.close()
    rebuild.rebuild()


def test_cases_go_on_while_their_rows_are_rebuilt(house):
    streams = [house.assigned() for _ in range(20)]
    stop = threading.Event()

    def work() -> None:
        try:
            for stream in streams:
                house.finish(stream, "document_review")
                house.finish(stream, "site_survey")
        finally:
            stop.set()

    def spoil() -> None:
        while not stop.is_set():
            for stream in streams:
                run("DELETE FROM participant WHERE stream = %s AND who = 'hall-window'", key(stream))
                time.sleep(0.005)

    def mend() -> None:
        while not stop.is_set():
            rebuild.rebuild()

    in_threads(work, spoil, mend, mend)
    rebuild.rebuild()

    assert [set(house.tasks(stream)) for stream in streams] == [{"decision"}] * 20


@contextmanager
def slowly_mended() -> Iterator[None]:
    """Whoever puts a participant back takes half a second over it (PostgreSQL)."""
    waits = "BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END"
    run(f"CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$ {waits} $$")
    run("CREATE TRIGGER take_long AFTER INSERT ON participant FOR EACH STATEMENT EXECUTE FUNCTION take_long()")
    try:
        yield
    finally:
        run("DROP TRIGGER take_long ON participant")
        run("DROP FUNCTION take_long")


@pytest.mark.skipif(
    not os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="SQLite has one writer at a time"
)
def test_a_command_that_has_waited_for_its_case_to_be_mended_leaves_no_task_behind(house):
    stream = house.assigned()
    run("DELETE FROM participant WHERE stream = %s AND who = 'p-applicant'", key(stream))

    def finish() -> None:
        time.sleep(0.2)
        house.finish(stream, "document_review")

    with slowly_mended():
        in_threads(rebuild.rebuild, finish, rebuild.rebuild)

    assert set(house.tasks(stream)) == {"site_survey"}


def test_looking_while_cases_go_on_finds_nothing_wrong(house):
    streams = [house.assigned() for _ in range(10)]
    stop = threading.Event()
    found: list[rebuild.Difference] = []

    def work() -> None:
        try:
            for stream in streams:
                house.finish(stream, "document_review")
                house.finish(stream, "site_survey")
                house.do(stream, c.Decide, house.cast.decider, outcome="grant")
        finally:
            stop.set()

    def look() -> None:
        while not stop.is_set():
            found.extend(rebuild.differences())

    in_threads(work, look, look)

    assert found == []


MODELS: tuple[tuple[str, Callable[[], object]], ...] = (("case", Case), ("task", Task), ("participant", Participant))


def test_every_column_of_a_derived_table_is_compared():
    compared = {"case": rows.CASE_COLUMNS, "task": rows.TASK_COLUMNS, "participant": rows.PARTICIPANT_COLUMNS}

    assert {name: {field.column for field in model._meta.fields if field.column} for name, model in MODELS} == {
        name: set(columns) for name, columns in compared.items()
    }
