"""Signing up, and a new password without the old one."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from banjie import words
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.own.fields import EnterpriseSignUp, Forgotten, NewPassword, SignUp
from banjie.records.accounts import passwords, trail
from banjie.records.accounts.models import User
from banjie.records.parties import sign_up as accounts
from banjie.web import clock, throttle
from banjie.web.request import Request
from banjie.web.roles import for_role

FORMS: dict[str, type[SignUp]] = {"person": SignUp, "enterprise": EnterpriseSignUp}


@for_role("public")
@require_safe
def sign_up(request: Request) -> HttpResponse:
    """For whom: a person or an enterprise."""
    return redirect("own:home") if request.user.is_authenticated else render(request, "own/sign_up.html")


@for_role("public")
@never_cache
@sensitive_post_parameters("password", "id_number", "name", "phone", "address")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_as(request: Request, kind: str) -> HttpResponse:
    """A new account with its party; what was typed stays where something is wrong, but for the password."""
    if request.user.is_authenticated:
        return redirect("own:home")
    language = language_of(request)
    if request.method != "POST":
        return render(request, "own/sign_up_as.html", {"form": FORMS[kind](language), "kind": kind})
    if not ratelimit.consume(request, action="signup"):
        return too_many(request)
    form = FORMS[kind](language, request.POST)
    if form.is_valid():
        try:
            user = accounts.sign_up(
                form.text("username"),
                form.cleaned_data["password"],
                form.particulars,
                consents=form.consents,
                at=clock.now(),
                language=get_language() or "",
            )
        except BadInput as bad:
            form.add_problems(bad.problems)
        else:
            return _let_in(request, user, form.cleaned_data["password"])
    refusal = words.refusal(NotPossible("bad_input"), language)
    return render(request, "own/sign_up_as.html", {"form": form, "kind": kind, "refusal": refusal}, status=422)


@for_role("public")
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: Request) -> HttpResponse:
    """A new password for a recovery code or a code from the window.

    Unknown names, names of staff and wrong codes read the same; tries are counted as those of signing in are.
    """
    language = language_of(request)
    if request.method != "POST":
        return render(request, "own/forgotten.html", {"form": Forgotten(language)})
    form = Forgotten(language, request.POST)
    form.is_valid()
    username, password = form.text("username").replace("\x00", "")[:150], form.cleaned_data.get("password") or ""
    if not throttle.count_try(f"forgotten {username}", request.META.get("REMOTE_ADDR", "")):
        return too_many(request)
    problems = [("password", each) for each in _weaknesses(password, User(username=username))]
    if problems:
        form.add_problems(problems)
        return render(request, "own/forgotten.html", {"form": form}, status=422)
    with transaction.atomic():
        user = passwords.may_reset(username, form.text("code")[:100], clock.now())
        if user is not None:
            user.set_password(password)
            user.save(update_fields=["password", "password_set_at"])
            trail.record(user, "password_changed", user.pseudonym, clock.now())
    if user is None:
        return render(request, "own/forgotten.html", {"form": form, "is_wrong": True}, status=422)
    throttle.forgive(f"forgotten {username}", request.META.get("REMOTE_ADDR", ""))
    return render(request, "own/password_set.html")


@for_role("applicant", "staff", "operator", "security_administrator", "audit_administrator")
@never_cache
@sensitive_post_parameters("password", "present")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def password(request: Request) -> HttpResponse:
    """Another password; every other session of this account ends."""
    language = language_of(request)
    form = NewPassword(language, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "own/password.html", {"form": form})
    user = request.user
    assert isinstance(user, User)
    form.is_valid()
    if not ratelimit.consume(request, action="change_password", user=user):
        return too_many(request)
    if not user.check_password(form.cleaned_data.get("present") or ""):
        form.add_problems([("present", "password_wrong")])
    form.add_problems([("password", each) for each in _weaknesses(form.cleaned_data.get("password") or "", user)])
    if form.errors:
        return render(request, "own/password.html", {"form": form}, status=422)
    user.set_password(form.cleaned_data["password"])
    with transaction.atomic():
        user.save(update_fields=["password", "password_set_at"])
        trail.record(user, "password_changed", user.pseudonym, clock.now())
    update_session_auth_hash(request, user)
    return redirect("mfa_index")


def too_many(request: Request) -> HttpResponse:
    """Too many tries: when to come back."""
    answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = str(throttle.SECONDS)
    return answer


def _let_in(request: Request, user: User, password: str) -> HttpResponse:
    known = authenticate(request, username=user.username, password=password)
    assert known is not None, "whoever has just signed up can sign in"
    answer: HttpResponse = perform_password_login(
        request, {"username": user.username}, Login(user=known, redirect_url="/account/welcome/", signup=True)
    )
    return answer


def _weaknesses(password: str, user: User) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        return [each.code or "password_weak" for each in weak.error_list]
    return []
