"""The Django app of the hall."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    """The window desk: the five outcomes on receipt, service, and help for people at the window."""

    name = "banjie.faces.hall"
    label = "hall"
