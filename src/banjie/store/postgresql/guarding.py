"""Row-level security from the models: the policies of each guarded table, and the words that tell a statement whose.

A model is guarded whose manager says by which column its rows hang on a case (`guarded_by`). The policies are made
after every `migrate` from what the models say, so that a new guarded model is never without one. They are forced: they
bind the owner of the tables, too; only a superuser and a role with BYPASSRLS pass, and Banjie runs as neither.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any, TypeVar

import psycopg
from django.apps import apps
from django.db import connections, transaction

from banjie.store.postgresql import reading

T = TypeVar("T")
OPEN = "PostgreSQL's second lock is open here; see docs/how-to/configure.md, On PostgreSQL"
SETTING = "banjie.scope"
TELL = b"SELECT set_config('banjie.scope', $1, true)"
PARTICIPANTS = "participant"
"""The table that says whose a case is: stream, who, capacity."""

SCOPE = f"string_to_array(current_setting('{SETTING}', true), E'\\x1f')"
IS_HOUSE = f"(SELECT current_setting('{SETTING}', true)) = '{reading.HOUSE}'"
NAMES = f"ANY ((SELECT {SCOPE})::text[])"
SEES = f"""
CREATE OR REPLACE FUNCTION banjie_sees(which uuid, names text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path FROM CURRENT AS $$
DECLARE
    found boolean;
BEGIN
    PERFORM set_config('{SETTING}', '{reading.HOUSE}', true);
    found := EXISTS (
        SELECT 1 FROM {PARTICIPANTS} p
        WHERE p.stream = which AND p.who = ANY (string_to_array(names, E'\\x1f')) AND p.capacity <> 'agent'
    );
    PERFORM set_config('{SETTING}', names, true);
    RETURN found;
END $$
"""
"""Whether one of these takes part in a case: asked of its other participants, whose own policy cannot ask itself."""


def guarded() -> dict[str, str]:
    """The guarded tables, each with the column that holds its case's stream."""
    columns = {each: str(getattr(each._default_manager, "guarded_by", "")) for each in apps.get_models()}
    return {model._meta.db_table: column for model, column in columns.items() if column}


def policy(table: str, column: str) -> str:
    """The condition under which a row is seen, changed and deleted."""
    if table == PARTICIPANTS:
        return f"{IS_HOUSE} OR who = {NAMES} OR banjie_sees({column}, (SELECT current_setting('{SETTING}', true)))"
    return (
        f"{IS_HOUSE} OR EXISTS (SELECT 1 FROM {PARTICIPANTS} p "
        f'WHERE p.stream = "{table}"."{column}" AND p.who = {NAMES} AND p.capacity <> \'agent\')'
    )


def statements(table: str, column: str) -> Iterator[str]:
    """What puts a table under its policy. Whoever may write may add a row: the door decides that, not the row."""
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS banjie_scope ON "{table}"'
    yield f'CREATE POLICY banjie_scope ON "{table}" USING ({policy(table, column)}) WITH CHECK (true)'


def guard(using: str = "default") -> None:
    """Put every guarded table of this database under its policy; nothing on SQLite, which has no such thing."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    tables = guarded()
    with transaction.atomic(using=using), connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if not tables.keys() <= there:
            return  # migrated only so far: the last step comes by here again
        cursor.execute(SEES)
        for table, column in tables.items():
            for statement in statements(table, column):
                cursor.execute(statement)


def unguarded(using: str = "default") -> list[str]:
    """The tables that stand without a forced policy, and what lets the program's role pass; none on SQLite."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        is_super, bypasses = cursor.fetchone()
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'banjie_scope' "
            "WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        closed = {name for (name,) in cursor.fetchall()}
    found = sorted(guarded().keys() - closed)
    return [*found, *["(the role is a superuser)"] * is_super, *["(the role has BYPASSRLS)"] * bypasses]


@cache
def _names_one() -> re.Pattern[str]:
    tables = "|".join(sorted(guarded()))
    return re.compile(
        rf'\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(?:ONLY\s+)?"?(?:{tables})\b|,\s*"?(?:{tables})\b', re.IGNORECASE
    )


@lru_cache(maxsize=4096)
def touches(statement: str) -> bool:
    """Whether a statement names a guarded table. One too many costs a few bytes; one too few shows nothing."""
    return _names_one().search(statement) is not None


def told(driver: Any, scope: str, work: Callable[[], T]) -> T:
    """What `work` returns, run with this scope: both in one round trip, in one transaction, and gone with it.

    Nothing of it stays with the session: a pool that gives each transaction another one (pgbouncer) is as good.
    """
    with driver.pipeline():
        psycopg.RawCursor(driver).execute(TELL, (scope,))
        return work()
