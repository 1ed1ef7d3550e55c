"""Signing in through an identity provider (统一身份认证): OpenID Connect by allauth, and what becomes of its claims.

Of the provider's account a keyed digest is kept, and nothing else: no claims, no tokens. What it says of a person goes
sealed into their party, and only a provider declared to assure identity (BANJIE_OIDC_ASSURES_IDENTITY) finds or makes
an account by identity number. Nobody is recognised by an e-mail address.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.deferred import jwt
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import get_language
from requests import RequestException

from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts.models import Kind, User
from banjie.records.parties import queries, register, sign_up
from banjie.records.parties.models import Level
from banjie.store.keys.blind import keyed_digest
from banjie.web import clock

log = structlog.get_logger("banjie.identity_provider")

SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
"""Signatures of a key pair: nothing that could be made with what is public."""

WHO = ("kind", "name", "id_type", "id_number")


class Bridge(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The code flow with PKCE, a nonce, and an identity token whose signature is always checked."""

    nonce = ""

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        """The tokens for a code. The nonce follows from the code's own verifier."""
        self.nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """What the identity token and the page about the person say, if both speak of the same one; OAuth2Error."""
        try:
            said = self._checked(app, kwargs["response"]["id_token"])
            about = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
        except (KeyError, TypeError, ValueError, jwt.PyJWTError) as broken:
            raise OAuth2Error("what the provider sent cannot be understood") from broken
        if about and about.get("sub") != said["sub"]:
            raise OAuth2Error("the provider speaks of two people")
        return self.get_provider().sociallogin_from_response(request, {**about, **said})

    def _checked(self, app: Any, id_token: str) -> dict[str, Any]:
        if jwt.get_unverified_header(id_token).get("alg") not in SIGNED_BY:
            raise OAuth2Error("the identity token is not signed by a key pair")
        said: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not self.nonce or said.get("nonce") != self.nonce:
            raise OAuth2Error("the identity token was made for another log-in")
        return {**said, "sub": said["sub"], "iss": said["iss"]}


class IdentityProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider as allauth sees it: a digest for an id, and no data."""

    oauth2_adapter_class = Bridge

    def get_pkce_params(self) -> dict[str, str]:
        """The challenge of PKCE, with a nonce that follows from the same verifier."""
        told: dict[str, str] = super().get_pkce_params()
        return {**told, "nonce": nonce_of(told["code_verifier"])}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Where to go afterwards; nobody outside chooses scopes or parameters."""
        told: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        return {**told, "scope": self.get_scope(), "auth_params": self.get_auth_params()}

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        """A digest that only this installation can make again."""
        return keyed_digest("identity provider", f"{data['iss']}\x00{data['sub']}".encode())

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing is kept."""
        return {}

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing goes into the account."""
        return {}

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[Any]:
        """None: nobody is recognised by one."""
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: Mapping[str, Any]) -> SocialLogin:
        """The log-in, with what the provider says of the person beside it until it is over."""
        arriving = super().sociallogin_from_response(request, response)
        arriving.particulars = self._particulars(response)
        return arriving

    def _particulars(self, claims: Mapping[str, Any]) -> dict[str, str]:
        named: Mapping[str, str] = self.app.settings["claims"]
        told = {ours: str(claims[theirs]).strip() for ours, theirs in named.items() if claims.get(theirs)}
        told.setdefault("kind", "person")
        told.setdefault("id_type", "uscc" if told["kind"] == "enterprise" else "id_card")
        return told

    @property
    def assures_identity(self) -> bool:
        """Whether its word on who somebody is counts."""
        return bool(self.app.settings["assures_identity"])


class Arrivals(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What happens when somebody comes back from the identity provider."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account this is, or make it. What the provider said is forgotten when this is over."""
        sociallogin.token = None
        told, sociallogin.particulars = sociallogin.particulars, {}
        try:
            if sociallogin.state.get("process") == AuthProcess.CONNECT:
                self._connected(request, sociallogin, told)
                raise ImmediateHttpResponse(redirect("own:home"))
            self._found(sociallogin, told)
        except BadInput as bad:
            raise _turned_away("particulars_incomplete") from bad
        except NotPossible as no:
            raise _turned_away(no.code) from no

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """A page of ours says what went wrong."""
        if error == AuthError.CANCELLED:
            raise _turned_away("cancelled")
        log.warning("identity_provider_failed", fault=type(exception).__name__, cause=type(_cause(exception)).__name__)
        raise _turned_away("unreachable" if isinstance(exception, RequestException) else "not_trusted")

    @transaction.atomic
    def _found(self, arriving: SocialLogin, told: Mapping[str, str]) -> None:
        assures = arriving.provider.assures_identity
        if arriving.is_existing:
            user = arriving.user
        elif assures:
            if not told.get("id_number") or not told.get("name"):
                raise NotPossible("particulars_incomplete")
            user = sign_up.with_identity(told, at=clock.now(), language=get_language() or "")
            _join(arriving, user)
        else:
            raise NotPossible("not_connected_yet")
        if not user.is_active:
            raise NotPossible("account_closed")
        if assures:
            _assure(user, told)

    @transaction.atomic
    def _connected(self, request: HttpRequest, arriving: SocialLogin, told: Mapping[str, str]) -> None:
        user = request.user
        if not isinstance(user, User) or user.kind != Kind.APPLICANT:
            raise NotPossible("not_connected_yet")
        if arriving.is_existing and arriving.user.pk != user.pk:
            raise NotPossible("connected_to_another")
        if arriving.provider.assures_identity and not _assure(user, told):
            raise NotPossible("identity_differs")
        if not arriving.is_existing:
            _join(arriving, user)


def nonce_of(verifier: str) -> str:
    """The nonce of a log-in: it ties the identity token to this very code."""
    return hashlib.sha256(f"nonce|{verifier}".encode()).hexdigest() if verifier else ""


def _assure(user: User, told: Mapping[str, str]) -> bool:
    """Whether the party of this account is whom the provider names; recorded where that is new.

    Nobody becomes somebody else by signing in: another number than the party's assures nothing.
    """
    row = queries.find(user.pseudonym)
    if row is None or not all(told.get(name) for name in WHO):
        return False
    known = queries.particulars(row)
    if known.get("id_number") != told["id_number"].upper():
        return False
    if row.level == Level.DECLARED or any(known.get(name) != told[name] for name in WHO):
        register.assure(row.id, told, Level.IDENTITY_PROVIDER, by=row.id, at=clock.now())
    return True


def _join(arriving: SocialLogin, user: User) -> None:
    arriving.user = arriving.account.user = user
    arriving.account.save()


def _cause(exception: BaseException | None) -> BaseException | None:
    return exception.__cause__ if exception else None


def _turned_away(why: str) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(redirect("own:not_arrived", why))


__all__ = ["Arrivals", "Bridge", "IdentityProvider", "nonce_of"]
