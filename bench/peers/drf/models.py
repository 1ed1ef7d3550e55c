"""The tables: who asks, what can be applied for, the calendar, and a case with what belongs to it."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from peers.drf.fields import EncryptedTextField


class User(AbstractBaseUser):
    """An account."""

    username = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=10, default="applicant")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[BaseUserManager["User"]] = BaseUserManager()


class Token(models.Model):
    """What a program signs in with; only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)


class Item(models.Model):
    """What can be applied for: its questions and materials in one row."""

    code = models.CharField(max_length=50, unique=True)
    version = models.IntegerField()
    unit = models.CharField(max_length=50)
    notice_days = models.IntegerField()
    questions = models.JSONField()
    materials = models.JSONField()


class CalendarDay(models.Model):
    """Whether a day is a working day."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()


class Serial(models.Model):
    """The last number given out for an item on a day; its row is locked while one is taken."""

    code = models.CharField(max_length=31)
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "day"], name="drf_serial_once")]


class Case(models.Model):
    """A case with the particulars of whoever applies."""

    number = models.CharField(max_length=50, unique=True)
    query_number = models.CharField(max_length=14, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    item_version = models.IntegerField()
    applicant = models.ForeignKey(User, on_delete=models.PROTECT)
    unit = models.CharField(max_length=50)
    channel = models.CharField(max_length=10)
    stage = models.CharField(max_length=20, default="submitted")
    version = models.IntegerField(default=1)
    e_service = models.BooleanField()
    applicant_kind = models.CharField(max_length=10)
    name = EncryptedTextField()
    id_type = models.CharField(max_length=20)
    id_number = EncryptedTextField()
    id_index = models.CharField(max_length=64, db_index=True)
    phone = EncryptedTextField()
    address = EncryptedTextField()
    contact = EncryptedTextField()
    service_address = EncryptedTextField()
    answers = EncryptedTextField()
    received_at = models.DateTimeField()
    due_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "stage", "received_at"], name="drf_case_unit_stage")]


class Material(models.Model):
    """A material that was handed in."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="materials")
    material = models.CharField(max_length=100)
    form = models.CharField(max_length=20)


class AuditEvent(models.Model):
    """What happened, once per sequence number."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    kind = models.CharField(max_length=30)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="drf_event_once")]


class Task(models.Model):
    """What a unit has to do now."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20)
    unit = models.CharField(max_length=50)
    opened_on = models.DateField()
    due_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "due_on"], name="drf_task_unit_due")]


class FirstAnswer(models.Model):
    """What somebody was told to an Idempotency-Key, to be told again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    answer = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="drf_answer_once")]
