"""What of an inbox is read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "reader", "stream", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reader", models.TextField()),
                ("stream", models.UUIDField()),
                ("position", models.IntegerField()),
            ],
            options={"db_table": "reading"},
        ),
    ]
