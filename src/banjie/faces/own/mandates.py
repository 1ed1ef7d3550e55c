"""For whom I act, and who acts for me."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.own.fields import Accepting, Giving
from banjie.faces.own.joining import too_many
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.parties import mandates, queries
from banjie.records.parties.models import Mandate
from banjie.web import clock, throttle
from banjie.web.middleware import ACTING_FOR
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

MOST_ITEMS = 2000


@dataclass(frozen=True, slots=True)
class MandateShown:
    """A mandate in words: who the other side is, why, until when, for what, and where it stands."""

    id: uuid.UUID
    other: str
    kind: str
    since: object
    until: object
    items: list[str]
    state: str
    can_end: bool
    is_mine: bool
    can_act: bool
    party: str
    may_commit: bool


@for_role("applicant")
@never_cache
@require_safe
@says_no
def overview(request: Request) -> HttpResponse:
    """My mandates, those I gave and those I was given."""
    return _overview(request, Accepting(language_of(request)))


@for_role("applicant")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def give(request: Request) -> HttpResponse:
    """Give somebody a mandate; its code is shown once, to be handed over."""
    language, now, myself = language_of(request), clock.now(), _myself(request)
    row = queries.find(myself.id)
    if row is None:
        raise NotPossible("no_such_party")
    posted = request.POST if request.method == "POST" else None
    form = Giving(language, row.kind == "enterprise", _items(language), now.date(), posted)
    if posted is None:
        return render(request, "own/give.html", {"form": form})
    if form.is_valid() and not form.cleaned_data["consent"]:
        form.add_problems([("consent", "needed")])
    if form.is_valid():
        try:
            made, code = mandates.give(asking(request), form.text("name"), form.text("id_number"), form.terms, now)
        except BadInput as bad:
            form.add_problems(bad.problems)
        else:
            return render(request, "own/given.html", {"mandate": made, "code": code, "name": form.text("name")})
    return render(request, "own/give.html", {"form": form}, status=422)


@for_role("applicant")
@never_cache
@require_POST
@says_no
def accept(request: Request) -> HttpResponse:
    """Accept a mandate with its code."""
    myself = _myself(request)
    if not throttle.count_try(f"mandate {myself.id}", request.META.get("REMOTE_ADDR", "")):
        return too_many(request)
    form = Accepting(language_of(request), request.POST)
    form.is_valid()
    try:
        mandates.accept(myself, form.text("code"), clock.now())
    except NotPossible as no:
        return _overview(request, form, no)
    throttle.forgive(f"mandate {myself.id}", request.META.get("REMOTE_ADDR", ""))
    return redirect("own:mandates")


@for_role("applicant")
@never_cache
@require_POST
@says_no
def end(request: Request, mandate: uuid.UUID) -> HttpResponse:
    """End a mandate I gave, or lay down one I was given."""
    mandates.end(mandate, _myself(request), clock.now())
    return redirect("own:mandates")


@for_role("applicant")
@never_cache
@require_POST
@says_no
def act_for(request: Request) -> HttpResponse:
    """From here on act for somebody under a mandate that stands, or in my own name again (an empty choice)."""
    party, back = request.POST.get("party", ""), request.POST.get("next", "")
    if party and not queries.reach(_myself(request).id, party, clock.today()):
        raise NotPossible("no_mandate")
    if party:
        request.session[ACTING_FOR] = party
    else:
        request.session.pop(ACTING_FOR, None)
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "own:mandates")


def _overview(request: Request, accepting: Accepting, no: NotPossible | None = None) -> HttpResponse:
    language, myself = language_of(request), _myself(request)
    names = {each.mandate: each.name for each in queries.acting_for(myself, clock.today())}
    rows = [_shown(each, myself.id, names, language) for each in queries.mandates_of(myself)]
    shown = {
        "given": [each for each in rows if each.is_mine],
        "received": [each for each in rows if not each.is_mine],
        "accepting": accepting,
        "refusal": words.refusal(no, language) if no else None,
    }
    return render(request, "own/mandates.html", shown, status=409 if no else 200)


def _shown(row: Mandate, me: str, names: dict[uuid.UUID, str], language: str) -> MandateShown:
    is_mine, today = row.giver == me, clock.today()
    other = queries.named_in(row).get("name", "") if is_mine else names.get(row.stream, "")
    is_over = row.until is not None and row.until < today
    state = "ended" if row.ended_at else "over" if is_over else "stands" if row.accepted_at else "waits"
    return MandateShown(
        id=row.stream,
        other=other,
        kind=words.label("mandate_kinds", row.kind, language),
        since=row.since,
        until=row.until,
        items=[name for code, name in _items(language) if code in row.items] if row.items else [],
        state=state,
        can_end=state in ("stands", "waits"),
        is_mine=is_mine,
        can_act=not is_mine and row.stream in names,
        party=row.giver,
        may_commit=row.may_commit,
    )


def _items(language: str) -> list[tuple[str, str]]:
    """The items that can be applied for, by code (31 digits): variants of one item stand together."""
    names: dict[str, list[str]] = {}
    for each in catalogue.items(clock.today(), language, limit=MOST_ITEMS):
        names.setdefault(each.code[: mandates.ITEM_LENGTH], []).append(f"{each.name} · {each.agency}")
    return sorted(((code, " / ".join(several)) for code, several in names.items()), key=lambda each: each[1])


def _myself(request: Request) -> Actor:
    """Who is signed in, in their own name, whomever they act for at the moment."""
    user = request.user
    assert isinstance(user, User)
    return Actor(user.pseudonym, ActorKind.APPLICANT)
