"""Hearing (听证): those affected are heard before the decision (行政许可法 36, 46-48).

Told of the right -> five working days to ask -> held within twenty -> notice at least seven days before -> a host who
did not examine the case -> signed minutes -> the decision is made on the minutes. From the request to the signed
minutes the clock stands, at most for the time the 听证告知书 told (its own written notice).
"""

from dataclasses import replace
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import legal_clock
from banjie.engine.guards import (
    day_of,
    notice_number,
    records_for_holder,
    require_applicant,
    require_deciding_agency,
    require_holding_agency,
    require_pseudonyms,
    require_staff,
    require_under_examination,
    require_with_deciding_agency,
)
from banjie.engine.law import HEARING_GROUND, STOPPABLE, Duty, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State
from banjie.engine.steps.kind import StepKind
from banjie.engine.timelimits import ONE_DAY, Limit, Unit, due

HEARING = StepKind(
    slug="hearing",
    outcomes=("held", "waived"),
    basis="行政许可法 45-48",
    may_pause_on=frozenset({HEARING_GROUND}),
    in_person=True,
)

REQUEST_WINDOW = Limit(5, Unit.WORKING_DAY)
HOLD_WITHIN = Limit(20, Unit.WORKING_DAY)
NOTICE_BEFORE = Limit(7, Unit.WORKING_DAY)
ASKING = frozenset({e.ActorKind.APPLICANT, e.ActorKind.AGENT, e.ActorKind.THIRD_PARTY})

Allowed = dict[str, tuple[Any, ...]]


def require_heard(state: State, law: Law, on: date) -> None:
    """A decision may be made as far as the hearing goes (arts. 36, 47, 48)."""
    hearing = state.hearing
    if hearing is None:
        if law.procedure.third_parties or state.third_parties:
            raise NotPossible("hearing_right_not_told")
        return
    if hearing.is_pending:
        raise NotPossible("hearing_not_held")
    window = due(hearing.told_on, hearing.window, law.calendar(state.calendar))
    if hearing.minutes_on is None and on <= window:
        raise NotPossible("hearing_window_open", until=window)


def may_name_third_parties(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """An officer of the agency that holds the case names who else is concerned, until the right was told."""
    require_under_examination(state)
    require_staff(actor, "officer", "section_head")
    require_holding_agency(state, actor, law)
    if state.hearing:
        raise NotPossible("hearing_right_already_told")
    return {}


def name_third_parties(state: State, command: c.NameThirdParties, law: Law) -> list[e.Event]:
    """ThirdPartiesNamed, each with its sealed particulars."""
    if not command.parties or len(command.parties) != len(command.particulars):
        raise NotPossible("each_party_needs_particulars")
    require_pseudonyms("parties", command.parties)
    named = [each.id for each in command.parties]
    known = {state.party, *state.agents, *state.third_parties}
    if len(set(named)) < len(named) or known & set(named):
        raise NotPossible("each_person_once")
    particulars = tuple(each.ref for each in command.particulars)
    return [e.ThirdPartiesNamed(at=command.at, by=command.by.mark, parties=command.parties, particulars=particulars)]


def may_tell_right(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """An officer of the deciding agency tells the right, once; third parties must be named where the item has them."""
    require_under_examination(state)
    require_staff(actor, "officer", "section_head")
    require_deciding_agency(actor, law)
    require_with_deciding_agency(state, law)
    if state.opening:
        raise NotPossible("told_with_the_notice")
    if state.hearing:
        raise NotPossible("hearing_right_already_told")
    if law.procedure.third_parties and not state.third_parties:
        raise NotPossible("third_parties_not_named")
    return {}


def tell_right(state: State, command: c.TellHearingRight, law: Law) -> list[e.Event]:
    """HearingRightTold; in a region that stops the clock from the notice, Paused until the window is over."""
    told = tuple(each for each in (state.party, *state.third_parties) if each)
    ask_within = replace(REQUEST_WINDOW, unit=Unit(law.reading("hearing_days", state.received_on)))
    facts: list[e.Event] = [
        e.HearingRightTold(at=command.at, by=command.by.mark, calendar=state.calendar, told=told, window=ask_within)
    ]
    if law.reading("hearing_pause", state.received_on) == "told" and _may_stop(state, law, day_of(command)):
        window = due(day_of(command), ask_within, law.calendar(state.calendar))
        # The window's last day is the last to stand: the told end, or the day before one that counts again.
        ends = window + ONE_DAY if law.reading("pause_edges", state.received_on) == "half_open" else window
        facts.append(_paused(state, command, "told", ends))
    return facts


def _may_stop(state: State, law: Law, on: date) -> bool:
    """No pause can be opened after the limit is over: the hearing takes place, and the clock does not notice."""
    legal = legal_clock(state, law)
    return legal is None or not legal.is_over(on)


def may_request(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Whoever was told may ask, within the window; one hearing for the case, unless whoever asked gave it up."""
    require_under_examination(state)
    hearing = state.hearing
    if hearing is None:
        raise NotPossible("hearing_right_not_told")
    was_told = actor.kind in ASKING and {actor.id, actor.on_behalf_of} & {*hearing.told, *state.agents}
    if not was_told and (state.party or not records_for_holder(state, actor, law)):  # who has an account asks there
        raise NotPossible("not_told_of_this_hearing")
    if hearing.minutes_on or actor.id in hearing.waived_by:
        raise NotPossible("hearing_is_over")
    if hearing.is_pending:
        raise NotPossible("hearing_already_requested")
    window = due(hearing.told_on, hearing.window, law.calendar(state.calendar))
    if on > window:
        raise NotPossible("hearing_window_over", until=window)
    return {}


def request(state: State, command: c.RequestHearing, law: Law) -> list[e.Event]:
    """HearingRequested and Paused: told end is the last day for holding the hearing."""
    facts: list[e.Event] = [
        e.HearingRequested(at=command.at, by=command.by.mark, calendar=state.calendar, hold_within=HOLD_WITHIN)
    ]
    if _may_stop(state, law, day_of(command)):
        hold_by = due(day_of(command), HOLD_WITHIN, law.calendar(state.calendar))
        facts.append(_paused(state, command, "requested", hold_by))
    return facts


def _paused(state: State, command: c.Command, why: str, expected_end: date) -> e.Paused:
    return e.Paused(
        at=command.at,
        by=command.by.mark,
        calendar=state.calendar,
        ground=HEARING_GROUND,
        clocks=STOPPABLE,
        notice=notice_number(state, f"hearing-{why}"),
        expected_end=expected_end,
    )


def may_waive(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Who asked for it may give it up until it is held."""
    _require_pending(state)
    assert state.hearing is not None
    asked = state.hearing.requested_by
    if records_for_holder(state, actor, law) and asked not in state.hearing.told:
        return {}
    if asked in (state.party, *state.agents):
        require_applicant(state, actor)
    elif actor.kind not in ASKING or asked not in (actor.id, actor.on_behalf_of):
        raise NotPossible("not_your_request")
    return {}


def waive(state: State, command: c.WaiveHearing, law: Law) -> list[e.Event]:
    """HearingWaived; the clock runs again."""
    return [e.HearingWaived(at=command.at, by=command.by.mark), *_resumed(state, command)]


def may_appoint_host(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The head of the deciding agency appoints the host."""
    _require_pending(state)
    require_staff(actor, "head_of_agency")
    require_deciding_agency(actor, law)
    return {}


def appoint_host(state: State, command: c.AppointHost, law: Law) -> list[e.Event]:
    """HostAppointed; NotPossible("host_is_examiner") for whoever surveyed, reviewed or carries a step (art. 48(3))."""
    require_pseudonyms("host", [command.host])
    host = command.host.id
    carries = {person.id for step in state.steps.values() for person in step.people}
    examined = state.acted.get(Duty.REVIEW, frozenset()) | state.acted.get(Duty.SURVEY, frozenset()) | carries
    if host in examined:
        raise NotPossible("host_is_examiner")
    return [e.HostAppointed(at=command.at, by=command.by.mark, host=command.host)]


def may_give_notice(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The host gives notice; `held_on` lies at least seven working days ahead and not after the last day to hold it.

    Who is late for the last day holds it on the earliest one that is left: the right to be heard outlives the limit.
    """
    _require_host(state, actor)
    assert state.hearing is not None
    calendar = law.calendar(state.calendar)
    assert state.hearing.requested_on is not None
    earliest = due(on, NOTICE_BEFORE, calendar)
    hold_by = due(state.hearing.requested_on, state.hearing.hold_within or HOLD_WITHIN, calendar)
    return {"held_on": (earliest, max(earliest, hold_by))}


def give_notice(state: State, command: c.GiveHearingNotice, law: Law) -> list[e.Event]:
    """HearingNoticed; NotPossible("less_than_7_working_days") or ("hearing_too_late")."""
    earliest, latest = may_give_notice(state, command.by, law, day_of(command))["held_on"]
    if command.held_on < earliest:
        raise NotPossible("less_than_7_working_days", earliest=earliest, latest=latest)
    if command.held_on > latest:
        raise NotPossible("hearing_too_late", earliest=earliest, latest=latest)
    return [
        e.HearingNoticed(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            held_on=command.held_on,
            place=c.ref_of(command.place),
        )
    ]


def may_close(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The host closes it with signed minutes, on or after the day it was held."""
    _require_host(state, actor)
    assert state.hearing is not None
    if state.hearing.held_on is None:
        raise NotPossible("hearing_not_noticed")
    if on < state.hearing.held_on:
        raise NotPossible("hearing_not_yet", held_on=state.hearing.held_on)
    return {}


def close(state: State, command: c.CloseHearing, law: Law) -> list[e.Event]:
    """HearingHeld with the minutes; the clock runs again."""
    held = e.HearingHeld(at=command.at, by=command.by.mark, minutes=command.minutes.ref)
    return [held, *_resumed(state, command)]


def _resumed(state: State, command: c.Command) -> list[e.Event]:
    return [
        e.Resumed(at=command.at, by=command.by.mark, ground=HEARING_GROUND, notice=pause.notice)
        for pause in state.open_pauses
        if pause.ground == HEARING_GROUND
    ]


def _require_pending(state: State) -> None:
    require_under_examination(state)
    hearing = state.hearing
    if hearing is None or hearing.requested_on is None:
        raise NotPossible("no_hearing_requested")
    if not hearing.is_pending:
        raise NotPossible("hearing_is_over")


def _require_host(state: State, actor: c.Actor) -> None:
    _require_pending(state)
    assert state.hearing is not None
    if state.hearing.host is None:
        raise NotPossible("no_host_appointed")
    if actor.id != state.hearing.host.id:
        raise NotPossible("host_only")
