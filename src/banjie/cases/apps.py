"""The Django app of the cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases and the rows derived from them."""

    name = "banjie.cases"
    label = "cases"
