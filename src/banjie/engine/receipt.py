"""Receipt: from arrival to one of the five outcomes (行政许可法 29-32).

The guide binds the officer: nothing outside the procedure can be demanded, everything wrong is said once, and whether a
second notice is lawful follows from the facts.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from banjie.engine import applicant, commitment, gaps, licence_acts, renewal, rules, standard
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clock, deemed_from, notice_clock, promise
from banjie.engine.guards import (
    BadInput,
    day_of,
    remedy_of,
    require_applicant,
    require_awaiting_receipt,
    require_live,
    require_plain,
    require_pseudonyms,
    require_window,
)
from banjie.engine.law import Clock, Law, Procedure, Question
from banjie.engine.not_possible import NotPossible
from banjie.engine.promises import total_promise
from banjie.engine.state import Stage, State, fold
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import due

Allowed = dict[str, tuple[Any, ...]]

MATERIAL_DEFECTS = tuple(each for each in e.Defect if each not in (e.Defect.UNMET, e.Defect.CLERICAL))
ON_THE_SPOT = (e.Defect.CLERICAL, e.Defect.UNSIGNED)
CHANNELS = ("online", "window", "post", "agent", "kiosk")
FORMS = ("electronic", "original_seen", "original_kept", "copy")
LIBRARY = "library"
"""The form of a material for which a licence of the library stands: the house attaches it, nobody hands it in."""
LONGEST_ANSWER = 2000


# Submit


def may_submit(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Anybody may apply; a clerk or an agent may enter it for somebody."""
    if state.stage is not Stage.NEW:
        raise NotPossible("already_submitted", number=state.number)
    if actor.kind is e.ActorKind.STAFF and not actor.posts & {"clerk", "agent"}:
        raise NotPossible("needs_clerk")
    if actor.kind not in (e.ActorKind.APPLICANT, e.ActorKind.AGENT, e.ActorKind.STAFF):
        raise NotPossible("applicants_own_act")
    if law.procedure.ex_officio:
        raise NotPossible("opened_by_the_agency")
    if on < law.procedure.effective_from:
        raise NotPossible("procedure_not_in_force", effective_from=law.procedure.effective_from)
    return {"material": tuple(each.id for each in law.procedure.materials)}


def submit(state: State, command: c.Submit, law: Law) -> list[e.Event]:
    """Submitted; BadInput with every problem at once. An incomplete application is taken too (55号 14: arrival)."""
    procedure, answers = law.procedure, command.answers.value
    problems = applicant.problems(command.applicant.value, day_of(command))
    problems += _answer_problems(answers, procedure.questions) + _material_problems(command.provided, procedure)
    problems += renewal.problems(procedure, answers, day_of(command))
    problems += licence_acts.problems(procedure, answers, day_of(command))
    if command.channel not in CHANNELS:
        problems.append(("channel", "unknown_choice"))
    if problems:
        raise BadInput(list(dict.fromkeys(problems)))
    own = command.by.kind is e.ActorKind.APPLICANT
    party = command.by.id if own else command.party or command.by.on_behalf_of
    if party:
        require_pseudonyms("party", [e.Person(party)])
    submitted = [
        e.Submitted(
            at=command.at,
            by=command.by.mark,
            calendar=law.current_calendar,
            number=command.number,
            query_number=command.query_number,
            procedure=procedure.code,
            procedure_version=procedure.version,
            procedure_digest=law.digest,
            home=procedure.home,
            unit=procedure.receives,
            contact=(command.joint and command.joint.contact) or procedure.contact,
            notice_limit=procedure.notice_limit,
            channel=command.channel,
            party=party,
            applicant=command.applicant.ref,
            answers=command.answers.ref,
            required=_required(procedure, answers),
            asked=_asked(procedure, answers),
            steps=_steps(procedure, answers),
            failing=standard.failing(procedure, answers),
            provided=command.provided,
            e_service=command.e_service,
            declaration=command.declaration,
            part_of=command.part_of,
            joint=command.joint,
            expires_on=renewal.expiry(procedure, answers),
            may_commit=_may_commit(procedure, answers),
            standing=command.standing,
            former=licence_acts.former(procedure, answers),
        )
    ]
    return [*submitted, *_signed_with_it(command, submitted[0], party, law)]


def _may_commit(procedure: Procedure, answers: Mapping[str, Any]) -> bool:
    """Whether these answers leave the item's commitment open."""
    offer = procedure.commitment
    return offer is not None and rules.applies(offer.when, answers, procedure.questions)


def _signed_with_it(command: c.Submit, submitted: e.Submitted, party: str, law: Law) -> list[e.Event]:
    """What the applicant signed with the application: the commitment, and the promise of what follows."""
    facts: list[e.Event] = []
    if command.commitment:
        signs = (command, command.commitment, law, submitted.may_commit, party, command.standing)
        facts.append(commitment.signed(*signs, submitted.calendar))
    if command.gaps:
        gaps.require_offered(law, command.standing)
        state = fold([submitted, *facts])
        promised = (command.gaps, command.gaps_told, gaps.offered(state, law), law, state)
        facts.append(gaps.promised(command, *promised))
    return facts


def applying(procedure: Procedure, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What of this version applies by these answers, and what of them it cannot take: the fields of a `Target`."""
    return {
        "required": _required(procedure, answers),
        "asked": _asked(procedure, answers),
        "steps": _steps(procedure, answers),
        "failing": standard.failing(procedure, answers),
        "problems": tuple(_answer_problems(answers, procedure.questions)),
    }


def _required(procedure: Procedure, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The materials that apply, from the conditions of the procedure and the answers."""
    return tuple(
        each.id
        for each in procedure.materials
        if each.necessary and rules.applies(each.when, answers, procedure.questions)
    )


def _steps(procedure: Procedure, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The steps that apply, from the same conditions."""
    return tuple(each.slug for each in procedure.steps if rules.applies(each.when, answers, procedure.questions))


def _asked(procedure: Procedure, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions that apply, from the same conditions."""
    return tuple(each.id for each in procedure.questions if rules.applies(each.when, answers, procedure.questions))


def _answer_problems(answers: Mapping[str, Any], questions: tuple[Question, ...]) -> list[tuple[str, str]]:
    known = {each.id: each for each in questions}
    problems = [(f"answers.{name}", "unknown_question") for name in answers if name not in known]
    problems += [
        (f"answers.{name}", code)
        for name, value in answers.items()
        if name in known and (code := _answer_problem(value, known[name]))
    ]
    wrong = {field.removeprefix("answers.") for field, _ in problems}
    sound = {name: value for name, value in answers.items() if name in known and name not in wrong}
    for question in questions:
        given = answers.get(question.id)
        if not question.needed or given not in (None, "") or question.id in wrong:
            continue
        if wrong and question.when:
            continue  # whether it is asked may hang on an answer that has to be given anew first
        if rules.applies(question.when, sound, questions):
            problems.append((f"answers.{question.id}", "needed"))
    return problems


def _answer_problem(value: Any, question: Question) -> str:
    if question.type == "number":
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if is_whole and 0 <= value < 10**12 else "not_a_number"
    if question.type == "yes_no":
        return "" if isinstance(value, bool) else "not_yes_or_no"
    if not isinstance(value, str):
        return "not_a_text"
    if len(value) > LONGEST_ANSWER:
        return "too_long"
    if question.type == "choice" and value not in ("", *(each.value for each in question.choices)):
        return "unknown_choice"
    if question.type == "date" and value:
        try:
            date.fromisoformat(value)
        except ValueError:
            return "no_such_date"
    return ""


def _material_problems(provided: Sequence[e.Provided], procedure: Procedure) -> list[tuple[str, str]]:
    problems = []
    for number, each in enumerate(provided):
        if procedure.material(each.material) is None:
            problems.append((f"provided.{number}.material", "outside_guide"))
        if each.form not in (*FORMS, LIBRARY) or (each.form == LIBRARY) is not bool(each.licence):
            problems.append((f"provided.{number}.form", "unknown_choice"))
        if each.form == "electronic" and not each.files:
            problems.append((f"provided.{number}.files", "needed"))
    seen = [each.material for each in provided]
    problems += [(f"provided.{seen.index(each)}.material", "twice") for each in set(seen) if seen.count(each) > 1]
    return problems


# The five outcomes


def may_find_not_needed(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The window, while the application waits for its outcome."""
    require_awaiting_receipt(state)
    require_window(state, actor, law)
    return {}


def find_not_needed(state: State, command: c.FindNotNeeded, law: Law) -> list[e.Event]:
    """FoundNotNeeded, citing the law by which no licence is needed; in the form the region has chosen."""
    if not command.basis.strip():
        raise NotPossible("basis_needed")
    require_plain("basis", command.basis)
    form = law.reading("not_needed_form", state.received_on)
    remedy = remedy_of(law, law.procedure.home, state.e_service) if form == "decision" else None
    return [
        e.FoundNotNeeded(
            at=command.at,
            by=command.by.mark,
            basis=command.basis,
            form=form,
            text=c.ref_of(command.text),
            remedy=remedy,
        )
    ]


def may_decline(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Only another agency's competence, a bar of arts. 78/79, or a ground the item's own law names."""
    require_awaiting_receipt(state)
    require_window(state, actor, law)
    own = tuple(each.id for each in law.procedure.decline_grounds)
    return {"ground": ("other_agency", "barred_78", "barred_79", *own)}


def decline(state: State, command: c.Decline, law: Law) -> list[e.Event]:
    """Declined with remedy text; missing or wrong papers are no ground (they can only be corrected)."""
    if command.ground not in may_decline(state, command.by, law, day_of(command))["ground"]:
        raise NotPossible("no_such_ground_to_decline", ground=command.ground)
    if command.ground == "other_agency" and not command.competent.strip():
        raise NotPossible("competent_agency_needed")
    require_plain("competent", command.competent)
    return [
        e.Declined(
            at=command.at,
            by=command.by.mark,
            ground=command.ground,
            competent=command.competent,
            text=c.ref_of(command.text),
            remedy=remedy_of(law, law.procedure.home, state.e_service),
        )
    ]


def may_correct_on_the_spot(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The window, for what can be put right at once: slips and missing signatures."""
    require_awaiting_receipt(state)
    require_window(state, actor, law)
    points = tuple(each for each in _true_points(state, law) if each[2] in ON_THE_SPOT)
    if not points:
        raise NotPossible("not_correctable_on_the_spot")
    return {"point": points}


def correct_on_the_spot(state: State, command: c.CorrectOnTheSpot, law: Law) -> list[e.Event]:
    """CorrectedOnTheSpot, the points cited."""
    points = _points(state, command.points, law.procedure)
    if any(each.defect not in ON_THE_SPOT for each in points):
        raise NotPossible("not_correctable_on_the_spot")
    return [e.CorrectedOnTheSpot(at=command.at, by=command.by.mark, points=points)]


def may_request_correction(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The first notice, or a second one where the facts make it lawful; the points that may be named."""
    if state.stage is Stage.FORWARDED:
        raise NotPossible("already_in_the_file")
    require_awaiting_receipt(state)
    require_window(state, actor, law)
    points = tuple(_nameable_points(state, law))
    if not points:
        raise NotPossible("second_notice_unlawful")
    return {"point": points, "period": (law.procedure.correction_period,)}


def request_correction(state: State, command: c.RequestCorrection, law: Law) -> list[e.Event]:
    """CorrectionRequested: everything wrong, once, each point citing the guide.

    NotPossible("outside_guide") for what the guide does not ask; ("second_notice_unlawful") for a defect that was there
    and was not named; ("named_before") for one that was: remind of it inside the first period.
    """
    procedure = law.procedure
    points = _points(state, command.points, procedure)
    cause, unlawful = "first", False
    if state.corrections:
        cause, unlawful = _cause_of_second(state, points, law)
    period = command.period or procedure.correction_period
    shorter = period.unit is procedure.correction_period.unit and period.number < procedure.correction_period.number
    if shorter or period.unit is not procedure.correction_period.unit:
        raise NotPossible("period_too_short", least=procedure.correction_period)
    return [
        e.CorrectionRequested(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            points=points,
            period=period,
            cause=cause,
            unlawful=unlawful,
        )
    ]


def _cause_of_second(state: State, points: tuple[e.Point, ...], law: Law) -> tuple[str, bool]:
    nameable = set(_nameable_points(state, law))
    causes = set()
    for each in points:
        if each.key in state.named:
            raise NotPossible("named_before", point=each.id)
        if each.key not in nameable:
            raise NotPossible("second_notice_unlawful", point=each.id)
        causes.add(_why_lawful(state, each.key))
    if "" in causes:
        return "not_named_before", True
    return "+".join(sorted(causes)), False


def _why_lawful(state: State, point: tuple[str, str, str]) -> str:
    """Why a second notice may name this point, from the facts; "" where it was there before and nobody named it."""
    kind, name, _ = point
    if (kind, name) in state.corrected:
        return "arose_with_correction"
    return "changed_application" if kind == e.PointKind.MATERIAL and name in state.newly_required else ""


def _nameable_points(state: State, law: Law) -> list[tuple[str, str, str]]:
    """Every point a correction notice could name now, as (kind, id, defect); in some regions at the price of a card."""
    if law.reading("second_notice", state.received_on) == "red_card":
        return [point for point in _true_points(state, law) if point not in state.named]
    return _lawful_points(state, law)


def _lawful_points(state: State, law: Law) -> list[tuple[str, str, str]]:
    """Every point a correction notice could lawfully name now."""
    every = _true_points(state, law)
    if not state.corrections:
        return every
    return [point for point in every if point not in state.named and _why_lawful(state, point)]


def _true_points(state: State, law: Law) -> list[tuple[str, str, str]]:
    """Every point of the guide that can be true of this case."""
    return [point for point in _citable(law.procedure) if _is_true(state, point)]


def _citable(procedure: Procedure) -> list[tuple[str, str, str]]:
    defects = (*MATERIAL_DEFECTS, e.Defect.CLERICAL)
    of_materials = [
        (e.PointKind.MATERIAL.value, each.id, defect.value) for each in procedure.materials for defect in defects
    ]
    of_questions = [
        (e.PointKind.QUESTION.value, each.id, defect.value)
        for each in procedure.questions
        for defect in (e.Defect.INCOMPLETE, e.Defect.INCONSISTENT, e.Defect.CLERICAL)
    ]
    return of_materials + of_questions


def _points(state: State, citations: Sequence[c.Citation], procedure: Procedure) -> tuple[e.Point, ...]:
    """The citations as facts keep them: each of the guide, and each able to be true of this case."""
    if not citations:
        raise NotPossible("nothing_cited")
    citable = set(_citable(procedure))
    points = tuple(e.Point(each.kind, each.id, each.defect, c.ref_of(each.text)) for each in citations)
    for point in points:
        if point.key not in citable:
            raise NotPossible("outside_guide", point=point.id)
        if not _is_true(state, point.key):
            raise _untrue(state, point)
    return points


def _untrue(state: State, point: e.Point) -> NotPossible:
    if point.kind is e.PointKind.MATERIAL and point.defect is e.Defect.MISSING and point.id in state.promised:
        return NotPossible("promised_for_later", point=point.id)
    if point.kind is e.PointKind.MATERIAL and _is_from_library(state, point.id):
        return NotPossible("held_in_library", point=point.id, number=state.provided[point.id].licence)
    if point.kind is e.PointKind.MATERIAL and point.id in state.required:
        code = "not_missing" if point.defect is e.Defect.MISSING else "not_handed_in"
        return NotPossible(code, point=point.id)
    return NotPossible("not_asked_of_this_case", point=point.id)


def _is_true(state: State, point: tuple[str, str, str]) -> bool:
    """Whether the point can be true of this case: "missing" only of what is not there, a flaw only of what is.

    What does not apply to this case, or need not be handed in, is asked of nobody, whole or flawed.
    """
    kind, name, defect = point
    if kind != e.PointKind.MATERIAL:
        return name in state.asked
    if defect == e.Defect.MISSING and name in state.promised:
        return False  # it follows (容缺), as the guide lets it
    if _is_from_library(state, name):
        return False  # the house has it: nobody is asked for it, nor for a better one
    return name in state.required and (name in state.provided) is (defect != e.Defect.MISSING)


def _is_from_library(state: State, material: str) -> bool:
    """Whether a licence of the library stands for this material (政务服务若干规定 7: not to be asked for again)."""
    given = state.provided.get(material)
    return given is not None and given.form == LIBRARY


def may_remind(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The window, inside the period: while the applicant corrects, or after a correction that left points open.

    A reminder gives no new period: the application goes back to the applicant for what is left of the old one.
    """
    require_live(state)
    require_window(state, actor, law)
    if not state.corrections or state.accepted:
        raise NotPossible("no_correction_running")
    notice = state.corrections[-1]
    if on > due(notice.on, notice.period, law.calendar(state.calendar)):
        raise NotPossible("correction_period_over")
    points = tuple(sorted(point for point in state.named if _is_true(state, point)))
    if not points:
        raise NotPossible("no_correction_running")
    return {"point": points}


def remind(state: State, command: c.RemindCorrection, law: Law) -> list[e.Event]:
    """CorrectionReminded of points named before and still unfixed."""
    points = _points(state, command.points, law.procedure)
    for each in points:
        if each.key not in state.named:
            raise NotPossible("not_named_before", point=each.id)
    return [e.CorrectionReminded(at=command.at, by=command.by.mark, points=points)]


def may_submit_correction(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant, while the period runs."""
    require_live(state)
    require_applicant_or_window(state, actor, law)
    if state.stage is not Stage.CORRECTION:
        raise NotPossible("no_correction_running")
    return {"material": tuple(each.id for each in law.procedure.materials)}


def require_applicant_or_window(state: State, actor: c.Actor, law: Law) -> None:
    """Papers may also be handed over at the window."""
    if actor.kind is e.ActorKind.STAFF:
        require_window(state, actor, law)
    else:
        require_applicant(state, actor)


def submit_correction(state: State, command: c.SubmitCorrection, law: Law) -> list[e.Event]:
    """Corrected; the notice clock starts again from this day, once nothing that was named is still missing."""
    procedure = law.procedure
    problems = _material_problems(command.provided, procedure)
    required = asked = steps = failing = may_commit = expires_on = None
    former = ""
    if command.answers is not None:
        problems += _answer_problems(command.answers.value, procedure.questions)
        problems += renewal.problems(procedure, command.answers.value, state.received_on or day_of(command))
        problems += licence_acts.problems(procedure, command.answers.value, day_of(command))
    if not command.provided and command.answers is None:
        problems.append(("provided", "needed"))
    if command.channel not in ("", *CHANNELS):
        problems.append(("channel", "unknown_choice"))
    if problems:
        raise BadInput(list(dict.fromkeys(problems)))
    if command.answers is not None:
        required = _required(procedure, command.answers.value)
        asked = _asked(procedure, command.answers.value)
        steps = _steps(procedure, command.answers.value)
        failing = standard.failing(procedure, command.answers.value)
        expires_on = renewal.expiry(procedure, command.answers.value)
        may_commit = _may_commit(procedure, command.answers.value)
        former = licence_acts.former(procedure, command.answers.value)
    by_staff = command.by.kind is e.ActorKind.STAFF
    return [
        e.Corrected(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            provided=command.provided,
            answers=c.ref_of(command.answers),
            required=required,
            asked=asked,
            steps=steps,
            channel=command.channel or "window" if by_staff else "",
            failing=failing,
            may_commit=may_commit,
            expires_on=expires_on,
            former=former,
        )
    ]


def may_accept(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The window; not while something is missing that a correction notice can lawfully name.

    What was missing from the start and was not named in the one notice cannot be asked for any more: accept. `gaps`:
    what the applicant promised and is still to come, which the acceptance has to name.
    """
    require_awaiting_receipt(state)
    require_window(state, actor, law)
    missing = [each for each in state.required if each not in state.provided]
    if missing:
        lawful = {(kind, name) for kind, name, defect in _lawful_points(state, law) if defect == e.Defect.MISSING}
        nameable = [each for each in missing if (e.PointKind.MATERIAL.value, each) in lawful]
        if nameable:
            raise NotPossible("materials_missing", materials=nameable)
    outstanding = gaps.owed(state, law)
    return {"gaps": outstanding} if outstanding else {}


def accept(state: State, command: c.Accept, law: Law) -> list[e.Event]:
    """Accepted, with the limits, the plan of steps that apply and the gaps (容缺) that were promised; Examined too
    where there is nothing to examine."""
    follows = gaps.accepted_with(state, command, law)
    limits = acceptance(state, law, day_of(command))
    fact = e.Accepted(at=command.at, by=command.by.mark, calendar=state.calendar, gaps=follows, **limits)
    return [fact, *_nothing_to_examine(fact)]


def deem_accepted(state: State, command: c.DeemAccepted, law: Law) -> list[e.Event]:
    """DeemedAccepted when the notice clock is over; dated back to the day `deemed_from` says."""
    notice, accept_on = notice_clock(state, law), deemed_from(state, law)
    if state.stage is not Stage.SUBMITTED or notice is None or accept_on is None or day_of(command) <= notice.due:
        raise NotPossible("not_due")
    fact = e.DeemedAccepted(
        at=command.at,
        by=command.by.mark,
        calendar=state.calendar,
        accept_on=accept_on,
        **acceptance(state, law, accept_on),
    )
    return [fact, *_nothing_to_examine(fact)]


def _nothing_to_examine(fact: e.Accepted) -> list[e.Event]:
    return [] if fact.plan else [e.Examined(at=fact.at, by=fact.by)]


def acceptance(state: State, law: Law, on: date | None = None) -> dict[str, Any]:
    """The limits and the plan an acceptance of this day fixes (of the day it was accepted, where none is given); a step
    that does not apply is left out, its order kept."""
    procedure = law.procedure
    accept_on = on or state.accepted_on or state.received_on
    assert accept_on is not None, "what is accepted was received"
    forwarding = procedure.forwarding
    return {
        "statutory_limit": state.joint.limit if state.joint else procedure.statutory_limit,
        "share_limit": state.joint and state.joint.share,
        "committed_limit": promise(law, state.applicable, state.received_on),
        "preliminary_limit": forwarding.limit if forwarding else None,
        "total_promise": total_promise(procedure, law.region, accept_on, law.calendar(state.calendar)),
        "counted_from": state.notice_from if procedure.counts_from == "application" else None,
        "plan": plan(procedure, state.applicable),
    }


def plan(procedure: Procedure, applicable: tuple[str, ...]) -> tuple[e.Planned, ...]:
    """The steps that apply, each with what replay needs of its rule; their order is kept where one is left out."""
    forwarding = procedure.forwarding
    lower = procedure.agency_of(forwarding.preliminary_unit) if forwarding else ""
    return tuple(
        e.Planned(
            slug=each.slug,
            after=_predecessors(each.slug, applicable, procedure),
            limit=each.limit,
            limit_from=each.limit_from,
            assign_within=each.assign_within or KINDS[each.kind].assign_within,
            silence_is_no_objection=each.silence_is_no_objection,
            duty=KINDS[each.kind].duty,
            after_forwarding=forwarding is not None and procedure.agency_of(each.unit) != lower,
        )
        for each in procedure.steps
        if each.slug in applicable
    )


def _predecessors(slug: str, applicable: tuple[str, ...], procedure: Procedure) -> tuple[str, ...]:
    """The applicable steps a step waits for; one that does not apply hands on what it waited for itself."""
    step = procedure.step(slug)
    assert step is not None
    found: list[str] = []
    for other in step.after:
        found += [other] if other in applicable else _predecessors(other, applicable, procedure)
    return tuple(dict.fromkeys(found))


def lapse(state: State, command: c.Lapse, law: Law) -> list[e.Event]:
    """Lapsed, and nothing else: no decline, in no rate."""
    running = clock(state, law, Clock.CORRECTION)
    if running is None or day_of(command) <= running.due:
        raise NotPossible("not_due")
    return [e.Lapsed(at=command.at, by=command.by.mark)]
