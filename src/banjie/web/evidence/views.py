"""The public side of the log: its checkpoints, who vouches for them, proofs, and the page that checks them."""

import base64
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.engine.codec import instant
from banjie.store.evidence import checkpoints, standing, tree, witnesses, witnessing
from banjie.web.evidence import offline
from banjie.web.evidence.silence import silence
from banjie.web.roles import for_role

PLAIN = "text/plain; charset=utf-8"
NAME = "banjie-check-a-proof.html"
SHOWN = 20


@for_role("public")
@never_cache
@require_safe
def public_log(request: HttpRequest) -> HttpResponse:
    """What the log says now, who has put their signature under it, and how anybody can check it."""
    told = silence()
    found: standing.Standing = told["standing"]
    told |= {
        "newest": checkpoints.newest(),
        "checkpoints": checkpoints.last(SHOWN),
        "keys": checkpoints.every_key(),
        "cosigned_at": instant(found.cosigned_at) if found.was_cosigned else None,
        "witnesses": [
            {"heard": each, "at": instant(each.cosigned_at) if each.cosigned_at else None, "trouble": trouble(each)}
            for each in witnesses.heard()
        ],
        "split_views": [{"row": each, "at": instant(each.at)} for each in witnessing.split_views()],
        "witness_for": sorted(witnessing.logs()),
        "own_key": witnessing.own_key(),
    }
    return render(request, "web/log.html", told)


def trouble(heard: witnesses.Heard) -> str:
    """What a witness' trouble is called on a page."""
    return {
        witnesses.NO_ANSWER: _("does not answer"),
        witnesses.UNKNOWN_HERE: _("does not know our key yet"),
        witnesses.AHEAD: _("knows more facts than we hold: facts are missing here"),
        witnesses.ANOTHER_HISTORY: _("has cosigned another history than ours"),
        witnesses.FALSE_SIGNATURE: _("answers with a signature that is not its own"),
    }.get(heard.trouble, "")


@for_role("public")
@never_cache
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint with its cosignatures, as a C2SP note; 404 before the first."""
    return _note(checkpoints.newest())


@for_role("public")
@require_safe
def checkpoint_of_size(request: HttpRequest, size: int) -> HttpResponse:
    """The checkpoint over exactly so many facts."""
    return _note(checkpoints.of_size(size) if size < 1 << 62 else None)


def _note(found: checkpoints.Checkpoint | None) -> HttpResponse:
    if found is None:
        raise Http404("there is no such checkpoint")
    return HttpResponse(str(found.signed), content_type=PLAIN)


@for_role("public")
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed here, each made known by a note that the one before it signed, then our own key as a
    witness of others."""
    told = [introduction for _key, introduction in checkpoints.every_key()]
    return HttpResponse("\n".join([*told, f"{witnessing.own_key()}\n"]), content_type=PLAIN)


@for_role("public")
@require_safe
def inclusion(request: HttpRequest, index: int) -> HttpResponse:
    """That the leaf of this index stands in the tree of `size` (a checkpoint's): hashes only, nothing of the fact."""
    size = _number(request, "size")
    under = checkpoints.newest() if size is None else checkpoints.of_size(size)
    if under is None or index >= under.size:
        return _nothing(_("There is no checkpoint of that size, or the leaf is not under it."))
    stored = tree.stored()
    path = [_base64(each) for each in stored.inclusion(index, under.size)]
    return JsonResponse({"index": index, "size": under.size, "leaf": _base64(stored.leaf(index)), "path": path})


@for_role("public")
@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """That the tree of `to` leaves begins with that of `from`; `to` is the newest checkpoint's where it is left out."""
    newest = checkpoints.newest()
    old, new = _number(request, "from"), _number(request, "to")
    new = newest.size if newest and new is None else new
    if newest is None or old is None or new is None or not old <= new <= newest.size:
        return _nothing(_("Say two sizes, the smaller first; the larger is at most that of the newest checkpoint."))
    stored = tree.stored()
    told = {"from": old, "to": new, "from_root": _base64(stored.root(old)), "to_root": _base64(stored.root(new))}
    return JsonResponse({**told, "path": [_base64(each) for each in stored.consistency(old, new)]})


@for_role("public")
@require_safe
def check_a_proof(request: HttpRequest) -> HttpResponse:
    """One file that needs no network; with `?save=1` as a download. Its own policy lets nothing run but its script."""
    answer = HttpResponse(offline.page(get_language() or words.DEFAULT), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = offline.policy()
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if "save" in request.GET:
        answer.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return answer


@for_role("operator")
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """The operator's word that this installation has no witness, or owes one again: a fact with their name."""
    is_without = request.POST.get("has_no_witness") == "yes"
    standing.declare(is_without, request.user.pseudonym, uuid4())  # type: ignore[union-attr]
    messages.success(request, _("It is recorded, and stands in every checkpoint from the next."))
    return redirect("operating")


def _number(request: HttpRequest, name: str) -> int | None:
    told = request.GET.get(name, "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= 18 else None


def _nothing(why: str) -> JsonResponse:
    return JsonResponse({"title": why, "status": 404}, status=404, content_type="application/problem+json")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
