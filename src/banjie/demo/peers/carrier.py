"""A stand-in for a carrier (演示快递): parcels that travel by the clock, and some that do not arrive.

Faults `failed` and `returned`: nobody is there, or the addressee refuses. Names and addresses stay in memory and are
forgotten when a parcel has arrived; the books that are kept do not have them.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from banjie.demo.peers.serving import SaysNo, StandIn
from banjie.engine.codec import microseconds

WAY = ("ordered", "collected", "in_transit", "delivered")
ENDS = frozenset({"delivered", "failed", "returned", "cancelled"})
COST = 1200


@dataclass
class Carrier(StandIn):
    """The carrier. `pace`: how long a parcel stays at each stage of its way; None: until `move` is told."""

    pace: timedelta | None = timedelta(seconds=45)
    addresses: dict[str, dict[str, str]] = field(default_factory=dict)

    path = "/peers/carrier/"

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST /parcels · GET /parcels/<id> · POST /parcels/<id>/cancel."""
        match [method, *path.strip("/").split("/")]:
            case ["POST", "parcels"]:
                return self._order(body)
            case ["GET", "parcels", order]:
                return self._told(self._parcel(order))
            case ["POST", "parcels", order, "cancel"]:
                row = self._parcel(order)
                if row["state"] not in ("ordered", "cancelled"):
                    raise SaysNo(409, "on_its_way")
                self._stand(row, "cancelled")
                return self._told(row)
        raise SaysNo(404, "no_such_address")

    def _order(self, body: dict[str, Any]) -> dict[str, Any]:
        order, to = str(body["order"]), body.get("to") or {}
        if not all(str(to.get(each, "")).strip() for each in ("name", "phone", "address")):
            raise SaysNo(422, "address_incomplete")
        if order not in self.books:
            self.addresses[order] = {name: str(to[name]) for name in ("name", "phone", "address")}
            fate = self.faults.draw("failed", "returned")
            self.books[order] = {
                "state": "ordered",
                "since": microseconds(self.now()),
                "number": f"YL{secrets.randbelow(10**11):011d}CN",
                "cost": COST,
                "payer": str(body.get("payer", "")),
                "fate": fate or "delivered",
                "way": {},
            }
        return self._told(self.books[order])

    def _parcel(self, order: str) -> dict[str, Any]:
        if order not in self.books:
            raise SaysNo(404, "unknown_parcel")
        return self.books[order]

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        told = {name: row[name] for name in ("state", "number", "cost")} | {"at": row["since"]}
        if row["state"] == "delivered":
            digest = hashlib.sha256(f"{row['number']}/{row['since']}".encode()).hexdigest()
            told |= {"signed_by": row.get("signed_by", "本人签收"), "proof": digest}
        return told

    def _stand(self, row: dict[str, Any], state: str) -> None:
        row["state"], row["since"] = state, microseconds(self.now())

    def move(self, order: str, state: str, signed_by: str = "本人签收") -> None:
        """Let a parcel be at this stage now; the installation hears of it as the faults have it."""
        with self.lock:
            row = self._parcel(order)
            self._stand(row, state)
            row["signed_by"] = signed_by
            if state in ENDS:
                self.addresses.pop(order, None)
            self.save()
        self.call_back(order, state)

    def tick(self) -> None:
        """Let every parcel travel on whose time at its stage is over."""
        if self.pace is None:
            return
        late = microseconds(self.now() - self.pace)
        with self.lock:
            due = [
                (order, row) for order, row in self.books.items() if row["state"] in WAY[:3] and row["since"] <= late
            ]
        for order, row in due:
            following = WAY[WAY.index(row["state"]) + 1]
            self.move(order, row["fate"] if following == "delivered" else following)
