"""The identity provider of a province (统一身份认证), as the environment describes it."""

from typing import Any
from urllib.parse import urlsplit

from banjie.config import environment
from banjie.config.environment import Misconfigured

PROVIDER = "province"
CLAIMS = ("name", "id_number", "id_type", "kind", "phone")


def providers() -> dict[str, Any]:
    """allauth's description of the provider; no app where BANJIE_OIDC_URL is not set."""
    kept: dict[str, Any] = {
        "provider_class": "banjie.records.parties.identity_provider.IdentityProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [],
    }
    url = environment.text("BANJIE_OIDC_URL", "")
    if url:
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise Misconfigured(f"BANJIE_OIDC_URL={url!r}: say https://… (http only on this machine)")
        kept["APPS"] = [
            {
                "provider_id": PROVIDER,
                "name": environment.text("BANJIE_OIDC_NAME", "统一身份认证"),
                "client_id": environment.text("BANJIE_OIDC_CLIENT", ""),
                "secret": environment.text("BANJIE_OIDC_SECRET", ""),
                "settings": {
                    "server_url": url,
                    "scope": environment.several("BANJIE_OIDC_SCOPES", ["openid", "profile"]),
                    "assures_identity": environment.flag("BANJIE_OIDC_ASSURES_IDENTITY", False),
                    "claims": _claims(),
                },
            }
        ]
    return {"openid_connect": kept}


def origins() -> list[str]:
    """Where a form may lead to besides ourselves: browsers look at where the answer to a form redirects."""
    url = urlsplit(environment.text("BANJIE_OIDC_URL", ""))
    told = environment.several("BANJIE_OIDC_ORIGINS", [])
    return sorted({f"{url.scheme}://{url.netloc}", *told}) if url.netloc else []


def _claims() -> dict[str, str]:
    """Which claim holds what: BANJIE_OIDC_CLAIMS=name=name,id_number=id_number,…"""
    named = dict(CLAIM_DEFAULTS)
    for each in environment.several("BANJIE_OIDC_CLAIMS", []):
        ours, equals, theirs = each.partition("=")
        if not equals or ours.strip() not in CLAIMS:
            raise Misconfigured(f"BANJIE_OIDC_CLAIMS names {each!r}: say one of {', '.join(CLAIMS)}, =, their claim")
        named[ours.strip()] = theirs.strip()
    return named


CLAIM_DEFAULTS = {"name": "name", "id_number": "id_number", "phone": "phone_number"}
