"""The tables of cases can be partitioned by ranges of `stream` (an opening month), and the door does not notice.

`stream` is a UUID of version 7 and begins with the time it was made, and it leads every key of these tables.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections

from banjie.cases import rebuild
from banjie.store.log import verify
from tests import databases
from tests.cases import test_handle, test_join, test_rows, test_submit, test_timers
from tests.cases.house import House

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(
        not os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="partitions are PostgreSQL's"
    ),
]

PARTITIONED = ("log", "case", "task", "participant", "personal", "data_key", "unfed")
"""Referenced tables before those that refer to them. `feed` is numbered without gaps and cannot be split by stream."""

MAIN_LINE = (
    test_handle.test_the_door_tells_what_happened_and_where_the_case_stands,
    test_handle.test_every_hand_off_inside_a_case_has_a_sender_a_receiver_and_a_time,
    test_handle.test_a_repeat_is_recognised_by_a_process_that_has_never_seen_the_case,
    test_handle.test_of_two_who_decide_on_the_same_page_one_is_told,
    test_handle.test_a_refused_command_leaves_nothing_of_its_own,
    test_handle.test_files_handed_in_join_the_case,
    test_handle.test_erasing_destroys_the_key_and_leaves_the_history,
    test_join.test_the_case_waits_for_all_its_branches,
    test_submit.test_many_at_once_get_numbers_without_a_gap,
    test_submit.test_one_key_from_many_at_once_opens_one_case,
    test_timers.test_many_workers_at_once_record_it_once,
    test_rows.test_a_decided_case_waits_for_its_licence_and_then_for_service,
    test_rows.test_what_is_overdue_is_listed_with_who_is_responsible,
)


def every_test() -> tuple[Callable[[House], None], ...]:
    """Every test of these files that asks for one house and nothing else."""
    files = (test_handle, test_submit, test_timers, test_rows, test_join)
    found = [each for file in files for name, each in vars(file).items() if name.startswith("test_")]
    return tuple(each for each in found if list(inspect.signature(each).parameters) in (["house"], ["demo"]))


def first_of(year: int, month: int) -> UUID:
    """The least stream of a month."""
    years, months = divmod(month - 1, 12)
    return UUID(int=int(datetime(year + years, months + 1, 1, tzinfo=UTC).timestamp()) * 1000 << 80)


def partitions() -> list[str]:
    """The statements that make partitioned tables of migrated ones, with their keys, indexes, checks and triggers."""
    kept = {table: [*references(table), *triggers(table)] for table in PARTITIONED}
    return [each for table in PARTITIONED for each in partition(table)] + [
        each for table in kept for each in kept[table]
    ]


def partition(table: str) -> Iterator[str]:
    """One table and its partitions: last month, this one and the next, and all the others."""
    now = datetime.now(UTC)
    yield f'ALTER TABLE "{table}" RENAME TO "{table}_plain"'
    if table == "unfed":  # the order of arrival: no key can do without the stream
        yield "DROP INDEX unfed_seq"
    yield f'CREATE TABLE "{table}" (LIKE "{table}_plain" INCLUDING ALL) PARTITION BY RANGE (stream)'
    if table == "unfed":
        yield "ALTER SEQUENCE unfed_seq_seq OWNED BY unfed.seq"
        yield "CREATE INDEX unfed_seq ON unfed (seq)"
    for number in (-1, 0, 1):
        begins, ends = (first_of(now.year, now.month + number + each) for each in (0, 1))
        name = f'"{table}_{begins.hex[:6]}"'
        yield f"CREATE TABLE {name} PARTITION OF \"{table}\" FOR VALUES FROM ('{begins}') TO ('{ends}')"
    yield f'CREATE TABLE "{table}_other" PARTITION OF "{table}" DEFAULT'
    yield f'DROP TABLE "{table}_plain" CASCADE'


def references(table: str) -> list[str]:
    """The statements that give a table its foreign keys again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f'",
            [f'"{table}"'],
        )
        return [f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {text}' for name, text in cursor.fetchall()]


def triggers(table: str) -> list[str]:
    """The statements that give a table its triggers again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [f'"{table}"'],
        )
        return [text for (text,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def template(prepared_databases: databases.Postgres, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a database, migrated as any other and then partitioned."""
    name = f"{urlsplit(prepared_databases.url).path[1:]}_partitions"
    with server(prepared_databases.url) as admin, django_db_blocker.unblock():
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        databases.use(at(prepared_databases.url, name))
        try:
            call_command("migrate", verbosity=0)
            with connection.cursor() as cursor:
                for statement in partitions():
                    cursor.execute(statement)
        finally:
            connections.close_all()
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def partitioned(database: databases.Database, template: str) -> Iterator[databases.Database]:
    """An empty partitioned database, for this test alone."""
    name = f"{template}_copy"
    url = at(database.url, name)
    with server(database.url) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        databases.use(url)
        databases.forget()
        try:
            with databases.variables({"BANJIE_DATABASE_URL": url}):
                yield databases.Database(url, "postgresql", database.folder)
            assert list(verify.verify()) == []
            assert list(rebuild.differences()) == []
        finally:
            databases.use(database.url)
            databases.forget()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def server(url: str) -> psycopg.Connection[Any]:
    """A connection to no database of a test."""
    return psycopg.connect(at(url, "postgres"), autocommit=True)


def at(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def test_the_tables_of_cases_are_partitioned_with_their_keys(partitioned):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace")
        tables = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND conparentid = 0 AND confrelid = '\"case\"'::regclass"
        )
        refer = set(cursor.fetchall())
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0"
        )
        guards = set(cursor.fetchall())

    assert tables == set(PARTITIONED)
    assert refer == {("task", '"case"'), ("participant", '"case"')}
    assert {("log", "log_append_only"), ("log", "log_unfed"), ("data_key", "data_key_no_return")} <= guards


def test_a_case_lies_in_one_partition_and_is_read_from_it_alone(partitioned):
    stream = House(partitioned).accepted()

    for table in PARTITIONED:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT DISTINCT tableoid::regclass::text FROM "{table}"')
            lies_in = {name for (name,) in cursor.fetchall()}
            cursor.execute(f"EXPLAIN SELECT * FROM \"{table}\" WHERE stream = '{stream}'")
            plan = "\n".join(line for (line,) in cursor.fetchall())

        assert len(lies_in) == 1, table
        assert set(re.findall(rf" on {table}_([0-9a-f]{{6}}|other) ", plan)) == {next(iter(lies_in)).split("_")[-1]}, (
            plan
        )


def test_the_log_stays_append_only(partitioned):
    House(partitioned).submitted()

    for statement in ("UPDATE log SET actor = 'somebody else'", "DELETE FROM log", "TRUNCATE log"):
        with connection.cursor() as cursor, pytest.raises(Exception, match="append-only"):
            cursor.execute(statement)


@pytest.mark.parametrize("test", MAIN_LINE, ids=lambda test: test.__name__[5:])
def test_the_door_does_not_notice(partitioned, test):
    (kind,) = inspect.signature(test).parameters

    test(House(partitioned, demo=kind == "demo"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "test", every_test() if "BANJIE_SOAK" in os.environ else (), ids=lambda test: test.__name__[5:]
)
def test_nothing_else_notices_either(partitioned, test):
    test_the_door_does_not_notice(partitioned, test)
