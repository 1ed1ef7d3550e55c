"""How each fact changes what we remember of a case: `fold` a history, `evolve` by one fact more.

One branch a fact, in the group it belongs to; a new fact without one fails the type check. Nothing is refused here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, assert_never

from banjie.engine import events as e
from banjie.engine.law import CANCELLED_AFTER, Duty
from banjie.engine.state.shape import (
    HOW_OF_FORM,
    KEPT_WORD,
    NEW,
    Act,
    Complaint,
    FeeState,
    GapState,
    HearingState,
    Original,
    PauseState,
    Slip,
    Stage,
    State,
    Statement,
    StepState,
    Verification,
    Visit,
    changed,
)

BESIDE_THE_CASE = (e.ComplaintAnswered, e.Noted, e.CommitmentVerified, e.MeasureRecorded, e.CreditRestored)
"""What somebody does without having worked on the case: they may look into it again."""


def fold(facts: Iterable[e.Event], state: State = NEW) -> State:
    """The state after these facts."""
    for fact in facts:
        state = evolve(state, fact)
    return state


Receiving = (
    e.Submitted
    | e.OpenedExOfficio
    | e.CommitmentSigned
    | e.GapsPromised
    | e.FoundNotNeeded
    | e.Declined
    | e.CorrectedOnTheSpot
    | e.CorrectionReminded
    | e.CorrectionRequested
    | e.Corrected
    | e.Lapsed
    | e.DeemedAccepted
    | e.Accepted
    | e.GapFilled
    | e.GapPassed
    | e.TakenBack
)
Examining = (
    e.Assigned
    | e.Substituted
    | e.StepFinished
    | e.StepSilent
    | e.SentBack
    | e.RectificationSet
    | e.Rectified
    | e.Forwarded
    | e.ArrivalConfirmed
    | e.Examined
)
Counting = e.Paused | e.Resumed | e.Extended | e.ExtensionRevoked | e.JointLimitCarried | e.LimitPassed | e.Redated
Hearing = (
    e.StatementMade
    | e.IntentTold
    | e.StatementAnswered
    | e.ThirdPartiesNamed
    | e.HearingRightTold
    | e.HearingRequested
    | e.HostAppointed
    | e.HearingNoticed
    | e.HearingHeld
    | e.HearingWaived
)
Ending = (
    e.Granted
    | e.Refused
    | e.Issued
    | e.EndDecided
    | e.Discontinued
    | e.LicenceEnded
    | e.CancellationOpened
    | e.Served
    | e.Closed
    | e.Withdrawn
    | e.Terminated
    | e.Voided
)
Beside = (
    e.VerificationOpened
    | e.CommitmentVerified
    | e.MeasureRecorded
    | e.CreditRestored
    | e.Visited
    | e.OriginalSeen
    | e.OriginalReturned
    | e.PapersSent
    | e.PapersReceived
    | e.Complained
    | e.ComplaintAnswered
    | e.FeeRaised
    | e.FeeSettled
    | e.MovedToVersion
    | e.ContactAppointed
    | e.Erased
    | e.Joined
    | e.LateEntered
    | e.Noted
    | e.LicenceRestored
)


def evolve(state: State, event: e.Event) -> State:
    """The state after one more fact. One branch a fact, in the group it belongs to; a new fact without fails the type
    check."""
    before = state
    at = event.at if state.last_at is None else max(state.last_at, event.at)
    state = changed(state, version=state.version + 1, last_at=at)
    if event.by.kind is e.ActorKind.STAFF and not isinstance(event, BESIDE_THE_CASE):
        state = state if event.by.id in state.hands else changed(state, hands=state.hands | {event.by.id})
    if state.act and state.act.before:  # something else happens: from here it stands
        state = changed(state, act=changed(state.act, before=None))
    if isinstance(event, Receiving):
        return _receiving(before, state, event)
    if isinstance(event, Examining):
        return _examining(before, state, event)
    if isinstance(event, Counting):
        return _counting(state, event)
    if isinstance(event, Hearing):
        return _heard(state, event)
    if isinstance(event, Ending):
        return _ending(state, event)
    if isinstance(event, Beside):
        return _beside(state, event)
    assert_never(event)


def _receiving(before: State, state: State, event: Receiving) -> State:
    """What comes of an application until it is accepted or sent away, and of a proceeding until it is opened."""
    match event:
        case e.Submitted():
            return _submitted(state, event)
        case e.OpenedExOfficio():
            return _opened_ex_officio(state, event)
        case e.CommitmentSigned():
            return _committed(state, event)
        case e.GapsPromised():
            return _answerable(changed(state, promised=state.promised | set(event.materials)), event)
        case e.FoundNotNeeded():
            return _done(before, _closed(_answered(state, event), event, "not_needed"), event, "find_not_needed")
        case e.Declined():
            return _done(before, _closed(_answered(state, event), event, "declined"), event, "decline")
        case e.CorrectedOnTheSpot():
            return _done(before, _acting(state, Duty.INTAKE, event), event, "correct_on_the_spot")
        case e.CorrectionReminded():
            if state.stage is not Stage.SUBMITTED:  # not yet handed in again: the reminder changes nothing
                return _acting(state, Duty.INTAKE, event)
            return changed(_answered(state, event), stage=Stage.CORRECTION)
        case e.CorrectionRequested():
            state = changed(
                _answered(state, event),
                stage=Stage.CORRECTION,
                corrections=(*state.corrections, event),
                correction_from=event.on,
                papers=state.papers + 1,
            )
            return _done(before, state, event, "request_correction")
        case e.Corrected():
            return _corrected(state, event)
        case e.Lapsed():
            return _closed(state, event, "lapsed")
        case e.DeemedAccepted():
            return _accepted(state, event, event.accept_on)
        case e.Accepted():
            contact = event.by.id if state.joint is None else state.contact
            state = changed(_accepted(_answered(state, event), event, event.on), contact=contact)
            return _done(before, state, event, "accept")
        case e.GapFilled():
            return _gap_filled(state, event)
        case e.GapPassed():
            passed = changed(state.gaps[event.material], passed_on=event.on)
            return changed(state, gaps={**state.gaps, event.material: passed})
        case e.TakenBack():
            return _taken_back(state, before)
        case _:
            assert_never(event)


def _examining(before: State, state: State, event: Examining) -> State:
    """The steps, from assigning the first to the end of the examination."""
    match event:
        case e.Assigned():
            step = state.steps[event.step]
            step = changed(step, people=event.people, assigned_on=step.assigned_on or event.on)
            stage = Stage.EXAMINING if state.stage is Stage.ACCEPTED else state.stage
            return changed(_with_step(state, step), stage=stage)
        case e.Substituted():
            step = state.steps[event.step]
            people = tuple(event.joiner if each.id == event.leaver else each for each in step.people)
            left = next((each.unit for each in step.people if each.id == event.leaver), "")
            state = changed(state, hand_offs=state.hand_offs + (event.joiner.unit != left))
            return _with_step(state, changed(step, people=people))
        case e.StepFinished():
            step = changed(
                state.steps[event.step],
                outcome=event.outcome,
                findings=event.findings,
                finished_on=event.on,
                attempt=event.attempt,
            )
            for actor in (event.by.id, *(person.id for person in step.people)):
                state = _acted(state, step.plan.duty, actor)
            return _opened(_with_step(state, step), event.on)
        case e.StepSilent():
            silent = changed(state.steps[event.step], outcome="no_objection", silent=True, finished_on=event.on)
            return _opened(_with_step(state, silent), event.on)
        case e.SentBack():
            return _sent_back(state, event)
        case e.RectificationSet():
            step = changed(state.steps[event.step], rectification=event)
            return changed(_with_step(state, step), papers=state.papers + 1)
        case e.Rectified():
            return _with_step(state, changed(state.steps[event.step], rectified=True, rectified_on=event.on))
        case e.Forwarded():
            state = changed(
                _acting(state, Duty.REVIEW, event),
                stage=Stage.FORWARDED,
                forwarded=event,
                unit=event.to_unit,
                higher_from=event.on,
                papers=state.papers + 1,
                hand_offs=state.hand_offs + 1,
            )
            return _opened(state, event.on)
        case e.ArrivalConfirmed():
            return changed(
                state, higher_from=event.on if event.starts_clock else state.higher_from, arrived_on=event.on
            )
        case e.Examined():
            if before.stage is Stage.ACCEPTED and not before.steps:  # said in one breath with the acceptance
                state = changed(state, act=before.act)
            return changed(state, examined_on=event.on)
        case _:
            assert_never(event)


def _counting(state: State, event: Counting) -> State:
    """What a clock stands still for, runs longer for, or runs out with."""
    match event:
        case e.Paused():
            pause = PauseState(event.ground, event.clocks, event.notice, event.on, event.expected_end, event.step)
            return changed(state, pauses=(*state.pauses, pause), papers=state.papers + 1)
        case e.Resumed():
            return changed(state, pauses=tuple(_resumed(each, event) for each in state.pauses))
        case e.Extended():
            return changed(state, extension=event, papers=state.papers + 1)
        case e.ExtensionRevoked():
            return changed(state, extension_revoked=True, papers=state.papers + 1)
        case e.JointLimitCarried():  # extended in time, however late it was carried: then the limit has not passed
            return changed(state, carried=event, limit_passed=state.limit_passed and not event.extended)
        case e.LimitPassed():
            return changed(state, limit_passed=True)
        case e.Redated():
            return changed(state, calendar=event.calendar)
        case _:
            assert_never(event)


def _heard(state: State, event: Hearing) -> State:
    """Whoever the decision is about says what speaks for them."""
    match event:
        case e.StatementMade():
            said = Statement(str(len(state.statements) + 1), event.on, event.by, event.text)
            return changed(state, statements=(*state.statements, said))
        case e.IntentTold():
            hearing = HearingState(event.told, event.on, event.window)
            state = changed(_acting(state, Duty.REVIEW, event), intent=event, papers=state.papers + 1)
            return changed(state, hearing=hearing)
        case e.StatementAnswered():
            return _statement_answered(state, event)
        case e.ThirdPartiesNamed():
            return changed(state, third_parties=(*state.third_parties, *(each.id for each in event.parties)))
        case e.HearingRightTold():
            return changed(state, hearing=HearingState(event.told, event.on, event.window), papers=state.papers + 1)
        case e.HearingRequested():
            return _hearing(
                state,
                requested_on=event.on,
                requested_by=event.by.id,
                hold_within=event.hold_within,
                waived_on=None,
                host=None,
                notice_on=None,
                held_on=None,
            )
        case e.HostAppointed():
            return _hearing(state, host=event.host)
        case e.HearingNoticed():
            return changed(_hearing(state, notice_on=event.on, held_on=event.held_on), papers=state.papers + 1)
        case e.HearingHeld():
            return changed(_hearing(state, minutes_on=event.on), papers=state.papers + 1)
        case e.HearingWaived():
            return _waived(state, event)
        case _:
            assert_never(event)


def _ending(state: State, event: Ending) -> State:
    """The decision, what is made and handed over on it, and every other end."""
    match event:
        case e.Granted():
            state = changed(state, granted=event, papers=state.papers + 1)
            return _decided(state, event, "granted")
        case e.Refused():
            state = changed(state, refused=event, papers=state.papers + 1)
            return _decided(state, event, "refused")
        case e.Issued():
            return changed(state, issued=event)
        case e.EndDecided():
            state = changed(state, ended=event, papers=state.papers + 1)
            return _decided(state, event, RESULT_OF[event.act])
        case e.Discontinued():
            state = _acting(state, Duty.DECIDE, event)
            return changed(_closed(state, event, "discontinued"), papers=state.papers + 1)
        case e.LicenceEnded():
            owed = event.effective_on if event.act in CANCELLED_AFTER else None
            return changed(state, cancellation_owed=owed)
        case e.CancellationOpened():
            return changed(state, cancellation_owed=None, cancellation=event.number)
        case e.Served():
            return changed(state, served_on=event.on, papers=state.papers + 1)
        case e.Closed():
            return _closed(state, event, event.result)
        case e.Withdrawn():
            return _closed(state, event, "withdrawn")
        case e.Terminated():
            return changed(_closed(state, event, "terminated"), papers=state.papers + 1)
        case e.Voided():
            return _closed(state, event, "voided")
        case _:
            assert_never(event)


def _beside(state: State, event: Beside) -> State:
    """What lies beside the way to the decision: papers on the way, visits, fees, complaints, promises verified."""
    match event:
        case e.VerificationOpened():
            return changed(state, verification=Verification(event.on, event.limit, event.calendar))
        case e.CommitmentVerified():
            return _verified(state, event)
        case e.MeasureRecorded():
            return _measure_recorded(state, event)
        case e.CreditRestored():
            assert state.verification is not None, "credit is restored where a promise was broken"
            return changed(state, verification=changed(state.verification, restored_on=event.on))
        case e.Visited():
            visit = Visit(event.at, event.place, event.reason, event.materials, event.by.id)
            return changed(state, visits=(*state.visits, visit))
        case e.OriginalSeen():
            return _original_seen(state, event)
        case e.OriginalReturned():
            return _original_returned(state, event)
        case e.PapersSent():
            return _papers_sent(state, event)
        case e.PapersReceived():
            return _papers_received(state, event)
        case e.Complained():
            told = Complaint(
                event.complaint, event.on, event.by, event.told, event.text, event.limit, event.calendar, event.against
            )
            return changed(state, complaints={**state.complaints, told.id: told})
        case e.ComplaintAnswered():
            return _complaint_answered(state, event)
        case e.FeeRaised():
            fee = FeeState(event.fee, event.listed, event.name, event.amount, event.before_issue)
            return changed(state, fees={**state.fees, event.fee: fee})
        case e.FeeSettled():
            settled = changed(state.fees[event.fee], outcome=event.outcome)
            return changed(state, fees={**state.fees, event.fee: settled})
        case e.MovedToVersion():
            return _moved_to_version(state, event)
        case e.ContactAppointed():
            return changed(state, contact=event.contact)
        case e.Erased():
            return changed(state, erased=True)
        case e.Joined() | e.LateEntered() | e.Noted() | e.LicenceRestored():
            return state
        case _:
            assert_never(event)


def _submitted(state: State, event: e.Submitted) -> State:
    return changed(
        _acting(state, Duty.INTAKE, event),
        stage=Stage.SUBMITTED,
        number=event.number,
        query_number=event.query_number,
        procedure=event.procedure,
        procedure_version=event.procedure_version,
        home=event.home,
        unit=event.unit,
        calendar=event.calendar,
        channel=event.channel,
        party=event.party,
        agents=(event.by.id,) if event.by.kind is e.ActorKind.AGENT else (),
        applicant=event.applicant,
        answers=event.answers,
        e_service=event.e_service,
        part_of=event.part_of,
        joint=event.joint,
        expires_on=event.expires_on,
        contact=event.contact,
        required=event.required,
        asked=event.asked,
        applicable=event.steps,
        failing=event.failing,
        provided={each.material: each for each in event.provided},
        received_at=event.at,
        notice_at=event.at,
        notice_limit=event.notice_limit,
        papers=state.papers + 1,
        may_commit=event.may_commit,
        standing=event.standing,
        former=event.former,
        **_handed_over(state, event, "hand_in"),
    )


def _done(before: State, state: State, event: e.Fact, what: str) -> State:
    """The state after an outcome of receipt, which its author may take back while nothing else happens."""
    earlier = before.act and changed(before.act, before=None)
    return changed(state, act=Act(what, event.at, event.by.id, state.version, changed(before, act=earlier)))


def _taken_back(state: State, before: State) -> State:
    """The case as it was before the act, but for what cannot be undone: its history, the numbers of its papers (none is
    used twice), and who has worked on it."""
    assert before.act is not None, "what is taken back was done"
    assert before.act.before is not None, "and nothing has happened since"
    return changed(
        before.act.before,
        version=state.version,
        last_at=state.last_at,
        papers=state.papers,
        acted=state.acted,
        hands=state.hands,
        taken_back=state.taken_back + 1,
    )


def _handed_over(state: State, event: e.Submitted | e.Corrected | e.GapFilled, reason: str) -> dict[str, Any]:
    """What handing papers to a member of staff leaves: a visit, where it was at a window (nobody is asked twice), the
    originals seen or kept, and where each paper lies."""
    if event.by.kind is not e.ActorKind.STAFF:
        return {}
    unit = event.by.unit or state.unit
    on_paper = tuple(each.material for each in event.provided if each.form not in ("electronic", "library"))
    visit = Visit(event.at, unit, reason, on_paper, event.by.id)
    seen = {
        each.material: Original(HOW_OF_FORM[each.form], event.at, event.by.id, unit)
        for each in event.provided
        if each.form in HOW_OF_FORM
    }
    left = {each.material: unit for each in event.provided if each.form in ("original_kept", "copy")}
    return {
        "visits": (*state.visits, visit) if event.channel == "window" else state.visits,
        "originals": {**state.originals, **seen},
        "papers_at": {**state.papers_at, **left},
    }


def _original_seen(state: State, event: e.OriginalSeen) -> State:
    original = Original(event.how, event.at, event.by.id, event.by.unit)
    left = {event.material: event.by.unit} if original.is_kept else {}
    return changed(
        state,
        originals={**state.originals, event.material: original},
        papers_at={**state.papers_at, **left},
    )


def _original_returned(state: State, event: e.OriginalReturned) -> State:
    original = changed(state.originals[event.material], returned_at=event.at, returned_by=event.by.id)
    return changed(
        state, originals={**state.originals, event.material: original}, papers_at=_without(state, (event.material,))
    )


def _without(state: State, materials: Iterable[str]) -> dict[str, str]:
    """Where the other papers lie."""
    gone = set(materials)
    return {material: unit for material, unit in state.papers_at.items() if material not in gone}


def _papers_sent(state: State, event: e.PapersSent) -> State:
    slip = Slip(event.slip, event.materials, event.from_unit, event.to_unit, event.at, event.by.id)
    return changed(
        state,
        slips={**state.slips, slip.number: slip},
        papers_at=_without(state, slip.materials),
        papers=state.papers + 1,
        hand_offs=state.hand_offs + 1,
    )


def _complaint_answered(state: State, event: e.ComplaintAnswered) -> State:
    answered = changed(
        state.complaints[event.complaint],
        answered_on=event.on,
        answered_by=event.by.id,
        outcome=event.outcome,
        answer=event.text,
    )
    return changed(state, complaints={**state.complaints, answered.id: answered})


def _papers_received(state: State, event: e.PapersReceived) -> State:
    """What arrived lies here now; what did not is the sender's to find."""
    slip = changed(state.slips[event.slip], received_at=event.at, received_by=event.by.id, missing=event.missing)
    lies = {each: slip.from_unit if each in event.missing else slip.to_unit for each in slip.materials}
    return changed(state, slips={**state.slips, slip.number: slip}, papers_at={**state.papers_at, **lies})


def _acting(state: State, duty: Duty, event: e.Fact) -> State:
    return _acted(state, duty, event.by.id) if event.by.kind is e.ActorKind.STAFF else state


def _acted(state: State, duty: Duty, actor: str) -> State:
    before = state.acted.get(duty, frozenset())
    return state if actor in before else changed(state, acted={**state.acted, duty: before | {actor}})


def _with_step(state: State, step: StepState) -> State:
    return changed(state, steps={**state.steps, step.plan.slug: step})


def _opened(state: State, on: date) -> State:
    """The state in which every step is open whose predecessors are all finished: from the last of their days, or `on`.

    A step of the higher agency waits for the handing up too. The order in which branches arrive makes no difference.
    """
    steps = dict(state.steps)
    for slug, step in steps.items():
        if step.opened_on or (step.plan.after_forwarding and state.forwarded is None):
            continue
        since = [steps[other].finished_on for other in step.plan.after]
        if step.plan.after_forwarding and state.forwarded:
            since.append(state.forwarded.on)
        days = [day for day in since if day]
        if len(days) == len(since):
            steps[slug] = changed(step, opened_on=max(days, default=on))
    return changed(state, steps=steps)


def _answered(state: State, event: e.Fact) -> State:
    """The agency answered: its notice clock has ended, and what was corrected so far has been looked at."""
    state = _acting(state, Duty.INTAKE, event)
    return changed(state, answered_on=event.on, corrected=frozenset(), newly_required=frozenset())


def _corrected(state: State, event: e.Corrected) -> State:
    """What was handed in is there; once nothing named as missing is, the notice clock starts again from this day."""
    required = _demanded(state, state.required if event.required is None else event.required)
    brought = {(e.PointKind.MATERIAL.value, each.material) for each in event.provided}
    if event.answers:  # of the questions a notice named, for nobody here can see which answers changed
        brought |= {(kind, name) for kind, name, _ in state.named if kind == e.PointKind.QUESTION}
    state = changed(
        state,
        provided={**state.provided, **{each.material: each for each in event.provided}},
        answers=event.answers or state.answers,
        required=required,
        asked=state.asked if event.asked is None else event.asked,
        applicable=_carried_out(state, state.applicable if event.steps is None else event.steps),
        may_commit=state.may_commit if event.may_commit is None else event.may_commit,
        failing=state.failing if event.failing is None else event.failing,
        former=event.former or state.former,
        expires_on=event.expires_on or state.expires_on,
        newly_required=state.newly_required | (frozenset(required) - frozenset(state.required)),
        corrected=state.corrected | brought,
        **_handed_over(state, event, "correct"),
    )
    return _answerable(state, event)


def _answerable(state: State, event: e.Fact) -> State:
    """The application goes back to the office once nothing that was named is missing any more."""
    if state.stage is not Stage.CORRECTION or state.still_missing:
        return state
    return changed(state, stage=Stage.SUBMITTED, notice_at=event.at, answered_on=None)


def _demanded(state: State, materials: tuple[str, ...]) -> tuple[str, ...]:
    """Of these materials those that no signed commitment stands for."""
    covered = state.committed.materials if state.committed else ()
    return tuple(each for each in materials if each not in covered) if covered else materials


def _carried_out(state: State, steps: tuple[str, ...]) -> tuple[str, ...]:
    """Of these steps those that a signed commitment does not leave to the verification."""
    left = state.committed.steps if state.committed else ()
    return tuple(each for each in steps if each not in left) if left else steps


def _committed(state: State, event: e.CommitmentSigned) -> State:
    state = changed(state, committed=event)
    demanded, carried_out = _demanded(state, state.required), _carried_out(state, state.applicable)
    return _answerable(changed(state, required=demanded, applicable=carried_out), event)


def _gap_filled(state: State, event: e.GapFilled) -> State:
    filled = changed(state.gaps[event.material], filled_on=event.on)
    return changed(
        state,
        gaps={**state.gaps, event.material: filled},
        provided={**state.provided, **{each.material: each for each in event.provided}},
        **_handed_over(state, event, "correct"),
    )


def _verified(state: State, event: e.CommitmentVerified) -> State:
    """What was kept is over; what was broken waits for its measure."""
    assert state.verification is not None, "what is verified was granted on a commitment"
    kept = event.outcome == KEPT_WORD
    verification = changed(
        state.verification,
        outcome=event.outcome,
        found_on=event.on,
        found_by=event.by.id,
        broken_on=state.verification.broken_on if kept else event.on,
        ended_on=event.on if kept else None,
    )
    return changed(state, verification=verification)


def _measure_recorded(state: State, event: e.MeasureRecorded) -> State:
    """A measure ends it; after an order to put it right it is verified again, when the period of the order is over."""
    assert state.verification is not None, "a measure follows a verification"
    if event.period is None:
        ended = changed(state.verification, measure=event.measure, ended_on=event.on)
        return changed(state, verification=ended)
    again = changed(
        state.verification,
        since=event.on,
        limit=event.period,
        calendar=event.calendar,
        outcome="",
        found_on=None,
        found_by="",
        measure=event.measure,
        ordered=True,
    )
    return changed(state, verification=again)


def _accepted(state: State, event: e.Accepted, on: date) -> State:
    state = changed(
        state,
        stage=Stage.ACCEPTED,
        accepted=event,
        accepted_on=on,
        steps={each.slug: StepState(each) for each in event.plan},
        gaps={each.material: GapState(each, on) for each in event.gaps},
        papers=state.papers + 1,
    )
    return _opened(state, event.on)


EX_OFFICIO = "ex_officio"
"""The channel of what nobody applied for."""
RESULT_OF = {
    "suspend": "licence_suspended",
    "revoke": "licence_revoked",
    "withdraw": "licence_withdrawn",
    "take_away": "licence_taken_away",
    "cancel": "licence_cancelled",
    "restore": "licence_restored",
}
"""What a decision ex officio came to, by its act."""


def _opened_ex_officio(state: State, event: e.OpenedExOfficio) -> State:
    """The opening (立案) is to a proceeding of the agency itself what an acceptance is to an application."""
    state = changed(
        _acting(state, Duty.REVIEW, event),
        stage=Stage.ACCEPTED,
        opening=event,
        number=event.number,
        query_number=event.query_number,
        procedure=event.procedure,
        procedure_version=event.procedure_version,
        home=event.home,
        unit=event.unit,
        calendar=event.calendar,
        channel=EX_OFFICIO,
        party=event.party,
        applicant=event.holder,
        contact=event.contact,
        applicable=tuple(each.slug for each in event.plan),
        received_at=event.at,
        former=event.licence_number,
        accepted=e.Accepted(
            at=event.at,
            by=event.by,
            calendar=event.calendar,
            statutory_limit=event.statutory_limit,
            plan=event.plan,
            counted_from=event.counted_from,
        ),
        accepted_on=event.on,
        steps={each.slug: StepState(each) for each in event.plan},
        papers=state.papers + 1,
    )
    return _opened(state, event.on)


def _statement_answered(state: State, event: e.StatementAnswered) -> State:
    answer = {"answered_on": event.on, "outcome": event.outcome, "answer": event.text}
    said = tuple(changed(each, **answer) if each.id == event.statement else each for each in state.statements)
    return changed(_acting(state, Duty.REVIEW, event), statements=said)


def _sent_back(state: State, event: e.SentBack) -> State:
    """The step is open again; whatever came after it waits again, for it rested on what is being redone."""
    steps = dict(state.steps)
    again = steps[event.step]
    steps[event.step] = changed(
        again, finished_on=None, outcome="", findings=(), attempt=event.attempt, sent_back_on=event.on
    )
    for slug in after(steps, event.step):
        steps[slug] = changed(steps[slug], opened_on=None, finished_on=None, outcome="", silent=False, findings=())
    return changed(state, steps=steps, examined_on=None)


def after(steps: Mapping[str, StepState], slug: str) -> set[str]:
    """The steps that come after this one, directly or not."""
    found: set[str] = set()
    grew = {slug}
    while grew:
        grew = {name for name, step in steps.items() if grew & set(step.plan.after)} - found
        found |= grew
    return found - {slug}


def _resumed(pause: PauseState, event: e.Resumed) -> PauseState:
    is_it = pause.notice == event.notice and pause.resumed_on is None
    return changed(pause, resumed_on=event.from_day) if is_it else pause


def _moved_to_version(state: State, event: e.MovedToVersion) -> State:
    """The case under the other version: what it says is said anew, what was done stays done, and a step that can begin
    only now begins now."""
    newly = state.newly_required | (frozenset(event.required) - frozenset(state.required))
    state = changed(
        state,
        procedure_version=event.version,
        unit=event.unit,
        contact=event.contact,
        notice_limit=event.notice_limit,
        required=_demanded(state, event.required),
        asked=event.asked,
        applicable=_carried_out(state, event.steps),
        failing=event.failing,
        newly_required=newly if state.corrections else state.newly_required,
    )
    limits, accepted = event.limits, state.accepted
    if limits is None or accepted is None:
        return state
    said = {each.name: getattr(limits, each.name) for each in fields(limits)}
    steps = {
        each.slug: changed(state.steps[each.slug], plan=each) if each.slug in state.steps else StepState(each)
        for each in limits.plan
    }
    state = changed(state, accepted=replace(accepted, **said), steps=steps)
    if state.forwarded:
        state = changed(state, forwarded=replace(state.forwarded, statutory_limit=limits.statutory_limit))
    opened = {
        slug: changed(step, opened_on=event.on) if step.opened_on and not steps[slug].opened_on else step
        for slug, step in _opened(state, event.on).steps.items()
    }
    return changed(state, steps=opened)


def _hearing(state: State, **changes: object) -> State:
    assert state.hearing is not None, "a hearing begins with telling the right to it"
    return changed(state, hearing=changed(state.hearing, **changes))


def _waived(state: State, event: e.HearingWaived) -> State:
    assert state.hearing is not None, "a hearing begins with telling the right to it"
    return _hearing(state, waived_on=event.on, waived_by=(*state.hearing.waived_by, state.hearing.requested_by))


def _decided(state: State, event: e.Granted | e.Refused | e.EndDecided, result: str) -> State:
    return changed(_acting(state, Duty.DECIDE, event), stage=Stage.DECIDED, decided_on=event.on, result=result)


def _closed(state: State, event: e.Fact, result: str) -> State:
    return changed(state, stage=Stage.CLOSED, closed_on=event.on, result=result)
