"""What a payment provider can be asked, and the client that asks it over HTTP.

Every request names our own id of the order (or refund): asked twice, it is done once. No personal datum is told: an
id, an amount, the public name of the fee. `Unclear` and `PeerSaysNo` as `banjie.web.peer` has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.conf import settings

from banjie.engine import codec
from banjie.web.peer import Peer, PeerSaysNo, Unclear, peer_of

STATES = ("waiting", "paid", "failed", "expired", "refunded", "unknown")
METHODS = ("qr", "pos")


@dataclass(frozen=True, slots=True)
class Standing:
    """An order as the provider has it. `state`: one of `STATES`; `amount` in fen; `page`: where it can be paid.

    `reference`: the provider's own number; `at`: when it was paid or refunded.
    """

    state: str
    amount: int = 0
    page: str = ""
    reference: str = ""
    expires_at: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a day's statement. `kind`: payment or refund; `order`: our id; `amount` in fen, positive."""

    kind: str
    order: str
    amount: int


class PaymentProvider(Protocol):
    """A provider of payments. Every method: Unclear where nobody knows whether it was done, PeerSaysNo."""

    def create(self, order: str, amount: int, what: str, method: str, now: datetime) -> Standing:
        """Have an order made; the same order again is the same order."""

    def query(self, order: str, now: datetime) -> Standing:
        """How an order stands; `unknown` where it never came there."""

    def refund(self, order: str, amount: int, now: datetime) -> Standing:
        """Give the whole amount back; a second time changes nothing."""

    def statement(self, day: date, now: datetime) -> list[Line]:
        """Everything that was paid and given back on a day of the office."""


@dataclass(frozen=True, slots=True)
class HttpProvider:
    """The provider of the settings (docs/how-to/connect-a-payment-provider.md)."""

    peer: Peer

    def create(self, order: str, amount: int, what: str, method: str, now: datetime) -> Standing:
        body = {"order": order, "amount": amount, "what": what, "method": method}
        return _standing(self.peer.ask("POST", "/orders", now, body))

    def query(self, order: str, now: datetime) -> Standing:
        try:
            return _standing(self.peer.ask("GET", f"/orders/{order}", now))
        except PeerSaysNo as no:
            if no.code == "unknown_order":
                return Standing("unknown")
            raise

    def refund(self, order: str, amount: int, now: datetime) -> Standing:
        return _standing(self.peer.ask("POST", f"/orders/{order}/refund", now, {"amount": amount}))

    def statement(self, day: date, now: datetime) -> list[Line]:
        told = self.peer.ask("GET", f"/statements/{day.isoformat()}", now)
        try:
            return [Line(str(each["kind"]), str(each["order"]), int(each["amount"])) for each in told["lines"]]
        except (KeyError, TypeError, ValueError):
            raise Unclear("fault") from None


def provider() -> PaymentProvider | None:
    """The provider of this installation; None where nobody can pay through it."""
    peer = peer_of(settings.PAYMENT)
    return HttpProvider(peer) if peer else None


def _standing(told: Mapping[str, Any]) -> Standing:
    try:
        state = str(told["state"])
        if state not in STATES:
            raise Unclear("fault")
        return Standing(
            state,
            int(told.get("amount", 0)),
            _page(str(told.get("page", ""))),
            str(told.get("reference", ""))[:80],
            codec.instant(told["expires_at"]) if told.get("expires_at") else None,
            codec.instant(told["at"]) if told.get("at") else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unclear("fault") from None


def _page(address: str) -> str:
    """The page where one pays: https, or on this machine; anything else is no page."""
    return address[:500] if address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")) else ""
