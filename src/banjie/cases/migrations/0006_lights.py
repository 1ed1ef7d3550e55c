"""The days on which the light of a case changes stand in its row. `banjie rebuild` fills them in for the cases there are.

Columns are added as they stand: a table that Django remakes on SQLite would lose its triggers.
"""

from django.db import migrations, models

COLUMNS = (
    ("watched", "text NOT NULL DEFAULT ''", models.TextField(default="")),
    ("with_unit", "text NOT NULL DEFAULT ''", models.TextField(default="")),
    ("yellow_on", "date", models.DateField(null=True)),
    ("yellow_minute", "integer", models.IntegerField(null=True)),
    ("orange_on", "date", models.DateField(null=True)),
    ("red_on", "date", models.DateField(null=True)),
    ("red_plus_on", "date", models.DateField(null=True)),
    ("blue_from", "date", models.DateField(null=True)),
    ("blue_until", "date", models.DateField(null=True)),
)

LIGHTS = [
    "home",
    "red_on",
    "yellow_on",
    "orange_on",
    "red_plus_on",
    "blue_from",
    "blue_until",
    "yellow_minute",
    "watched",
    "with_unit",
    "closed_on",
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_what_is_counted")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'ALTER TABLE "case" ADD COLUMN {name} {kind}', f'ALTER TABLE "case" DROP COLUMN {name}'
                )
                for name, kind, _ in COLUMNS
            ],
            state_operations=[
                migrations.AddField(model_name="case", name=name, field=field) for name, _, field in COLUMNS
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=LIGHTS,
                name="case_lights",
                condition=models.Q(closed_on__isnull=True),
            ),
        ),
    ]
