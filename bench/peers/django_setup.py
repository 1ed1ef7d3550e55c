"""Django as the Django-based peers run it: its defaults, no debugging, commits as durable as everyone's."""

from typing import Any

import django
from django.apps import apps as registry
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict


def configure(url: str, apps: tuple[str, ...] = (), migrate: bool = False) -> None:
    """Set Django up for this database; models can be imported afterwards. `migrate` makes the tables of `apps` first.

    On SQLite every transaction is BEGIN IMMEDIATE in WAL mode with synchronous=FULL; on PostgreSQL nothing is set.
    """
    settings.configure(
        DATABASES={"default": database(url)},
        INSTALLED_APPS=[*apps, "peers"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="measuring only",
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        DEBUG=False,
    )
    django.setup()
    if migrate:
        call_command("migrate", verbosity=0)


def database(url: str) -> dict[str, Any]:
    """The settings of a database, as durable as everyone's."""
    if url.startswith("sqlite"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": pragmas},
        }
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def create_tables() -> None:
    """The tables of the models of this package imported so far, in the order of their references."""
    with connection.schema_editor() as editor:
        for model in registry.get_app_config("peers").get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)


def count(queries: dict[str, str]) -> dict[str, int]:
    """Each query's number, on a connection of its own, so that only what is committed counts."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            counts: dict[str, int] = {}
            for name, query in queries.items():
                cursor.execute(query)
                counts[name] = cursor.fetchone()[0]
            return counts
    finally:
        other.close()


def durability() -> str:
    """As the connection in use says."""
    sqlite = connection.vendor == "sqlite"
    names = ("journal_mode", "synchronous") if sqlite else ("fsync", "synchronous_commit")
    said = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"PRAGMA {name}" if sqlite else f"SHOW {name}")
            said.append(f"{name}={cursor.fetchone()[0]}")
    return " ".join(said)


def versions() -> dict[str, str]:
    """Django, the driver and the database."""
    found = {"Django": django.get_version()}
    if connection.vendor == "sqlite":
        from sqlite3 import sqlite_version

        return found | {"SQLite": sqlite_version}
    import psycopg

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return found | {"psycopg": psycopg.__version__, "PostgreSQL": cursor.fetchone()[0]}
