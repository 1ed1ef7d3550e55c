"""The tables of `viewflow_peer.py` beside viewflow's own: a process with its form in JSON, materials and the result."""

from django.db import models
from viewflow import jsonstore
from viewflow.workflow.models import Process


class CaseProcess(Process):
    """A case as viewflow's cookbook writes one: a proxy whose fields live in the process's JSON column."""

    number = jsonstore.CharField(max_length=40)
    applicant = jsonstore.CharField(max_length=100)
    id_number = jsonstore.CharField(max_length=40)
    address = jsonstore.CharField(max_length=200)
    floor_area = jsonstore.IntegerField()
    business = jsonstore.CharField(max_length=100)

    class Meta:
        proxy = True


class Material(models.Model):
    """One of the four materials handed in."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=80)

    class Meta:
        db_table = "bench_material"


class Result(models.Model):
    """The document issued."""

    process = models.OneToOneField(Process, on_delete=models.CASCADE)
    number = models.CharField(max_length=40)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "bench_result"
