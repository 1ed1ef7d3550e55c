"""The Django app of decisions in public."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """Decisions that anybody may look up."""

    name = "banjie.duties.publicity"
    label = "publicity"
