"""The program's own settings, without the middleware for static files: the other side serves none either."""

from banjie.config.settings import *  # noqa: F403
from banjie.config.settings import MIDDLEWARE as EVERY

MIDDLEWARE = [each for each in EVERY if each != "whitenoise.middleware.WhiteNoiseMiddleware"]
