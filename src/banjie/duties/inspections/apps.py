"""The Django app of inspections."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """Samples, inspections, patrols, circulars."""

    name = "banjie.duties.inspections"
    label = "inspections"
