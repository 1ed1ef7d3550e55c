"""What a carrier can be asked, and the client that asks it over HTTP.

Every request names our own id of the parcel: asked twice, it is ordered once. Name, telephone and address of the
addressee are told with the order, in its body, because a parcel cannot travel without them; nothing else of the case
is, and no address of a request names anybody. `Unclear` and `PeerSaysNo` as `banjie.web.peer` has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings

from banjie.engine import codec
from banjie.web.peer import Peer, PeerSaysNo, Unclear, peer_of

WAY = ("ordered", "collected", "in_transit", "delivered")
ENDS = ("delivered", "failed", "returned", "cancelled")
STATES = (*WAY, "failed", "returned", "cancelled", "unknown")


@dataclass(frozen=True, slots=True)
class Track:
    """A parcel as the carrier has it. `state`: one of `STATES`; `at`: since when; `cost` in fen.

    `number`: the courier number; `signed_by` and `proof` (a digest of the signature): of a delivered one.
    """

    state: str
    number: str = ""
    cost: int = 0
    at: datetime | None = None
    signed_by: str = ""
    proof: str = ""


class Carrier(Protocol):
    """A carrier. Every method: Unclear where nobody knows whether it was done, PeerSaysNo."""

    def order(self, parcel: str, to: Mapping[str, str], payer: str, now: datetime) -> Track:
        """Have a parcel collected; the same again is the same parcel. `to`: name, phone, address."""

    def status(self, parcel: str, now: datetime) -> Track:
        """Where it is; `unknown` where it was never ordered."""

    def cancel(self, parcel: str, now: datetime) -> Track:
        """Let it not be collected; PeerSaysNo once it is on its way."""


@dataclass(frozen=True, slots=True)
class HttpCarrier:
    """The carrier of the settings (docs/how-to/connect-a-carrier.md)."""

    peer: Peer

    def order(self, parcel: str, to: Mapping[str, str], payer: str, now: datetime) -> Track:
        return _track(self.peer.ask("POST", "/parcels", now, {"order": parcel, "to": dict(to), "payer": payer}))

    def status(self, parcel: str, now: datetime) -> Track:
        try:
            return _track(self.peer.ask("GET", f"/parcels/{parcel}", now))
        except PeerSaysNo as no:
            if no.code == "unknown_parcel":
                return Track("unknown")
            raise

    def cancel(self, parcel: str, now: datetime) -> Track:
        return _track(self.peer.ask("POST", f"/parcels/{parcel}/cancel", now, {}))


def carrier() -> Carrier | None:
    """The carrier of this installation; None where nothing is posted through it."""
    peer = peer_of(settings.CARRIER)
    return HttpCarrier(peer) if peer else None


def _track(told: Mapping[str, Any]) -> Track:
    try:
        state = str(told["state"])
        if state not in STATES:
            raise Unclear("fault")
        at = codec.instant(told["at"]) if told.get("at") else None
        words = (str(told.get(name, ""))[:120] for name in ("signed_by", "proof"))
        return Track(state, str(told.get("number", ""))[:60], int(told.get("cost", 0)), at, *words)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unclear("fault") from None
