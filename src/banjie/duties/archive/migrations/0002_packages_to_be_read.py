"""Packages that were filed before they told in words what was applied for are made once more, as the next version."""

from django.db import migrations

from banjie.store.postgresql.reading import as_the_house


def _again(apps, editor):
    with as_the_house(), editor.connection.cursor() as cursor:
        cursor.execute("UPDATE archive_record SET stale = true WHERE status IN ('filed', 'failed')")


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]

    operations = [migrations.RunPython(_again, migrations.RunPython.noop)]
