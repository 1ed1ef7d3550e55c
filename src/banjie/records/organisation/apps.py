"""The Django app of the organisation."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Regions, agencies, units, staff."""

    name = "banjie.records.organisation"
    label = "organisation"
