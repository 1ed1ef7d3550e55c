"""Second factors: allauth's pages in our dress, and whoever must have one is sent to set it up.

What is not routed in `urls` is not offered.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCode
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from banjie.engine.events import ActorKind
from banjie.faces.forms.saying import says_no
from banjie.records.accounts import passwords, second_factors
from banjie.records.accounts.models import User
from banjie.records.accounts.password_rules import is_outdated
from banjie.store.log.queries import installation
from banjie.web import clock
from banjie.web.request import Request
from banjie.web.roles import ADMINISTRATORS, for_role
from banjie.web.step_up import freshly

Handler = Callable[[Any], HttpResponse]

signed_in = for_role("applicant", "staff", "operator", "security_administrator", "audit_administrator")
public = for_role("public")

AWAY = frozenset({"sign_out", "account_logout", "language", "look", "healthz"})
"""What somebody without their second factor may still do."""


@signed_in
@never_cache
@require_safe
@says_no
def security(request: Request) -> HttpResponse:
    """How I sign in: password, one-time codes, passkeys, recovery codes."""
    user = request.user
    assert isinstance(user, User)
    known = list(Authenticator.objects.filter(user=user).order_by("pk"))
    shown = {
        "has_password": user.has_usable_password(),
        "totp": next((each for each in known if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in known if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": passwords.recovery_codes_left(user),
        "is_needed": needs_second_factor(request),
    }
    return render(request, "own/security.html", shown)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@freshly
@says_no
def recovery_codes(request: Request) -> HttpResponse:
    """New recovery codes in place of the old ones, shown once."""
    user = request.user
    assert isinstance(user, User)
    codes = passwords.new_recovery_codes(user) if request.method == "POST" else []
    shown = {"codes": codes, "codes_left": passwords.recovery_codes_left(user)}
    return render(request, "own/recovery_codes.html", shown)


class TurnedOn(ActivateTOTPView):  # type: ignore[misc]
    """One-time codes."""

    def form_valid(self, form: Any) -> HttpResponse:
        """The code just shown is the second factor of this session, and is good for nothing else."""
        answer: HttpResponse = super().form_valid(form)
        second_factors.was_set_up(self.request, Authenticator.Type.TOTP, form.cleaned_data["code"])
        return answer


class Added(AddWebAuthnView):  # type: ignore[misc]
    """A passkey. It is named by a number: what people call their telephones may be their own name."""

    template_name = "own/passkey_add.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """What was typed as a name, by whatever program, is not kept."""
        form.cleaned_data["name"] = ""
        form.cleaned_data["name"] = form.clean_name()
        answer: HttpResponse = super().form_valid(form)
        second_factors.was_set_up(self.request, Authenticator.Type.WEBAUTHN)
        return answer


class Removed(RemoveWebAuthnView):  # type: ignore[misc]
    """Without a passkey."""

    template_name = "own/passkey_remove.html"

    def get_success_url(self) -> str:
        """The page about signing in."""
        return "/account/security/"


def page(view: type[Any], template: str = "") -> Callable[..., HttpResponse]:
    """One of allauth's views under our template; never cached."""
    kept: Any = method_decorator(never_cache, name="dispatch")(type(view.__name__, (view,), {}))
    made: Callable[..., HttpResponse] = kept.as_view(**({"template_name": template} if template else {}))
    return made


authenticate = public(page(AuthenticateView, "own/authenticate.html"))
login_by_passkey = public(page(LoginWebAuthnView))
reauthenticate = signed_in(page(ReauthenticateView, "own/reauthenticate.html"))
reauthenticate_by_code = signed_in(page(ReauthenticateByCode, "own/reauthenticate_by_code.html"))
reauthenticate_by_passkey = signed_in(page(ReauthenticateWebAuthnView, "own/reauthenticate_by_passkey.html"))
totp_on = signed_in(page(TurnedOn, "own/totp_on.html"))
totp_off = signed_in(page(DeactivateTOTPView, "own/totp_off.html"))
passkey_add = signed_in(page(Added, "own/passkey_add.html"))
passkey_remove = signed_in(page(Removed, "own/passkey_remove.html"))


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether whoever asks holds a post for which this session lacks a second factor (BANJIE_SECOND_FACTOR_POSTS)."""
    if not of_whom() & _stands_for(request):
        return False
    return not any(each.get("method") == "mfa" for each in get_authentication_records(request, request.user))


def of_whom() -> frozenset[str]:
    """The posts that need a second factor: those the settings name, or else all staff, but for a demo."""
    named: frozenset[str] | None = settings.SECOND_FACTOR_POSTS
    return named if named is not None else frozenset() if installation().demo else frozenset({"staff"})


def _stands_for(request: HttpRequest) -> set[str]:
    """As what whoever asks may have to show a second factor; nothing of an applicant."""
    actor = getattr(request, "actor", None)
    if actor is not None:
        return {"staff", *actor.posts} if actor.kind is ActorKind.STAFF else set()
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return set()
    kind = getattr(request.user, "kind", "")
    return {"staff", ADMINISTRATORS[kind]} if kind in ADMINISTRATORS else set()


def second_factor(get_response: Handler) -> Handler:
    """Whoever needs a second factor and has not shown it sees the pages to set it up, and no others.

    Whoever must set another password first sees that page after that, and no other.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        assert match is not None, "a view that is called was found by its address"
        if match.route.startswith("account/") or match.url_name in AWAY or match.route.startswith("api/"):
            return None
        if needs_second_factor(request):
            return redirect("own:second_factor_needed")
        return redirect("own:password") if needs_another_password(request) else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def needs_another_password(request: HttpRequest) -> bool:
    """Whether whoever asks is staff and has a password older than BANJIE_PASSWORD_DAYS; in a demo nobody."""
    if not _stands_for(request):
        return False
    user = request.user
    return isinstance(user, User) and is_outdated(user, clock.now(), settings.PASSWORD_DAYS, installation().demo)


@signed_in
@never_cache
@require_safe
@says_no
def second_factor_needed(request: Request) -> HttpResponse:
    """Why, and the way: set one up, or show the one there is."""
    if not needs_second_factor(request):
        return redirect("/")
    has_one = Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return render(request, "own/second_factor_needed.html", {"has_one": has_one.exists()})
