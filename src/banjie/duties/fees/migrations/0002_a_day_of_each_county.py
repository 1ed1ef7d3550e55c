"""Each county has its own day of payments; the days compared before stay, as the whole installation's ("*")."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fees", "0001_initial")]

    operations = [
        migrations.RenameModel("Day", "WholeDay"),
        migrations.AlterModelTable("WholeDay", "fee_whole_day"),
        migrations.CreateModel(
            name="Day",
            fields=[
                ("stream", models.UUIDField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("county", models.TextField()),
                ("matched", models.IntegerField()),
                ("ours", models.BigIntegerField()),
                ("theirs", models.BigIntegerField()),
                ("open", models.IntegerField()),
                ("compared_at", models.DateTimeField()),
            ],
            options={
                "db_table": "fee_day",
                "constraints": [models.UniqueConstraint(fields=("county", "day"), name="fee_day_once")],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO fee_day (stream, day, county, matched, ours, theirs, open, compared_at) "
            "SELECT stream, day, '*', matched, ours, theirs, open, compared_at FROM fee_whole_day",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel("WholeDay"),
    ]
