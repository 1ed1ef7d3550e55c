"""Across the window, with a code and an identity that was checked; and into the inbox, with consent (M202, M218)."""

import hmac
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.cases import queries
from banjie.cases.queries import CaseView
from banjie.duties.delivery import choosing, profile, recording, serving
from banjie.duties.delivery.models import Delivery
from banjie.engine.commands import Actor
from banjie.engine.decision import may_serve
from banjie.engine.guards import require_applicant
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.models import Agency
from banjie.store.keys.blind import keyed_digest
from banjie.words.dates import instant_in_words

TAKERS = ("applicant", "agent")
CHECKED = ("identity_card", "passport", "uscc_licence", "other")
"""What was looked at to know who takes the result."""


def region_of(view: CaseView) -> str:
    """The region whose rules a case is served by."""
    return str(Agency.objects.filter(id=view.state.home).values_list("region_id", flat=True).first() or "")


def code_of(view: CaseView) -> str:
    """The collection code of a case: shown to its applicant, asked for at the window. It follows from the case and a
    key of the house, and is kept nowhere."""
    figures = profile.asked_of(region_of(view), view.on).codes
    return f"{int(keyed_digest('collection', view.stream.bytes), 16) % 10**figures:0{figures}d}"


def hand_over(
    case: UUID, code: str, taker: str, checked: str, by: Actor, command_id: UUID, at: datetime, name: str = ""
) -> Delivery:
    """Somebody took the result across the window: who (the applicant, or an agent by `name`), and how they were known.

    The case is served. NotPossible wrong_collection_code, and whatever the engine says no to; BadInput.
    """
    view = queries.view(case, at)
    problems = [("taker", "unknown_choice")] if taker not in TAKERS else []
    problems += [("checked", "unknown_choice")] if checked not in CHECKED else []
    problems += [("name", "needed")] if taker == "agent" and not name.strip() else []
    problems += [("name", "too_long")] if len(name) > 60 else []
    if problems:
        raise BadInput(problems)
    known = Delivery.objects.kept().filter(stream=case).first()
    if known and known.state == "served" and recording.knows(case, command_id):
        return known
    may_serve(view.state, by, view.law, view.on)
    if not hmac.compare_digest(code.strip().encode(), code_of(view).encode()):
        raise NotPossible("wrong_collection_code")
    _not_on_its_way(known)
    with transaction.atomic():
        recording.locked(case)
        who = recording.sealed(case, "taker", {"name": name.strip()}) if taker == "agent" else ""
        told = {"method": "agent" if taker == "agent" else "window", "taker": taker, "checked": checked, "name": who}
        recording.record(case, "handed_over", at, by.id, command_id, **told)
    receipt = {"applicant": "申请人本人", "agent": f"代理人{name.strip()}（委托书已核对）"}[taker]
    proof = f"{receipt}凭取件码当场领取，身份证件已核对。{instant_in_words(at, 'zh-Hans')}"
    serving.serve(case, str(told["method"]), proof, by, at)
    return Delivery.objects.kept().get(stream=case)


def send_electronically(case: UUID, by: Actor, command_id: UUID, at: datetime) -> Delivery:
    """Put the result into the applicant's inbox. Where the region counts the arrival, the case is served by it; else
    when the addressee opens it. NotPossible delivery_not_offered without consent or by another choice."""
    view = queries.view(case, at)
    row = Delivery.objects.kept().filter(stream=case).first()
    if row and recording.knows(case, command_id):
        return row
    may_serve(view.state, by, view.law, view.on)
    if not view.state.e_service or choosing.method_of(view, row) != "electronic":
        raise NotPossible("delivery_not_offered", method="electronic")
    _not_on_its_way(row)
    counts = profile.asked_of(region_of(view), view.on).electronic == "arrival"
    with transaction.atomic():
        if recording.locked(case) is None:
            recording.record(case, "chosen", at, by.id, uuid5(command_id, "chosen"), method="electronic", address="")
        recording.record(case, "arrived", at, by.id, command_id, counts=counts)
    if counts:
        proof = f"经申请人同意电子送达，已到达其在本系统的收件箱。{instant_in_words(at, 'zh-Hans')}"
        serving.serve(case, "electronic", proof, by, at)
    return Delivery.objects.kept().get(stream=case)


def open_result(case: UUID, by: Actor, command_id: UUID, at: datetime) -> Delivery:
    """The addressee opens what lies in their inbox: the first time is on record, and serves where the region counts
    the opening. NotPossible applicants_own_act, nothing_to_open."""
    view = queries.view(case, at)
    require_applicant(view.state, by)
    row = Delivery.objects.kept().filter(stream=case, method="electronic").first()
    if row is None or row.state not in ("sent", "delivered", "served"):
        raise NotPossible("nothing_to_open")
    if row.opened_at:
        return row
    if row.state != "sent":
        return row
    with transaction.atomic():
        recording.locked(case)
        recording.record(case, "opened", at, by.id, command_id)
    proof = f"受送达人于{instant_in_words(at, 'zh-Hans')}在本系统打开并签收。"
    serving.serve(case, "electronic", proof, serving.sender(row.by), at)
    return Delivery.objects.kept().get(stream=case)


def _not_on_its_way(row: Delivery | None) -> None:
    if row and row.state == "sent":
        raise NotPossible("already_on_its_way")
