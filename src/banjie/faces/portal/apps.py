"""The Django app of the portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What applicants and the public see: items, applications, progress."""

    name = "banjie.faces.portal"
    label = "portal"
