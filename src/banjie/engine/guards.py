"""What several refusals share: who may act, at which stage, and which duties one person may not combine."""

import re
from collections.abc import Iterable
from datetime import date

from banjie.engine import commands as c
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.events import ActorKind, DeemedAccepted, Person, Remedy
from banjie.engine.law import Duty, Law, Procedure
from banjie.engine.not_possible import BadInput as BadInput
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import UNDER_EXAMINATION, Stage, State

LONGEST_PLAIN = 200
"""Characters of a text that stands in a fact itself: a citation, the name of an agency, the number of an outage."""
PSEUDONYM = re.compile(r"[A-Za-z0-9][\w.@:/|-]{0,63}", re.ASCII)
"""What an id of a person or a unit may look like. A name does not: facts are kept for ever, and carry none."""


def require_plain(field: str, text: str) -> None:
    """BadInput for a text that cannot stand in a fact: too long, or not writable as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput([(field, "not_a_text")]) from None
    if len(text) > LONGEST_PLAIN:
        raise BadInput([(field, "too_long")])


def require_pseudonyms(field: str, people: Iterable[Person]) -> None:
    """BadInput for a person named by anything but an id, for what is written here stays in the facts."""
    for each in people:
        if not PSEUDONYM.fullmatch(each.id) or not (each.unit == "" or PSEUDONYM.fullmatch(each.unit)):
            raise BadInput([(field, "not_a_pseudonym")])


def require_live(state: State) -> None:
    """Something was handed in and is not over."""
    if state.stage is Stage.NEW:
        raise NotPossible("not_submitted")
    if state.is_closed:
        raise NotPossible("already_closed", result=state.result)


def require_kept(state: State) -> None:
    """Something was handed in, over or not, and its personal data are still there."""
    if state.stage is Stage.NEW:
        raise NotPossible("not_submitted")
    if state.erased:
        raise NotPossible("already_erased")


def require_awaiting_receipt(state: State) -> None:
    """The application waits for one of the five outcomes."""
    require_live(state)
    if state.stage is Stage.CORRECTION:
        raise NotPossible("waiting_for_correction")
    if state.stage is Stage.SUBMITTED:
        return
    if state.is_decided:
        raise NotPossible("already_decided")
    if isinstance(state.accepted, DeemedAccepted):
        raise NotPossible("already_accepted_by_law", accept_on=state.accepted_on)
    raise NotPossible("already_accepted", accept_on=state.accepted_on)


def require_under_examination(state: State) -> None:
    """Accepted and not yet decided."""
    require_live(state)
    if state.is_decided:
        raise NotPossible("already_decided")
    if state.stage not in UNDER_EXAMINATION:
        raise NotPossible("not_accepted")


def require_staff(actor: c.Actor, *posts: str) -> None:
    """A member of staff who holds one of these posts."""
    if actor.kind is not ActorKind.STAFF:
        raise NotPossible("staff_only")
    if posts and not actor.posts & set(posts):
        raise NotPossible(f"needs_{posts[0]}" if len(posts) == 1 else "needs_one_of", posts=posts)


def require_unit(actor: c.Actor, unit: str) -> None:
    """Somebody of this very unit."""
    if actor.unit != unit:
        raise NotPossible("not_your_unit", unit=unit)


def taking_part(law: Law) -> tuple[str, ...]:
    """The units that take part in a case of this item: each once, the one that receives first."""
    procedure, forwarding = law.procedure, law.procedure.forwarding
    handing_up = (forwarding.preliminary_unit, forwarding.to_unit) if forwarding else ()
    examining = (each.unit for each in procedure.steps)
    deciding = (procedure.decides, procedure.seals, procedure.serves, procedure.supervises)
    return tuple(dict.fromkeys((procedure.receives, *handing_up, *examining, *deciding)))


def require_taking_part(actor: c.Actor, law: Law) -> None:
    """Somebody of a unit that takes part in the case."""
    if actor.unit not in taking_part(law):
        raise NotPossible("not_taking_part")


def require_window(state: State, actor: c.Actor, law: Law) -> None:
    """A clerk of the unit that receives applications for this item."""
    require_staff(actor, "clerk")
    require_unit(actor, law.procedure.receives)


def require_applicant(state: State, actor: c.Actor) -> None:
    """The applicant, or the agent who filed for them: no officer can enter an applicant's own act."""
    own = {state.party} - {""}  # filed at the window by somebody without an account: nobody can act as them online
    is_own = actor.kind is ActorKind.APPLICANT and actor.id in own
    is_agent = actor.kind is ActorKind.AGENT and (actor.id in state.agents or actor.on_behalf_of in own)
    if not (is_own or is_agent):
        raise NotPossible("applicants_own_act")


def require_applied_for(state: State) -> None:
    """Somebody applied: a proceeding of the agency itself is neither withdrawn nor terminated nor granted."""
    if state.opening:
        raise NotPossible("proceeding_of_its_own")


def records_for_holder(state: State, actor: c.Actor, law: Law) -> bool:
    """Whether this member of staff may write down what the holder of the licence said on paper or in person: of a
    proceeding the holder did not begin, and for which they need no account."""
    is_theirs = actor.kind is ActorKind.STAFF and bool(actor.posts & {"clerk", "officer"})
    return state.opening is not None and is_theirs and actor.agency == law.procedure.agency_of(law.procedure.decides)


def require_deciding_agency(actor: c.Actor, law: Law) -> None:
    """Somebody of the agency that decides (委托 and 转报: the lower agency can give an opinion only)."""
    if actor.agency != law.procedure.agency_of(law.procedure.decides):
        raise NotPossible("not_the_deciding_agency")


def require_with_deciding_agency(state: State, law: Law) -> None:
    """The case lies with the agency that decides: the lower one, where there is one, has handed it up."""
    if law.procedure.forwarding and not state.forwarded:
        raise NotPossible("not_forwarded")


def holding_agency(state: State, law: Law) -> str:
    """The agency the accepted case lies with: the lower one until it hands it up, else the one that decides."""
    forwarding = law.procedure.forwarding
    if forwarding and not state.forwarded:
        return law.procedure.agency_of(forwarding.preliminary_unit)
    return law.procedure.agency_of(law.procedure.decides)


def require_holding_agency(state: State, actor: c.Actor, law: Law) -> None:
    """Somebody of the agency the case lies with now."""
    forwarding = law.procedure.forwarding
    if actor.agency == holding_agency(state, law):
        return
    if forwarding is None or state.forwarded:
        raise NotPossible("not_the_deciding_agency")
    if actor.agency == law.procedure.agency_of(law.procedure.decides):
        raise NotPossible("not_forwarded")
    raise NotPossible("not_your_unit", unit=forwarding.preliminary_unit)


SEPARATED_CODES = {
    (Duty.REVIEW, Duty.DECIDE): "reviewer_may_not_decide",
    (Duty.SURVEY, Duty.DECIDE): "reviewer_may_not_decide",
    (Duty.INTAKE, Duty.DECIDE): "receiver_may_not_decide",
    (Duty.DECIDE, Duty.SUPERVISE): "decider_may_not_supervise",
}


def require_separate(state: State, actor_id: str, duty: Duty, procedure: Procedure) -> None:
    """The separation matrix: whoever did another duty on this case may not do this one, unless the item merges them."""
    for other, people in state.acted.items():
        if other is duty or actor_id not in people or {other, duty} <= procedure.merged:
            continue
        code = SEPARATED_CODES.get((other, duty)) or SEPARATED_CODES.get((duty, other), "duties_separate")
        raise NotPossible(code, done=other, asked=duty)


def remedy_of(law: Law, agency_id: str, online: bool = False) -> Remedy:
    """The remedy text for a decision of this agency (复议法 24: the same-level government; 27: vertical bodies)."""
    agency = law.procedure.agency(agency_id)
    return Remedy(agency.reconsideration, agency.court, online=online)


def notice_number(state: State, kind: str) -> str:
    """The number of a paper of this case: unique, and the same however often it is decided."""
    return f"{state.query_number}-{kind}-{state.papers + 1}"


def day_of(command: c.Command) -> date:
    """The office's civil day of a command."""
    return command.at.astimezone(OFFICE_ZONE).date()
