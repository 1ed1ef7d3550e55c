"""Row-level security from the models: the policies of each guarded table, and the words that tell a statement whose.

A model is guarded whose manager has a `Lock`, which says who is shown a row. The policies are made after every
`migrate` from what the models say, so that a new guarded model is never without one. They are forced: they bind the
owner of the tables, too; only a superuser and a role with BYPASSRLS pass, and Banjie runs as neither.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Lock:
    """To whom the database shows a row of a table; one of these is enough, and none of them leaves the house alone.

    `case`: the column with the stream of a case, for whoever takes part in it. `own`: columns with a pseudonym, for
    whoever reads as that person. `opened`: columns of which a reader was opened a value (`reading.opened`): an
    agency's, a region's. `through`: (column, table, key) of the guarded row this one belongs to. `public`: a condition
    under which anybody may.
    """

    case: str = ""
    own: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    through: tuple[str, str, str] | None = None
    public: str = ""


def guarded() -> dict[str, Lock]:
    """The guarded tables, each with its lock."""
    locks = {each: getattr(each._default_manager, "lock", None) for each in apps.get_models()}
    return {model._meta.db_table: lock for model, lock in locks.items() if lock is not None}


def policy(table: str, lock: Lock) -> str:
    """The condition under which a row is seen, changed and deleted."""
    if table == PARTICIPANTS:
        sees = f"banjie_sees({lock.case}, (SELECT current_setting('{SETTING}', true)))"
        return f"{IS_HOUSE} OR who = {NAMES} OR {sees}"
    return " OR ".join([IS_HOUSE, *_conditions(table, lock)])


def _conditions(table: str, lock: Lock) -> Iterator[str]:
    if lock.public:
        yield f"({lock.public})"
    for each in lock.own:
        yield f'"{each}" = {NAMES}'
    for each in lock.opened:
        yield f"('{each}{reading.OF}' || \"{each}\") = {NAMES}"
    if lock.case:
        yield (
            f"EXISTS (SELECT 1 FROM {PARTICIPANTS} p "
            f'WHERE p.stream = "{table}"."{lock.case}" AND p.who = {NAMES} AND p.capacity <> \'agent\')'
        )
    if lock.through:
        column, above, key = lock.through
        yield f'EXISTS (SELECT 1 FROM "{above}" a WHERE a."{key}" = "{table}"."{column}")'


def statements(table: str, lock: Lock) -> Iterator[str]:
    """What puts a table under its policy. Whoever may write may add a row: the door decides that, not the row."""
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS banjie_scope ON "{table}"'
    yield f'CREATE POLICY banjie_scope ON "{table}" USING ({policy(table, lock)}) WITH CHECK (true)'


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
        for table, lock in tables.items():
            for statement in statements(table, lock):
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
