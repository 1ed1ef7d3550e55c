"""The Django app of everybody's own pages."""

from django.apps import AppConfig


class OwnConfig(AppConfig):
    """Accounts as their owners see them."""

    name = "banjie.faces.own"
    label = "own"
