"""What a procedure does to a licence (case-life 16): keep its number, give it a new term, or end it.

Which licence it is about, the applicant answers; the number is no personal datum and stands in the facts. That it
exists, is valid and is the applicant's, whoever takes the application asks the register of licences: the engine knows
only what the answers can say.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from banjie.engine import applicant
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import day_of
from banjie.engine.law import KEEPS_NUMBER, Law, Procedure
from banjie.engine.state import State

LONGEST_NUMBER = 64
NUMBER = re.compile(r"(?=.*\d)[\w()（）〔〕\[\]【】/.-]+")
"""A number as it is printed on licences: letters, digits and brackets, one digit at least, and no space."""


def former(procedure: Procedure, answers: Mapping[str, Any]) -> str:
    """The number of the licence the application is about, as answered; "" where it is about none, or not said well."""
    given = answers.get(procedure.licence_question) if procedure.licence_question else None
    number = given.strip() if isinstance(given, str) else ""
    return number if number and not number_problem(number) else ""


def problems(procedure: Procedure, answers: Mapping[str, Any], on: date) -> list[tuple[str, str]]:
    """What is wrong with that number. Whoever cannot say it cannot have the licence changed, renewed or cancelled."""
    if not procedure.licence_question:
        return []
    given = answers.get(procedure.licence_question)
    number = given.strip() if isinstance(given, str) else ""
    problem = number_problem(number) if number else "needed"
    if not problem and applicant.is_id_card(number, on):
        problem = "not_a_licence_number"  # what is answered here stands in the facts for ever
    return [(f"answers.{procedure.licence_question}", problem)] if problem else []


def number_problem(number: str) -> str:
    """Why this can be no licence's number; "" where it can."""
    if len(number) > LONGEST_NUMBER:
        return "too_long"
    return "" if NUMBER.fullmatch(number) else "not_a_licence_number"


def issued(state: State, command: c.Issue, law: Law, new: str, valid_to: date | None) -> e.Issued:
    """The licence as made: `new` is the number of one that has none yet, `valid_to` the end of a new term."""
    procedure = law.procedure
    goes_on = state.former if procedure.licence_act in KEEPS_NUMBER else ""
    has_new_term = procedure.licence_act in ("issue", "renew")
    assert state.decided_on is not None
    return e.Issued(
        at=command.at,
        by=command.by.mark,
        licence=procedure.licence,
        number=goes_on or new,
        dated=state.decided_on,
        valid_to=valid_to if has_new_term else None,
        act=procedure.licence_act,
        former=goes_on,
    )


def served(state: State, command: c.Serve, law: Law) -> list[e.Event]:
    """What the service of the decision does to the licence: LicenceEnded, LicenceRestored, or nothing.

    The end of a licence takes effect when the decision is served, never before: until then the holder may rely on it.
    """
    procedure = law.procedure
    if state.ended:
        told = (state.ended.licence, state.ended.number, state.ended.act, state.ended.basis)
        until = state.ended.until
    elif state.granted and state.former and procedure.ends_a_licence:
        told = (procedure.licence, state.former, procedure.licence_act, procedure.basis[0] if procedure.basis else "")
        until = None
    else:
        return []
    licence, number, act, basis = told
    effect: dict[str, Any] = {"at": command.at, "by": command.by.mark, "effective_on": day_of(command)}
    effect |= {"licence": licence, "number": number, "basis": basis}
    if act == "restore":
        return [e.LicenceRestored(**effect)]
    return [e.LicenceEnded(**effect, act=act, until=until)]
