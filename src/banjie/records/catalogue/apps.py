"""The Django app of the catalogue."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Procedures and calendars in their versions."""

    name = "banjie.records.catalogue"
    label = "catalogue"
