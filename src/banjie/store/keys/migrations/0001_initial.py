from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream", "key_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.UUIDField()),
                ("key_id", models.TextField()),
                ("alg", models.TextField()),
                ("wrapped", models.BinaryField(null=True)),
                ("created_at", models.BigIntegerField()),
                ("destroyed_at", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "data_key",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destroyed_at__isnull", True), ("wrapped__isnull", False)),
                            models.Q(("destroyed_at__isnull", False), ("wrapped__isnull", True)),
                            _connector="OR",
                        ),
                        name="data_key_lives_or_is_destroyed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Personal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream", "ref", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.UUIDField()),
                ("ref", models.TextField()),
                ("key_id", models.TextField()),
                ("alg", models.TextField()),
                ("ciphertext", models.BinaryField()),
                ("blind", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "personal",
                "indexes": [
                    models.Index(condition=models.Q(("blind__isnull", False)), fields=["blind"], name="personal_blind")
                ],
            },
        ),
    ]
