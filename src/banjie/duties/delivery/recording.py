"""The facts of a delivery and the rows they make: one stream a case, beside the case's own.

chosen · dispatched → ordered → moved (collected, in_transit, delivered | failed, returned, cancelled) · handed_over ·
arrived → opened · served. Names, addresses and proofs lie sealed under the stream's own key; facts hold references.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from banjie.duties.delivery.models import Delivery, Parcel
from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.records.parties import sealing
from banjie.store.keys.datakey import DataKey
from banjie.store.keys.models import DataKey as Row
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "delivery"
DELIVERY_IDS = UUID("f0c6f9b4-3f5e-5a0b-9a58-54a6b9a2d711")
HOUSE = "timer"
METHODS = ("window", "post", "agent", "electronic")
ON_THE_WAY = ("asked", "ordered", "collected", "in_transit")
CAME_BACK = ("failed", "returned", "cancelled")


def own_stream(case: UUID) -> UUID:
    """The stream of a case's delivery."""
    return uuid5(DELIVERY_IDS, case.hex)


def locked(case: UUID) -> Delivery | None:
    """The delivery of a case, locked to the end of the transaction; None before anything was said of it."""
    return Delivery.objects.kept().select_for_update().filter(stream=case).first()


def key_of(case: UUID) -> DataKey:
    """The key of a case's delivery, made with the first thing to seal; NotPossible("delivery_erased")."""
    own = own_stream(case)
    key = sealing.key_of(own)
    if key is None and Row.objects.filter(stream=own).exists():
        raise NotPossible("delivery_erased")
    return key or sealing.new_key(own)


def sealed(case: UUID, what: str, value: Any) -> str:
    """Seal something beside the delivery; its reference."""
    return sealing.seal(key_of(case), what, value)["ref"]


def opened(case: UUID, ref: str) -> Any:
    """What lies there in clear; None where it was erased."""
    return sealing.opened(own_stream(case), ref)


def knows(case: UUID, command_id: UUID) -> bool:
    """Whether a command was recorded already."""
    return any(each.command_id == command_id for each in read.entries(own_stream(case)))


def record(case: UUID, kind: str, at: datetime, by: str, command_id: UUID, **more: Any) -> bool:
    """Append one fact and let the rows follow; False where this command was recorded before."""
    if knows(case, command_id):
        return False
    body = {"at": codec.microseconds(at), "by": by, "case": case.hex, **more}
    own = own_stream(case)
    append(own, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=body["at"], actor=by)
    follow(own, kind, body)
    return True


def follow(own: UUID, kind: str, body: dict[str, Any]) -> None:
    """Let the rows follow one fact."""
    case, at = UUID(body["case"]), codec.instant(body["at"])
    row = Delivery.objects.kept().filter(stream=case).first() or Delivery(stream=case, own=own)
    row.changed_at = at
    if kind == "chosen":
        row.method, row.state, row.address, row.trouble = body["method"], "chosen", body["address"], ""
    elif kind in ("handed_over", "opened"):
        row.method, row.state = body.get("method", row.method), "delivered"
        row.opened_at = at if kind == "opened" else row.opened_at
    elif kind == "arrived":
        row.state, row.by = ("delivered" if body["counts"] else "sent"), body["by"]
    elif kind == "served":
        row.state, row.trouble = "served", ""
        row.method = body.get("method", row.method)
    else:
        _parcel(row, kind, body, at)
    row.save()


def _parcel(row: Delivery, kind: str, body: dict[str, Any], at: datetime) -> None:
    if kind == "dispatched":
        Parcel(
            parcel=UUID(body["parcel"]), stream=row.stream, own=row.own, code=body["code"], unit=body["unit"],
            agency=body["agency"], by=body["by"], payer=body["payer"], state="asked", dispatched_at=at,
            stands_since=at, next_at=body["at"],
        ).save(force_insert=True)  # fmt: skip
        row.state = "sent"
        return
    parcel = Parcel.objects.kept().get(parcel=UUID(body["parcel"]))
    parcel.tries, parcel.trouble, parcel.next_at = 0, "", body["at"]
    if kind == "ordered":
        parcel.number, parcel.cost, parcel.state = body["number"], body["cost"], "ordered"
    else:
        parcel.state, parcel.stands_since = body["state"], codec.instant(body["since"])
        parcel.cost = body.get("cost", parcel.cost)
        parcel.proof = body.get("proof", "")
        if parcel.state in ("delivered", *CAME_BACK):
            parcel.next_at = None
            if row.state != "served":  # by hand, meanwhile: then there is nothing left to serve
                row.state = "delivered" if parcel.state == "delivered" else "came_back"
    parcel.save()
