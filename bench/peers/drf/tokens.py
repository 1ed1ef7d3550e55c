"""Who asks, by a bearer token."""

import hashlib

from django.utils import timezone
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from peers.drf.models import Token, User


class Bearer(TokenAuthentication):
    """`Authorization: Bearer …`, looked up by the token's digest with its owner."""

    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        """The owner and the token."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        token = Token.objects.select_related("user").filter(digest=digest).first()
        now = timezone.localtime()
        if token is None or token.expires_at <= now or not token.user.is_active:
            raise AuthenticationFailed
        if token.last_used_on != now.date():
            Token.objects.filter(pk=token.pk).update(last_used_on=now.date())
        return token.user, token
