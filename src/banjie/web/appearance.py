"""How pages look to one browser: light, dark or as the system has it, and the elder mode (适老化). Kept in two cookies.

The choice stands as attributes of <html> when the page arrives, so nothing flashes and nothing needs a script.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "banjie_theme"
ELDER_COOKIE = "banjie_elder"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Appearance:
    """`theme`: one of THEMES. `elder`: larger type, larger targets, fewer columns, a simpler first page."""

    theme: str = "auto"
    elder: bool = False

    @property
    def mark(self) -> str:
        """One short word for it: what a kept page or an ETag has to differ by."""
        return f"{self.theme}{'+elder' if self.elder else ''}"


def of(request: HttpRequest) -> Appearance:
    """What this browser has chosen; anything unknown counts as not chosen."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return Appearance(theme if theme in THEMES else "auto", request.COOKIES.get(ELDER_COOKIE) == "1")


def remember(answer: HttpResponse, name: str, value: str) -> None:
    """Keep a choice for a year; an empty one is forgotten."""
    if not value:
        answer.delete_cookie(name, samesite="Lax")
        return
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(name, value, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
