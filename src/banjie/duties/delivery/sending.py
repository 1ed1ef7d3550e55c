"""By post: a clerk dispatches, the carrier carries, and the proof of delivery serves the case (M216, M217).

A parcel is a fact before the carrier hears of it, under an id that is the carrier's too: asked twice, it travels once.
A call of the carrier only says "ask me". Where the item's result is sent at the government's cost, no request ever
names the applicant as payer.
"""

from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid5

import structlog
from django.db import transaction

from banjie.cases import queries
from banjie.duties.delivery import carrier as carriers
from banjie.duties.delivery import choosing, recording, serving
from banjie.duties.delivery.carrier import ENDS, WAY, Carrier, Track
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.duties.delivery.recording import HOUSE
from banjie.engine.codec import microseconds
from banjie.engine.commands import Actor
from banjie.engine.decision import may_serve
from banjie.engine.not_possible import NotPossible
from banjie.web.peer import PeerSaysNo, Unclear, backoff
from banjie.words.dates import instant_in_words

log = structlog.get_logger("banjie.delivery")
MOST, LONGEST_TURN = 20, 2.0
SOON, RARELY = timedelta(seconds=20), timedelta(minutes=10)


def dispatch(case: UUID, by: Actor, command_id: UUID, at: datetime) -> Parcel:
    """Dispatch the result with the carrier; a repeat gives the first parcel.

    NotPossible no_carrier, delivery_not_offered (another way was chosen), already_on_its_way, address_incomplete, and
    whatever stands in the way of serving.
    """
    view = queries.view(case, at)
    known = Parcel.objects.kept().filter(parcel=command_id).first()
    if known:
        return known
    may_serve(view.state, by, view.law, view.on)
    if carriers.carrier() is None:
        raise NotPossible("no_carrier")
    guide = view.law.procedure.guide
    payer = "applicant" if guide.express_paid_by == "applicant" else "government"
    with transaction.atomic():
        row = recording.locked(case)
        if choosing.method_of(view, row) != "post" or row is None:
            raise NotPossible("delivery_not_offered", method="post")
        if row.state in ("sent", "delivered", "served"):
            raise NotPossible("already_on_its_way")
        if not all(choosing.address_of(view, row).get(each) for each in choosing.ADDRESS):
            raise NotPossible("address_incomplete")
        told = {"parcel": command_id.hex, "code": view.state.procedure, "unit": by.unit, "agency": by.agency}
        recording.record(case, "dispatched", at, by.id, command_id, payer=payer, **told)
        return Parcel.objects.kept().get(parcel=command_id)


def cancel(parcel: UUID, by: Actor, at: datetime) -> Parcel:
    """Have a parcel not collected. NotPossible no_such_parcel, not_your_unit, parcel_on_its_way, …_unreachable."""
    row = Parcel.objects.kept().filter(parcel=parcel).first()
    asked = carriers.carrier()
    if row is None or asked is None:
        raise NotPossible("no_such_parcel")
    if by.unit != row.unit:
        raise NotPossible("not_your_unit", unit=row.unit)
    try:
        _moved(row, asked.cancel(row.parcel.hex, at), at)
    except PeerSaysNo:
        raise NotPossible("parcel_on_its_way") from None
    except Unclear:
        raise NotPossible("carrier_unreachable") from None
    return Parcel.objects.kept().get(parcel=parcel)


def knock(parcel_id: str, at: datetime) -> bool:
    """The carrier says that something happened to a parcel: it is asked about at the next turn. False: not ours."""
    try:
        known = UUID(hex=parcel_id)
    except ValueError:
        return False
    waits = Parcel.objects.kept().filter(parcel=known).exclude(state__in=ENDS)
    return bool(waits.update(next_at=microseconds(at), tries=0))


def work(now: datetime, asked: Carrier | None = None, most: int = MOST) -> int:
    """Ask the carrier about every parcel whose time has come, and serve what was delivered; how much there was.

    Safe to kill anywhere and in any number of workers. One parcel that fails keeps no other waiting.
    """
    done = serve_delivered(now)
    asked = asked or carriers.carrier()
    if asked is None:
        return done
    begun = monotonic()
    due = Parcel.objects.kept().filter(next_at__lte=microseconds(now)).order_by("next_at", "parcel")
    for row in list(due[:most]):
        if monotonic() - begun > LONGEST_TURN:
            break
        done += _advance(row, asked, now)
    return done


def serve_delivered(now: datetime, most: int = MOST) -> int:
    """Serve what is proved to have been delivered by post and the case does not know yet; how many."""
    waits = Delivery.objects.kept().filter(state="delivered", method="post", trouble="")
    return sum(serve_on_proof(row.stream, now) for row in list(waits[:most]))


def serve_on_proof(case: UUID, now: datetime, by: Actor | None = None) -> int:
    """Serve a case on the carrier's proof, in the name of who dispatched it, or of a colleague who confirms it."""
    parcel = newest(case)
    if parcel is None or parcel.state != "delivered":
        raise NotPossible("no_such_parcel")
    told = recording.opened(case, parcel.proof) or {}
    since = instant_in_words(parcel.stands_since, "zh-Hans")
    signed_by, digest = told.get("signed_by", ""), told.get("proof", "")[:16]
    proof = f"邮寄送达，运单号 {parcel.number}，{since}签收：{signed_by}。签收凭证 {digest}"
    return int(serving.serve(case, "post", proof, by or serving.sender(parcel.by), now))


def newest(case: UUID) -> Parcel | None:
    """The last parcel of a case."""
    return Parcel.objects.kept().filter(stream=case).order_by("-dispatched_at").first()


def _advance(row: Parcel, asked: Carrier, now: datetime) -> int:
    _again(row, now, backoff(row.tries + 1), row.tries + 1, row.trouble)
    try:
        return int(_asked(row, asked, now))
    except Unclear as unclear:
        _again(row, now, backoff(row.tries + 1), row.tries + 1, unclear.code)
    except (PeerSaysNo, NotPossible) as no:
        _again(row, now, RARELY, row.tries + 1, no.code)
    except Exception as problem:
        log.exception("delivery_failed", parcel=row.parcel.hex, problem=type(problem).__name__)
    return 0


def _asked(row: Parcel, asked: Carrier, now: datetime) -> bool:
    if row.state == "asked":
        view = queries.view(row.stream, now)
        to = choosing.address_of(view, Delivery.objects.kept().get(stream=row.stream))
        told = asked.order(row.parcel.hex, to, row.payer, now)
        with transaction.atomic():
            recording.locked(row.stream)
            more = {"parcel": row.parcel.hex, "number": told.number, "cost": told.cost}
            recording.record(row.stream, "ordered", now, HOUSE, uuid5(row.parcel, "ordered"), **more)
        row = Parcel.objects.kept().get(parcel=row.parcel)
        return _moved(row, told, now) or True
    told = asked.status(row.parcel.hex, now)
    if told.state == "unknown":
        _again(row, now, RARELY, row.tries + 1, "unknown_parcel")
        return False
    if not _moved(row, told, now):
        _again(row, now, min(SOON * 2 ** min(row.tries, 6), RARELY), row.tries + 1, "")
        return False
    return True


def _moved(row: Parcel, told: Track, now: datetime) -> bool:
    """Record where a parcel is, once a stage; False where that is known, or lies behind."""
    with transaction.atomic():
        recording.locked(row.stream)
        stands = Parcel.objects.kept().get(parcel=row.parcel)
        if stands.state in ENDS or told.state == stands.state or told.state not in (*WAY, *ENDS):
            return False
        if told.state in WAY and stands.state in WAY and WAY.index(told.state) < WAY.index(stands.state):
            return False
        more = {"parcel": row.parcel.hex, "state": told.state, "since": microseconds(told.at or now)}
        more |= {"cost": told.cost} if told.cost else {}
        if told.state == "delivered":
            proof = {"signed_by": told.signed_by, "proof": told.proof}
            more["proof"] = recording.sealed(row.stream, "proof", proof)
        recording.record(row.stream, "moved", now, HOUSE, uuid5(row.parcel, told.state), **more)
    if told.state == "delivered":
        serve_on_proof(row.stream, now)
    return True


def _again(row: Parcel, now: datetime, wait: timedelta, tries: int, trouble: str) -> None:
    same = Parcel.objects.kept().filter(parcel=row.parcel, state=row.state)
    same.update(next_at=microseconds(now + wait), tries=tries, trouble=trouble)
