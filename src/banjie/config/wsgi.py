"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
application = get_wsgi_application()

from banjie.config import measures, opening  # noqa: E402 -- models can be imported once Django is set up

measures.install()
opening.when_everything_stands()
