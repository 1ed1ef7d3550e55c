"""Accounts of staff and the posts they hold: kept by the security administrator, who holds none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.engine.not_possible import BadInput
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.accounts import keeping
from banjie.records.accounts.kinds import ADMINISTRATORS, Kind
from banjie.records.accounts.models import User
from banjie.records.organisation import access, grants
from banjie.records.organisation import queries as organisation
from banjie.records.organisation.models import Grant, Staff
from banjie.web import clock
from banjie.web.request import Request, command_id_of
from banjie.web.roles import POSTS, for_role
from banjie.web.step_up import freshly, is_fresh, show_again

ON_A_PAGE = 20
OF_STAFF = (Kind.STAFF, *ADMINISTRATORS)
security = for_role("security_administrator")

KEEPS: dict[str, Callable[[User, User, datetime, UUID], object]] = {
    "close": keeping.close,
    "open-again": keeping.open_again,
    "second-factor": keeping.reset_second_factor,
    "password": keeping.new_password,
}


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account of staff in words."""

    user: User
    name: str
    unit: str
    posts: str


@dataclass(frozen=True, slots=True)
class GrantShown:
    """A grant that waits, in words, and whether whoever asks may confirm it."""

    grant: Grant
    person: str
    unit: str
    posts: str
    by: str
    can_confirm: bool


@security
@never_cache
@require_safe
@freshly
@says_no
def overview(request: Request) -> HttpResponse:
    """What waits for a second person, and the accounts, looked for by name or user name."""
    language, asked = language_of(request), request.GET.get("q", "").replace("\x00", "").strip()[:60]
    rows = User.objects.filter(kind__in=OF_STAFF).order_by("username")
    if asked:
        rows = rows.filter(Q(username__icontains=asked) | Q(display_name__icontains=asked))
    shown = {
        "accounts": _accounts(list(rows[:ON_A_PAGE]), language),
        "more": max(rows.count() - ON_A_PAGE, 0),
        "q": asked,
        "grants": _grants(_user(request), language),
        "command_id": uuid4(),
    }
    return render(request, "own/administration/home.html", shown)


@security
@require_POST
@says_no
def open_account(request: Request) -> HttpResponse:
    """A new account of staff: without a password and without a post, until both are given."""
    given, language = request.POST, language_of(request)
    told = {"username": given.get("username", "")[:150], "name": given.get("name", "")[:60]}
    try:
        made = keeping.open_account(_user(request), **told, at=clock.now(), command_id=command_id_of(given))
    except BadInput as bad:
        problems = {f"{path}_problem": words.problem(code, language) for path, code in bad.problems}
        shown = {"accounts": [], "grants": _grants(_user(request), language), **told, **problems, "opening": True}
        return render(request, "own/administration/home.html", shown, status=422)
    messages.success(request, _("The account is open. It needs posts, and a password for the first sign-in."))
    return redirect("administration:account", made.pseudonym)


@security
@never_cache
@require_safe
@freshly
@says_no
def account(request: Request, pseudonym: str) -> HttpResponse:
    """One account: posts, and what can be done with it."""
    return _account(request, _found(pseudonym))


@security
@require_POST
@says_no
def give_posts(request: Request, pseudonym: str) -> HttpResponse:
    """Give exactly these posts: at once, or after a second person and the region's hours."""
    user, given = _found(pseudonym), request.POST
    if not is_fresh(request):
        return show_again(request, reverse("administration:account", args=[pseudonym]))
    try:
        made = grants.propose(
            _user(request),
            user,
            given.get("unit", ""),
            given.getlist("posts"),
            clock.now(),
            command_id_of(given),
        )
    except BadInput as bad:
        language = language_of(request)
        problems = {f"{path}_problem": words.problem(code, language) for path, code in bad.problems}
        return _account(request, user, 422, **problems)
    if made.status == "took_effect":
        messages.success(request, _("The posts are given. Sessions under the former posts end at their next click."))
    else:
        messages.success(
            request, _("Proposed. Another security administrator confirms it; then the waiting time runs.")
        )
    return redirect("administration:account", user.pseudonym)


@security
@require_POST
@says_no
def keep(request: Request, pseudonym: str, what: str) -> HttpResponse:
    """Close or open an account, let a second factor be set up anew, give a password for once."""
    user, act = _found(pseudonym), KEEPS.get(what)
    if act is None:
        raise Http404
    if not is_fresh(request):
        return show_again(request, reverse("administration:account", args=[pseudonym]))
    made = act(_user(request), user, clock.now(), command_id_of(request.POST))
    if isinstance(made, str):
        answer = _account(request, user, password=made)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    messages.success(request, _("Done, and recorded with your name."))
    return redirect("administration:account", user.pseudonym)


@security
@require_POST
@says_no
def answer(request: Request, grant: UUID, what: str) -> HttpResponse:
    """Confirm a grant that somebody else has proposed, or withdraw one."""
    act = {"confirm": grants.confirm, "withdraw": grants.withdraw}.get(what)
    if act is None:
        raise Http404
    if not is_fresh(request):
        return show_again(request, reverse("administration:home"))
    act(_user(request), grant, clock.now(), command_id_of(request.POST))
    messages.success(request, _("Done, and recorded with your name."))
    return redirect("administration:home")


def _account(request: Request, user: User, status: int = 200, password: str = "", **problems: str) -> HttpResponse:
    language = language_of(request)
    place = Staff.objects.filter(user=user).select_related("unit__agency").first()
    held = set(place.posts) if place else set()
    day = clock.today()
    slow = access.choice(place.unit.agency.region_id if place else "", day)
    shown = {
        "account": _accounts([user], language)[0],
        "is_staff": user.kind == Kind.STAFF,
        "is_me": user.pk == request.user.pk,
        "has_second_factor": Authenticator.objects.filter(user=user).exclude(type="recovery_codes").exists(),
        "posts": [
            (post, words.label("posts", post, language), post in held, post in slow.slow_posts) for post in POSTS
        ],
        "hours": slow.slow_hours,
        "units": sorted(_units(language).items(), key=lambda each: each[1]),
        "unit": place.unit_id if place else "",
        "waiting": [each for each in _grants(_user(request), language) if each.grant.person == user.pseudonym],
        "command_id": uuid4(),
        "password": password,
        **problems,
    }
    return render(request, "own/administration/account.html", shown, status=status)


def _units(language: str) -> dict[str, str]:
    """Every unit with its agency, which tells two of one name apart: a post is given in one of them."""
    agencies = organisation.unit_places(language)
    return {id: f"{agencies[id][0]} · {name}" for id, name in organisation.unit_names(language).items()}


def _accounts(users: list[User], language: str) -> list[AccountShown]:
    between = words.label("phrases", "between_names", language)
    places = {each.user_id: each for each in Staff.objects.filter(user__in=users)}
    units = _units(language)
    found = []
    for user in users:
        place = places.get(user.pk)
        posts = [words.label("posts", each, language) for each in place.posts] if place else []
        kind = "" if user.kind == Kind.STAFF else words.label("account_kinds", user.kind, language)
        name = organisation.display_name(user.pseudonym, language) or user.display_name or kind
        unit = units.get(place.unit_id, "") if place else ""
        found.append(AccountShown(user, name, unit, between.join(posts)))
    return found


def _grants(user: User, language: str) -> list[GrantShown]:
    rows = grants.waiting()
    between, units = words.label("phrases", "between_names", language), _units(language)
    known = {each.person for each in rows} | {each.proposed_by for each in rows}
    names = dict(User.objects.filter(pseudonym__in=known).values_list("pseudonym", "username"))
    called = organisation.display_names(known, language)
    return [
        GrantShown(
            each,
            called.get(each.person) or names.get(each.person, ""),
            units.get(each.unit, each.unit),
            between.join(words.label("posts", post, language) for post in each.posts),
            names.get(each.proposed_by, ""),
            each.status == "proposed" and each.proposed_by != user.pseudonym,
        )
        for each in rows
    ]


def _found(pseudonym: str) -> User:
    user = User.objects.filter(pseudonym=pseudonym, kind__in=OF_STAFF).first()
    if user is None:
        raise Http404
    return user


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
