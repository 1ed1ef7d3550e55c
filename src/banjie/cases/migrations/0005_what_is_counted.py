"""What is counted of a case stands in its row. `banjie rebuild` fills it in for the cases there are.

Columns are added as they stand: a table that Django remakes on SQLite would lose its triggers.
"""

from django.db import migrations, models

COLUMNS = (
    ("visits", "integer", "0", models.IntegerField(default=0)),
    ("materials", "integer", "0", models.IntegerField(default=0)),
    ("identity_only", "bool", "false", models.BooleanField(default=False)),
    ("hand_offs", "integer", "0", models.IntegerField(default=0)),
    ("done_at_once", "bool", "false", models.BooleanField(default=False)),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_rows_by_their_key")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'ALTER TABLE "case" ADD COLUMN {name} {kind} NOT NULL DEFAULT {empty}',
                    f'ALTER TABLE "case" DROP COLUMN {name}',
                )
                for name, kind, empty, _ in COLUMNS
            ],
            state_operations=[
                migrations.AddField(model_name="case", name=name, field=field) for name, _, _, field in COLUMNS
            ],
        )
    ]
