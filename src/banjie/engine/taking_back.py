"""Taking a misclick back (撤销误操作): an outcome of receipt, for two minutes, by whoever pressed it.

Only while nothing else has happened. The case is again as it was, no clock notices, and what was told is void.
"""

from datetime import datetime, timedelta
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import require_staff
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Act, State

WITHIN = timedelta(minutes=2)


def may_take_back(state: State, actor: c.Actor, law: Law, at: datetime) -> dict[str, tuple[Any, ...]]:
    """The same person, until two minutes after, the last fact being their own outcome of receipt."""
    require_staff(actor)
    return {"act": (_last_act(state, actor, at).what,)}


def _last_act(state: State, actor: c.Actor, at: datetime) -> Act:
    act = state.act
    if act is None:
        raise NotPossible("cannot_be_taken_back")
    if act.by != actor.id:
        raise NotPossible("not_yours_to_take_back")
    if act.before is None:
        raise NotPossible("changed_since", act=act.what)
    if at > act.at + WITHIN:
        raise NotPossible("too_late_to_take_back", act=act.what, minutes=WITHIN.seconds // 60)
    return act


def take_back(state: State, command: c.TakeBack, law: Law) -> list[e.Event]:
    """TakenBack, naming the act and its place in the history."""
    act = _last_act(state, command.by, command.at)
    return [e.TakenBack(at=command.at, by=command.by.mark, act=act.what, position=act.position)]
