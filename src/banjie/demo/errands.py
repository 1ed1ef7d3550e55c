"""A few errands of the demo county beside its life: fees that are paid by phone, and results that go by post.

Only where stand-ins for the peers are there. Everything is asked for through the rooms and the door, under ids that
follow from the cases: done twice, it is done once.
"""

from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from banjie.cases import queries
from banjie.cases.models import Case
from banjie.cases.queries import CaseView
from banjie.cases.scope import whole_house
from banjie.demo import life
from banjie.demo.models import Filed
from banjie.duties.delivery import carrier, choosing, sending
from banjie.duties.fees import paying, provider, raising
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Stage

ERRANDS = UUID("3f0a9a52-6f0c-57e7-9df7-9a3c0d2b8f10")
PARCELS, FEES, PAID = 6, 5, 3


def run(now: datetime) -> int:
    """Do what is not done yet; how many errands."""
    done = 0
    if provider.provider() is not None:
        done += sum(_pay(view, number, now) for number, view in zip(range(FEES), _with_fees(now), strict=False))
    if carrier.carrier() is not None:
        done += sum(_post(view, now) for _, view in zip(range(PARCELS), _to_post(now), strict=False))
    return done


def _views(stages: tuple[str, ...], now: datetime) -> Iterator[CaseView]:
    with whole_house("the demo does its errands"):
        known = set(Filed.objects.values_list("stream", flat=True))
        rows = Case.objects.everything().filter(stage__in=stages, stream__in=known).order_by("stream")
        streams = list(rows.values_list("stream", flat=True))
    for stream in streams:
        yield queries.view(stream, now)


def _with_fees(now: datetime) -> Iterator[CaseView]:
    for view in _views((Stage.ACCEPTED, Stage.EXAMINING, Stage.DECIDED), now):
        has_fee = any(each.amount for each in view.law.procedure.guide.fees)
        if has_fee and view.state.accepted and not view.state.is_closed and view.state.party:
            yield view


def _to_post(now: datetime) -> Iterator[CaseView]:
    for view in _views((Stage.DECIDED,), now):
        state = view.state
        ready = state.issued if state.granted and state.granted.certificate else state.is_decided
        if ready and state.party and view.law.procedure.guide.express and state.served_on is None:
            yield view


def _pay(view: CaseView, number: int, now: datetime) -> int:
    """A fee is charged; the first of them are paid, the others wait to be."""
    clerk = next(iter(life.office().staff(view.law.procedure.receives, "clerk")), None)
    due = raising.due(view)
    asked = provider.provider()
    if clerk is None or not due or asked is None:
        return 0
    try:
        charge = raising.raise_fee(view.stream, due[0].fee.listed, clerk, _id(view, "fee"), now)
        if number < PAID:
            payer = c.Actor(view.state.party, e.ActorKind.APPLICANT)
            order = paying.order(charge.fee, "qr", payer, _id(view, "order"), now)
            paying.advance(order, asked, now)
            order.refresh_from_db(from_queryset=type(order).objects.kept())
            _press(order.page)
    except NotPossible:
        return 0
    return 1


def _press(page: str) -> None:
    """Somebody pays on the page of the stand-in."""
    parts = urlsplit(page)
    if parts.hostname != "127.0.0.1":
        return
    connection = HTTPConnection(parts.hostname, parts.port, timeout=3)
    try:
        connection.request("POST", parts.path, "do=pay")
        connection.getresponse().read()
    except (OSError, HTTPException):
        pass
    finally:
        connection.close()


def _post(view: CaseView, now: datetime) -> int:
    serves = view.law.procedure.serves
    office = life.office()
    clerk = next(iter([*office.staff(serves, "licence_clerk"), *office.staff(serves, "clerk")]), None)
    if clerk is None:
        return 0
    applicant = c.Actor(view.state.party, e.ActorKind.APPLICANT)
    try:
        choosing.choose(view.stream, "post", applicant, _id(view, "choose"), now)
        sending.dispatch(view.stream, clerk, _id(view, "dispatch"), now)
    except NotPossible:
        return 0
    return 1


def _id(view: CaseView, what: str) -> UUID:
    return uuid5(ERRANDS, f"{what}/{view.stream.hex}")
