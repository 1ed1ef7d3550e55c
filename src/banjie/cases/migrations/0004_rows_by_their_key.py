"""On SQLite tasks and participants lie in the order of their keys: one tree less to write for each of them."""

import re

from django.db import migrations

TABLES = ("task", "participant")


def _remade(alter):
    def change(apps, editor):
        if editor.connection.vendor != "sqlite":
            return
        with editor.connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
                made = cursor.fetchall()
                whole = next(sql for kind, sql in made if kind == "table")
                for statement in (
                    alter(re.sub(r"^CREATE TABLE \S+", f'CREATE TABLE "{table}_by_key"', whole)),
                    f"INSERT INTO {table}_by_key SELECT * FROM {table}",
                    f"DROP TABLE {table}",
                    f"ALTER TABLE {table}_by_key RENAME TO {table}",
                    *(sql for kind, sql in made if kind != "table"),
                ):
                    cursor.execute(statement)

    return change


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_home_stays")]

    operations = [
        migrations.RunPython(
            _remade(lambda sql: f"{sql} WITHOUT ROWID"), _remade(lambda sql: sql.removesuffix(" WITHOUT ROWID"))
        )
    ]
