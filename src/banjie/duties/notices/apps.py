"""The Django app of the notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What the applicant is told."""

    name = "banjie.duties.notices"
    label = "notices"
