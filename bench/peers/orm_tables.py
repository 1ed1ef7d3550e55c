"""The tables of `plain_orm.py` and `fsm_peer.py`: the same as the hand-written ones, as Django models."""

from django.db import models


class CaseFields(models.Model):
    """A case without its state, which each of the two declares in its own way."""

    number = models.CharField(max_length=40, unique=True)
    form = models.JSONField()
    pending = models.IntegerField(default=0)
    seq = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True


class Material(models.Model):
    """One of the four materials handed in."""

    case = models.ForeignKey("peers.Case", on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=80)

    class Meta:
        db_table = "bench_material"


class Step(models.Model):
    """One of the two parallel reviews."""

    case = models.ForeignKey("peers.Case", on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=20)
    state = models.CharField(max_length=20, default="open")
    officer = models.CharField(max_length=40)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bench_step"
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="bench_step_once")]


class Event(models.Model):
    """What happened, once per sequence number."""

    case = models.ForeignKey("peers.Case", on_delete=models.CASCADE, db_index=False)
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "bench_event"
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="bench_event_once")]


class Result(models.Model):
    """The document issued."""

    case = models.OneToOneField("peers.Case", on_delete=models.CASCADE)
    number = models.CharField(max_length=40)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "bench_result"
