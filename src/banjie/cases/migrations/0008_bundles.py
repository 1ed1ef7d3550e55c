"""Joint handling: bundles and their parts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables; nothing that stands is touched."""

    dependencies = [("cases", "0007_plans")]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("stream", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.TextField(unique=True)),
                ("matter", models.TextField()),
                ("lead", models.TextField()),
                ("contact", models.TextField()),
                ("party", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                ("accepted_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("extended", models.BooleanField(default=False)),
                ("closed_on", models.DateField(null=True)),
                ("stirred", models.IntegerField(default=0)),
                ("settled", models.IntegerField(default=0)),
                ("retry_at", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "bundle",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled__lt", models.F("stirred"))),
                        fields=["retry_at", "stream"],
                        name="bundle_stirred",
                    ),
                    models.Index(fields=["party"], name="bundle_party"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundlePart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bundle", "role", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bundle", models.UUIDField()),
                ("role", models.TextField()),
                ("code", models.TextField()),
                ("unit", models.TextField()),
                ("agency", models.TextField()),
                ("case", models.UUIDField(null=True, unique=True)),
                ("accepted_on", models.DateField(null=True)),
                ("share_due", models.DateField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "bundle_part",
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_on__isnull", True), ("ended_on__isnull", True)),
                        fields=["share_due"],
                        name="bundle_part_late",
                    )
                ],
            },
        ),
    ]
