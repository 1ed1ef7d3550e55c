"""The approval standard (审批标准): what is examined, on what basis, with which material, in which step, and how it is
decided where there is discretion (M039, M040)."""

from collections.abc import Iterator
from dataclasses import dataclass

from banjie.engine.law import Procedure
from banjie.engine.steps import KINDS
from banjie.records.catalogue import flow
from banjie.records.catalogue.documents.guide import guide_of
from banjie.records.catalogue.documents.paper import Line, Section, Words, digest_of
from banjie.words.catalogue import DEFAULT


@dataclass(frozen=True, slots=True)
class CriterionStandard:
    """One condition. `materials`: what proves it, with its acceptance standard; `checked_in`: the steps that can find
    it unmet; `benchmarks`: facts (`name`) and what they lead to (`text`)."""

    id: str
    text: str
    basis: str
    materials: tuple[Line, ...]
    checked_in: tuple[Line, ...]
    benchmarks: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ApprovalStandard:
    """The standard of one version: attributes, bases and limits as the guide has them, criteria, the detailed flow."""

    code: str
    version: int
    digest: str
    name: str
    attributes: Section
    bases: Section
    limits: Section
    criteria: tuple[CriterionStandard, ...]
    flow: tuple[str, ...]


def standard_of(procedure: Procedure, language: str = DEFAULT) -> ApprovalStandard:
    """The approval standard of a version."""
    said, guide = Words(procedure, language), guide_of(procedure, language)
    checked = tuple(_checking(said))
    return ApprovalStandard(
        code=procedure.code,
        version=procedure.version,
        digest=digest_of(procedure),
        name=said.own(procedure),
        attributes=guide.section("item"),
        bases=guide.section("basis"),
        limits=guide.section("limits"),
        criteria=tuple(
            CriterionStandard(
                id=each.id,
                text=said.own(each, "text"),
                basis=each.basis,
                materials=tuple(_materials(each.materials, said)),
                checked_in=checked,
                benchmarks=tuple(
                    Line(benchmark.outcome, benchmark.when, benchmark.basis)
                    for benchmark in procedure.guide.benchmarks
                    if benchmark.criterion == each.id
                ),
            )
            for each in procedure.criteria
        ),
        flow=tuple(flow.in_words(procedure, language)),
    )


def _materials(ids: tuple[str, ...], said: Words) -> Iterator[Line]:
    for each in said.procedure.materials:
        if each.id in ids:
            yield Line(each.standard, said.own(each), each.basis, each.when)


def _checking(said: Words) -> Iterator[Line]:
    """The steps that can come to an adverse outcome, which has to cite an unmet condition."""
    for each in said.procedure.steps:
        if KINDS[each.kind].adverse:
            unit = said.called("unit", each.unit)
            yield Line(said.clauses((unit, said.limit(each.limit))), said.own(each), each.basis, each.when)
    if said.procedure.instant and not said.procedure.steps:
        yield Line(said.called("unit", said.procedure.receives), said.heading("at_once"))
