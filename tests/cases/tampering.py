"""What an insider with the database's own tools could do: past the triggers, and never past the chain."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def without_guards() -> Iterator[None]:
    """The triggers that keep the log append-only are off, as they are for whoever owns the database."""
    if connection.vendor == "postgresql":
        run("SET session_replication_role = replica")
        try:
            yield
        finally:
            run("SET session_replication_role = origin")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    for name, _ in triggers:
        run(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        for _, sql in triggers:
            run(sql)


def run(statement: str, *parameters: object) -> int:
    """Run a statement past everything; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.rowcount


def key(stream: UUID) -> object:
    """A stream as this database stores it."""
    return stream if connection.vendor == "postgresql" else stream.hex


def cut_off_newest(stream: UUID) -> None:
    """Remove the newest fact of a stream: no chain can show that, and a restored backup looks the same."""
    newest = "position = (SELECT max(position) FROM log WHERE stream = %s)"
    with without_guards():
        for table in ("unfed", "log"):
            run(f"DELETE FROM {table} WHERE stream = %s AND {newest}", key(stream), key(stream))
