"""An identity provider as a province would run one: django-oauth-toolkit in a process of its own, over loopback HTTP.

    python -m tests.identity_provider.provider FOLDER PORT CALLBACK

Its people are those of `people.json` in the folder; whoever is named in `fault` there gets a token with that fault. The
key that signs is made at the start.
"""

import json
import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

CLIENT, SECRET = "banjie", "a secret for tests between two processes on one machine"
FOLDER = Path(sys.argv[1] if __name__ == "__main__" else ".")
PORT = int(sys.argv[2]) if __name__ == "__main__" else 0


def fault() -> str:
    """What the tokens suffer from at the moment; "" for nothing."""
    told = FOLDER / "fault"
    return told.read_text() if told.exists() else ""


def people() -> dict[str, dict[str, str]]:
    """The claims of everybody, by log-in."""
    found: dict[str, dict[str, str]] = json.loads((FOLDER / "people.json").read_text())
    return found


def sign_in(request: HttpRequest) -> HttpResponse:
    """Whoever says who they are is believed: this provider is for tests."""
    from django.contrib.auth import get_user_model, login

    user, _ = get_user_model().objects.get_or_create(username=request.GET["login"])
    login(request, user)
    return redirect(request.GET["next"])


def _key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def serve(callback: str) -> None:
    """Set everything up, and serve until killed."""
    settings.configure(
        SECRET_KEY="for tests only",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "provider.sqlite3")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        LOGIN_URL="/sign-in/",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # of its one client, at every token
        SESSION_COOKIE_NAME="provider",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": _key(),
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{PORT}",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "who", "profile": "particulars"},
            "OAUTH2_VALIDATOR_CLASS": "tests.identity_provider.validator.Validator",
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
        },
    )
    django.setup()
    from django.core.management import call_command
    from oauth2_provider.models import get_application_model

    call_command("migrate", verbosity=0)
    get_application_model().objects.update_or_create(
        client_id=CLIENT,
        defaults={
            "client_secret": SECRET,
            "client_type": "confidential",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": callback,
            "algorithm": "RS256",
            "skip_authorization": True,
            "name": "Banjie",
        },
    )
    with make_server("127.0.0.1", PORT, get_wsgi_application(), WSGIServer, Quiet) as server:
        server.serve_forever()


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def urls() -> list[Any]:
    """The provider's addresses; toolkit's own behind them."""
    return [path("sign-in/", sign_in), path("", include("oauth2_provider.urls", namespace="oauth2_provider"))]


def __getattr__(name: str) -> Any:
    if name == "urlpatterns":
        return urls()
    raise AttributeError(name)


if __name__ == "__main__":
    sys.modules["tests.identity_provider.provider"] = sys.modules["__main__"]
    serve(sys.argv[3])
