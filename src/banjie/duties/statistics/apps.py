"""The Django app of the statistics."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """Every published figure."""

    name = "banjie.duties.statistics"
    label = "statistics"
