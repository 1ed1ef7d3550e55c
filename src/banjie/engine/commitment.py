"""Commitment (告知承诺, 国办发〔2020〕42号): told the conditions, the applicant signs that they are met, and is
believed.

What a procedure takes on somebody's word is its data; whoever does not want to goes the ordinary way. What is believed
is verified later, in a task of its own on the same case: it is about this promise and this grant, whoever may see the
case may see it, and it goes on after closing as a complaint does. A promise found broken stays open until a measure is
recorded, and excludes from further ones until the credit is restored.
"""

import hashlib
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import canonical, to_plain
from banjie.engine.guards import (
    require_applicant,
    require_kept,
    require_live,
    require_staff,
    require_unit,
    require_window,
)
from banjie.engine.law import ORDINARY, Commitment, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import BROKEN, KEPT_WORD, Stage, State, Verification
from banjie.engine.timelimits import Limit, Unit

Allowed = dict[str, tuple[Any, ...]]
AFTER = "after"
FOUND = (KEPT_WORD, BROKEN)
WAYS = ("data_sharing", "online_check", "field_check", "assistance")
"""How a promise is verified: shared data, an on-line check, a look on the spot, another office's help."""
ORDER = "order_to_correct"
MEASURES = (ORDER, "revocation_proposed", "credit_recorded")


# What is told and signed


def told(law: Law) -> e.Declaration:
    """Which text is signed: the procedure's version, and the digest of everything the item tells."""
    procedure = law.procedure
    content = [procedure.code, procedure.name, to_plain(procedure.commitment) if procedure.commitment else {}]
    return e.Declaration(version=str(procedure.version), digest=hashlib.sha256(canonical(content)).hexdigest())


def require_offered(law: Law, may_commit: bool, party: str, standing: str) -> Commitment:
    """The item's commitment; NotPossible where its class excludes it, this situation does, or what is known of them."""
    offer = law.procedure.commitment
    if offer is None or law.procedure.risks != ORDINARY:
        raise NotPossible("no_commitment_here")
    if not may_commit:
        raise NotPossible("no_commitment_in_this_situation")
    if standing:
        raise NotPossible("credit_excludes", standing=standing)
    if not party:
        raise NotPossible("commitment_needs_known_party")
    return offer


def may_sign(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant, an agent with a mandate for it (the door looks), or the window for whoever signed on paper."""
    require_live(state)
    if state.stage not in (Stage.SUBMITTED, Stage.CORRECTION):
        raise NotPossible("already_accepted", accept_on=state.accepted_on)
    if actor.kind is e.ActorKind.STAFF:
        require_window(state, actor, law)
    else:
        require_applicant(state, actor)
    require_offered(law, state.may_commit, state.party, state.standing)
    if state.committed:
        raise NotPossible("commitment_signed_already")
    return {"told": (told(law),)}


def sign(state: State, command: c.SignCommitment, law: Law) -> list[e.Event]:
    """CommitmentSigned, with the very text that was signed."""
    return [signed(command, command.told, law, state.may_commit, state.party, command.standing, state.calendar)]


def signed(
    command: c.Command,
    text: e.Declaration | None,
    law: Law,
    may_commit: bool,
    party: str,
    standing: str,
    calendar: str,
) -> e.CommitmentSigned:
    """The fact of a signature; NotPossible where it is not offered, or another text was signed."""
    offer = require_offered(law, may_commit, party, standing)
    if text != told(law):
        raise NotPossible("other_text_signed")
    return e.CommitmentSigned(
        at=command.at,
        by=command.by.mark,
        calendar=calendar,
        told=text,
        materials=offer.materials,
        criteria=offer.criteria,
        steps=offer.steps,
        verify_mode=offer.verify_mode,
        verify_within=offer.verify_within,
        public=offer.public,
    )


def believed(state: State) -> frozenset[str]:
    """The criteria that need no finding before the decision: verified after it, or not at all."""
    if state.committed is None or state.committed.verify_mode == "during":
        return frozenset()
    return frozenset(state.committed.criteria)


# Verified later


def after_grant(state: State, fact: e.Granted) -> list[e.Event]:
    """VerificationOpened beside a grant that rests on a promise to be verified after it (先办理后核查)."""
    signed_text = state.committed
    if signed_text is None or signed_text.verify_mode != AFTER or signed_text.verify_within is None:
        return []
    return [
        e.VerificationOpened(
            at=fact.at,
            by=fact.by,
            calendar=fact.calendar,
            limit=signed_text.verify_within,
            criteria=signed_text.criteria,
        )
    ]


def _require_verifier(state: State, actor: c.Actor, law: Law) -> Verification:
    """A supervisor of the unit that supervises the item, who has done nothing in the case."""
    require_kept(state)
    if state.verification is None:
        raise NotPossible("nothing_to_verify")
    require_staff(actor, "supervisor")
    require_unit(actor, law.procedure.supervises)
    carries = {person.id for step in state.steps.values() for person in step.people}
    if actor.id in state.hands | carries:
        raise NotPossible("acted_in_the_case")
    return state.verification


def may_verify(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """While it waits for its finding, also after closing."""
    if not _require_verifier(state, actor, law).waits:
        raise NotPossible("already_verified")
    return {"outcome": FOUND, "method": WAYS}


def verify(state: State, command: c.VerifyCommitment, law: Law) -> list[e.Event]:
    """CommitmentVerified: kept ends the task; broken leaves it open for its measure."""
    if command.outcome not in FOUND:
        raise NotPossible("no_such_outcome", outcomes=FOUND)
    if command.method not in WAYS:
        raise NotPossible("no_such_way_to_verify", ways=WAYS)
    return [
        e.CommitmentVerified(
            at=command.at,
            by=command.by.mark,
            outcome=command.outcome,
            method=command.method,
            text=c.ref_of(command.text),
        )
    ]


def may_record_measure(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Once it was found broken; an order to put it right is given once, then it is verified again."""
    verification = _require_verifier(state, actor, law)
    if not verification.wants_measure:
        raise NotPossible("no_measure_due")
    return {"measure": tuple(each for each in MEASURES if each != ORDER or not verification.ordered)}


def record_measure(state: State, command: c.RecordMeasure, law: Law) -> list[e.Event]:
    """MeasureRecorded: it ends the task, but for an order, whose period runs until it is verified again."""
    measures = may_record_measure(state, command.by, law, command.at.date())["measure"]
    if command.measure not in measures:
        raise NotPossible("no_such_measure", measures=measures)
    is_order = command.measure == ORDER
    if is_order and (command.period is None or not command.period.number):
        raise NotPossible("period_needed")
    if command.period and command.period.unit not in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
        raise NotPossible("period_needed")
    period: Limit | None = command.period if is_order else None
    return [
        e.MeasureRecorded(
            at=command.at,
            by=command.by.mark,
            calendar=law.current_calendar,
            measure=command.measure,
            period=period,
            text=command.text.ref,
        )
    ]


def may_restore_credit(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Once nothing is open any more and the promise was once found broken (信用修复)."""
    verification = _require_verifier(state, actor, law)
    if verification.is_open or not verification.broken_on or verification.restored_on:
        raise NotPossible("no_credit_to_restore")
    return {}


def restore_credit(state: State, command: c.RestoreCredit, law: Law) -> list[e.Event]:
    """CreditRestored, with why."""
    return [e.CreditRestored(at=command.at, by=command.by.mark, text=command.text.ref)]
