"""On SQLite what waits for the feed has one key, its order of arrival: one index less to write with every fact."""

from django.db import migrations

TRIGGER = """CREATE TRIGGER log_unfed AFTER INSERT ON log BEGIN
    INSERT INTO unfed (stream, position) VALUES (NEW.stream, NEW.position); END"""
BY_ARRIVAL = "seq integer NOT NULL PRIMARY KEY, stream char(32) NOT NULL, position integer NOT NULL"
BY_FACT = "stream char(32) NOT NULL, position integer NOT NULL, PRIMARY KEY (stream, position)"


def _remade(columns, order):
    def change(apps, editor):
        if editor.connection.vendor != "sqlite":
            return
        for statement in (
            "DROP TRIGGER log_unfed",
            f"CREATE TABLE waiting ({columns})",
            f"INSERT INTO waiting (stream, position) SELECT stream, position FROM unfed ORDER BY {order}",
            "DROP TABLE unfed",
            "ALTER TABLE waiting RENAME TO unfed",
            TRIGGER,
        ):
            editor.execute(statement, params=None)

    return change


class Migration(migrations.Migration):
    dependencies = [("log", "0002_append_only")]

    operations = [migrations.RunPython(_remade(BY_ARRIVAL, "rowid"), _remade(BY_FACT, "seq"))]
