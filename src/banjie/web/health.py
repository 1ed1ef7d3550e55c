"""Whether this process can do its work: the database answers, and stands on the migrations this program needs."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

_seen_applied: set[str] = set()


def answers() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except Error:
        return False


def migrations_applied() -> bool:
    """Whether nothing is left to migrate. Looked at until it is so, then remembered: migrations are not taken back."""
    database = str(connection.settings_dict["NAME"])
    if database in _seen_applied:
        return True
    try:
        executor = MigrationExecutor(connection)
        left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return False
    if not left:
        _seen_applied.add(database)
    return not left
