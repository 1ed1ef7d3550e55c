"""My account: what is known of me, masked until I say why, and how I am reached."""

from collections.abc import Mapping

from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.page import Pair
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.own.fields import Reached, Reason
from banjie.records.accounts import passwords
from banjie.records.accounts.models import Kind, User
from banjie.records.parties import queries, register, seeing
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.web.step_up import freshly
from banjie.web.views import provider

CODED = {"kind": "applicant_kinds", "id_type": "id_types"}


@for_role("applicant", "staff", "operator", "security_administrator", "audit_administrator")
@never_cache
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """Everything about my account on one page."""
    return _home(request, Reason(language_of(request)))


@for_role("applicant")
@never_cache
@require_POST
@says_no
def show(request: Request) -> HttpResponse:
    """My particulars in full, for a reason, which is recorded first."""
    language = language_of(request)
    form = Reason(language, request.POST)
    form.is_valid()
    user = request.user
    assert isinstance(user, User)
    try:
        told = seeing.unmask(asking(request), user.pseudonym, form.text("reason"), clock.now())
    except BadInput as bad:
        form.add_problems(bad.problems)
        return _home(request, form, status=422)
    return _home(request, form, told)


@for_role("applicant")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def reached(request: Request) -> HttpResponse:
    """How I am reached; who I am is changed at the window or by the identity provider."""
    language, user = language_of(request), request.user
    assert isinstance(user, User)
    row = queries.find(user.pseudonym)
    if row is None:
        raise NotPossible("no_such_party")
    if request.method != "POST":
        known = dict(queries.particulars(row))
        return render(request, "own/reached.html", {"form": Reached(language, initial=known)})
    form = Reached(language, request.POST)
    form.is_valid()
    changes = {name: form.text(name) for name in form.fields}
    try:
        register.describe(row.id, changes, by=user.pseudonym, at=clock.now())
    except BadInput as bad:
        form.add_problems(bad.problems)
        return render(request, "own/reached.html", {"form": form}, status=422)
    return redirect("own:home")


@for_role("applicant")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@freshly
@says_no
def welcome(request: Request) -> HttpResponse:
    """After signing up: the recovery codes are made when they are asked for, shown once, and never again."""
    user = request.user
    assert isinstance(user, User)
    codes = passwords.new_recovery_codes(user) if request.method == "POST" else []
    return render(request, "own/welcome.html", {"codes": codes, "has_codes": bool(passwords.recovery_codes_left(user))})


def _home(
    request: Request, reason: Reason, in_full: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    language, user = language_of(request), request.user
    assert isinstance(user, User)
    row = queries.find(user.pseudonym)
    told = in_full or (queries.masked(queries.particulars(row)) if row else {})
    shown = {
        "party": row,
        "level": words.label("party_levels", row.level, language) if row else "",
        "particulars": [_pair(name, told[name], language) for name in register.PARTICULARS if told.get(name)],
        "is_in_full": in_full is not None,
        "reason": reason,
        "is_applicant": user.kind == Kind.APPLICANT,
        "provider": provider(),
        "is_connected": SocialAccount.objects.filter(user=user).exists(),
    }
    return render(request, "own/home.html", shown, status=status)


def _pair(name: str, value: str, language: str) -> Pair:
    told = words.label(CODED[name], value, language) if name in CODED else value
    return Pair(words.label("fields", name, language), told)
