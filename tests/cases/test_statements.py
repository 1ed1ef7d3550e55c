"""What a command costs the database: a few statements, the same few for the thirtieth command as for the third."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from banjie.cases import sql
from banjie.cases.handle import handle, kept
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.store.files.receive import receive
from tests.cases.house import House
from tests.cast import envelope, whole_life

pytestmark = pytest.mark.database

on_postgresql = pytest.mark.skipif(
    not os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="counts PostgreSQL's messages"
)
on_sqlite = pytest.mark.skipif(
    os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="counts by SQLite's own trace"
)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that SQLite runs meanwhile on this connection, BEGIN and COMMIT too.

    What a trigger runs is traced under the text of the statement that fired it: the same text again, left out here.
    """
    connection.ensure_connection()
    seen: list[str] = []
    connection.connection.set_trace_callback(lambda text: None if seen[-1:] == [text] else seen.append(text))
    try:
        yield seen
    finally:
        connection.connection.set_trace_callback(None)


@contextmanager
def round_trips() -> Iterator[list[str]]:
    """How often libpq asked the server for an answer meanwhile: each Sync and each simple Query it sent.

    The list is filled when the block ends, from libpq's own trace of the messages on the wire.
    """
    connection.ensure_connection()
    seen: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace"
        with path.open("w") as file:
            wire = connection.connection.pgconn
            wire.trace(file.fileno())
            wire.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
            try:
                yield seen
            finally:
                wire.untrace()
        sent = (line.split("\t") for line in path.read_text(errors="replace").splitlines())
        seen += [line[2] for line in sent if line[0] == "F" and line[2] in ("Sync", "Query")]


def warmed_up(house: House) -> None:
    """Statements are prepared and catalogues read, as in a process that has worked for a minute."""
    stream = house.closed()
    assert house.row(stream).stage == "closed"
    with connection.cursor() as cursor:  # what Django asks once a request, this test asked now
        cursor.execute("SELECT 1")


def cost_of_life(house: House, measure: Callable[[], object]) -> dict[str, int]:
    """What each command of the main line costs."""
    stream = house.submitted()
    costs = {}
    for what, make in whole_life(house.cast):
        command = make(house.version(stream))
        with measure() as seen:  # type: ignore[attr-defined]
            handle(stream, command)
        costs[what] = len(seen)
    return costs


@on_sqlite
def test_a_command_is_a_handful_of_statements_on_sqlite(house):
    warmed_up(house)

    costs = cost_of_life(house, statements)

    # BEGIN, guarded update, facts, COMMIT; one for tasks that end and open, one for participants.
    assert costs == {
        "accept": 6,
        "assign document_review": 6,
        "assign site_survey": 6,
        "finish document_review": 5,
        "finish site_survey": 5,
        "decide": 5,
        "issue": 5,
        "serve": 5,
    }


@on_sqlite
def test_an_ordinary_command_changes_no_more_than_it_must(house):
    stream = house.accepted()
    warmed_up(house)

    with statements() as seen:
        house.do(stream, c.AppointContact, house.cast.clerk, contact=e.Person("p-other"))

    verbs = [text.split()[0] for text in seen if "SELECT" not in text.split()[0]]
    assert verbs == ["BEGIN", "UPDATE", "INSERT", "INSERT", "COMMIT"]


@on_sqlite
def test_a_refusal_writes_nothing_at_all(house):
    stream = house.accepted()

    with statements() as seen, pytest.raises(Exception, match="already_accepted"):
        handle(stream, c.Accept(**envelope(house.cast.clerk, seen=2)))

    # The copy in the process is not believed where somebody is told "no": it is read anew first.
    assert [text.split()[0] for text in seen] == ["BEGIN", "COMMIT", "BEGIN", "SELECT", "ROLLBACK"]


@on_sqlite
def test_an_application_is_ten_statements_on_sqlite(house):
    warmed_up(house)

    with statements() as seen:
        house.submit()

    assert len(seen) <= 10, seen


@on_postgresql
def test_a_command_is_one_round_trip_on_postgresql(house):
    """Of a case the process has at hand; one that another process moved on is read first, and that is two."""
    warmed_up(house)

    costs = cost_of_life(house, round_trips)

    assert max(costs.values()) <= 3, costs
    assert sum(costs.values()) <= len(costs) + 2, costs


@on_postgresql
def test_postgresql_plans_the_statement_of_a_common_command_once(house):
    """Planning a statement of five parts costs the server as much as carrying it out."""
    for _ in range(sql.PREPARED_AFTER + 2):
        house.closed()

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        planned = [row[0] for row in cursor.fetchall()]
    assert sum("INSERT INTO log" in each for each in planned) >= 5, planned


@on_postgresql
def test_a_case_that_is_not_at_hand_is_two_round_trips_on_postgresql(house):
    stream = house.accepted()
    house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("一"))
    kept.forget()

    with round_trips() as seen:
        house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("二"))

    assert len(seen) <= 3, seen  # read, the case's own key, write


@on_postgresql
def test_an_application_is_few_round_trips_on_postgresql(house):
    warmed_up(house)

    with round_trips() as seen:
        house.submit()

    assert len(seen) <= 10, seen


@on_postgresql
def test_the_count_of_round_trips_counts(house):
    with round_trips() as seen, connection.cursor() as cursor:
        for _ in range(7):
            cursor.execute("SELECT 1")

    assert len(seen) == 7


def cost_of_statements(house: House, numbers: set[int]) -> dict[int, int]:
    """What the n-th command of one case costs, for these n."""
    measure = round_trips if connection.vendor == "postgresql" else statements
    stream = house.accepted()
    costs = {}
    for number in range(1, max(numbers) + 1):
        command = c.MakeStatement(**envelope(house.cast.applicant), text=c.Personal(f"第 {number} 次陈述"))
        with measure() as seen:
            handle(stream, command)
        if number in numbers:
            costs[number] = len(seen)
    return costs


def test_a_long_history_costs_no_more_than_a_short_one(house):
    costs = cost_of_statements(house, {3, 30})

    assert costs[30] == costs[3]


def test_files_are_bound_in_the_same_transaction_at_a_cost_per_file(house):
    """The ordinary path through Django: dearer, and only where another room takes part."""
    command = house.application()
    stream = house.submit(provided=command.provided[1:]).stream
    point = c.Citation(e.PointKind.MATERIAL, command.provided[0].material, e.Defect.MISSING)
    house.do(stream, c.RequestCorrection, house.cast.clerk, points=(point,))
    scan = receive(b"%PDF-1.4\n%%EOF\n", "申请书.pdf", "p-applicant", now=0)
    provided = (e.Provided(command.provided[0].material, (e.FileRef(*scan),)),)
    measure = round_trips if connection.vendor == "postgresql" else statements

    with measure() as seen:
        house.do(stream, c.SubmitCorrection, house.cast.applicant, provided=provided)

    assert len(seen) <= 16, seen
