from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="KeptTrace",
            fields=[
                ("stream", models.UUIDField(primary_key=True, serialize=False)),
                ("region", models.TextField(blank=True)),
                ("filed_on", models.DateField(null=True)),
                ("is_open", models.BooleanField(default=True)),
                ("stale", models.BooleanField(default=True)),
                ("looked", models.BooleanField(default=False)),
                ("plain", models.TextField(blank=True)),
            ],
            options={
                "db_table": "kept_trace",
                "indexes": [
                    models.Index(condition=models.Q(("stale", True)), fields=["stream"], name="kept_trace_stale"),
                    models.Index(fields=["region", "filed_on"], name="kept_trace_region"),
                    models.Index(condition=models.Q(("is_open", True)), fields=["region"], name="kept_trace_open"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[("region", models.TextField(primary_key=True, serialize=False)), ("on", models.DateField())],
            options={"db_table": "look"},
        ),
    ]
