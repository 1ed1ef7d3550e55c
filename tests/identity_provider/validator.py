"""What the provider for tests says of its people, and the faults its tokens can have."""

from datetime import timedelta
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from tests.identity_provider import provider


class Validator(OAuth2Validator):  # type: ignore[misc]
    """The toolkit's own, with claims from a file."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        """Name, number and whatever else the file has; much of it nobody asked for, as real providers do."""
        told: dict[str, Any] = {**provider.people()[request.user.username]}
        told["email"] = f"{request.user.username}@example.com"
        return told

    def get_userinfo_claims(self, request: Any) -> Any:
        """The page about the person; of somebody else, when that is the fault of the moment."""
        claims = super().get_userinfo_claims(request)
        return {**claims, "sub": "somebody else"} if provider.fault() == "two people" else claims

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
        """The claims of an identity token, with the fault of the moment."""
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        match provider.fault():
            case "nonce":
                claims["nonce"] = "of another log-in"
            case "expired":
                claims["exp"] = claims["exp"] - int(timedelta(days=2).total_seconds())
            case "issuer":
                claims["iss"] = "http://127.0.0.1:1"
            case "audience":
                claims["aud"] = "another-client"
        return claims, expires
