"""The case of `plain_orm.py`: its state is a column like any other."""

from django.db import models

from peers.orm_tables import CaseFields


class Case(CaseFields):
    """A case."""

    state = models.CharField(max_length=20)

    class Meta:
        db_table = "bench_case"
