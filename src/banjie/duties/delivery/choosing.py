"""The applicant says how the result reaches them, and may change it until it is on its way (M216, M218)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from banjie.cases import queries
from banjie.cases.queries import CaseView
from banjie.duties.delivery import recording
from banjie.duties.delivery.models import Delivery
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.guards import require_applicant, require_staff, require_unit
from banjie.engine.law import Law
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.state import State

ADDRESS = ("name", "phone", "address")
LONGEST = {"name": 60, "phone": 30, "address": 200}


def methods(state: State, law: Law) -> tuple[str, ...]:
    """How the result of this case can reach its applicant: electronically only with consent, by post where the item
    sends its results."""
    post = ("post",) if law.procedure.guide.express else ()
    electronic = ("electronic",) if state.e_service else ()
    return (*electronic, *post, "window", "agent")


def default(state: State, law: Law) -> str:
    """How it reaches them as long as they say nothing: what they consented to when applying, else the window."""
    return methods(state, law)[0] if state.e_service else "window"


def method_of(view: CaseView, row: Delivery | None) -> str:
    """How the result of this case reaches its applicant, as it stands."""
    return row.method if row else default(view.state, view.law)


def address_of(view: CaseView, row: Delivery | None) -> dict[str, str]:
    """Where a parcel goes, in clear: as it was given for the post, else as the application has it. For whoever may see
    it; empty once it was erased."""
    if row and row.address:
        given = recording.opened(view.stream, row.address)
        return {name: str(given.get(name, "")) for name in ADDRESS} if given else {}
    ref = view.state.applicant
    told: Mapping[str, Any] | None = view.opened(ref).get(ref.ref) if ref else None
    if not told:
        return {}
    where = str(told.get("service_address") or told.get("address") or told.get("registered_address") or "")
    return {
        "name": str(told.get("contact") or told.get("name") or ""),
        "phone": str(told.get("phone") or ""),
        "address": where,
    }


def choose(
    case: UUID, method: str, by: Actor, command_id: UUID, at: datetime, address: Mapping[str, str] | None = None
) -> Delivery:
    """Record the choice; a repeat changes nothing. `address`: for the post, where it is another than the application's.

    The applicant and their agent choose; a clerk of the unit that received the case writes down what they say.
    BadInput; NotPossible unknown_case, delivery_not_offered, already_on_its_way, already_served.
    """
    view = queries.view(case, at)
    state, law = view.state, view.law
    if by.kind is ActorKind.STAFF:
        require_staff(by, "clerk", "licence_clerk")
        if by.unit != law.procedure.serves:
            require_unit(by, law.procedure.receives)
    else:
        require_applicant(state, by)
    if method not in methods(state, law):
        raise NotPossible("delivery_not_offered", method=method)
    given = _checked(address) if method == "post" and address else None
    with transaction.atomic():
        row = recording.locked(case)
        if row and recording.knows(case, command_id):
            return row
        if state.served_on or (row and row.state in ("served", "delivered")):
            raise NotPossible("already_served")
        if row and row.state == "sent":
            raise NotPossible("already_on_its_way")
        if state.is_closed:
            raise NotPossible("already_closed", result=state.result)
        ref = recording.sealed(case, "address", given) if given else ""
        recording.record(case, "chosen", at, by.id, command_id, method=method, address=ref)
        return Delivery.objects.kept().get(stream=case)


def _checked(address: Mapping[str, str]) -> dict[str, str]:
    given = {name: str(address.get(name, "")).replace("\x00", "").strip() for name in ADDRESS}
    problems = [(name, "needed") for name, text in given.items() if not text]
    problems += [(name, "too_long") for name, text in given.items() if len(text) > LONGEST[name]]
    if problems:
        raise BadInput(problems)
    return given
