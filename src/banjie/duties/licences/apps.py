"""The Django app of licences."""

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    """The register of licences."""

    name = "banjie.duties.licences"
    label = "licences"
