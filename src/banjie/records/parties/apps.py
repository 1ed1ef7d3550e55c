"""The Django app of the parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """People, enterprises and others who apply, and who may act for whom."""

    name = "banjie.records.parties"
    label = "parties"
