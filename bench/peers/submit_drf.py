"""The endpoint with Django REST framework (`drf/`), served by granian; run as a program, it founds its database."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from peers.counted import counted

os.environ["DJANGO_SETTINGS_MODULE"] = "peers.drf.settings"


def _application() -> Callable[..., Iterable[bytes]]:
    import logging

    from django.core.wsgi import get_wsgi_application

    logging.disable(logging.WARNING)
    return get_wsgi_application()


def main() -> None:
    """Read the world that our side has as JSON, make a database of it, and say whose token asks."""
    import django

    django.setup()
    from peers import django_setup
    from peers.drf.founding import found

    token = found(json.load(sys.stdin))
    import rest_framework

    versions = {**django_setup.versions(), "djangorestframework": rest_framework.VERSION}
    print(json.dumps({"token": token, "versions": versions, "durability": django_setup.durability()}))


if __name__ == "__main__":
    main()
else:
    application: Any = counted(_application)
