"""What people keep for themselves at the desk."""

from django.db import models
from django.db.models import Q


class SavedFilter(models.Model):
    """A view of the work list that somebody has given a name. Truth, but of nothing that concerns a case.

    `owner`: the pseudonym. `query`: the query string of the list, of known parameters only. At most one `is_default`:
    the list begins with it.
    """

    owner = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        db_table = "saved_filter"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_default=True), name="one_default_filter"),
        ]
