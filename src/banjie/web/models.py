"""The one table of what every page shares: how often somebody has tried."""

from django.db import models


class Tries(models.Model):
    """How often something was tried under a keyed digest, and until when it rests (`throttle`). Truth, for a while."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField()
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "tries"
