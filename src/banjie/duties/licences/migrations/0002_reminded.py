"""Of which last day a holder was reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0001_initial")]

    operations = [
        migrations.AddField(model_name="licence", name="reminded", field=models.IntegerField(null=True)),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(
                condition=models.Q(("party", ""), _negated=True), fields=["valid_to"], name="licence_running_out"
            ),
        ),
    ]
