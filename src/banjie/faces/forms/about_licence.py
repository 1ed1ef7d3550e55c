"""The licence an application is about is looked up before it is handed in (变更、延续、补办、更正、注销).

The engine knows only the number that was answered. Here it is held against the register: it has to be there, to be the
applicant's, and to stand. A licence to be renewed may be older than the register; then the window looks at the paper.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from banjie.duties.licences import content, queries
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.duties.licences.standing import on as standing_on
from banjie.engine import commands as c
from banjie.engine.events import ActorKind
from banjie.engine.guards import BadInput
from banjie.engine.law import Procedure
from banjie.engine.licence_acts import former
from banjie.store.keys.read import find as streams_with

STANDING: Mapping[str, frozenset[Standing]] = {
    "restore": frozenset({Standing.SUSPENDED}),
    "cancel": frozenset({Standing.VALID, Standing.SUSPENDED, Standing.EXPIRED}),
}
"""What the licence has to be worth, by the act; for all others it has to be valid."""
VALID = frozenset({Standing.VALID})
MAY_BE_OLDER = frozenset({"renew"})
"""Acts about licences that may have been issued before the register was there."""


def require(procedure: Procedure, command: c.Submit, on: date) -> None:
    """BadInput beside the question where the register has no such licence of the applicant's, or it does not stand."""
    if problem := _problem(procedure, command, on):
        raise BadInput([(f"answers.{procedure.licence_question}", problem)])


def problems(procedure: Procedure, command: c.Submit, on: date) -> list[tuple[str, str]]:
    """The same as a list, for a form that shows all problems at once."""
    found = _problem(procedure, command, on)
    return [(f"answers.{procedure.licence_question}", found)] if found else []


def _problem(procedure: Procedure, command: c.Submit, on: date) -> str:
    answers: Mapping[str, Any] = command.answers.value
    number = former(procedure, answers)
    if not number:
        return ""  # the engine says what is wrong with it
    try:
        known = queries.by_number(number)
    except ValueError:
        return "licence_not_yours"
    row = next((row for row, _version in known if row.type == procedure.licence), None)
    if row is None:
        return "" if procedure.licence_act in MAY_BE_OLDER else "licence_not_yours"
    if not _is_theirs(row, command):
        return "licence_not_yours"  # the same as of one that is not there: nobody learns what others hold
    wanted = STANDING.get(procedure.licence_act, VALID)
    return "" if standing_on(row, on) in wanted else "licence_does_not_stand"


def _is_theirs(row: Licence, command: c.Submit) -> bool:
    """Whether the applicant holds it: by their account, or by the number they are known by."""
    own = command.by.id if command.by.kind is ActorKind.APPLICANT else command.party or command.by.on_behalf_of
    if own and row.party == own:
        return True
    id_number = str(command.applicant.value.get("id_number", "")).strip()
    return bool(id_number) and row.stream in set(streams_with(content.FIELD, id_number))
