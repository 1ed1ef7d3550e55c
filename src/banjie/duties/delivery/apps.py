"""The Django app of the delivery."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """How results reach people."""

    name = "banjie.duties.delivery"
    label = "delivery"
