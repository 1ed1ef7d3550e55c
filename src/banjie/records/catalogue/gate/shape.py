"""What would break the engine or leave a case in limbo: names that lead nowhere, circles, codes that contradict."""

import re
from collections.abc import Iterator

from banjie.engine import rules
from banjie.engine.law import Procedure, StepRule
from banjie.engine.not_possible import NotPossible
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import codes
from banjie.records.catalogue.gate.around import Around

UNDECLARED = re.compile(r"undeclared reference to '([\w.]+)'")

ROUGH_HOURS = {
    Unit.MINUTE: 1 / 60,
    Unit.HOUR: 1.0,
    Unit.CALENDAR_DAY: 24.0,
    Unit.WORKING_DAY: 24.0 * 7 / 5,
    Unit.MONTH: 24.0 * 30,
}
"""Only to compare limits of different units here; no date is ever computed by it."""


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Every fault of shape, the gravest first."""
    yield from _newer(procedure, around.previous)
    yield from _code(procedure, around)
    yield from _known_units(procedure, around)
    yield from _named_once(procedure)
    if procedure.committed_limit and _longer(procedure.committed_limit, procedure.statutory_limit):
        yield NotPossible(
            "promise_longer_than_statutory", promised=procedure.committed_limit, statutory=procedure.statutory_limit
        )
    yield from _rules(procedure)
    for criterion in procedure.criteria:
        for material in criterion.materials:
            if procedure.material(material) is None:
                yield NotPossible("unknown_material", criterion=criterion.id, material=material)
    yield from _steps(procedure)


def _code(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    try:
        parts = codes.parsed(procedure.code)
    except ValueError as problem:
        yield NotPossible("code_malformed", item=procedure.code, why=str(problem))
        return
    if parts.item_type != procedure.item_type:
        yield NotPossible("code_of_other_type", item=procedure.code, told=procedure.item_type, says=parts.item_type)
    agency = procedure.agency_of(procedure.decides)
    own = around.credit_codes.get(procedure.guide.entrusting or agency, "")
    if own and own != parts.credit_code:
        yield NotPossible("code_of_other_agency", item=procedure.code, agency=procedure.guide.entrusting or agency)


def _rules(procedure: Procedure) -> Iterator[NotPossible]:
    known = {each.id for each in procedure.questions}
    for where, why in rules.check(procedure):
        unasked = UNDECLARED.search(why)
        if unasked and unasked[1] not in known:
            yield NotPossible("unasked_question", where=where, question=unasked[1])
        else:
            yield NotPossible("broken_rule", where=where, why=why)


def _steps(procedure: Procedure) -> Iterator[NotPossible]:
    lower = procedure.agency_of(procedure.forwarding.preliminary_unit) if procedure.forwarding else None
    for step in procedure.steps:
        if step.kind not in KINDS:
            yield NotPossible("unknown_step_kind", step=step.slug, kind=step.kind)
        for ground in sorted(step.may_pause_on):
            if procedure.ground(ground) is None:
                yield NotPossible("unknown_pause_ground", step=step.slug, ground=ground)
        for name in step.after:
            before = procedure.step(name)
            if before is None:
                yield NotPossible("unknown_step", step=step.slug, after=name)
            elif lower and procedure.agency_of(step.unit) == lower != procedure.agency_of(before.unit):
                yield NotPossible("dead_end", step=step.slug, after=name)
    circle = _circle(procedure.steps)
    if circle:
        yield NotPossible("steps_in_a_circle", steps=circle)


def _newer(procedure: Procedure, previous: Procedure | None) -> Iterator[NotPossible]:
    if procedure.version < 1 or (previous and procedure.version <= previous.version):
        yield NotPossible("version_not_greater", version=procedure.version, latest=previous.version if previous else 0)
    elif previous and procedure.effective_from < previous.effective_from:
        yield NotPossible("effective_before_previous", previous=previous.effective_from)


def _known_units(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    units = around.units
    named = [procedure.receives, procedure.decides, procedure.seals, procedure.supervises, procedure.serves]
    named += [each.unit for each in procedure.steps]
    if procedure.forwarding:
        named += [procedure.forwarding.preliminary_unit, procedure.forwarding.to_unit]
    told = {each.id: each.agency for each in procedure.units}
    agencies = {each.id for each in procedure.agencies}
    for unit in dict.fromkeys([*named, *told]):
        if unit not in told or units.get(unit) != told[unit]:
            yield NotPossible("unknown_unit", unit=unit)
    for agency in dict.fromkeys([procedure.home, *told.values()]):
        if agency not in agencies or agency not in units.values():
            yield NotPossible("unknown_agency", agency=agency)


def _named_once(procedure: Procedure) -> Iterator[NotPossible]:
    parts = {part: [each.id for each in getattr(procedure, part)] for part in ("materials", "questions", "criteria")}
    parts["steps"] = [each.slug for each in procedure.steps]
    for part, names in parts.items():
        for name in dict.fromkeys(each for each in names if names.count(each) > 1):
            yield NotPossible("named_twice", name=name, where=f"{part}.{name}")


def _longer(one: Limit, other: Limit) -> bool:
    if one.unit is other.unit:
        return one.number > other.number
    return one.number * ROUGH_HOURS[one.unit] > other.number * ROUGH_HOURS[other.unit]


def _circle(steps: tuple[StepRule, ...]) -> list[str]:
    """Steps that wait for one another for ever; empty when there are none."""
    known = {each.slug for each in steps}
    waiting = {each.slug: {before for before in each.after if before in known} for each in steps}
    while True:
        free = {slug for slug, before in waiting.items() if not before & waiting.keys()}
        if not free:
            return sorted(waiting)
        for slug in free:
            del waiting[slug]
