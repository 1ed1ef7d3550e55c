"""Which proceedings about a licence have begun."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0002_reminded")]

    operations = [migrations.AddField(model_name="licence", name="about", field=models.JSONField(default=list))]
