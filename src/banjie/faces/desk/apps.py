"""The Django app of the desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The officer's and the leader's pages: examination, decision and after."""

    name = "banjie.faces.desk"
    label = "desk"
