"""Packages that were filed before they told in words what was applied for are made once more, as the next version."""

from django.db import migrations


def _again(apps, editor):
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('banjie.scope', '*', true)")  # until this migration is committed
        cursor.execute("UPDATE archive_record SET stale = true WHERE status IN ('filed', 'failed')")


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]

    operations = [migrations.RunPython(_again, migrations.RunPython.noop)]
