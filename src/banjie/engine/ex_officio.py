"""依职权: an agency ends, suspends or restores a licence of its own accord (行政许可法 8, 69, 70; 55号 45).

Opened on a ground the item's law names -> investigated -> notice of facts, grounds and intention (告知书) -> five
working days to state and defend, a hearing on request -> every statement answered -> decided by somebody who did not
investigate -> served, and only then in effect. 注销 after 撤销 is an act of its own. What cannot be proven is
discontinued, with reasons. Nobody applied: nothing here is an application, and nothing can be withdrawn.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from banjie.engine import applicant, licence_acts
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import (
    BadInput,
    day_of,
    remedy_of,
    require_deciding_agency,
    require_plain,
    require_pseudonyms,
    require_separate,
    require_staff,
    require_under_examination,
)
from banjie.engine.law import Duty, ExOfficio, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import plan
from banjie.engine.state import Stage, State
from banjie.engine.steps.hearing import REQUEST_WINDOW, require_heard
from banjie.engine.timelimits import Unit, due

Allowed = dict[str, tuple[Any, ...]]

ANSWERS = ("adopted", "partly_adopted", "not_adopted")
"""What can come of a statement."""
NOT_CONFIRMED = "not_confirmed"
DISCONTINUE = ("not_proven", "put_right", "licence_gone")
PUBLIC_INTEREST = "public_interest"
"""Art. 69(3): what would gravely harm the public interest is not revoked."""


def _rule(state: State, law: Law) -> ExOfficio:
    if state.opening is None or law.procedure.ex_officio is None:
        raise NotPossible("not_ex_officio")
    return law.procedure.ex_officio


# Opening


def may_open(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """An officer of the agency that decides, on a ground that its law names that day."""
    if state.stage is not Stage.NEW:
        raise NotPossible("already_submitted", number=state.number)
    procedure = law.procedure
    if procedure.ex_officio is None:
        raise NotPossible("on_application_only")
    require_staff(actor, "officer", "section_head")
    require_deciding_agency(actor, law)
    if on < procedure.effective_from:
        raise NotPossible("procedure_not_in_force", effective_from=procedure.effective_from)
    grounds = tuple(each.id for each in procedure.ex_officio.grounds if each.stands(on))
    if not grounds:
        raise NotPossible("no_ground_in_force")
    return {"ground": grounds}


def open_proceeding(state: State, command: c.OpenExOfficio, law: Law) -> list[e.Event]:
    """OpenedExOfficio; BadInput with every problem at once. The limit runs from the discovery, or as the item says."""
    procedure, on = law.procedure, day_of(command)
    rule = procedure.ex_officio
    ground = rule.ground(command.ground) if rule else None
    if rule is None or ground is None or not ground.stands(on):
        raise NotPossible("no_such_ground_to_end", ground=command.ground)
    found = [
        (field.replace("applicant.", "holder.", 1), code)
        for field, code in applicant.problems(command.holder.value, on)
    ]
    number = command.licence_number.strip()
    if problem := (licence_acts.number_problem(number) if number else "needed"):
        found.append(("licence_number", problem))
    if not command.facts.value.strip():
        found.append(("facts", "needed"))
    if command.discovered_on > on:
        found.append(("discovered_on", "in_the_future"))
    if found:
        raise BadInput(found)
    require_plain("follows", command.follows)
    if command.party:
        require_pseudonyms("party", [e.Person(command.party)])
    steps = tuple(each.slug for each in procedure.steps)
    return [
        e.OpenedExOfficio(
            at=command.at,
            by=command.by.mark,
            calendar=law.current_calendar,
            number=command.number,
            query_number=command.query_number,
            procedure=procedure.code,
            procedure_version=procedure.version,
            procedure_digest=law.digest,
            home=procedure.home,
            unit=procedure.decides,
            contact=procedure.contact,
            act=procedure.licence_act,
            licence=procedure.licence,
            licence_number=number,
            ground=ground.id,
            basis=ground.basis,
            discovered_on=command.discovered_on,
            counted_from=command.discovered_on if rule.counts_from == "discovery" else on,
            statutory_limit=procedure.statutory_limit,
            facts=command.facts.ref,
            holder=command.holder.ref,
            party=command.party,
            plan=plan(procedure, steps),
            follows=command.follows,
        )
    ]


# Told, and heard


def may_tell_intent(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """An officer of the deciding agency, once, when the facts are investigated and were confirmed.

    `until`: the last day a suspension may have; not there where the end is for good.
    """
    require_under_examination(state)
    rule = _rule(state, law)
    require_staff(actor, "officer", "section_head")
    require_deciding_agency(actor, law)
    if state.intent:
        raise NotPossible("intent_already_told")
    require_investigated(state)
    if any(each.outcome == NOT_CONFIRMED for each in state.steps.values()):
        raise NotPossible("facts_not_confirmed")
    if law.procedure.licence_act != "suspend" or rule.longest is None:
        return {}
    return {"until": (due(on, rule.longest, law.calendar(state.calendar)),)}


def require_investigated(state: State) -> None:
    """Every step of the investigation is finished."""
    unfinished = [slug for slug, step in state.steps.items() if not step.finished_on]
    if unfinished:
        raise NotPossible("examination_not_finished", steps=unfinished)


def tell_intent(state: State, command: c.TellIntent, law: Law) -> list[e.Event]:
    """IntentTold: what is intended, on which facts; from here the holder has their days to state and to ask."""
    rule, opening, on = _rule(state, law), state.opening, day_of(command)
    assert opening is not None
    latest = may_tell_intent(state, command.by, law, on).get("until")
    suspends = opening.act == "suspend"
    if suspends and (command.until is None or command.until <= on or (latest and command.until > latest[0])):
        raise NotPossible("suspension_needs_an_end", latest=latest[0] if latest else None)
    if not suspends and command.until:
        raise NotPossible("no_end_of_an_end")
    return [
        e.IntentTold(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            told=tuple(each for each in (state.party, *state.third_parties) if each),
            act=opening.act,
            ground=opening.ground,
            statement=rule.state_within,
            window=replace(REQUEST_WINDOW, unit=Unit(law.reading("hearing_days", state.received_on))),
            text=command.text.ref,
            until=command.until,
        )
    ]


def may_answer_statement(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """An officer of the deciding agency answers what the holder or a third party stated, each statement once."""
    require_under_examination(state)
    _rule(state, law)
    require_staff(actor, "officer", "section_head")
    require_deciding_agency(actor, law)
    waiting = tuple(each.id for each in state.statements if each.is_open)
    if not waiting:
        raise NotPossible("no_statement_to_answer")
    return {"statement": waiting, "outcome": ANSWERS}


def answer_statement(state: State, command: c.AnswerStatement, law: Law) -> list[e.Event]:
    """StatementAnswered, with what came of it and why."""
    allowed = may_answer_statement(state, command.by, law, day_of(command))
    if command.statement not in allowed["statement"]:
        raise NotPossible("no_statement_to_answer")
    if command.outcome not in ANSWERS:
        raise NotPossible("no_such_outcome", outcomes=ANSWERS)
    return [
        e.StatementAnswered(
            at=command.at,
            by=command.by.mark,
            statement=command.statement,
            outcome=command.outcome,
            text=command.text.ref,
        )
    ]


# Decided


def _require_decider(state: State, actor: c.Actor, law: Law) -> None:
    require_under_examination(state)
    _rule(state, law)
    require_staff(actor)
    require_deciding_agency(actor, law)
    require_staff(actor, "decider")
    require_separate(state, actor.id, Duty.DECIDE, law.procedure)


def may_decide_end(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Who decides in the deciding agency, not having opened or investigated it; nobody unheard, nothing unanswered."""
    _require_decider(state, actor, law)
    require_investigated(state)
    if state.intent is None:
        raise NotPossible("intent_not_told")
    until = due(state.intent.on, state.intent.statement, law.calendar(state.calendar))
    if on <= until:
        raise NotPossible("statement_time_open", until=until)
    require_heard(state, law, on)
    if any(each.is_open for each in state.statements):
        raise NotPossible("statement_unanswered")
    if state.intent.until and state.intent.until <= on:
        raise NotPossible("suspension_over", until=state.intent.until)
    return {}


def decide_end(state: State, command: c.DecideEnd, law: Law) -> list[e.Event]:
    """EndDecided as it was told: what was not told cannot be decided. It takes effect when it is served."""
    rule, opening, intent = _rule(state, law), state.opening, state.intent
    assert opening is not None
    assert intent is not None
    ground, procedure = rule.ground(opening.ground), law.procedure
    agency = procedure.agency_of(procedure.decides)
    return [
        e.EndDecided(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            agency=agency,
            act=opening.act,
            licence=opening.licence,
            number=opening.licence_number,
            ground=opening.ground,
            basis=opening.basis,
            remedy=remedy_of(law, agency, state.e_service),
            certificate_limit=procedure.certificate_limit,
            publish_within=rule.publish_within,
            reasons=command.reasons.ref,
            compensation=ground.compensation if ground else "",
            until=intent.until,
        )
    ]


def may_discontinue(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Who decides, at any time before the decision: the licence stays as it is."""
    _require_decider(state, actor, law)
    more = (PUBLIC_INTEREST,) if law.procedure.licence_act == "revoke" else ()
    return {"ground": (*DISCONTINUE, *more)}


def discontinue(state: State, command: c.Discontinue, law: Law) -> list[e.Event]:
    """Discontinued, and over."""
    if command.ground not in may_discontinue(state, command.by, law, day_of(command))["ground"]:
        raise NotPossible("no_such_ground_to_discontinue", ground=command.ground)
    return [e.Discontinued(at=command.at, by=command.by.mark, ground=command.ground, text=command.text.ref)]


# The cancellation that follows


def may_record_cancellation(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """An officer of the deciding agency, while the licence this case ended is not on its way to be cancelled."""
    if state.stage is Stage.NEW:
        raise NotPossible("not_submitted")
    if state.cancellation_owed is None:
        raise NotPossible("nothing_to_cancel")
    require_staff(actor, "officer", "section_head")
    require_deciding_agency(actor, law)
    return {}


def record_cancellation(state: State, command: c.RecordCancellation, law: Law) -> list[e.Event]:
    """CancellationOpened: the number of the case that cancels the licence."""
    if not command.case.strip():
        raise BadInput([("case", "needed")])
    require_plain("case", command.case)
    return [e.CancellationOpened(at=command.at, by=command.by.mark, number=command.case.strip())]
