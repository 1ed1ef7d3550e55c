"""What is known of somebody who signs in, so that no form asks for it again (一次提交、不再重复填写)."""

from collections.abc import Mapping

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.applicant import NEEDED
from banjie.web import clock

LOOKED_AT = 5
"""How many of the newest cases are opened: the particulars of an older one may be gone."""


def known_about(actor: c.Actor) -> Mapping[str, str]:
    """The applicant's particulars as they stood in the newest application of this account; {} where it has none.

    Read within the account's own scope: only what it handed in itself, never what somebody else said of it.
    """
    for case in queries.cases(Scope.of(actor), most=LOOKED_AT):
        view = queries.view(case.stream, clock.now())
        first = view.lines[0].event
        if not isinstance(first, e.Submitted) or first.party != actor.id or view.state.applicant is None:
            continue
        given = view.opened(view.state.applicant).get(view.state.applicant.ref)
        if given:
            return {field: str(given[field]) for field in NEEDED if given.get(field)}
    return {}
