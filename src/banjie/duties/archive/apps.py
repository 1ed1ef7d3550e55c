"""The Django app of the archive."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Finished cases, kept for as long as the law wants."""

    name = "banjie.duties.archive"
    label = "archive"
