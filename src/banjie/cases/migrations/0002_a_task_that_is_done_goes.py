"""On SQLite the tasks that are done and those that open are written in one statement: a row without a kind goes at once."""

from django.db import migrations

EVENTS = ("INSERT", "UPDATE")


def add(apps, editor):
    if editor.connection.vendor == "sqlite":
        for event in EVENTS:
            editor.execute(
                f"CREATE TRIGGER task_gone_on_{event.lower()} AFTER {event} ON task WHEN NEW.kind = '' BEGIN "
                "DELETE FROM task WHERE stream = NEW.stream AND slug = NEW.slug; END"
            )


def remove(apps, editor):
    if editor.connection.vendor == "sqlite":
        for event in EVENTS:
            editor.execute(f"DROP TRIGGER task_gone_on_{event.lower()}")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
