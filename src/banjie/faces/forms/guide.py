"""The guide of an item (办事指南) as a page shows it, with the dates of somebody who files today."""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine.clocks import Running
from banjie.engine.law import Clock, Duty, Law, Material, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import due
from banjie.faces.forms.conditions import in_words
from banjie.faces.forms.page import ClockShown, shown_clock
from banjie.records.catalogue import documents, flow, queries
from banjie.records.organisation.queries import region_profile


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material with when it is needed and who provides it."""

    material: Material
    name: str
    provider: str
    form: str
    condition: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a section: what it is, what it says, its basis, and when it applies, in words."""

    name: str
    text: str
    basis: str
    condition: str


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section of the guide; `disclosed`: one of the eight disclosures (八公开)."""

    code: str
    heading: str
    lines: tuple[LineShown, ...]
    disclosed: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything a page tells of an item. `chart`: the flow as SVG; `latest`: the last day of a decision."""

    answers: tuple[SectionShown, ...]
    sections: tuple[SectionShown, ...]
    materials: tuple[MaterialLine, ...]
    chart: SafeString
    edition: str
    is_merged: bool
    grounds: tuple[tuple[str, str, str], ...]
    authority: str
    supervises: str
    today: tuple[ClockShown, ...]
    latest: date | None


def guide_of(law: Law, today: date, language: str) -> Guide:
    """The guide in words, as of a day; NotPossible("steps_in_a_circle") for a draft that has no flow."""
    procedure = law.procedure
    paper = documents.guide_of(procedure, language)
    names = words.names_of(procedure, language)
    called = names if callable(names) else lambda kind, id: ""
    extension = procedure.extension
    return Guide(
        answers=tuple(shown_section(each, procedure, language) for each in paper.answers),
        sections=tuple(shown_section(each, procedure, language) for each in paper.sections),
        materials=tuple(
            MaterialLine(
                each,
                called("material", each.id),
                words.label("providers", each.provider, language),
                words.label("element_values", f"materials.form.{each.form}", language),
                in_words(each.when, procedure, language),
            )
            for each in procedure.materials
        ),
        # Our own drawing: an XML writer has written every text in it.
        chart=mark_safe(flow.svg(procedure, language)),
        edition=paper.edition,
        is_merged={Duty.REVIEW, Duty.DECIDE} <= procedure.merged,
        grounds=tuple(
            (called("ground", each.id), each.basis, words.limit_in_words(each.cap, language) if each.cap else "")
            for each in procedure.pause_grounds
        ),
        authority=words.label("posts", extension.authority, language) if extension else "",
        supervises=called("unit", procedure.supervises),
        today=_if_filed(law, today, language),
        latest=_latest(law, today),
    )


def law_of_draft(procedure: Procedure) -> Law:
    """The Law as it would be if this were published today; NotPossible("no_calendar_loaded")."""
    calendar = queries.current_calendar(procedure.region)
    return Law(procedure, {calendar.version: calendar}, region_profile(procedure.region), calendar.version)


def shown_section(section: documents.Section, procedure: Procedure, language: str) -> SectionShown:
    """A section with its conditions in words."""
    lines = tuple(_line(each, procedure, language) for each in section.lines)
    return SectionShown(section.code, section.heading, lines, section.disclosed)


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """A criterion of the approval standard with its conditions in words."""

    text: str
    basis: str
    materials: tuple[LineShown, ...]
    checked_in: tuple[LineShown, ...]
    benchmarks: tuple[LineShown, ...]


def criterion_shown(each: documents.CriterionStandard, procedure: Procedure, language: str) -> CriterionShown:
    """A criterion of the approval standard."""

    def shown(lines: tuple[documents.Line, ...]) -> tuple[LineShown, ...]:
        return tuple(_line(line, procedure, language) for line in lines)

    return CriterionShown(each.text, each.basis, shown(each.materials), shown(each.checked_in), shown(each.benchmarks))


def _line(line: documents.Line, procedure: Procedure, language: str) -> LineShown:
    return LineShown(line.name, line.text, line.basis, in_words(line.when, procedure, language))


def _if_filed(law: Law, today: date, language: str) -> tuple[ClockShown, ...]:
    """By when there is an answer, and by when a decision where the application is accepted on the day it is filed."""
    procedure, calendar = law.procedure, law.calendar(law.current_calendar)
    told = [(_("Whether it is accepted"), Running(Clock.NOTICE, today, procedure.notice_limit, calendar))]
    if procedure.committed_limit:
        promised = Running(Clock.PROMISED, today, procedure.committed_limit, calendar)
        told.append((_("Decided, as we promise"), promised))
    told.append((_("Decided, by law"), Running(Clock.LEGAL, today, procedure.statutory_limit, calendar)))
    return tuple(shown_clock(running, language, name=name) for name, running in told)


def _latest(law: Law, today: date) -> date | None:
    """By when it is decided even where we use every day we have to answer."""
    procedure, calendar = law.procedure, law.calendar(law.current_calendar)
    try:
        answered = due(today, procedure.notice_limit, calendar)
        return due(answered, procedure.committed_limit or procedure.statutory_limit, calendar)
    except (NotPossible, ValueError):
        return None
