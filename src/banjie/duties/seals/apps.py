"""The Django app of seals."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    """The register of seals and their uses."""

    name = "banjie.duties.seals"
    label = "seals"
