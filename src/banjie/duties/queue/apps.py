"""The Django app of the queue."""

from django.apps import AppConfig


class QueueConfig(AppConfig):
    """Who came to which door."""

    name = "banjie.duties.queue"
    label = "queue"
