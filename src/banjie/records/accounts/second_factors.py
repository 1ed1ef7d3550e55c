"""Second factors: one-time codes, recovery codes and passkeys, as allauth keeps them, with their secrets sealed."""

import base64
import os

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.records.accounts import sessions, trail
from banjie.records.accounts.models import User
from banjie.store.keys.keyring import NONCE_BYTES, keyring
from banjie.web import clock

PURPOSE = "second-factor"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's accounts as this house has them: found by user name alone, told nothing by e-mail."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": gettext_lazy("That is not your password."),
        "incorrect_code": gettext_lazy("That code is not right, or it was used before. Wait for the next one."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait five minutes, then try again."),
        "rate_limited": gettext_lazy("Too many tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people sign up on our own page, which asks who they are."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever has signed in a moment ago need not show it again; later they do."""
        request = context.request
        since = clock.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return all(each["at"] < since for each in get_authentication_records(request, request.user))

    def login(self, request: HttpRequest, user: User) -> None:
        """Signed in, by whatever way: the session knows from now on whose it is, and the trail that it began."""
        super().login(request, user)
        sessions.begin(request, user)
        trail.signed_in(user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """A page of ours says that the account is closed."""
        return redirect("own:not_arrived", "account_closed")

    def send_mail(self, *args: object, **kwargs: object) -> None:
        """No account has an address to write to."""
        raise AssertionError("an account knows no e-mail address")

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Our pages say themselves what has happened."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed under a key derived from the key file, which a rotation does not touch."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That code is not right, or it was used before. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        """Sealed, as text."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), PURPOSE.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """In clear again."""
        sealed = base64.b64decode(encrypted_text)
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], PURPOSE.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """A QR code as SVG of plain attributes: no style and no script, for the policy of our pages."""
        drawn: str = segno.make(url, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
        return drawn

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Numbered, never named by its owner: what people call their telephones may be their own name."""
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)d") % {"number": known + 1}


class Once:
    """A form for a code: a one-time code counts once, whatever process was shown it before."""

    def clean_code(self) -> str:
        """The code; ValidationError where it is wrong, or was used."""
        code: str = super().clean_code()  # type: ignore[misc]
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP and not spend(authenticator, code):
            raise ValidationError(SecondFactors.error_messages["incorrect_code"], code="incorrect_code")
        return code


class ShownAtSignIn(Once, AuthenticateForm):  # type: ignore[misc]
    """The code of whoever signs in."""


class ShownAgain(Once, ReauthenticateForm):  # type: ignore[misc]
    """The code of whoever shows again who they are."""


def spend(authenticator: Authenticator, code: str) -> bool:
    """Use up a one-time code, and every older one with it (RFC 6238, 5.2); False where that had happened before.

    The database remembers, not the memory of a process: another process, or one that starts anew, knows it too.
    """
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = SecondFactors().decrypt(kept.data["secret"])
        at = [each for each in yield_hotp_counters_from_time() if _is(code, secret, each)]
        if not at or at[-1] <= kept.data.get("spent", 0):
            return False
        kept.data = {**kept.data, "spent": at[-1]}
        kept.save(update_fields=["data"])
    return True


def _is(code: str, secret: str, counter: int) -> bool:
    return bool(compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))))


def was_set_up(request: HttpRequest, type: Authenticator.Type, code: str = "") -> None:
    """Setting up the first second factor shows it: nobody is asked for it again at once, nor for another code.

    Who has another already shows that one: a session that never did gains nothing here. The code is spent by it.
    """
    known = list(Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES))
    made = max((each for each in known if each.type == type), key=lambda each: each.pk)
    if type == Authenticator.Type.TOTP:
        spend(made, code)
        made.refresh_from_db()
    if known == [made]:
        post_authentication(request, made, reauthenticated=True)


def _cipher() -> AESGCM:
    return AESGCM(keyring().derived(PURPOSE))
