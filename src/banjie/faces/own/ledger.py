"""Who looked at my data (谁看过我的信息), and which browsers I am signed in with."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.accounts import sessions, trail
from banjie.records.accounts.models import Session, User
from banjie.records.organisation import access
from banjie.records.organisation import queries as organisation
from banjie.records.parties import seeing
from banjie.records.parties.models import Look
from banjie.web import clock
from banjie.web.request import Request
from banjie.web.roles import for_role

ON_A_PAGE = 50
EVERYBODY = ("applicant", "staff", "operator", "security_administrator", "audit_administrator")


@dataclass(frozen=True, slots=True)
class LookShown:
    """One look in words: when, which office, what for and by which article, for which case, and what was seen."""

    at: datetime
    is_mine: bool
    office: str
    who: str
    purpose: str
    basis: str
    number: str
    fields: str


@for_role("applicant")
@never_cache
@require_safe
@says_no
def looks(request: Request) -> HttpResponse:
    """Each time somebody saw my particulars in full, newest first. Whom else a case shows only masked numbers."""
    user, language = _user(request), language_of(request)
    try:
        page = max(int(request.GET.get("page", "1")), 1)
    except ValueError:
        raise Http404 from None
    rows = seeing.of(user.pseudonym)
    first = (page - 1) * ON_A_PAGE
    shown = {
        "looks": shown_looks(rows[first : first + ON_A_PAGE], user.pseudonym, language),
        "of_others": sum(each.by != user.pseudonym and each.purpose not in seeing.OF_PAPERS for each in rows),
        "older": page + 1 if len(rows) > first + ON_A_PAGE else 0,
    }
    return render(request, "own/looks.html", shown)


def shown_looks(rows: list[Look], owner: str, language: str) -> list[LookShown]:
    """Looks in words; in as many statements for any number of them."""
    units = organisation.unit_names(language)
    people = organisation.at_their_posts({each.by for each in rows})
    between = words.label("phrases", "between_names", language)
    found = []
    for each in rows:
        purpose = access.purpose_named(each.purpose)
        person = people.get(each.by)
        posts = between.join(words.label("posts", post, language) for post in person.posts) if person else ""
        number = _("staff number %(number)s") % {"number": person.number} if person else ""
        named = person.name(language) if person and _tells(person.region, each) == "name" else ""
        found.append(
            LookShown(
                at=each.at,
                is_mine=each.by == owner,
                office=units.get(each.unit, each.unit),
                who=" · ".join(part for part in (posts, named, number) if part),
                purpose=purpose.said(language) if purpose else "",
                basis=purpose.basis if purpose else "",
                number=each.number,
                fields=between.join(words.label("fields", name, language) for name in each.fields),
            )
        )
    return found


def _tells(region: str, look: Look) -> str:
    return access.choice(region, look.on).tells


# Sessions


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A browser somebody is signed in with, as they recognise it."""

    id: str
    device: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


@for_role(*EVERYBODY)
@never_cache
@require_safe
@says_no
def signed_in(request: Request) -> HttpResponse:
    """Where I am signed in, to end what is not mine."""
    own = [
        SessionShown(
            id=sessions.name_of(each),
            device=_device(each.device),
            began_at=each.began_at,
            seen_at=each.seen_at,
            is_this=each.session_key == request.session.session_key,
        )
        for each in sessions.of(_user(request), clock.now())
    ]
    return render(request, "own/signed_in.html", {"sessions": own, "others": len(own) - 1})


@for_role(*EVERYBODY)
@require_POST
@says_no
def end_session(request: Request, session: str) -> HttpResponse:
    """End one of my sessions; this one too, if it is this one."""
    user = _user(request)
    row = next((each for each in sessions.of(user, clock.now()) if sessions.name_of(each) == session), None)
    if row is None:
        raise Http404
    if row.session_key == request.session.session_key:
        logout(request)
        return redirect("sign_in")
    sessions.end(Session.objects.filter(pk=row.pk), "ended_by_owner")
    messages.success(request, _("That browser is signed out from its next click on."))
    return redirect("own:signed_in")


@for_role(*EVERYBODY)
@require_POST
@says_no
def end_sessions(request: Request) -> HttpResponse:
    """Sign out everywhere, here too."""
    user = _user(request)
    count = sessions.end(sessions.of(user, clock.now()), "ended_by_owner")
    trail.record(user, "sessions_ended", user.pseudonym, clock.now(), count=count)
    logout(request)
    return redirect("sign_in")


def _device(told: str) -> str:
    kind, _bar, browser = told.partition("|")
    where = _("Telephone or tablet") if kind == "phone" else _("Computer")
    named = {"MicroMessenger": "WeChat", "Edg": "Edge"}.get(browser, browser)
    return f"{where} · {named}" if named else where


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
