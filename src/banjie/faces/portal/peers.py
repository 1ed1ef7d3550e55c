"""Where the carrier and the payment provider call: a signed knock that only says "ask me".

Nothing is believed here: whoever knocks with the right signature, fresh and for the first time, makes the worker ask.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from banjie.duties.delivery import sending
from banjie.duties.fees import paying
from banjie.web import clock
from banjie.web.peer import BadCall, peer_of
from banjie.web.roles import for_role

LARGEST = 10_000


@csrf_exempt  # no session and no cookie: the signature says who calls
@for_role("public")
@require_POST
def carrier(request: HttpRequest) -> JsonResponse:
    """The carrier knocks."""
    return _heard(request, settings.CARRIER, sending.knock)


@csrf_exempt
@for_role("public")
@require_POST
def payment(request: HttpRequest) -> JsonResponse:
    """The payment provider knocks."""
    return _heard(request, settings.PAYMENT, paying.knock)


def _heard(request: HttpRequest, described: dict[str, str], knock: Any) -> JsonResponse:
    peer, now = peer_of(described), clock.now()
    if peer is None or len(request.body) > LARGEST:
        return JsonResponse({"code": "unknown_peer"}, status=401)
    try:
        said = peer.heard("POST", request.path, request.headers, request.body, now)
    except BadCall as bad:
        return JsonResponse({"code": bad.code}, status=409 if bad.code == "replayed" else 401)
    knock(str(said.get("order", "")), now)  # the same answer whether or not it is ours
    return JsonResponse({"ok": True})
