"""What a command says where something around it is missing: words and what to do, instead of a traceback.

Keys, the database, an installation in it. Whatever else goes wrong is a fault of this program: its traceback stays.
"""

import sqlite3

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from banjie.store.keys.keyring import KeysAway, SealBroken
from banjie.store.log.queries import NoInstallation, find_installation

OF_THE_DATABASE = (DatabaseError, InterfaceError, psycopg.Error, sqlite3.Error)


def told(problem: Exception) -> str:
    """What is missing, that nothing was lost, and what to do; "" where nothing is missing that is known here."""
    if isinstance(problem, ImproperlyConfigured):
        return f"{problem}\nNothing is lost: put the setting right, and try again."
    if isinstance(problem, KeysAway):
        return f"{problem}. Nothing is lost: look after the device, and try again."
    if isinstance(problem, SealBroken):
        return f"{problem}.\nNothing was changed: are these the keys of this database? Restore the right ones."
    if isinstance(problem, NoInstallation):
        return _nothing_here()
    if isinstance(problem, OF_THE_DATABASE):
        return _of_the_database()
    return ""


def _of_the_database() -> str:
    try:
        connection.close()
        connection.ensure_connection()
    except OF_THE_DATABASE as away:
        return (
            f"The database does not answer: {str(away).splitlines()[0]}.\n"
            "Nothing is lost: see that it runs and that BANJIE_DATABASE_URL names it, and try again."
        )
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations or find_installation() is None:
        return _nothing_here()
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "This database is older than the program. Nothing was changed: `banjie serve` brings it up to date."
    return ""


def _nothing_here() -> str:
    return (
        f"There is no installation in {_where()} yet: start `banjie serve` (or `banjie serve --demo`) there once.\n"
        "If there should be one: do BANJIE_DATA_DIR and BANJIE_DATABASE_URL say what they say to the server?"
    )


def _where() -> str:
    chosen = settings.DATABASES["default"]
    return str(chosen["NAME"]) if not chosen.get("HOST") else f"{chosen['NAME']} at {chosen['HOST']}"
