"""What every template can show: the language, the look, the place, whether this is a demo, and who is signed in."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from banjie.store.log import queries
from banjie.web import appearance
from banjie.web.roles import held_by


def page(request: HttpRequest) -> dict[str, Any]:
    """`language`, `is_demo`, `signed_in_as` ("" for a visitor), `actor` and `roles` of whoever asks.

    `theme` and `elder`: how this browser wants its pages. `place`: whose approvals these are, "" before it is known.
    `hotline`: the number people may call. `unread`: how many messages wait for them, counted once a page asks.
    """
    user = getattr(request, "user", None)
    name = ""
    if user is not None and user.is_authenticated:
        name = getattr(user, "display_name", "") or user.get_username()
    language = get_language() or "zh-hans"
    look = appearance.of(request)
    return {
        "language": language,
        "theme": look.theme,
        "elder": look.elder,
        "place": import_string(settings.PLACE_RESOLVER)(language),
        "hotline": settings.HOTLINE,
        "unread": cache(lambda: import_string(settings.UNREAD_RESOLVER)(request)),
        "is_demo": queries.installation().demo,
        "signed_in_as": name,
        "actor": getattr(request, "actor", None),
        "roles": held_by(request),
    }
