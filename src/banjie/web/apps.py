"""The Django app of what every page shares."""

from django.apps import AppConfig

from banjie.web import logs


class WebConfig(AppConfig):
    """Who is asking, what time it is, logs and figures."""

    name = "banjie.web"
    label = "web"

    def ready(self) -> None:
        """Every line that is logged from here on is one JSON object."""
        logs.set_up()
