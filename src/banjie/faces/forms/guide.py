"""The guide of an item (办事指南) as a page shows it, with the dates of somebody who files today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from banjie import words
from banjie.engine.clocks import Running
from banjie.engine.forecast import if_filed, opening
from banjie.engine.law import Clock, Duty, Law, Material, Procedure
from banjie.engine.not_possible import NotPossible
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
class IfFiled:
    """By when there is what, for an application of a day. `latest`: even where all the time to answer is used.

    `is_today`: whether it is asked for today; `readings`: how it is counted where the law leaves a choice.
    """

    on: date
    is_today: bool
    clocks: tuple[ClockShown, ...]
    latest: date | None
    readings: tuple[tuple[str, str], ...]
    refusal: words.Refusal | None = None


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
    today: IfFiled


def guide_of(law: Law, today: date, language: str, at: datetime | None = None) -> Guide:
    """The guide in words, as of a day; NotPossible("steps_in_a_circle") for a draft that has no flow.

    `at`: another instant than the opening of that day, for which the dates are asked.
    """
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
        today=if_filed_shown(law, at or opening(law, today), language, is_today=at is None),
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


NAMES: Mapping[Clock, str] = {
    Clock.NOTICE: gettext_noop("Whether it is accepted"),
    Clock.PRELIMINARY: gettext_noop("Examined and handed up, by law"),
    Clock.PROMISED: gettext_noop("Decided, as we promise"),
    Clock.LEGAL: gettext_noop("Decided, by law"),
    Clock.TOTAL: gettext_noop("Everything finished, as we promise"),
}
"""What a clock means to somebody who has not filed yet."""


def if_filed_shown(law: Law, at: datetime, language: str, is_today: bool = True) -> IfFiled:
    """The dates of an application that arrives at this instant, each of them opening into its days."""
    try:
        known = if_filed(law, at)
    except NotPossible as no:  # the calendar of the year is not loaded
        return IfFiled(at.date(), is_today, (), None, (), words.refusal(no, language))
    clocks = tuple(shown_clock(each, language, name=_(NAMES[each.clock])) for each in known.running)
    started = words.label("element_values", f"counts_from.{known.counts_from}", language)
    told = [(_("Time for the decision counts from"), started)]
    told += [words.reading_in_words(name, value, language) for name, value in known.readings]
    return IfFiled(known.on, is_today, clocks, _day_of(known.latest), tuple(told))


def _day_of(running: Running | None) -> date | None:
    try:
        return running.due if running else None
    except NotPossible:
        return None
