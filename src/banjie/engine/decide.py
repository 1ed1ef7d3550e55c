"""What follows from a request: facts, or the reason why not. Says no first; then returns the facts.

Every kind of command is one line of `RULES`: who may (its guard, which also names the allowed arguments, so that pages
and API offer exactly what would be accepted) and what follows.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from banjie.engine import (
    bundle,
    commitment,
    decision,
    endings,
    ex_officio,
    examination,
    fees,
    gaps,
    moving,
    receipt,
    renewal,
    taking_back,
    voices,
    window,
)
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks, require_timers, timers
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.guards import require_plain, require_pseudonyms, require_staff
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State, fold
from banjie.engine.steps import hearing

Guard = Callable[[State, c.Actor, Law, Any], Mapping[str, tuple[Any, ...]]]
Answer = Callable[[State, Any, Law], list[e.Event]]

SLACK = timedelta(seconds=5)
"""How far two people's clocks may differ before the order of their acts is doubted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may ask for it, and what follows. A timer's rule has no guard: nobody is offered it.

    `of_a_step`: the guard looks at every step, and the answer makes the same checks of the one step that was asked
    about, so that a refusal speaks of that one. `by_the_clock`: the guard asks for the instant, all others for the day.
    """

    answer: Answer
    guard: Guard | None = None
    of_a_step: bool = False
    by_the_clock: bool = False

    def allows(self, state: State, actor: c.Actor, law: Law, at: datetime) -> Mapping[str, tuple[Any, ...]]:
        """What the guard allows at this instant, or NotPossible."""
        assert self.guard is not None
        return self.guard(state, actor, law, at if self.by_the_clock else at.astimezone(OFFICE_ZONE).date())


RULES: Mapping[type[c.Command], Rule] = {
    c.Submit: Rule(receipt.submit, receipt.may_submit),
    c.OpenExOfficio: Rule(ex_officio.open_proceeding, ex_officio.may_open),
    c.TellIntent: Rule(ex_officio.tell_intent, ex_officio.may_tell_intent),
    c.AnswerStatement: Rule(ex_officio.answer_statement, ex_officio.may_answer_statement),
    c.DecideEnd: Rule(ex_officio.decide_end, ex_officio.may_decide_end),
    c.Discontinue: Rule(ex_officio.discontinue, ex_officio.may_discontinue),
    c.RecordCancellation: Rule(ex_officio.record_cancellation, ex_officio.may_record_cancellation),
    c.SignCommitment: Rule(commitment.sign, commitment.may_sign),
    c.PromiseGaps: Rule(gaps.promise, gaps.may_promise),
    c.FillGap: Rule(gaps.fill, gaps.may_fill),
    c.SubmitCorrection: Rule(receipt.submit_correction, receipt.may_submit_correction),
    c.Withdraw: Rule(endings.withdraw, endings.may_withdraw),
    c.MakeStatement: Rule(examination.make_statement, examination.may_make_statement),
    c.RequestHearing: Rule(hearing.request, hearing.may_request),
    c.WaiveHearing: Rule(hearing.waive, hearing.may_waive),
    c.ReportRectified: Rule(examination.report_rectified, examination.may_report_rectified),
    c.FindNotNeeded: Rule(receipt.find_not_needed, receipt.may_find_not_needed),
    c.Decline: Rule(receipt.decline, receipt.may_decline),
    c.CorrectOnTheSpot: Rule(receipt.correct_on_the_spot, receipt.may_correct_on_the_spot),
    c.RequestCorrection: Rule(receipt.request_correction, receipt.may_request_correction),
    c.RemindCorrection: Rule(receipt.remind, receipt.may_remind),
    c.Accept: Rule(receipt.accept, receipt.may_accept),
    c.TakeBack: Rule(taking_back.take_back, taking_back.may_take_back, by_the_clock=True),
    c.DecideAtOnce: Rule(decision.decide_at_once, decision.may_decide_at_once),
    c.Assign: Rule(examination.assign, examination.may_assign, of_a_step=True),
    c.Substitute: Rule(examination.substitute, examination.may_substitute, of_a_step=True),
    c.FinishStep: Rule(examination.finish_step, examination.may_finish, of_a_step=True),
    c.SendBack: Rule(examination.send_back, examination.may_send_back),
    c.SetRectification: Rule(examination.set_rectification, examination.may_set_rectification, of_a_step=True),
    c.Pause: Rule(examination.pause, examination.may_pause),
    c.Resume: Rule(examination.resume, examination.may_resume),
    c.NameThirdParties: Rule(hearing.name_third_parties, hearing.may_name_third_parties),
    c.TellHearingRight: Rule(hearing.tell_right, hearing.may_tell_right),
    c.AppointHost: Rule(hearing.appoint_host, hearing.may_appoint_host),
    c.GiveHearingNotice: Rule(hearing.give_notice, hearing.may_give_notice),
    c.CloseHearing: Rule(hearing.close, hearing.may_close),
    c.Extend: Rule(examination.extend, examination.may_extend),
    c.RevokeExtension: Rule(examination.revoke_extension, examination.may_revoke_extension),
    c.Forward: Rule(examination.forward, examination.may_forward),
    c.ConfirmArrival: Rule(examination.confirm_arrival, examination.may_confirm_arrival),
    c.Decide: Rule(decision.decide, decision.may_decide),
    c.Issue: Rule(decision.issue, decision.may_issue),
    c.Serve: Rule(decision.serve, decision.may_serve),
    c.Terminate: Rule(endings.terminate, endings.may_terminate),
    c.Void: Rule(endings.void, endings.may_void),
    c.VerifyCommitment: Rule(commitment.verify, commitment.may_verify),
    c.RecordMeasure: Rule(commitment.record_measure, commitment.may_record_measure),
    c.RestoreCredit: Rule(commitment.restore_credit, commitment.may_restore_credit),
    c.RecordVisit: Rule(window.record_visit, window.may_record_visit),
    c.SeeOriginal: Rule(window.see_original, window.may_see_original),
    c.ReturnOriginal: Rule(window.return_original, window.may_return_original),
    c.SendPapers: Rule(window.send_papers, window.may_send_papers),
    c.ReceivePapers: Rule(window.receive_papers, window.may_receive_papers),
    c.Complain: Rule(voices.complain, voices.may_complain),
    c.AnswerComplaint: Rule(voices.answer_complaint, voices.may_answer_complaint),
    c.Note: Rule(voices.note, voices.may_note),
    c.Redate: Rule(endings.redate, endings.may_redate),
    c.MoveToVersion: Rule(moving.move, moving.may_move),
    c.AppointContact: Rule(endings.appoint_contact, endings.may_appoint_contact),
    c.Erase: Rule(endings.erase, endings.may_erase),
    c.DeemAccepted: Rule(receipt.deem_accepted),
    c.Lapse: Rule(receipt.lapse),
    c.CountSilence: Rule(examination.count_silence),
    c.EndPause: Rule(examination.end_pause),
    c.TellLimitPassed: Rule(examination.tell_limit_passed),
    c.TellGapPassed: Rule(gaps.tell_passed),
    c.DeemRenewed: Rule(renewal.deem_renewed),
    c.CarryJointLimit: Rule(bundle.carry),
    c.RaiseFee: Rule(fees.raise_, fees.may_raise),
    c.SettleFee: Rule(fees.settle),
}

OFFERED = {cls: (rule.guard, rule.by_the_clock, c.NAMES[cls]) for cls, rule in RULES.items() if rule.guard}
"""Every kind that people may ask for: its guard, whether that asks for the instant, and its name."""


def decide(state: State, command: c.Command, law: Law) -> list[e.Event]:
    """The facts that follow from the command, or NotPossible with the reason. Changes nothing."""
    if command.late:
        return _late(state, command, command.late, law)
    rule = RULES[type(command)]
    if rule.guard is None:
        if command.by.kind is not e.ActorKind.TIMER:
            raise NotPossible("not_allowed")
        return rule.answer(state, command, law)
    if state.last_at and command.at < state.last_at - SLACK:
        raise NotPossible("earlier_than_history", last_at=state.last_at)
    if not rule.of_a_step:
        rule.allows(state, command.by, law, command.at)
    facts = rule.answer(state, command, law)
    if any(isinstance(each, e.Dated) for each in facts):
        _require_dates(fold(facts, state), law)
    return facts


def _require_dates(state: State, law: Law) -> None:
    """NotPossible("calendar_not_loaded") where a due date of the case could no longer be computed.

    Without it a case that nobody could date would refuse every command after this one, and time could not act on it.
    """
    for running in clocks(state, law):
        _ = running.due
    require_timers(state, law)


def _late(state: State, command: c.Command, late: c.LateEntry, law: Law) -> list[e.Event]:
    """A late entry (补录): the paper's instant is the legal time; two people, the scan, a registered outage."""
    require_staff(command.by, "clerk", "officer", "decider", "section_head")
    if isinstance(command, c.TakeBack):
        raise NotPossible("cannot_be_taken_back")  # on paper nobody presses the wrong button
    if late.second in ("", command.by.id):
        raise NotPossible("second_person_needed")
    require_pseudonyms("late.second", [e.Person(late.second)])
    if not late.outage.strip():
        raise NotPossible("outage_reference_needed")
    require_plain("late.outage", late.outage)
    if late.paper_at > command.at:
        raise NotPossible("paper_from_the_future")
    if state.last_at and late.paper_at < state.last_at:
        raise NotPossible("late_entry_out_of_order", last_at=state.last_at)
    entered = e.LateEntered(
        at=late.paper_at,
        by=command.by.mark,
        entering=c.NAMES[type(command)],
        paper_at=late.paper_at,
        scan=late.scan,
        outage=late.outage,
        second=late.second,
    )
    return [entered, *decide(state, dataclasses.replace(command, at=late.paper_at, late=None), law)]


def legal_time(command: c.Command) -> datetime:
    """The instant at which a command takes effect in law."""
    return command.late.paper_at if command.late else command.at


def advance(state: State, law: Law, at: datetime) -> tuple[State, list[tuple[c.Command, list[e.Event]]]]:
    """Everything time itself has brought about up to `at`, oldest first: the state after it, and each command's facts.

    Deeming is a function of time, not of a worker: the door calls this before it decides anything,
    and these facts stand even when the command itself is refused.
    """
    done: list[tuple[c.Command, list[e.Event]]] = []
    while True:
        due_now = next(((when, timer) for when, timer in timers(state, law) if when <= at), None)
        if due_now is None:
            return state, done
        facts = decide(state, due_now[1], law)
        done.append((due_now[1], facts))
        state = fold(facts, state)


def possible(
    state: State, actor: c.Actor, law: Law, at: datetime, kinds: Iterable[type[c.Command]] = c.PEOPLES
) -> list[c.Offer]:
    """What this actor could ask for now, each kind with its allowed arguments or the reason that forbids it.

    Sees the state as time has already advanced it. A page's buttons come from here, not from `if`s in HTML.
    `kinds`: only these are looked at.
    """
    state, _ = advance(state, law, at)
    day = at.astimezone(OFFICE_ZONE).date()
    offers = []
    for cls in kinds:
        guard, by_the_clock, name = OFFERED[cls]
        try:
            offers.append(c.Offer(name, dict(guard(state, actor, law, at if by_the_clock else day))))
        except NotPossible as no:
            offers.append(c.Offer(name, {}, no))
    return offers
