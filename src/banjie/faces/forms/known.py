"""What is known of somebody who signs in, so that no form asks for it again (一次提交、不再重复填写)."""

from collections.abc import Mapping

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.applicant import NEEDED
from banjie.records.parties import queries as queries_of_parties
from banjie.web import clock

LOOKED_AT = 5
"""How many of the newest cases are opened: the particulars of an older one may be gone."""


def known_about(actor: c.Actor) -> Mapping[str, str]:
    """The applicant's particulars as they are registered, completed from their newest application; {} where new.

    Of whoever they act for, where they act for another. Read within the account's own scope: only what was handed in
    by it or for the same party, never what somebody else said.
    """
    registered = queries_of_parties.known_about(actor)
    if all(registered.get(field) for field in NEEDED):
        return registered
    return {**_last_handed_in(actor), **registered}


def _last_handed_in(actor: c.Actor) -> Mapping[str, str]:
    party = actor.on_behalf_of or actor.id
    for case in queries.cases(Scope.of(actor), most=LOOKED_AT):
        view = queries.view(case.stream, clock.now())
        first = view.lines[0].event
        if not isinstance(first, e.Submitted) or first.party != party or view.state.applicant is None:
            continue
        given = view.opened(view.state.applicant).get(view.state.applicant.ref)
        if given:
            return {field: str(given[field]) for field in NEEDED if given.get(field)}
    return {}
