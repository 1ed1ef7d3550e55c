"""The Django app of the fees."""

from django.apps import AppConfig


class FeesConfig(AppConfig):
    """What is charged, paid and given back."""

    name = "banjie.duties.fees"
    label = "fees"
