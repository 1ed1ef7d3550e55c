"""Decision and what follows it: grant or refuse, the licence, service, closing (行政许可法 34, 37, 38, 44)."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import licence_acts, renewal
from banjie.engine.commitment import after_grant, believed
from banjie.engine.examination import findings_of
from banjie.engine.fees import require_paid
from banjie.engine.gaps import overdue, require_no_gap
from banjie.engine.guards import (
    BadInput,
    day_of,
    remedy_of,
    require_applied_for,
    require_awaiting_receipt,
    require_deciding_agency,
    require_live,
    require_plain,
    require_separate,
    require_staff,
    require_under_examination,
    require_unit,
    require_window,
    require_with_deciding_agency,
)
from banjie.engine.law import Duty, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import acceptance, may_accept
from banjie.engine.standard import require_standard
from banjie.engine.state import State
from banjie.engine.steps import KINDS
from banjie.engine.steps.hearing import require_heard
from banjie.engine.steps.review import REVIEW
from banjie.engine.timelimits import ONE_DAY

Allowed = dict[str, tuple[Any, ...]]
OUTCOMES = ("grant", "refuse")
MERGED = frozenset({Duty.INTAKE, Duty.REVIEW, Duty.DECIDE})
PAGE = re.compile(r"(p\.? ?)?\d{1,4}(-\d{1,4})?", re.ASCII)
"""How the minutes of a hearing are cited: by page, so that no words of anybody stand in the fact."""
METHODS = ("in_person", "post", "electronic", "left_at_address", "public_notice")


def may_decide(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """Who decides in the deciding agency, not having received, surveyed or reviewed; everything examined and heard."""
    require_under_examination(state)
    require_applied_for(state)
    require_staff(actor)
    require_deciding_agency(actor, law)
    require_staff(actor, "decider")
    require_separate(state, actor.id, Duty.DECIDE, law.procedure)
    require_with_deciding_agency(state, law)
    require_heard(state, law, on)
    if state.examined_on is None:
        unfinished = [slug for slug, step in state.steps.items() if not step.finished_on]
        raise NotPossible("examination_not_finished", steps=unfinished)
    require_no_gap(state, law)
    return _allowed(law, bool(_unmet(state) or overdue(state)), _in_play(state))


def _allowed(law: Law, is_unmet: bool, in_play: Iterable[str] = ()) -> Allowed:
    """What a decision may come to: no grant where a criterion is unmet, no refusal where there is none to cite.

    `weigh`: the criteria for which a line of the benchmarks has to be named already; those a refusal cites are added.
    """
    criteria = tuple(each.id for each in law.procedure.criteria)
    grant = () if is_unmet else ("grant",)
    refuse = ("refuse",) if criteria else ()
    weigh = {"weigh": weighing} if (weighing := discretionary(law, in_play)) else {}
    return {"outcome": (*grant, *refuse), "point": criteria, **weigh}


def discretionary(law: Law, in_play: Iterable[str]) -> tuple[str, ...]:
    """Of these criteria those with benchmarks (裁量基准): their decision has to say which line was used."""
    told, wanted = {each.criterion for each in law.procedure.guide.benchmarks}, set(in_play)
    return tuple(each.id for each in law.procedure.criteria if each.id in told & wanted)


def _in_play(state: State) -> list[str]:
    """The criteria on which somebody had to judge: found unmet by a step, now or before it was put right."""
    found = [each for step in state.steps.values() for each in step.findings]
    found += [each for step in state.steps.values() if step.rectification for each in step.rectification.findings]
    return [each.criterion for each in found if not each.met]


def _benchmarks(
    used: Sequence[c.BenchmarkUsed], in_play: Iterable[str], outcome: str, law: Law
) -> tuple[e.BenchmarkApplied, ...]:
    """The benchmarks as the fact keeps them: a line for every criterion in play that has any, and a reason for whoever
    uses none of them or decides otherwise than the line says."""
    lines = {(each.criterion, each.id): each for each in law.procedure.guide.benchmarks}
    with_lines = {criterion for criterion, _ in lines}
    if len({(each.criterion, each.benchmark) for each in used}) < len(used):
        raise NotPossible("each_benchmark_once")
    for each in used:
        is_line = (each.criterion, each.benchmark) in lines
        if not is_line and (each.benchmark or each.criterion not in with_lines):
            raise NotPossible("unknown_benchmark", criterion=each.criterion)
        leads_to = lines[each.criterion, each.benchmark].leads_to if is_line else ""
        told = each.reason is not None and each.reason.value.strip()
        if not told and (not is_line or leads_to not in ("", outcome)):
            raise NotPossible("benchmark_reason_needed", criterion=each.criterion)
    named = {each.criterion for each in used}
    open_still = [each for each in discretionary(law, in_play) if each not in named]
    if open_still:
        raise NotPossible("benchmark_needed", criteria=open_still)
    return tuple(e.BenchmarkApplied(each.criterion, each.benchmark, c.ref_of(each.reason)) for each in used)


def _cited(points: Sequence[c.Citation]) -> list[str]:
    return [each.id for each in points if each.kind is e.PointKind.CRITERION]


def _unmet(state: State) -> list[str]:
    """The criteria the deciding agency's own steps found unmet; what a lower agency found is its opinion (art. 35)."""
    own = [each for each in state.steps.values() if state.forwarded is None or each.plan.after_forwarding]
    return list(dict.fromkeys(each.criterion for step in own for each in step.findings if not each.met))


def decide(state: State, command: c.Decide, law: Law) -> list[e.Event]:
    """Granted, or Refused citing criteria with reasons and remedy; the certificate clock starts."""
    if command.outcome not in OUTCOMES:
        raise NotPossible("no_such_outcome", outcomes=OUTCOMES)
    in_play = _in_play(state)
    if command.outcome == "refuse":
        return [_refused(state, command, law, in_play)]
    unmet = _unmet(state)
    if unmet:
        raise NotPossible("criterion_unmet", criteria=unmet)
    if late := overdue(state):
        raise NotPossible("no_grant_after_gap", materials=late)
    require_plain("benchmark", command.benchmark)
    granted = _granted(state, command, law, in_play, command.benchmark)
    return [granted, *after_grant(state, granted)]


def _granted(
    state: State, command: c.Decide | c.DecideAtOnce, law: Law, in_play: Iterable[str], benchmark: str = ""
) -> e.Granted:
    procedure = law.procedure
    return e.Granted(
        at=command.at,
        by=command.by.mark,
        calendar=state.calendar,
        agency=procedure.agency_of(procedure.decides),
        criteria=tuple(each.id for each in procedure.criteria),
        certificate_limit=procedure.certificate_limit,
        certificate=bool(procedure.licence) and not procedure.ends_a_licence,
        benchmark=benchmark,
        benchmarks=_benchmarks(command.benchmarks, in_play, "grant", law),
        on_commitment=tuple(each.id for each in procedure.criteria if each.id in believed(state)),
    )


def _refused(state: State, command: c.Decide | c.DecideAtOnce, law: Law, in_play: Sequence[str]) -> e.Refused:
    procedure = law.procedure
    points = []
    for each in command.points:
        if each.kind is e.PointKind.CRITERION and procedure.criterion(each.id) is None:
            raise NotPossible("outside_guide", point=each.id)
        if each.kind is e.PointKind.MINUTES:
            if not (state.hearing and state.hearing.minutes_on):
                raise NotPossible("no_minutes_to_cite")
            if not PAGE.fullmatch(each.id):
                raise BadInput([("points", "not_a_page")])
        if each.kind not in (e.PointKind.CRITERION, e.PointKind.MINUTES):
            raise NotPossible("refusal_cites_criteria", point=each.id)
        points.append(e.Point(each.kind, each.id, e.Defect.UNMET, c.ref_of(each.text)))
    if not any(each.kind is e.PointKind.CRITERION for each in points):
        raise NotPossible("reason_must_cite_condition")
    agency = procedure.agency_of(procedure.decides)
    return e.Refused(
        at=command.at,
        by=command.by.mark,
        calendar=state.calendar,
        agency=agency,
        points=tuple(points),
        remedy=remedy_of(law, agency, state.e_service),
        certificate_limit=procedure.certificate_limit,
        benchmarks=_benchmarks(command.benchmarks, [*in_play, *_cited(command.points)], "refuse", law),
    )


def may_decide_at_once(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """即办件: a clerk who may also decide, on an item that merges the duties and needs nothing but the papers.

    A survey, a technical test, another unit's opinion or somebody else's right to be heard takes time: no instant item.
    """
    require_awaiting_receipt(state)
    procedure = law.procedure
    steps = [rule for slug in state.applicable if (rule := procedure.step(slug))]
    if not procedure.instant or procedure.forwarding or any(KINDS[rule.kind] is not REVIEW for rule in steps):
        raise NotPossible("not_an_instant_item")
    require_window(state, actor, law)
    require_staff(actor, "decider")
    require_deciding_agency(actor, law)
    if MERGED - procedure.merged:
        raise NotPossible("receiver_may_not_decide")
    if may_accept(state, actor, law, on):
        raise NotPossible("gap_promised")
    require_heard(state, law, on)
    return _allowed(law, is_unmet=False)


def decide_at_once(state: State, command: c.DecideAtOnce, law: Law) -> list[e.Event]:
    """Accepted, Examined with what was found, and Granted or Refused: one command."""
    if command.outcome not in OUTCOMES:
        raise NotPossible("no_such_outcome", outcomes=OUTCOMES)
    findings = findings_of(command.findings, law)
    require_standard(state, law.procedure, findings)
    unmet = [each.criterion for each in findings if not each.met]
    if command.outcome == "refuse" and any(each.met and each.criterion in _cited(command.points) for each in findings):
        raise NotPossible("outcome_contradicts_findings", outcome=command.outcome)
    if command.outcome == "grant" and unmet:
        raise NotPossible("criterion_unmet", criteria=unmet)
    limits = {**acceptance(state, law, day_of(command)), "plan": ()}
    accepted = e.Accepted(at=command.at, by=command.by.mark, calendar=state.calendar, **limits)
    decided = (
        _granted(state, command, law, unmet) if command.outcome == "grant" else _refused(state, command, law, unmet)
    )
    after = after_grant(state, decided) if isinstance(decided, e.Granted) else []
    return [accepted, e.Examined(at=command.at, by=command.by.mark, findings=findings), decided, *after]


def may_issue(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The licence clerk of the deciding agency, once per grant."""
    require_live(state)
    if state.granted is None:
        raise NotPossible("not_granted")
    if not state.granted.certificate:
        raise NotPossible("no_licence_here")
    if state.issued:
        raise NotPossible("already_issued")
    require_staff(actor, "licence_clerk")
    require_deciding_agency(actor, law)
    require_paid(state)
    return {}


def issue(state: State, command: c.Issue, law: Law) -> list[e.Event]:
    """Issued: dated with the decision, valid until the day before its anniversary; a licence that is changed, renewed,
    reissued or corrected keeps its number."""
    new = f"{law.procedure.licence}-{state.query_number}"
    return [licence_acts.issued(state, command, law, new, term_until(state, law))]


def term_until(state: State, law: Law) -> date | None:
    """The last day of the licence that this decision gives or renews: the day before the anniversary of its first;
    None where the item sets no term."""
    dated, years = state.decided_on, law.procedure.licence_years
    assert dated is not None
    return _anniversary(renewal.term_from(state, law) or dated, years) - ONE_DAY if years else None


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def may_serve(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The unit that serves, or the window that received it (一窗进出), when there is something to serve."""
    require_live(state)
    if not state.is_decided:
        raise NotPossible("not_decided")
    if state.granted and state.granted.certificate and not state.issued:
        raise NotPossible("licence_not_issued")
    require_staff(actor, "clerk", "licence_clerk")
    if actor.unit != law.procedure.receives:
        require_unit(actor, law.procedure.serves)
    return {"method": METHODS}


def serve(state: State, command: c.Serve, law: Law) -> list[e.Event]:
    """Served with its proof (送达回证), which is when a licence ends or is restored, and Closed."""
    if command.method not in METHODS:
        raise NotPossible("no_such_outcome", outcomes=METHODS)
    return [
        e.Served(at=command.at, by=command.by.mark, method=command.method, receipt=c.ref_of(command.receipt)),
        *licence_acts.served(state, command, law),
        e.Closed(at=command.at, by=command.by.mark, result=state.result),
    ]
