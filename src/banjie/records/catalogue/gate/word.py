"""What is taken on somebody's word: commitments (告知承诺, 国办发〔2020〕42号), materials that may be late (容缺)."""

from collections.abc import Iterator

from banjie.engine.law import ORDINARY, RISKS, Commitment, Material, Procedure
from banjie.engine.measures import FORM, IDENTITY
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Unit

KINDS = ("proof", "permit")
MODES = ("none", "during", "after")
AHEAD = 2
"""Working days before the promise at which a gap is over everywhere (case-life 23); a region may want more."""


def problems(procedure: Procedure) -> Iterator[NotPossible]:
    """A commitment where its class excludes it or that tells too little; a material that may be late and should not."""
    for each in procedure.risks:
        if each not in RISKS:
            yield NotPossible("unknown_risk", value=each)
    if procedure.commitment:
        yield from _commitment(procedure, procedure.commitment)
    for material in procedure.materials:
        if material.may_be_late:
            yield from _late(procedure, material)


def _commitment(procedure: Procedure, commitment: Commitment) -> Iterator[NotPossible]:
    if procedure.risks != ORDINARY:
        yield NotPossible("commitment_of_grave_class")
    told = {name: getattr(commitment, name) for name in ("basis", "content", "liability", "power")}
    told |= {"of": commitment.of in KINDS, "verify_mode": commitment.verify_mode in MODES}
    told["criteria"] = commitment.materials or commitment.criteria
    for name, value in told.items():
        if not (value.strip() if isinstance(value, str) else value):
            yield NotPossible("commitment_incomplete", field=f"commitment.{name}")
    known = {each.id for each in procedure.materials} | {each.id for each in procedure.criteria}
    known |= {each.slug for each in procedure.steps}
    for name in (*commitment.materials, *commitment.criteria, *commitment.steps):
        if name not in known:
            yield NotPossible("commitment_names_unknown", name=name)
    within = commitment.verify_within
    if commitment.verify_mode == "after" and (within is None or within.unit in (Unit.HOUR, Unit.MINUTE)):
        yield NotPossible("commitment_without_limit")
    if commitment.of == "proof":
        proofs = {each.material for each in procedure.guide.proofs}
        for name in commitment.materials:
            if name not in proofs:
                yield NotPossible("commitment_of_no_proof", material=name)
    elif commitment.of == "permit" and procedure.guide.category != "commerce":
        yield NotPossible("permit_outside_business")


def _late(procedure: Procedure, material: Material) -> Iterator[NotPossible]:
    """Only a secondary material, in working days, and where the limit leaves room."""
    if why := _principal(procedure, material):
        yield NotPossible("late_material_is_principal", name=material.name, why=why)
    assert material.may_be_late is not None
    promised = procedure.committed_limit or procedure.statutory_limit
    if material.may_be_late.unit is not Unit.WORKING_DAY or not material.may_be_late.number:
        yield NotPossible("late_limit_unusable", name=material.name, why="not_in_working_days")
    elif promised.unit is not Unit.WORKING_DAY or promised.number - AHEAD < 1 or procedure.forwarding:
        yield NotPossible("late_limit_unusable", name=material.name, why="no_room")


def _principal(procedure: Procedure, material: Material) -> str:
    """Why a material is a principal one; "" for a secondary one: another that is not late proves the same."""
    if material.kind == FORM or material.id == "application_form":
        return "is_the_form"
    if material.licence in IDENTITY:
        return "shows_who_applies"
    punctual = {each.id for each in procedure.materials if not each.may_be_late and not each.when}
    alone = [each for each in procedure.criteria if material.id in each.materials and not punctual & {*each.materials}]
    return "only_proof" if alone else ""
