"""Applying: one group of questions a page, saved at every step, checked, handed in once; and the receipt."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.cases import bundles, queries
from banjie.cases.handle import submit
from banjie.duties.delivery import choosing
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import about_licence, drafts
from banjie.faces.forms.acting import acting
from banjie.faces.forms.asking import Face, page_of
from banjie.faces.forms.filling import APPLICANT, CHECK, Filling, merged, started
from banjie.faces.forms.known import known_about
from banjie.faces.forms.page import receipt_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.uploads import is_too_large, of_files, too_much
from banjie.faces.portal import asks
from banjie.faces.portal.own_case import require_applicants
from banjie.records import catalogue
from banjie.records.catalogue.joint import Matter, matter_of
from banjie.records.parties.queries import require_mandate
from banjie.store.files.refused import Refused
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.words import Refusal

FACE = Face("portal", "portal/case.html", "applicant", asks.ASKS)
MOST_ITEMS = 5
"""Items in one application: each is a case of its own, and one page should show them all."""


@for_role("applicant")
@require_safe
@says_no
def open_form(request: Request, code: str) -> HttpResponse:
    """A fresh form: its key stands in its address, so that a reload or a second press hands in once."""
    for each in _codes(request, code):
        catalogue.in_force(each, clock.today())
    return HttpResponseRedirect(_address(request, code, uuid.uuid4()))


@for_role("public")
@require_safe
@says_no
def together(request: Request) -> HttpResponse:
    """On to one form for every item that was ticked on the page of a life event."""
    codes = list(dict.fromkeys(request.GET.getlist("with")))
    if not codes:
        messages.info(request, _("Tick what you want to apply for, then press the button again."))
        event = request.GET.get("event", "")
        return redirect("portal:life_event", event) if event else redirect("portal:home")
    others = f"?{urlencode([('with', each) for each in codes[1:]])}" if codes[1:] else ""
    return HttpResponseRedirect(reverse("portal:open_form", args=[codes[0]]) + others)


@for_role("applicant")
@require_safe
@says_no
def start(request: Request, code: str, key: uuid.UUID) -> HttpResponse:
    """On to the first page on which something is to be said; what is known already is not asked."""
    draft = _draft(request, code, key)
    if draft.is_handed_in:
        return redirect("portal:handed_in", key)
    return HttpResponseRedirect(_address(request, code, key, _filling(request, draft).start))


@for_role("applicant")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def apply(request: Request, code: str, key: uuid.UUID, page: str) -> HttpResponse:
    """A page of the application: shown, saved, or on the last page handed in."""
    draft = _draft(request, code, key)
    if draft.is_handed_in:
        return redirect("portal:handed_in", key)
    filling = _filling(request, draft)
    if page not in filling.pages:
        return HttpResponseRedirect(_address(request, code, key, filling.start))
    if request.method != "POST":
        if page == CHECK:
            filling.show_problems()
        return _page(request, draft, filling, page)
    return _sent(request, draft, page)


def _sent(request: Request, draft: drafts.Draft, page: str) -> HttpResponse:
    """What was sent is saved first, whatever is wrong with it; then one goes on, or stays with what is wrong."""
    made: list[Filling] = []
    is_too_much = is_too_large(request)

    def merge(before: drafts.Typed) -> tuple[drafts.Typed, list[str]]:
        typed = merged(before or draft.typed, page, request.POST)
        made.append(_filling(request, draft, typed, with_files=not is_too_much))
        return made[-1].typed, made[-1].file_ids

    saved = drafts.save(draft.id, draft.owner, draft.codes, page, clock.now(), merge)
    if saved is None:  # the same key, but acting for somebody else by now: a form of their own
        return redirect("portal:open_form", draft.codes[0])
    if saved.is_handed_in:
        return redirect("portal:handed_in", draft.id)
    filling = made[-1]
    if is_too_much:
        return _page(request, saved, filling, page, words.refusal(too_much(), filling.language), 413)
    if "later" in request.POST:
        messages.success(request, _("Saved. You find it here when you want to go on."))
        return redirect("portal:drafts")
    if "keep" in request.POST:
        return _page(request, saved, filling, page)
    if page == CHECK:
        return _handed_in(request, saved, filling)
    if filling.problems_on(page):
        filling.show_problems(page)
        return _page(request, saved, filling, page, words.refusal(NotPossible("bad_input"), filling.language), 422)
    return HttpResponseRedirect(_address(request, draft.codes[0], draft.id, filling.after(page)))


def _handed_in(request: Request, draft: drafts.Draft, filling: Filling) -> HttpResponse:
    """Every item is handed in with a key of its own; what was handed in before something failed stays handed in."""
    if not filling.ticked("declared"):
        filling.show_problems()
        return _page(request, draft, filling, CHECK, words.refusal(NotPossible("bad_input"), filling.language), 422)
    found = matter_of([each.procedure.code for each in filling.parts], clock.today())
    if found:
        return _registered(request, draft, filling, found)
    done = dict(draft.numbers)
    for part in filling.parts:
        code = part.procedure.code
        if code in done:
            continue
        try:
            require_mandate(filling.actor, code, clock.today())
            filling.separate(part)
            key = filling.key_of(part, draft.id)
            command = filling.command(part, key, clock.now())
            about_licence.require(part.procedure, command, clock.today())
            number = submit(code, command, str(key), filling.body(part, command)).query_number
        except BadInput as bad:
            filling.show_problems()
            return _page(request, draft, filling, CHECK, words.refusal(bad, filling.language), 422)
        except Refused as refused:
            return _page(request, draft, filling, CHECK, words.refusal(of_files(refused), filling.language), 409)
        except NotPossible as no:
            return _page(request, draft, filling, CHECK, words.refusal(no, filling.language), 409)
        draft = drafts.handed_in(draft, code, number)
    _choose_delivery(draft, filling)
    return redirect("portal:handed_in", draft.id)


def _registered(request: Request, draft: drafts.Draft, filling: Filling, found: Matter) -> HttpResponse:
    """The items of a joint matter are registered at once: all of them or none, under the key of the form."""
    try:
        for part in filling.parts:
            filling.separate(part)
        at = clock.now()
        made = [(each, filling.command(each, filling.key_of(each, draft.id), at)) for each in filling.parts]
        commands = {part.procedure.code: command for part, command in made}
        body = b"".join(filling.body(part, command) for part, command in made)
        stream = bundles.register(bundles.Register.of(found, commands), str(draft.id), body)
    except BadInput as bad:
        filling.show_problems()
        return _page(request, draft, filling, CHECK, words.refusal(bad, filling.language), 422)
    except Refused as refused:
        return _page(request, draft, filling, CHECK, words.refusal(of_files(refused), filling.language), 409)
    except NotPossible as no:
        return _page(request, draft, filling, CHECK, words.refusal(no, filling.language), 409)
    numbers = bundles.view(stream, at).state.noted
    for each in found.parts:
        draft = drafts.handed_in(draft, each.code, numbers[each.role].query_number)
    _choose_delivery(draft, filling)
    return redirect("portal:handed_in", draft.id)


def _choose_delivery(draft: drafts.Draft, filling: Filling) -> None:
    """Write down how the results are to reach the applicant; what an item does not offer stays open."""
    if not filling.delivery:
        return
    for code, number in draft.numbers:
        chosen = uuid.uuid5(draft.id, f"delivery/{code}")
        try:
            choosing.choose(queries.stream_of(number), filling.delivery, filling.actor, chosen, clock.now())
        except NotPossible:
            continue


def _page(
    request: Request, draft: drafts.Draft, filling: Filling, page: str, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = {
        "draft": draft,
        "filling": filling,
        "page": page,
        "links": filling.links(page),
        "code": draft.codes[0],
        "acting": acting(filling.actor, draft.codes[0], filling.language) if page == APPLICANT else None,
        "query": _query(request),
        "refusal": refusal,
        "wrong": [each for each in filling.wrong_fields if page in (CHECK, each[0])],
        "not_declared": page == CHECK and status == 422 and not filling.ticked("declared"),
    }
    return render(request, "portal/apply.html", shown, status=status)


def _draft(request: Request, code: str, key: uuid.UUID) -> drafts.Draft:
    """The draft of this address as it was saved, or a fresh one; NotPossible("unknown_item") for another account's."""
    actor = asking(request)
    owner = drafts.owner_of(actor)
    known = drafts.find(key, owner)
    if known is not None:
        return known
    if drafts.taken_by(key) not in ("", actor.id):
        raise NotPossible("unknown_item")
    answers = drafts.opened_answers(code, request.GET.get("given", "")) if request.GET.get("given") else {}
    return drafts.Draft(key, owner, _codes(request, code), started(known_about(actor), answers))


def _filling(
    request: Request, draft: drafts.Draft, typed: drafts.Typed | None = None, with_files: bool = False
) -> Filling:
    laws = [catalogue.law_in_force(code, clock.today()) for code in draft.codes]
    posted = request.POST if request.method == "POST" else None
    files = request.FILES if with_files else None
    given = draft.typed if typed is None else typed
    return Filling(laws, asking(request), language_of(request), given, posted, files)


def _codes(request: Request, code: str) -> tuple[str, ...]:
    """The items of this form: the one of the address, and those that are applied for with it."""
    return tuple(dict.fromkeys([code, *request.GET.getlist("with")]))[:MOST_ITEMS]


def _query(request: Request) -> str:
    told = [(name, value) for name in ("with", "given") for value in request.GET.getlist(name)]
    return f"?{urlencode(told)}" if told else ""


def _address(request: Request, code: str, key: uuid.UUID, page: str = "") -> str:
    name, more = ("portal:apply", [page]) if page else ("portal:start", [])
    return reverse(name, args=[code, key, *more]) + _query(request)


# Drafts


@for_role("applicant")
@require_safe
@says_no
def my_drafts(request: Request) -> HttpResponse:
    """The applications that are not handed in yet, the one touched last first."""
    language, shown = language_of(request), []
    for draft in drafts.of(drafts.owner_of(asking(request)), clock.today()):
        try:
            filling = _filling(request, draft)
        except NotPossible as no:  # the item is not offered any more: it can only be deleted
            shown.append({"draft": draft, "title": draft.codes[0], "refusal": words.refusal(no, language)})
            continue
        done = [each.heading for each in filling.links("") if each.is_done]
        shown.append({"draft": draft, "title": filling.title, "done": done, "refusal": None})
    return render(request, "portal/drafts.html", {"drafts": shown})


@for_role("applicant")
@require_POST
@says_no
def discard(request: Request, key: uuid.UUID) -> HttpResponse:
    """Delete a draft with its files."""
    if drafts.discard(key, drafts.owner_of(asking(request))):
        messages.success(request, _("Deleted. Nothing of it is left here."))
    return redirect("portal:drafts")


# Receipts


@for_role("applicant")
@require_safe
@says_no
def handed_in(request: Request, key: uuid.UUID) -> HttpResponse:
    """What was handed in with a form: its receipt, or all of them where it was for several items."""
    draft = drafts.find(key, drafts.owner_of(asking(request)))
    if draft is None or not draft.numbers:
        raise NotPossible("unknown_case")
    if len(draft.codes) == 1:
        return redirect("portal:receipt", draft.numbers[0][1])
    pages = [page_of(FACE, request, number) for _code, number in draft.numbers]
    receipts = [{"page": each, "receipt": receipt_of(each)} for each in pages]
    return render(request, "portal/receipts.html", {"receipts": receipts, "draft": draft})


@for_role("applicant")
@require_safe
@says_no
def receipt(request: Request, number: str) -> HttpResponse:
    """收件凭证: numbers, what was handed in, until when there is an answer, what happens next."""
    page = require_applicants(page_of(FACE, request, number))
    return render(request, "portal/receipt.html", {"page": page, "receipt": receipt_of(page)})
