"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
gc.disable()  # what is loaded stays: to look through it for garbage, again and again, is a sixth of a start
application = get_wsgi_application()

from banjie.config import measures, opening  # noqa: E402 -- models can be imported once Django is set up

measures.install()
opening.when_everything_stands()
gc.freeze()
gc.enable()
