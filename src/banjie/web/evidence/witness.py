"""We as a witness, as others call us: C2SP tlog-witness, and what we have seen, for other witnesses to compare."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from banjie.store.evidence import witnesses, witnessing
from banjie.web.roles import for_role

PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@csrf_exempt  # it acts for nobody who is signed in: the log's own signature says who asks
@for_role("public")
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Our cosignature, or 400, 403 (not signed by a key we know), 404 (a log we do not know), 409 with the size we
    know, 422 (it does not follow from what we know)."""
    try:
        told = int(request.headers.get("Content-Length") or 0)
        body = request.read(witnessing.LARGEST_REQUEST + 1)
        if max(told, len(body)) > witnessing.LARGEST_REQUEST:
            return HttpResponse("too long\n", status=413, content_type=PLAIN)
        signature = witnessing.add(witnessing.parse(body.decode()), by=request.META.get("REMOTE_ADDR", ""))
    except (UnicodeDecodeError, ValueError):
        return HttpResponse("no checkpoint\n", status=400, content_type=PLAIN)
    except witnessing.Refused as no:
        if no.status == 409:
            return HttpResponse(f"{no.known}\n", status=409, content_type=SIZE)
        return HttpResponse(f"{no}\n", status=no.status, content_type=PLAIN)
    return HttpResponse(str(signature), content_type=PLAIN)


@for_role("public")
@require_safe
def checkpoints_seen(request: HttpRequest) -> HttpResponse:
    """The newest checkpoints of a log (`origin`) that we cosigned, newest first, a zero byte after each."""
    seen = witnessing.seen(request.GET.get("origin", "").replace("\x00", ""))
    return HttpResponse("".join(f"{each}{witnesses.BETWEEN}" for each in seen), content_type=PLAIN)
