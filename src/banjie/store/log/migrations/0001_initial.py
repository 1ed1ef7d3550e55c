from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                ("follower", models.TextField(primary_key=True, serialize=False)),
                ("no", models.BigIntegerField()),
            ],
            options={
                "db_table": "bookmark",
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("demo", models.BooleanField()),
                ("created_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "installation",
            },
        ),
        migrations.CreateModel(
            name="Parked",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "follower", "stream", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("follower", models.TextField()),
                ("stream", models.UUIDField()),
                ("no", models.BigIntegerField()),
                ("attempts", models.IntegerField()),
                ("retry_at", models.BigIntegerField()),
                ("parked", models.BooleanField()),
                ("error", models.TextField()),
                ("since", models.BigIntegerField()),
            ],
            options={
                "db_table": "parked",
            },
        ),
        migrations.CreateModel(
            name="Unfed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.UUIDField()),
                ("position", models.IntegerField()),
            ],
            options={
                "db_table": "unfed",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.UUIDField()),
                ("position", models.IntegerField()),
                ("stream_kind", models.TextField()),
                ("kind", models.TextField()),
                ("at", models.BigIntegerField()),
                ("recorded_at", models.BigIntegerField()),
                ("actor", models.TextField()),
                ("assertion", models.TextField(db_default="", default="")),
                ("command_id", models.UUIDField()),
                ("nth", models.IntegerField()),
                ("installation", models.TextField()),
                ("body", models.BinaryField()),
                ("alg", models.TextField()),
                ("prev", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "log",
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "command_id", "nth"), name="log_command_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("no", models.BigIntegerField(primary_key=True, serialize=False)),
                ("stream", models.UUIDField()),
                ("position", models.IntegerField()),
            ],
            options={
                "db_table": "feed",
                "constraints": [models.UniqueConstraint(fields=("stream", "position"), name="feed_once")],
            },
        ),
    ]
