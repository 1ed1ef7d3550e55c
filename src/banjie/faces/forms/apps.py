"""The Django app of what the faces' forms have in common: it keeps the drafts of applications."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Drafts of applications."""

    name = "banjie.faces.forms"
    label = "forms"
