"""The pages that belong to no single face: signing in and out, the language, and what a watcher asks."""

from ipaddress import ip_address

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import check_for_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.web import appearance, health, metrics, throttle
from banjie.web.roles import for_role

WHY_ENDED = ("idle", "posts_changed", "ended_by_owner", "signed_in_elsewhere", "ended_by_administrator")
"""Why somebody finds themselves on the sign-in page again."""


@for_role("public")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a right password leads on to `next`, or first to the second factor of whoever has one.

    A wrong password and an unknown name read the same.
    """
    given = request.POST if request.method == "POST" else request.GET
    shown = {"next": _safe(request, given.get("next", "")), "username": "", "problem": "", "provider": provider()}
    shown["ended"] = request.GET.get("ended", "") if request.GET.get("ended", "") in WHY_ENDED else ""
    if request.method != "POST":
        return render(request, "web/sign_in.html", shown)
    username = given.get("username", "").replace("\x00", "")[:150]
    password = given.get("password", "")[:1000]
    shown["username"] = username
    address = request.META.get("REMOTE_ADDR", "")
    if not throttle.count_try(username, address, import_string(settings.LOCKED_OUT_TOLD)):
        seconds = throttle.seconds_left(username, address)
        told = {**shown, "problem": "too_many", "minutes": -(-seconds // 60)}
        answer = render(request, "web/sign_in.html", told, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    user = authenticate(request, username=username, password=password)
    if user is None:
        return render(request, "web/sign_in.html", {**shown, "problem": "wrong"}, status=422)
    throttle.forgive(username, address)
    arrival = Login(user=user, redirect_url=shown["next"] or settings.LOGIN_REDIRECT_URL)
    answer = perform_password_login(request, {"username": user.get_username()}, arrival)
    language = getattr(user, "language", "")
    return _speak(answer, language) if language else answer


@for_role("public")
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go to the first page."""
    logout(request)
    return redirect("/")


# No mark of the session is asked for by the next two: they stand on every page, and a page that holds one is not the
# same for two visitors and cannot be kept. What another site could do with them is change how our pages look; whoever
# is signed in is not known then, for the session's cookie does not come along (SameSite).
@csrf_exempt
@for_role("public")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak the chosen language from here on; remembered with the person who is signed in."""
    answer = redirect(_safe(request, request.POST.get("next", "")) or "/")
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES) or not check_for_language(chosen):
        return answer
    if request.user.is_authenticated:
        get_user_model()._default_manager.filter(pk=request.user.pk).update(language=chosen)
    return _speak(answer, chosen)


@csrf_exempt
@for_role("public")
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Show pages light, dark or as the system has it, with or without the elder mode, from here on."""
    answer = redirect(_safe(request, request.POST.get("next", "")) or "/")
    theme, elder = request.POST.get("theme", ""), request.POST.get("elder", "")
    if theme in appearance.THEMES:
        appearance.remember(answer, appearance.THEME_COOKIE, "" if theme == "auto" else theme)
    if elder in ("0", "1"):
        appearance.remember(answer, appearance.ELDER_COOKIE, "1" if elder == "1" else "")
    return answer


@for_role("public")
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """What these pages do for people who see, hear, move or read differently, what is missing, and whom to tell."""
    return render(request, "web/accessibility.html")


@for_role("public")
@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where this process can do its work, else 503; no more than yes and no."""
    answers = health.answers()
    told = {"database": answers, "migrations": answers and health.migrations_applied()}
    is_well = all(told.values())
    return JsonResponse({"status": "ok" if is_well else "failing", **told}, status=200 if is_well else 503)


@for_role("public")
@never_cache
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The program's figures, to this machine itself or to whoever names the token; a 404 to anybody else."""
    if not _may_watch(request):
        return HttpResponse(status=404)
    return HttpResponse(metrics.page(), content_type="text/plain; version=0.0.4; charset=utf-8")


def provider() -> str:
    """What the identity provider is called that people may sign in with; "" where there is none."""
    known = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return str(known[0]["name"]) if known else ""


def _may_watch(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and constant_time_compare(given, f"Bearer {token}"):
        return True
    # What a proxy on this machine hands on comes from loopback too, but is not from here.
    was_handed_on = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"))
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and not was_handed_on
    except ValueError:
        return False


def _safe(request: HttpRequest, address: str) -> str:
    """The address if it leads to a page of our own, else ""."""
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else ""


def _speak(answer: HttpResponse, chosen: str) -> HttpResponse:
    appearance.remember(answer, settings.LANGUAGE_COOKIE_NAME, chosen)
    return answer
