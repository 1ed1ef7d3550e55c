"""The Django app of the JSON API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON API."""

    name = "banjie.faces.api"
    label = "api"
