from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Handled",
            fields=[
                ("stream", models.UUIDField(primary_key=True, serialize=False)),
                ("procedure", models.TextField()),
                ("procedure_version", models.IntegerField()),
                ("decided_on", models.DateField()),
                ("days", models.IntegerField(null=True)),
                ("counted_days", models.IntegerField(null=True)),
                ("minutes", models.IntegerField(null=True)),
            ],
            options={
                "verbose_name_plural": "handled",
                "db_table": "handled",
                "indexes": [models.Index(fields=["decided_on", "procedure"], name="handled_decided")],
            },
        ),
        migrations.CreateModel(
            name="Surveyed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream", "slug", "attempt", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.UUIDField()),
                ("slug", models.TextField()),
                ("attempt", models.IntegerField()),
                ("procedure", models.TextField()),
                ("procedure_version", models.IntegerField()),
                ("unit", models.TextField()),
                ("finished_on", models.DateField()),
                ("passed", models.BooleanField()),
            ],
            options={
                "verbose_name_plural": "surveyed",
                "db_table": "surveyed",
                "indexes": [models.Index(fields=["finished_on", "procedure"], name="surveyed_finished")],
            },
        ),
    ]
