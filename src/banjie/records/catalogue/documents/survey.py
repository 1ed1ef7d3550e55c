"""The survey guide (踏勘指南): what is looked at on the spot, by whom, for which conditions; apart from the guide."""

from dataclasses import dataclass
from datetime import date

from banjie.engine.law import Duty, Procedure
from banjie.engine.steps import KINDS
from banjie.records.catalogue.documents.paper import Line, Words, digest_of
from banjie.words.catalogue import DEFAULT


@dataclass(frozen=True, slots=True)
class SurveyGuide:
    """Linked to its item by code and version. `steps`: the surveys (`text`: unit, limit, rectification period)."""

    code: str
    version: int
    digest: str
    effective_from: date
    name: str
    points: tuple[str, ...]
    steps: tuple[Line, ...]
    people: int
    criteria: tuple[Line, ...]


def survey_guide_of(procedure: Procedure, language: str = DEFAULT) -> SurveyGuide | None:
    """The survey guide of a version; None where nothing is looked at on the spot."""
    said = Words(procedure, language)
    surveys = [each for each in procedure.steps if KINDS[each.kind].duty is Duty.SURVEY]
    if not surveys and not procedure.guide.survey:
        return None
    steps = []
    for each in surveys:
        rectification = said.field("rectification", each.rectification, "steps")
        told = (
            said.called("unit", each.unit),
            said.limit(each.limit),
            f"{rectification.name} {rectification.text}" if rectification else "",
        )
        steps.append(Line(said.clauses(told), said.own(each), each.basis, each.when))
    return SurveyGuide(
        code=procedure.code,
        version=procedure.version,
        digest=digest_of(procedure),
        effective_from=procedure.effective_from,
        name=said.own(procedure),
        points=procedure.guide.survey,
        steps=tuple(steps),
        people=max((max(each.people, KINDS[each.kind].people) for each in surveys), default=0),
        criteria=tuple(Line(said.own(each, "text"), basis=each.basis) for each in procedure.criteria),
    )
