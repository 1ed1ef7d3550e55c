from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_lists")]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=50)),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("english", models.CharField(blank=True, max_length=200)),
                ("effective_from", models.DateField()),
                ("until", models.DateField(null=True)),
                ("body", models.TextField()),
                ("initials", models.TextField(blank=True)),
            ],
            options={
                "db_table": "catalogue_search_document",
                "constraints": [models.UniqueConstraint(fields=("code", "version"), name="search_document_once")],
            },
        ),
        migrations.CreateModel(
            name="SearchGram",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gram", "rank", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gram", models.CharField(max_length=60)),
                ("rank", models.SmallIntegerField()),
                ("places", models.BinaryField()),
            ],
            options={"db_table": "catalogue_search_gram"},
        ),
    ]
