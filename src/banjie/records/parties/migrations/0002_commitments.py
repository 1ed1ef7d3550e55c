from django.db import migrations, models


class Migration(migrations.Migration):
    """Mandates that let an agent sign commitments, and whose word is not taken."""

    dependencies = [("parties", "0001_initial")]

    operations = [
        migrations.AddField("mandate", "may_commit", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="Bar",
            fields=[
                ("stream", models.UUIDField(primary_key=True, serialize=False)),
                ("party", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=20)),
                ("source", models.UUIDField()),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["party"], name="bar_party", condition=models.Q(("lifted_at", None)))],
            },
        ),
    ]
