"""Examination: steps, people, pauses, extension and handing up (行政许可法 34-36, 42-45, 55)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import (
    Running,
    ends_by_itself,
    is_added,
    latest_end,
    legal_clock,
    may_be_silent,
    preliminary_clock,
    promised_clock,
    running_limit,
    step_clock,
)
from banjie.engine.commitment import believed
from banjie.engine.guards import (
    day_of,
    notice_number,
    records_for_holder,
    remedy_of,
    require_applicant,
    require_deciding_agency,
    require_holding_agency,
    require_live,
    require_pseudonyms,
    require_separate,
    require_staff,
    require_under_examination,
    require_unit,
)
from banjie.engine.law import RECTIFICATION_GROUND, STOPPABLE, Clock, Duty, Law, StepRule
from banjie.engine.lots import require_drawn
from banjie.engine.not_possible import NotPossible
from banjie.engine.standard import require_outcome, require_standard
from banjie.engine.state import PauseState, State, StepState, after
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import due, require_inside

Allowed = dict[str, tuple[Any, ...]]
DECISION = "decision"


def _rule(law: Law, slug: str) -> StepRule:
    rule = law.procedure.step(slug)
    if rule is None:
        raise NotPossible("no_such_step", step=slug)
    return rule


def _unfinished_step(state: State, slug: str) -> StepState:
    step = state.steps.get(slug)
    if step is None:
        raise NotPossible("no_such_step", step=slug)
    if step.finished_on:
        raise NotPossible("step_finished", step=slug)
    return step


def _open_step(state: State, slug: str) -> StepState:
    step = _unfinished_step(state, slug)
    if step.opened_on is None:
        if step.plan.after_forwarding and state.forwarded is None:
            raise NotPossible("not_forwarded")
        raise NotPossible("step_not_open", step=slug, after=step.plan.after)
    return step


def _require_examining(state: State, actor: c.Actor, *posts: str) -> None:
    require_under_examination(state)
    require_staff(actor, *posts)


def _those_for_which(state: State, check: Any) -> Allowed:
    """The steps for which `check(slug)` refuses nothing; its first refusal where it refuses all of them."""
    allowed, refusal = [], None
    for slug in state.steps:
        try:
            check(slug)
        except NotPossible as no:
            refusal = refusal or no
        else:
            allowed.append(slug)
    if not allowed:
        raise refusal or NotPossible("no_step_open")
    return {"step": tuple(allowed)}


# People


def may_assign(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The section head of a step's unit names who carries it out, also before it opens (art. 55: in five days).

    Whoever holds the post of a step that one person carries out may take it themselves while nobody has it (认领):
    `people` then names the only person they may assign.
    """
    _require_examining(state, actor)
    allowed = _those_for_which(state, lambda slug: _may_assign(state, actor, law, slug))
    return allowed if "section_head" in actor.posts else {**allowed, "people": (actor.id,)}


def _may_assign(state: State, actor: c.Actor, law: Law, slug: str) -> None:
    _require_examining(state, actor)
    if "section_head" in actor.posts:
        _unfinished_step(state, slug)
        require_unit(actor, _rule(law, slug).unit)
    else:
        _may_take(state, actor, law, slug)


def _may_take(state: State, actor: c.Actor, law: Law, slug: str) -> None:
    """What is open, is for one person of this very unit and post, and is nobody's yet."""
    rule = _rule(law, slug)
    if rule.post not in actor.posts or rule.unit != actor.unit:
        require_staff(actor, "section_head")
    if _open_step(state, slug).people:
        raise NotPossible("already_assigned", step=slug)
    if (needed := max(rule.people, KINDS[rule.kind].people)) > 1:
        raise NotPossible("two_people_required", needed=needed, step=slug)
    _require_fit(state, e.Person(actor.id, actor.unit), rule, law)


def assign(state: State, command: c.Assign, law: Law) -> list[e.Event]:
    """Assigned; NotPossible("two_people_required") where the law says two."""
    _may_assign(state, command.by, law, command.step)
    if [each.id for each in command.people] != [command.by.id]:
        require_staff(command.by, "section_head")  # others are named by the head
    rule = _rule(law, command.step)
    kind = KINDS[rule.kind]
    people = {each.id for each in command.people}
    needed = max(rule.people, kind.people)
    require_pseudonyms("people", command.people)
    if len(people) != len(command.people) or not people:
        raise NotPossible("each_person_once")
    if len(people) < needed:
        raise NotPossible("two_people_required", needed=needed, step=command.step)
    for person in command.people:
        _require_fit(state, person, rule, law)
    if command.lot:
        require_drawn(command.lot, people, lot_of(state, command.step))
    return [
        e.Assigned(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            step=command.step,
            people=command.people,
            lot=command.lot,
        )
    ]


def lot_of(state: State, slug: str) -> str:
    """What a lot for this attempt at a step is drawn about."""
    return f"{state.number}/{slug}/{state.steps[slug].attempt}"


def fits(state: State, person: e.Person, slug: str, law: Law) -> bool:
    """Whether somebody may be drawn for a step: of its unit, with no other duty on this case, and not on it already."""
    try:
        _require_fit(state, person, _rule(law, slug), law)
    except NotPossible:
        return False
    return True


def _require_fit(state: State, person: e.Person, rule: StepRule, law: Law) -> None:
    """Somebody of the step's unit who did no other duty on this case and does not host its hearing."""
    if person.unit != rule.unit:
        raise NotPossible("person_of_other_unit", unit=rule.unit)
    require_separate(state, person.id, KINDS[rule.kind].duty, law.procedure)
    if state.hearing and state.hearing.host and state.hearing.host.id == person.id:
        raise NotPossible("host_is_examiner")


def may_substitute(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The section head lets somebody stand in on a step that somebody carries."""
    _require_examining(state, actor, "section_head")
    return _those_for_which(state, lambda slug: _may_substitute(state, actor, law, slug))


def _may_substitute(state: State, actor: c.Actor, law: Law, slug: str) -> None:
    _require_examining(state, actor, "section_head")
    step = _unfinished_step(state, slug)
    require_unit(actor, _rule(law, slug).unit)
    if not step.people:
        raise NotPossible("nobody_assigned", step=slug)


def substitute(state: State, command: c.Substitute, law: Law) -> list[e.Event]:
    """Substituted; the clock does not notice."""
    _may_substitute(state, command.by, law, command.step)
    people = {each.id for each in state.steps[command.step].people}
    rule = _rule(law, command.step)
    if command.leaver not in people:
        raise NotPossible("not_assigned", step=command.step)
    if command.joiner.id in people:
        raise NotPossible("each_person_once")
    require_pseudonyms("joiner", [command.joiner])
    _require_fit(state, command.joiner, rule, law)
    return [
        e.Substituted(
            at=command.at,
            by=command.by.mark,
            step=command.step,
            leaver=command.leaver,
            joiner=command.joiner,
            until=command.until,
        )
    ]


# Steps


def _may_work_on(state: State, actor: c.Actor, law: Law, slug: str) -> StepState:
    _require_examining(state, actor)
    step = _open_step(state, slug)
    if not step.people:
        raise NotPossible("nobody_assigned", step=slug)
    if actor.id not in {each.id for each in step.people}:
        raise NotPossible("not_assigned", step=slug)
    require_separate(state, actor.id, step.plan.duty, law.procedure)
    return step


def may_finish(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Whoever the step was assigned to, while its clock is not stopped and no rectification period runs."""
    _require_examining(state, actor)
    return _those_for_which(state, lambda slug: _may_finish(state, actor, law, slug, on))


def _may_finish(state: State, actor: c.Actor, law: Law, slug: str, on: date) -> StepState:
    step = _may_work_on(state, actor, law, slug)
    if any(pause.step == slug for pause in state.open_pauses):
        raise NotPossible("step_is_paused", step=slug)
    if step.rectification and not step.rectified:
        until = due(step.rectification.on, step.rectification.period, law.calendar(state.calendar))
        if on <= until:
            raise NotPossible("rectification_running", step=slug, until=until)
    return step


def finish_step(state: State, command: c.FinishStep, law: Law) -> list[e.Event]:
    """StepFinished; with the last branch Joined, and Examined when nothing is left to examine."""
    step = _may_finish(state, command.by, law, command.step, day_of(command))
    kind = KINDS[_rule(law, command.step).kind]
    if command.outcome not in kind.outcomes:
        raise NotPossible("no_such_outcome", outcomes=kind.outcomes)
    findings = findings_of(command.findings, law)
    require_outcome(state, law.procedure, command.step, command.outcome, findings, believed(state))
    finished = e.StepFinished(
        at=command.at,
        by=command.by.mark,
        step=command.step,
        outcome=command.outcome,
        attempt=step.attempt,
        findings=findings,
        opinion=c.ref_of(command.opinion),
    )
    return [finished, *_after(state, command.step, finished)]


def findings_of(found: Sequence[c.Found], law: Law) -> tuple[e.Finding, ...]:
    """The findings as facts keep them; NotPossible("outside_guide") for a criterion the procedure does not have."""
    for each in found:
        if law.procedure.criterion(each.criterion) is None:
            raise NotPossible("outside_guide", point=each.criterion)
    return tuple(e.Finding(each.criterion, each.met, c.ref_of(each.text)) for each in found)


def _after(state: State, slug: str, fact: e.Fact) -> list[e.Event]:
    """What the end of a step brings about: joins, and the end of the examination."""
    done = {name for name, each in state.steps.items() if each.finished_on} | {slug}
    facts: list[e.Event] = []
    waits = {name: step.plan.after for name, step in state.steps.items()}
    leaves = tuple(name for name in waits if not any(name in others for others in waits.values()))
    for name, branches in {**waits, DECISION: leaves}.items():
        if slug in branches and len(branches) > 1 and set(branches) <= done:
            facts.append(e.Joined(at=fact.at, by=fact.by, branches=tuple(branches), opens=name))
    if done == set(waits) and state.opening is None:  # after an investigation the holder is heard first
        facts.append(e.Examined(at=fact.at, by=fact.by))
    return facts


def count_silence(state: State, command: c.CountSilence, law: Law) -> list[e.Event]:
    """StepSilent: no objection, at the step's limit."""
    step = _open_step(state, command.step)
    own = step_clock(state, law, step)
    if not may_be_silent(step) or own is None or day_of(command) <= own.due:
        raise NotPossible("not_due")
    silent = e.StepSilent(at=command.at, by=command.by.mark, step=command.step)
    return [silent, *_after(state, command.step, silent)]


def may_send_back(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Who decides or heads a section of the agency that holds the case sends a finished step back, before the decision.

    Not a step that ended in silence (nothing was done that could be done again), and none of the lower agency's once
    that has handed everything up.
    """
    require_under_examination(state)
    require_staff(actor, "decider", "section_head")
    require_holding_agency(state, actor, law)
    finished = tuple(
        slug
        for slug, step in state.steps.items()
        if step.finished_on and not step.silent and (state.forwarded is None or step.plan.after_forwarding)
    )
    if not finished:
        raise NotPossible("no_step_finished")
    return {"step": finished}


def send_back(state: State, command: c.SendBack, law: Law) -> list[e.Event]:
    """SentBack with reasons: another attempt inside the same limit; a pause of a step that now waits again is over."""
    if command.step not in may_send_back(state, command.by, law, day_of(command))["step"]:
        raise NotPossible("step_not_finished", step=command.step)
    back = e.SentBack(
        at=command.at,
        by=command.by.mark,
        step=command.step,
        attempt=state.steps[command.step].attempt + 1,
        reasons=command.reasons.ref,
    )
    waiting = after(state.steps, command.step)
    return [back, *_resumed(command, [pause for pause in state.open_pauses if pause.step in waiting])]


def may_set_rectification(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The surveyor, once, where the item allows it; a period that stops the clock, only before the limit is over."""
    _require_examining(state, actor)
    return _those_for_which(state, lambda slug: _may_set_rectification(state, actor, law, slug, on))


def _may_set_rectification(state: State, actor: c.Actor, law: Law, slug: str, on: date) -> None:
    _require_examining(state, actor)
    rule = _rule(law, slug)
    if rule.rectification is None or not KINDS[rule.kind].may_rectify:
        raise NotPossible("no_rectification_here", step=slug)
    if _may_work_on(state, actor, law, slug).rectification:
        raise NotPossible("already_rectified_once", step=slug)
    _may_finish(state, actor, law, slug, on)
    limit = running_limit(state, law)
    if rule.rectification_pauses and limit:
        require_inside(limit.as_of(on).due, on)


def set_rectification(state: State, command: c.SetRectification, law: Law) -> list[e.Event]:
    """RectificationSet with the head's consent and the unmet criteria; stops no clock unless the item's law says so."""
    _may_set_rectification(state, command.by, law, command.step, day_of(command))
    rule = _rule(law, command.step)
    findings = findings_of(command.findings, law)
    require_standard(state, law.procedure, findings)
    if all(each.met for each in findings):
        raise NotPossible("reason_must_cite_condition")
    surveyors = {command.by.id, *(person.id for person in state.steps[command.step].people)}
    if command.consent.id in surveyors:
        raise NotPossible("second_person_needed")
    require_pseudonyms("consent", [command.consent])
    assert rule.rectification is not None
    facts: list[e.Event] = [
        e.RectificationSet(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            step=command.step,
            period=rule.rectification,
            consent=command.consent.id,
            findings=findings,
            pauses=rule.rectification_pauses,
            text=c.ref_of(command.text),
        )
    ]
    if rule.rectification_pauses:
        facts.append(
            e.Paused(
                at=command.at,
                by=command.by.mark,
                calendar=state.calendar,
                ground=RECTIFICATION_GROUND,
                clocks=STOPPABLE,
                notice=notice_number(state, "rectification"),
                expected_end=due(day_of(command), rule.rectification, law.calendar(state.calendar)),
                step=command.step,
            )
        )
    return facts


def may_report_rectified(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant, once for each period set."""
    require_under_examination(state)
    require_applicant(state, actor)
    waiting = tuple(
        slug for slug, step in state.steps.items() if step.is_open and step.rectification and not step.rectified
    )
    if not waiting:
        raise NotPossible("nothing_to_rectify")
    return {"step": waiting}


def report_rectified(state: State, command: c.ReportRectified, law: Law) -> list[e.Event]:
    """Rectified; a clock stopped for it runs again."""
    if command.step not in may_report_rectified(state, command.by, law, day_of(command))["step"]:
        raise NotPossible("nothing_to_rectify")
    over = [pause for pause in state.open_pauses if (pause.ground, pause.step) == (RECTIFICATION_GROUND, command.step)]
    done = e.Rectified(at=command.at, by=command.by.mark, step=command.step, text=c.ref_of(command.text))
    return [done, *_resumed(command, over)]


# Pauses


def may_pause(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Whoever works on a step that may pause, on a ground the procedure publishes, before the limit is over.

    `ground` and `step` are pairs: the n-th ground may stop the clock for the n-th step.
    """
    require_under_examination(state)
    require_staff(actor)
    pairs, refusal = [], NotPossible("no_lawful_ground_to_pause")
    open_now = {(pause.ground, pause.step) for pause in state.open_pauses}
    for slug, step in state.steps.items():
        if not step.is_open or actor.id not in {each.id for each in step.people}:
            continue
        rule = _rule(law, slug)
        for name in sorted(rule.may_pause_on & KINDS[rule.kind].may_pause_on):
            ground = law.procedure.ground(name)
            if ground is None or (name, slug) in open_now or is_added(ground, state.received_on, law):
                continue
            stopped = [each for each in _decision_clocks(state, law) if each.clock in ground.clocks]
            if not stopped:
                continue
            if all(each.is_over(on) for each in stopped):
                refusal = NotPossible("limit_already_over", due=max(each.due for each in stopped))
                continue
            latest = latest_end(state, law, name, slug, on)
            if latest and latest <= on:
                refusal = NotPossible("pause_longer_than_published", latest=latest)
                continue
            pairs.append((name, slug))
    if not pairs:
        raise refusal
    return {"ground": tuple(name for name, _ in pairs), "step": tuple(slug for _, slug in pairs)}


def _decision_clocks(state: State, law: Law) -> list[Running]:
    """The clocks a pause could stop now, the lower agency's under the name of the one whose place it takes."""
    lower = preliminary_clock(state, law)
    found = [legal_clock(state, law) or (lower and replace(lower, clock=Clock.LEGAL)), promised_clock(state, law)]
    return [each for each in found if each]


def pause(state: State, command: c.Pause, law: Law) -> list[e.Event]:
    """Paused: LEGAL and PROMISED (or what the ground says) stand; TOTAL never. Only the told time is excluded.

    `step` may be left out where the ground fits one step only (else: the first). A ground's `cap` bounds all its pauses
    of a step together.
    """
    on = day_of(command)
    allowed = may_pause(state, command.by, law, on)
    pairs = zip(allowed["ground"], allowed["step"], strict=True)
    fitting = [slug for name, slug in pairs if name == command.ground and command.step in ("", slug)]
    ground = law.procedure.ground(command.ground)
    if not fitting or ground is None:
        raise NotPossible("no_lawful_ground_to_pause", ground=command.ground)
    if command.expected_end <= on:
        raise NotPossible("pause_must_end_later", earliest=on)
    latest = latest_end(state, law, ground.id, fitting[0], on)
    if latest and command.expected_end > latest:
        raise NotPossible("pause_longer_than_published", latest=latest)
    return [
        e.Paused(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            ground=ground.id,
            clocks=ground.clocks & STOPPABLE,
            notice=notice_number(state, "pause"),
            expected_end=command.expected_end,
            step=fitting[0],
            text=c.ref_of(command.text),
        )
    ]


def may_resume(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Whoever works on the paused step. A hearing's pause ends with its minutes, a rectification's with the report."""
    require_under_examination(state)
    require_staff(actor)
    grounds = tuple(dict.fromkeys(each.ground for each in _pauses_of(state, actor)))
    if not grounds:
        raise NotPossible("nothing_paused")
    return {"ground": grounds}


def _pauses_of(state: State, actor: c.Actor) -> list[PauseState]:
    """The open pauses of the steps that this person works on."""
    mine = {slug for slug, step in state.steps.items() if actor.id in {person.id for person in step.people}}
    return [each for each in state.open_pauses if each.step in mine and each.ground != RECTIFICATION_GROUND]


def resume(state: State, command: c.Resume, law: Law) -> list[e.Event]:
    """Resumed: this day counts again, or an earlier one on which what stopped the clock was over; never a later one.

    A pause of the same ground on somebody else's branch goes on.
    """
    over = [each for each in _pauses_of(state, command.by) if each.ground == command.ground]
    if not over:
        raise NotPossible("nothing_paused")
    earliest, ended = max(each.stopped_on for each in over), command.ended_on
    if ended and not earliest <= ended <= day_of(command):
        raise NotPossible("pause_ended_outside", earliest=earliest, latest=day_of(command))
    return [replace(each, ended_on=ended) for each in _resumed(command, over)]


def end_pause(state: State, command: c.EndPause, law: Law) -> list[e.Event]:
    """Resumed by the clock itself: the told time is over (or, in a region that excludes more, the published one)."""
    on = day_of(command)
    ends = [(each, ends_by_itself(each, state, law)) for each in state.open_pauses if each.ground == command.ground]
    over = [each for each, end in ends if end and end <= on]
    if not over:
        raise NotPossible("not_due")
    return [*_resumed(command, over)]


def _resumed(command: c.Command, pauses: Sequence[PauseState]) -> list[e.Resumed]:
    return [e.Resumed(at=command.at, by=command.by.mark, ground=each.ground, notice=each.notice) for each in pauses]


# The limit itself


def may_extend(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Once, by the authority the item names, up to 24:00 of the last counted day, never by the case's examiner."""
    require_under_examination(state)
    if state.joint:
        raise NotPossible("extended_for_all_together")
    extension, legal = law.procedure.extension, legal_clock(state, law)
    if extension is None or legal is None or extension.length.unit is not legal.limit.unit:
        raise NotPossible("no_extension_here")
    if state.extension:
        raise NotPossible("already_extended", due=legal.due)
    require_staff(actor, extension.authority)
    if extension.authority == "head_of_agency":
        require_deciding_agency(actor, law)
    carries = {person.id for step in state.steps.values() for person in step.people}
    examined = state.acted.get(Duty.REVIEW, frozenset()) | state.acted.get(Duty.SURVEY, frozenset())
    if actor.id in examined | carries:
        raise NotPossible("examiner_may_not_extend_own_case")
    require_inside(legal.as_of(on).due, on)
    return {"length": (extension.length,)}


def extend(state: State, command: c.Extend, law: Law) -> list[e.Event]:
    """Extended: moves LEGAL only; the promise stays and turns red."""
    extension = law.procedure.extension
    assert extension is not None
    length = command.length or extension.length
    same_unit = length.unit is extension.length.unit
    if not same_unit or not 1 <= length.number <= extension.length.number:
        raise NotPossible("extension_too_long", most=extension.length)
    return [
        e.Extended(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            length=length,
            authority=extension.authority,
            notice=notice_number(state, "extension"),
            reasons=command.reasons.ref,
        )
    ]


def may_revoke_extension(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The authority that extends, while the case is undecided: it makes the limit shorter, so it may come late too."""
    require_under_examination(state)
    if state.extension is None or state.extension_revoked:
        raise NotPossible("nothing_extended")
    require_staff(actor, state.extension.authority)
    if state.extension.authority == "head_of_agency":
        require_deciding_agency(actor, law)
    return {}


def revoke_extension(state: State, command: c.RevokeExtension, law: Law) -> list[e.Event]:
    """ExtensionRevoked: the limit ends where it would have ended without it, every pause taken out as before."""
    return [
        e.ExtensionRevoked(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            notice=notice_number(state, "extension-revoked"),
            reasons=command.reasons.ref,
        )
    ]


def tell_limit_passed(state: State, command: c.TellLimitPassed, law: Law) -> list[e.Event]:
    """LimitPassed with the remedy: reconsideration first (复议法 11(3), 23(1)(3))."""
    legal = legal_clock(state, law)
    is_told = state.limit_passed or state.is_decided or state.opening  # nobody waits for what nobody applied for
    if legal is None or is_told or not legal.is_over(day_of(command)):
        raise NotPossible("not_due")
    agency = law.procedure.agency_of(law.procedure.decides)
    remedy = remedy_of(law, agency, state.e_service)
    return [e.LimitPassed(at=command.at, by=command.by.mark, due=legal.due, remedy=remedy)]


# Handing up


def may_forward(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The preliminary unit hands everything up, once."""
    require_under_examination(state)
    forwarding = law.procedure.forwarding
    if forwarding is None:
        raise NotPossible("no_forwarding_here")
    if state.forwarded:
        raise NotPossible("already_forwarded")
    require_staff(actor, "officer", "section_head")
    require_unit(actor, forwarding.preliminary_unit)
    unfinished = [slug for slug, step in state.steps.items() if not step.finished_on and not step.plan.after_forwarding]
    if unfinished:
        raise NotPossible("examination_not_finished", steps=unfinished)
    return {"opinion": ("recommended", "not_recommended")}


def forward(state: State, command: c.Forward, law: Law) -> list[e.Event]:
    """Forwarded: a case is not paused while it lies with the higher agency; its own clock starts there."""
    if command.opinion not in ("recommended", "not_recommended"):
        raise NotPossible("no_such_outcome", outcomes=("recommended", "not_recommended"))
    forwarding = law.procedure.forwarding
    assert forwarding is not None
    return [
        e.Forwarded(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            to_unit=forwarding.to_unit,
            opinion=command.opinion,
            statutory_limit=law.procedure.statutory_limit,
            text=c.ref_of(command.text),
            starts_on_arrival=law.reading("superior_clock", state.received_on) == "arrival",
        )
    ]


def may_confirm_arrival(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The higher unit registers the file, once."""
    require_under_examination(state)
    if state.forwarded is None:
        raise NotPossible("not_forwarded")
    if state.arrived_on:
        raise NotPossible("already_registered")
    require_staff(actor)
    require_unit(actor, state.forwarded.to_unit)
    return {}


def confirm_arrival(state: State, command: c.ConfirmArrival, law: Law) -> list[e.Event]:
    """ArrivalConfirmed; its clock starts here where the region reads the law so and it answered in time (art. 32)."""
    arrived = state.forwarded
    assert arrived is not None
    in_time = day_of(command) <= due(arrived.on, law.procedure.notice_limit, law.calendar(state.calendar))
    return [
        e.ArrivalConfirmed(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            starts_clock=in_time and not arrived.starts_on_arrival,
        )
    ]


# The applicant's voice


def may_make_statement(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Applicant and third parties may state and defend until the decision."""
    require_live(state)
    if state.is_decided:
        raise NotPossible("already_decided")
    is_third_party = actor.kind is e.ActorKind.THIRD_PARTY and actor.id in state.third_parties
    if not is_third_party and not records_for_holder(state, actor, law):
        require_applicant(state, actor)
    return {}


def make_statement(state: State, command: c.MakeStatement, law: Law) -> list[e.Event]:
    """StatementMade."""
    return [e.StatementMade(at=command.at, by=command.by.mark, text=command.text.ref)]
