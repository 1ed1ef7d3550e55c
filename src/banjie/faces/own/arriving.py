"""Signing in through the identity provider: there, back, and what is said when it does not work."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe
from requests import RequestException

from banjie import words
from banjie.faces.forms.saying import language_of
from banjie.records.parties.identity_provider import Bridge
from banjie.web.request import Request
from banjie.web.roles import for_role
from banjie.web.step_up import is_fresh, show_again

WHY = {
    "cancelled": 200,
    "unreachable": 502,
    "not_trusted": 403,
    "particulars_incomplete": 422,
    "not_connected_yet": 404,
    "connected_to_another": 409,
    "party_known": 409,
    "identity_differs": 409,
    "party_erased": 409,
    "account_closed": 403,
}
"""Why nobody arrived, and the status of the page that says so."""


@for_role("public")
@never_cache
@require_POST
def leave(request: Request, provider_id: str) -> HttpResponse:
    """To the provider, and afterwards on to `next`."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return _leave(request, provider_id, AuthProcess.LOGIN, back if is_ours else "")


@for_role("applicant")
@never_cache
@require_POST
def connect(request: Request, provider_id: str) -> HttpResponse:
    """To the provider, so that my account is assured and can be signed in to from there."""
    if not is_fresh(request):
        return show_again(request, "/account/")
    return _leave(request, provider_id, AuthProcess.CONNECT, "/account/")


@for_role("public")
@never_cache
@require_GET
def arrive(request: Request, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(Bridge(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error, ValueError, KeyError):
        return redirect("own:not_arrived", "unreachable")
    return answer


@for_role("public")
@never_cache
@require_safe
def not_arrived(request: Request, why: str) -> HttpResponse:
    """What went wrong, that nothing was lost, and what to do."""
    if why not in WHY:
        raise Http404
    refusal = words.refusal_of(why, {}, language_of(request))
    return render(request, "own/not_arrived.html", {"refusal": refusal}, status=WHY[why])


def _leave(request: Request, provider_id: str, process: str, back: str) -> HttpResponse:
    try:
        provider = Bridge(request, provider_id).get_provider()
        answer: HttpResponse = provider.redirect(request, process=process, next_url=back or None)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except ImmediateHttpResponse as stopped:
        answer = stopped.response
    except (RequestException, OAuth2Error, ValueError, KeyError):
        return redirect("own:not_arrived", "unreachable")
    return answer
