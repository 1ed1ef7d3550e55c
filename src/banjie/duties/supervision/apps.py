"""The Django app of electronic supervision."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """What speaks against the procedure, and what becomes of it."""

    name = "banjie.duties.supervision"
    label = "supervision"
