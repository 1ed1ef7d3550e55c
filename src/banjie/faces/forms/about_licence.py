"""The licence an application is about is looked up before it is handed in (变更、延续、补办、更正、注销).

The engine knows only the number that was answered. Here it is held against the register: it has to be there, to be the
applicant's, and to stand. A licence to be renewed may be older than the register; then the window looks at the paper.
One that the register knows runs out on the register's day: silence renews by that day, so no other is believed.
One that is to be changed or corrected has to say something else afterwards. Answers that are corrected later are held
against it in the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjie.cases.queries import CaseView
from banjie.duties.licences import content, queries, types
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.duties.licences.standing import on as standing_on
from banjie.engine import commands as c
from banjie.engine.events import ActorKind
from banjie.engine.guards import BadInput
from banjie.engine.law import Procedure
from banjie.engine.licence_acts import former
from banjie.engine.renewal import expiry
from banjie.store.keys.read import find as streams_with
from banjie.store.log import read

STANDING: Mapping[str, frozenset[Standing]] = {
    "restore": frozenset({Standing.SUSPENDED}),
    "cancel": frozenset({Standing.VALID, Standing.SUSPENDED, Standing.EXPIRED}),
}
"""What the licence has to be worth, by the act; for all others it has to be valid."""
VALID = frozenset({Standing.VALID})
MAY_BE_OLDER = frozenset({"renew"})
"""Acts about licences that may have been issued before the register was there."""
REWRITE = frozenset({"change", "correct"})
"""Acts that are there for the licence to say something else than it does."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked about a licence: the answers, the applicant's particulars and account, and whether a proceeding
    that runs is this very one."""

    answers: Mapping[str, Any]
    applicant: Mapping[str, Any]
    party: str
    is_it: Callable[[queries.Running], bool]


def require(procedure: Procedure, command: c.Submit, on: date) -> None:
    """BadInput beside the question where the register has no such licence of the applicant's, or it does not stand."""
    if found := problems(procedure, command, on):
        raise BadInput(found)


def require_corrected(procedure: Procedure, view: CaseView, answers: Mapping[str, Any], on: date) -> None:
    """The same where the answers of a case are corrected."""
    state = view.state
    given = (view.opened(state.applicant).get(state.applicant.ref) if state.applicant else None) or {}
    asked = _Asked(answers, given, state.party, lambda running: running.case == view.stream)
    if found := _problems(procedure, asked, on):
        raise BadInput(found)


def problems(procedure: Procedure, command: c.Submit, on: date) -> list[tuple[str, str]]:
    """The same as a list, for a form that shows all problems at once."""
    own = command.by.id if command.by.kind is ActorKind.APPLICANT else command.party or command.by.on_behalf_of
    asked = _Asked(command.answers.value, command.applicant.value, own, lambda running: _is_it(running, command))
    return _problems(procedure, asked, on)


def _problems(procedure: Procedure, asked: _Asked, on: date) -> list[tuple[str, str]]:
    number = former(procedure, asked.answers)
    if not number:
        return []  # the engine says what is wrong with it
    not_yours = _beside(procedure.licence_question, "licence_not_yours")
    try:
        known = queries.by_number(number)
    except ValueError:
        return [not_yours]
    row = next((row for row, _version in known if row.type == procedure.licence), None)
    if row is None:
        return [] if procedure.licence_act in MAY_BE_OLDER else [not_yours]
    if not _is_theirs(row, asked):
        return [not_yours]  # the same as of one that is not there: nobody learns what others hold
    if standing_on(row, on) not in STANDING.get(procedure.licence_act, VALID):
        return [_beside(procedure.licence_question, "licence_does_not_stand")]
    last = expiry(procedure, asked.answers)
    if procedure.renews and last and row.valid_to and last != row.valid_to:
        return [_beside(procedure.renews.ends, "not_the_last_day")]
    if any(each.procedure == procedure.code and not asked.is_it(each) for each in queries.running(row)):
        return [_beside(procedure.licence_question, "same_runs_already")]
    return _of_what_it_is_to_say(procedure, row, asked, on)


def _of_what_it_is_to_say(procedure: Procedure, row: Licence, asked: _Asked, on: date) -> list[tuple[str, str]]:
    """A change of nothing would be granted as a version that says the same: it is not begun.

    It changes something where a line is answered otherwise than the licence has it, or its holder's name is another.
    """
    type = types.of(row.type, on)
    if procedure.licence_act not in REWRITE or type is None:
        return []
    questions = {each.id for each in procedure.questions}
    lines = [each.id for each in type.fields if each.id in questions]
    if not lines:
        return []  # the item changes what no certificate shows
    said = queries.content_of(row) or {}
    before = {each["id"]: each["value"] for each in said.get("lines", ())}
    wanted = content.lines_of(type, asked.answers, procedure)
    if any(before.get(each["id"]) != each["value"] for each in wanted):
        return []
    name = str(asked.applicant.get("name", "")).strip()
    if said and name and not type.holder_name and name != said["holder"].get("name"):
        return []
    return [_beside(lines[0], "changes_nothing")]


def _beside(question: str, problem: str) -> tuple[str, str]:
    return f"answers.{question}", problem


def _is_it(running: queries.Running, command: c.Submit) -> bool:
    """Whether this very application is the one that runs: sent again, it is answered as the first time."""
    first = next(iter(read.entries(running.case)), None)
    return first is not None and first.command_id == command.command_id


def _is_theirs(row: Licence, asked: _Asked) -> bool:
    """Whether the applicant holds it: by their account, or by the number they are known by."""
    if asked.party and row.party == asked.party:
        return True
    id_number = str(asked.applicant.get("id_number", "")).strip()
    return bool(id_number) and row.stream in set(streams_with(content.FIELD, id_number))
