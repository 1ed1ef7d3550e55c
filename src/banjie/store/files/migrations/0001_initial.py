from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("stream", models.UUIDField(null=True)),
                ("owner", models.TextField()),
                ("wrapped_by", models.TextField()),
                ("key_id", models.TextField()),
                ("alg", models.TextField()),
                ("wrapped", models.BinaryField()),
                ("commitment", models.TextField()),
                ("size", models.BigIntegerField()),
                ("media_type", models.TextField()),
                ("name_ciphertext", models.BinaryField()),
                ("created_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "file",
                "indexes": [
                    models.Index(condition=models.Q(("stream__isnull", False)), fields=["stream"], name="file_stream"),
                    models.Index(
                        condition=models.Q(("stream__isnull", True)), fields=["created_at"], name="file_unbound"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stream__isnull", True), ("wrapped_by", "keyring")),
                            models.Q(("stream__isnull", False), ("wrapped_by", "stream")),
                            _connector="OR",
                        ),
                        name="file_key_has_one_keeper",
                    )
                ],
            },
        ),
    ]
