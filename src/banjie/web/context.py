"""What every template can show: the language, whether this is a demo, and who is signed in."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from banjie.store.log import queries
from banjie.web.roles import held_by


def page(request: HttpRequest) -> dict[str, Any]:
    """`language`, `is_demo`, `signed_in_as` ("" for a visitor), `actor` and `roles` of whoever asks."""

    user = getattr(request, "user", None)
    name = ""
    if user is not None and user.is_authenticated:
        name = getattr(user, "display_name", "") or user.get_username()
    return {
        "language": get_language() or "zh-hans",
        "is_demo": queries.installation().demo,
        "signed_in_as": name,
        "actor": getattr(request, "actor", None),
        "roles": held_by(request),
    }
