"""Accepting with gaps (容缺受理): a secondary material may follow, because the applicant signed that it will.

Which material may follow is data of the procedure; how late at the most, the region's (case-life 23). The office may
not refuse what the guide offers, and nothing closes by itself unless the region has it so and the signed text says it.
While a gap is open there is no decision; one that passed leaves only an ending in writing, with remedy.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import canonical, to_plain
from banjie.engine.guards import (
    BadInput,
    day_of,
    holding_agency,
    remedy_of,
    require_applicant,
    require_live,
    require_under_examination,
    require_window,
)
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import GapState, Stage, State
from banjie.engine.timelimits import Limit, Unit, due

Allowed = dict[str, tuple[Any, ...]]
IN_WRITING, AUTO = "in_writing", "auto"
FORMS = ("electronic", "original_seen", "original_kept", "copy")


# What may follow, and how late


def room(law: Law) -> int:
    """How many working days a gap may last at the most: it ends some before the promise, and never after the region's
    longest. 0 where the promise leaves no room, is not in working days, or does not run from the acceptance."""
    procedure, region = law.procedure, law.region
    promised = procedure.committed_limit or procedure.statutory_limit
    if promised.unit is not Unit.WORKING_DAY or procedure.forwarding or procedure.counts_from != "acceptance":
        return 0
    return max(min(promised.number - region.gap_ahead, region.gap_most), 0)


def periods(law: Law) -> dict[str, Limit]:
    """The materials that may follow, each with the longest time it has from the acceptance; empty where nothing may."""
    most = room(law)
    return {
        each.id: Limit(min(each.may_be_late.number, most), Unit.WORKING_DAY)
        for each in law.procedure.materials
        if each.may_be_late and each.may_be_late.unit is Unit.WORKING_DAY and min(each.may_be_late.number, most) > 0
    }


def gap_of(material: str, law: Law, received_on: date | None) -> e.Gap:
    """The gap of a material as it is told for what arrives on a day: how long, in which form, what else happens."""
    known = law.procedure.material(material)
    consequence: str = law.reading("gap_overdue", received_on)
    return e.Gap(material, periods(law)[material], known.form if known else "both", consequence)


def told(law: Law, received_on: date | None) -> e.Declaration:
    """Which text somebody signs who promises materials: the procedure's version, and the digest of what is told."""
    names = {each.id: each.name for each in law.procedure.materials}
    content = [[names[each], to_plain(gap_of(each, law, received_on))] for each in periods(law)]
    return e.Declaration(version=str(law.procedure.version), digest=hashlib.sha256(canonical(content)).hexdigest())


# The promise


def offered(state: State, law: Law) -> tuple[str, ...]:
    """What this applicant could promise to hand in later: it applies, is not there, and may follow.

    Nothing in a joint handling, where the promise is not this agency's alone.
    """
    if state.joint:
        return ()
    return tuple(each for each in periods(law) if each in state.required and each not in state.provided)


def may_promise(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant, or the window for whoever signed there, until the application is answered."""
    require_live(state)
    if state.stage not in (Stage.SUBMITTED, Stage.CORRECTION):
        raise NotPossible("already_accepted", accept_on=state.accepted_on)
    _require_applicant_or_window(state, actor, law)
    require_offered(law, state.standing)
    materials = tuple(each for each in offered(state, law) if each not in state.promised)
    if not materials:
        raise NotPossible("nothing_may_follow")
    return {"materials": materials, "told": (told(law, state.received_on),)}


def require_offered(law: Law, standing: str) -> None:
    """The item lets something follow, its limit leaves room, and nothing is known against whoever promises."""
    if not any(each.may_be_late for each in law.procedure.materials):
        raise NotPossible("nothing_may_follow")
    if not periods(law):
        raise NotPossible("no_room_for_gaps")
    if standing:
        raise NotPossible("credit_excludes", standing=standing)


def promise(state: State, command: c.PromiseGaps, law: Law) -> list[e.Event]:
    """GapsPromised, with the very text that was signed; once nothing named is missing any more the office answers."""
    require_offered(law, command.standing)
    open_to = may_promise(state, command.by, law, day_of(command))["materials"]
    return [promised(command, command.materials, command.told, open_to, law, state)]


def promised(
    command: c.Command,
    materials: tuple[str, ...],
    signed: e.Declaration | None,
    open_to: tuple[str, ...],
    law: Law,
    state: State,
) -> e.GapsPromised:
    """The fact of a promise; NotPossible for a material that may not follow, or a text that is not told (any more)."""
    if not materials:
        raise NotPossible("nothing_promised")
    for each in materials:
        if each not in open_to:
            raise NotPossible("may_not_follow", material=each)
    text = told(law, state.received_on)
    if signed != text:
        raise NotPossible("other_text_signed")
    each_once = tuple(dict.fromkeys(materials))
    return e.GapsPromised(at=command.at, by=command.by.mark, calendar=state.calendar, materials=each_once, told=text)


# Acceptance


def owed(state: State, law: Law) -> tuple[str, ...]:
    """What was promised and is still to come: an acceptance now is one with these gaps."""
    return tuple(each for each in offered(state, law) if each in state.promised)


def accepted_with(state: State, command: c.Accept, law: Law) -> tuple[e.Gap, ...]:
    """The gaps of an acceptance: exactly what was promised and is not there, named by whoever accepts."""
    outstanding = owed(state, law)
    if extra := [each for each in command.gaps if each not in outstanding]:
        raise NotPossible("gap_not_promised", materials=extra)
    if set(command.gaps) != set(outstanding):
        raise NotPossible("gaps_to_confirm", materials=outstanding)
    return tuple(gap_of(each, law, state.received_on) for each in outstanding)


# Afterwards


def open_gaps(state: State) -> Mapping[str, GapState]:
    """What is still to be handed in, and can be."""
    return {material: each for material, each in state.gaps.items() if each.is_open}


def overdue(state: State) -> tuple[str, ...]:
    """The materials that did not come in time."""
    return tuple(material for material, each in state.gaps.items() if each.passed_on)


def last_day(state: State, gap: GapState, law: Law) -> date:
    """Until when a gap can be filled."""
    return due(gap.since, gap.gap.period, law.calendar(state.calendar))


def require_no_gap(state: State, law: Law) -> None:
    """No decision while something is to follow (a grant starts the ten days of art. 44)."""
    waiting = open_gaps(state)
    if waiting:
        until = max(last_day(state, each, law) for each in waiting.values())
        raise NotPossible("gap_open", materials=tuple(waiting), until=until)


def may_fill(state: State, actor: c.Actor, law: Law, on: date) -> Allowed:
    """The applicant on line, or at the window, until the told day."""
    require_under_examination(state)
    _require_applicant_or_window(state, actor, law)
    waiting = tuple(open_gaps(state))
    if not waiting:
        late = overdue(state)
        raise NotPossible("gap_overdue", materials=late) if late else NotPossible("no_gap_open")
    return {"material": waiting}


def fill(state: State, command: c.FillGap, law: Law) -> list[e.Event]:
    """GapFilled, one a material."""
    waiting = may_fill(state, command.by, law, day_of(command))["material"]
    problems = []
    for number, each in enumerate(command.provided):
        if each.form not in FORMS:
            problems.append((f"provided.{number}.form", "unknown_choice"))
        if each.form == "electronic" and not each.files:
            problems.append((f"provided.{number}.files", "needed"))
    names = [each.material for each in command.provided]
    if not names:
        problems.append(("provided", "needed"))
    problems += [(f"provided.{names.index(each)}.material", "twice") for each in set(names) if names.count(each) > 1]
    if problems:
        raise BadInput(problems)
    for material in names:
        if material in overdue(state):
            raise NotPossible("gap_overdue", materials=(material,))
        if material not in waiting:
            raise NotPossible("no_gap_of_this", material=material)
    channel = "window" if command.by.kind is e.ActorKind.STAFF else ""
    return [
        e.GapFilled(at=command.at, by=command.by.mark, material=each.material, provided=(each,), channel=channel)
        for each in command.provided
    ]


def tell_passed(state: State, command: c.TellGapPassed, law: Law) -> list[e.Event]:
    """GapPassed at the end of the told day; Terminated with it only where region and signed text say so."""
    gap = open_gaps(state).get(command.material)
    if gap is None or day_of(command) <= last_day(state, gap, law):
        raise NotPossible("not_due")
    passed = e.GapPassed(at=command.at, by=command.by.mark, material=command.material, due=last_day(state, gap, law))
    if gap.gap.consequence != AUTO:
        return [passed]
    remedy = remedy_of(law, holding_agency(state, law), state.e_service)
    return [passed, e.Terminated(at=command.at, by=command.by.mark, ground="gap_overdue", remedy=remedy)]


def _require_applicant_or_window(state: State, actor: c.Actor, law: Law) -> None:
    if actor.kind is e.ActorKind.STAFF:
        require_window(state, actor, law)
    else:
        require_applicant(state, actor)
