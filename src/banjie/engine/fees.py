"""Fees (收费): charged on a case only as the guide it was filed under says, never another amount (许可法 58, 59, 75).

The guide names the fee, its place on the fee list, and its standard: so many fen per unit, of how many units (from the
answers), with which reduction. `charge` is the one way to come to an amount; `may_raise` and `raise_` let a charge of
the guide into the case and nothing else. That it was paid or refunded is carried over from the fee's own stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import PSEUDONYM, BadInput, require_live, require_staff
from banjie.engine.guide import Fee
from banjie.engine.law import Law, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.rules import applies, counted
from banjie.engine.state import Stage, State

Allowed = dict[str, tuple[Any, ...]]
MOST_UNITS = 10_000_000
BEFORE_ISSUE = "before_issue"
PAID, REFUNDED, CANCELLED = "paid", "refunded", "cancelled"
FROM = {PAID: "", CANCELLED: "", REFUNDED: PAID}
"""What can become of a fee, and from where."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a fee of the guide comes to in one case: so many units, whether reduced, and the amount in fen."""

    fee: Fee
    units: int
    reduced: bool
    amount: int


def amount_of(fee: Fee, units: int, reduced: bool = False) -> int:
    """The standard, in fen: so many units at the amount of one, less the reduction, rounded down for the payer.

    >>> amount_of(Fee(name="", standard="", basis="", listed="x", amount=150, reduced_by=50), 3, reduced=True)
    225
    """
    full = fee.amount * units
    return full * (100 - fee.reduced_by) // 100 if reduced else full


def charges(procedure: Procedure, answers: Mapping[str, Any]) -> tuple[Charge, ...]:
    """Every fee with an amount that applies to these answers, as the guide's standard has it."""
    found = []
    for fee in procedure.guide.fees:
        if fee.amount and applies(fee.when, answers, procedure.questions):
            units = counted(fee.units, answers, procedure.questions) if fee.units else 1
            reduced = bool(fee.reduced_when) and applies(fee.reduced_when, answers, procedure.questions)
            if units > 0:
                found.append(Charge(fee, units, reduced, amount_of(fee, units, reduced)))
    return tuple(found)


def may_raise(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """A clerk of the unit that receives, or whoever serves, on an accepted case; each fee of the guide once."""
    require_live(state)
    if state.accepted is None:
        raise NotPossible("not_accepted")
    require_staff(actor, "clerk", "licence_clerk", "officer")
    if actor.unit not in (law.procedure.receives, law.procedure.serves, law.procedure.decides):
        raise NotPossible("not_your_unit", unit=law.procedure.receives)
    standing = {each.listed for each in state.fees.values() if each.outcome != CANCELLED}
    return {"listed": tuple(each.listed for each in law.procedure.guide.fees if each.listed not in standing)}


def raise_(state: State, command: c.RaiseFee, law: Law) -> list[e.Event]:
    """FeeRaised: of a fee the guide names, in the amount of its standard."""
    fee = next((each for each in law.procedure.guide.fees if each.listed == command.listed), None)
    if fee is None:
        raise NotPossible("fee_not_listed", name=command.listed)
    if any(each.listed == fee.listed and each.outcome != CANCELLED for each in state.fees.values()):
        raise NotPossible("fee_already_raised", name=fee.name)
    if not 0 < command.units <= MOST_UNITS or command.amount != amount_of(fee, command.units, command.reduced):
        raise NotPossible("fee_differs_from_standard", name=fee.name)
    if command.amount <= 0 or (command.reduced and not fee.reduced_when):
        raise NotPossible("fee_differs_from_standard", name=fee.name)
    if not PSEUDONYM.fullmatch(command.fee) or command.fee in state.fees:
        raise BadInput([("fee", "not_a_pseudonym")])
    return [
        e.FeeRaised(
            at=command.at,
            by=command.by.mark,
            fee=command.fee,
            listed=fee.listed,
            name=fee.name,
            units=command.units,
            reduced=command.reduced,
            amount=command.amount,
            before_issue=fee.due == BEFORE_ISSUE,
        )
    ]


def settle(state: State, command: c.SettleFee, law: Law) -> list[e.Event]:
    """FeeSettled: paid, refunded or cancelled, as the stream of the fee has it; also after the case is over."""
    if state.stage is Stage.NEW:
        raise NotPossible("not_submitted")
    fee = state.fees.get(command.fee)
    if fee is None or command.outcome not in FROM:
        raise NotPossible("no_such_fee")
    if fee.outcome != FROM[command.outcome]:
        raise NotPossible("fee_settled_already", name=fee.name)
    at, by, outcome = command.at, command.by.mark, command.outcome
    return [e.FeeSettled(at=at, by=by, fee=fee.fee, name=fee.name, outcome=outcome, amount=fee.amount)]


def require_paid(state: State) -> None:
    """NotPossible("fee_unpaid") while a fee stands open that has to be paid before the licence is issued."""
    unpaid = [each.name for each in state.fees.values() if each.before_issue and not each.outcome]
    if unpaid:
        raise NotPossible("fee_unpaid", names=unpaid)
