"""A running case goes on under another version of its procedure, or the state that stands in the way is named.

The version pinned at submission binds; a change of law reaches a running case only by a plan that two people released
(case-life 12). Moving says anew what the version says: what is asked, the limits, the steps still to come. What was
done stays done; where it could not stand under the other version, the case is not moved. Nobody is made late by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import Running, clocks, timers
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.guards import (
    day_of,
    require_applied_for,
    require_live,
    require_plain,
    require_pseudonyms,
    require_staff,
)
from banjie.engine.law import HEARING_GROUND, RECTIFICATION_GROUND, Law, Procedure, Target
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import acceptance, applying
from banjie.engine.state import Stage, State, StepState, changed, fold

Stands = tuple[State, Law]
"""A case and the law it stands under."""


def target(procedure: Procedure, digest: str, answers: Mapping[str, Any]) -> Target:
    """Another version, as it applies to a case with these answers; a rule that fails on them is one of its problems."""
    try:
        return Target(procedure=procedure, digest=digest, **applying(procedure, answers))
    except NotPossible as no:
        return Target(procedure=procedure, digest=digest, problems=(("answers", no.code),))


def law_after(law: Law, state: State) -> Law:
    """The law a case stands under once it may have been moved: this one, or that of the version it was moved to."""
    there = law.targets.get(state.procedure_version)
    if there is None or state.procedure_version == law.procedure.version:
        return law
    return replace(law, procedure=there.procedure, digest=there.digest, targets={})


def moved(before: Stands, after: Stands) -> tuple[e.Moved, ...]:
    """Every running clock whose last day is another one after than before."""
    old = {(each.clock, each.step): each for each in clocks(*before) if each.ended_on is None}
    new = {(each.clock, each.step): each for each in clocks(*after) if each.ended_on is None}
    both = [(key, old[key].due, new[key].due) for key in old if key in new]
    return tuple(e.Moved(which, was, now, step) for (which, step), was, now in both if was != now)


def may_move(state: State, actor: c.Actor, law: Law, on: date) -> dict[str, tuple[Any, ...]]:
    """The keeper of the catalogue, to a version under which everything done so far can stand."""
    require_live(state)
    require_applied_for(state)
    require_staff(actor, "catalogue_keeper")
    if not law.targets:
        raise NotPossible("no_other_version")
    refusals = {version: in_the_way(state, law, each, on) for version, each in sorted(law.targets.items())}
    free = tuple(version for version, no in refusals.items() if no is None)
    if not free:
        raise next(no for no in refusals.values() if no)
    return {"version": free}


def move(state: State, command: c.MoveToVersion, law: Law) -> list[e.Event]:
    """MovedToVersion, with both versions and digests, or NotPossible naming the state that blocks."""
    there = law.targets.get(command.version)
    if there is None:
        raise NotPossible("no_such_version", version=command.version)
    if no := in_the_way(state, law, there, day_of(command), command.at):
        raise no
    if command.second.id in ("", command.by.id):
        raise NotPossible("second_person_needed")
    require_pseudonyms("second", [command.second])
    if not command.basis.strip():
        raise NotPossible("basis_needed")
    for name in ("basis", "plan"):
        require_plain(name, getattr(command, name))
    fact = _fact(state, command, law, there)
    after = fold([fact], state)
    return [replace(fact, moved=moved((state, law), (after, law_after(law, after))))]


def in_the_way(state: State, law: Law, there: Target, on: date, at: datetime | None = None) -> NotPossible | None:
    """What of this case could not stand under that version, the weightiest first; None where nothing is in the way.

    `at`: the instant of the move; the end of that day where it is only asked for.
    """
    return next(_in_the_way(state, law, there, on, at), None)


def _in_the_way(state: State, law: Law, there: Target, on: date, at: datetime | None) -> Iterator[NotPossible]:
    new = there.procedure
    if state.is_decided:
        yield NotPossible("already_decided")
    elif new.version == state.procedure_version:
        yield NotPossible("version_already", version=new.version)
    elif new.effective_from > on:
        yield NotPossible("procedure_not_in_force", effective_from=new.effective_from)
    elif _way(new) != _way(law.procedure):
        yield NotPossible("other_agency_by_version")
    elif state.stage is Stage.CORRECTION:
        yield NotPossible("correction_pending")
    elif there.problems:
        yield NotPossible("answers_do_not_fit", fields=", ".join(path for path, _ in there.problems))
    else:
        yield from _cited(state, there)
        yield from _steps(state, law, there)
        yield from _pauses(state, new)
        yield from _dates(state, law, there, on, at)


def _way(procedure: Procedure) -> tuple[str, str, tuple[str, str] | None]:
    """Which agencies a case goes through."""
    forwarding = procedure.forwarding
    higher = (forwarding.preliminary_unit, forwarding.to_unit) if forwarding else None
    return procedure.home, procedure.agency_of(procedure.decides), higher


def _cited(state: State, there: Target) -> Iterator[NotPossible]:
    """What was handed in, named or found and is not in that version; what would be asked for too late."""
    new = there.procedure
    known = {
        *((e.PointKind.MATERIAL, each.id) for each in new.materials),
        *((e.PointKind.QUESTION, each.id) for each in new.questions),
        *((e.PointKind.CRITERION, each.id) for each in new.criteria),
    }
    cited = [(e.PointKind.MATERIAL, each) for each in state.provided]
    cited += [(point.kind, point.id) for notice in state.corrections for point in notice.points]
    found = (finding for step in state.steps.values() for finding in step.findings)
    cited += [(e.PointKind.CRITERION, each.criterion) for each in found]
    for kind, name in cited:
        if kind is not e.PointKind.MINUTES and (kind, name) not in known:
            yield NotPossible("cited_gone", point=name)
    if state.accepted:
        late = [each for each in there.required if each not in state.provided and each not in state.required]
        if late:
            yield NotPossible("asked_too_late", materials=tuple(late))


def _steps(state: State, law: Law, there: Target) -> Iterator[NotPossible]:
    """What is begun has to be there, done by the same people, and where it comes in the order."""
    if state.accepted is None:
        return
    plan = {each.slug: each for each in _limits(state, law, there).plan}
    for slug, step in state.steps.items():
        if not _is_begun(step):
            continue
        if slug not in plan:
            yield NotPossible("step_gone", step=slug)
        elif not _is_the_same(step, law.procedure, there.procedure):
            yield NotPossible("step_changed", step=slug)
        elif step.opened_on and _place(plan[slug]) != _place(step.plan):
            yield NotPossible("step_in_another_place", step=slug)
    if state.examined_on or state.forwarded:
        yield from (
            NotPossible("examined_without", step=slug)
            for slug, each in plan.items()
            if slug not in state.steps and (state.examined_on or not each.after_forwarding)
        )


def _place(planned: e.Planned) -> tuple[frozenset[str], bool]:
    """Where a step stands in the order: what it waits for."""
    return frozenset(planned.after), planned.after_forwarding


def _is_begun(step: StepState) -> bool:
    """Whether anything of it has happened: it is open or over, somebody is named for it, or it waits once more."""
    return step.opened_on is not None or step.assigned_on is not None or bool(step.people) or step.attempt > 1


def _is_the_same(step: StepState, old: Procedure, new: Procedure) -> bool:
    """Whether a step that is begun is the same work in both versions, by as many people; finished, whether what was
    found is all that the other asks."""
    slug = step.plan.slug
    was, will = old.step(slug), new.step(slug)
    if was is None or will is None or (was.kind, was.unit, was.post, was.people) != (
        will.kind, will.unit, will.post, will.people,
    ):  # fmt: skip
        return False
    found = {each.criterion for each in step.findings}
    return step.finished_on is None or step.silent or set(will.checks) - set(was.checks) <= found


def _pauses(state: State, new: Procedure) -> Iterator[NotPossible]:
    for pause in state.open_pauses:
        if pause.ground not in (HEARING_GROUND, RECTIFICATION_GROUND) and new.ground(pause.ground) is None:
            yield NotPossible("ground_gone", ground=pause.ground)
    limits = [new.statutory_limit]
    if state.extension and any(each.unit is not state.extension.length.unit for each in limits):
        yield NotPossible("extension_does_not_fit")


def _dates(state: State, law: Law, there: Target, on: date, at: datetime | None) -> Iterator[NotPossible]:
    """Nobody is late by the move who was not late before, and time itself brings nothing about by it."""
    after = fold([_restating(state, law, there, on)], state)
    new_law = law_after(law, after)
    were_over = {(each.clock, each.step) for each in _running(state, law) if each.is_over(on)}
    for each in _running(after, new_law):
        if each.is_over(on) and (each.clock, each.step) not in were_over:
            yield NotPossible("over_by_new_limit", due=each.due)
    by = at or datetime.combine(on, datetime.max.time(), OFFICE_ZONE)
    already = {command.command_id for _, command in timers(state, law)}
    for when, command in timers(after, new_law):
        if when <= by and command.command_id not in already:
            yield NotPossible("over_by_new_limit", due=when.astimezone(OFFICE_ZONE).date())


def _running(state: State, law: Law) -> list[Running]:
    return [each for each in clocks(state, law) if each.ended_on is None]


# What the version says anew


def _limits(state: State, law: Law, there: Target) -> e.Limits:
    """What an acceptance fixes, by that version."""
    assert state.accepted_on is not None
    as_asked = changed(state, applicable=there.steps)
    fixed = acceptance(as_asked, replace(law, procedure=there.procedure, digest=there.digest), state.accepted_on)
    return e.Limits(**{each.name: fixed[each.name] for each in fields(e.Limits)})


def _said_anew(state: State, law: Law, there: Target) -> dict[str, Any]:
    """The values of the fact that follow from the version alone."""
    new = there.procedure
    nobody_accepted = state.accepted is None or isinstance(state.accepted, e.DeemedAccepted)
    is_of_the_version = nobody_accepted and state.contact == law.procedure.contact
    return {
        "version": new.version,
        "before": state.procedure_version,
        "before_digest": law.digest,
        "digest": there.digest,
        "unit": state.unit if state.forwarded else new.receives,
        "contact": new.contact if is_of_the_version else state.contact,
        "notice_limit": new.notice_limit,
        "required": there.required,
        "asked": there.asked,
        "steps": there.steps,
        "failing": there.failing,
        "limits": None if state.accepted is None else _limits(state, law, there),
    }


def _restating(state: State, law: Law, there: Target, on: date) -> e.MovedToVersion:
    """The fact as it would be, for looking at what came of it: nobody's, and recorded nowhere."""
    return e.MovedToVersion(
        at=datetime.combine(on, datetime.min.time(), OFFICE_ZONE),
        by=c.TIMER.mark,
        calendar=state.calendar,
        basis="",
        reasons=e.Ref("", ""),
        second="",
        **_said_anew(state, law, there),
    )


def _fact(state: State, command: c.MoveToVersion, law: Law, there: Target) -> e.MovedToVersion:
    return e.MovedToVersion(
        at=command.at,
        by=command.by.mark,
        calendar=state.calendar,
        basis=command.basis,
        reasons=command.reasons.ref,
        second=command.second.id,
        plan=command.plan,
        **_said_anew(state, law, there),
    )
