"""The Django app of papers."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Papers that people take away."""

    name = "banjie.duties.papers"
    label = "papers"
