"""The guide of an item (办事指南) as the public reads it, with the dates of somebody who files today."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from banjie import words
from banjie.engine.clocks import Running
from banjie.engine.law import Clock, Duty, Law, Material, Procedure, StepRule
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import due
from banjie.faces.forms.conditions import in_words
from banjie.faces.forms.page import ClockShown, shown_clock


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material with when it is needed and who provides it."""

    material: Material
    name: str
    provider: str
    condition: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in words: what it waits for, and what runs beside it."""

    name: str
    kind: str
    unit: str
    basis: str
    limit: str
    after: str
    beside: str
    condition: str
    people: int


@dataclass(frozen=True, slots=True)
class Guide:
    """What a guide tells beside the plain values of the procedure."""

    materials: tuple[MaterialLine, ...]
    steps: tuple[StepLine, ...]
    agency: str
    receives: str
    contact: str
    is_merged: bool
    grounds: tuple[tuple[str, str, str], ...]
    authority: str
    today: tuple[ClockShown, ...]
    latest: date | None


def guide_of(law: Law, today: date, language: str) -> Guide:
    """The guide in words, as of a day."""
    procedure = law.procedure
    names = words.names_of(procedure, language)
    called = names if callable(names) else lambda kind, id: ""
    grounds = tuple(
        (called("ground", each.id), each.basis, words.limit_in_words(each.cap, language) if each.cap else "")
        for each in procedure.pause_grounds
    )
    extension = procedure.extension
    return Guide(
        materials=tuple(
            MaterialLine(
                each,
                called("material", each.id),
                words.label("providers", each.provider, language),
                in_words(each.when, procedure, language),
            )
            for each in procedure.materials
        ),
        steps=tuple(_step(each, procedure, language) for each in procedure.steps),
        agency=called("agency", procedure.agency_of(procedure.decides)),
        receives=called("unit", procedure.receives),
        contact=procedure.contact,
        is_merged={Duty.REVIEW, Duty.DECIDE} <= procedure.merged,
        grounds=grounds,
        authority=words.label("posts", extension.authority, language) if extension else "",
        today=_if_filed(law, today, language),
        latest=_latest(law, today),
    )


def _step(step: StepRule, procedure: Procedure, language: str) -> StepLine:
    names = words.names_of(procedure, language)
    called = names if callable(names) else lambda kind, id: ""
    separator = words.label("phrases", "between_names", language)
    beside = [
        each.slug
        for each in procedure.steps
        if each.slug != step.slug
        and step.slug not in _before(each.slug, procedure)
        and each.slug not in _before(step.slug, procedure)
    ]
    return StepLine(
        name=called("step", step.slug),
        kind=words.label("step_kinds", step.kind, language),
        unit=called("unit", step.unit),
        basis=step.basis,
        limit=words.limit_in_words(step.limit, language) if step.limit else "",
        after=separator.join(called("step", each) for each in step.after),
        beside=separator.join(called("step", each) for each in beside),
        condition=in_words(step.when, procedure, language),
        people=step.people,
    )


def _before(slug: str, procedure: Procedure) -> set[str]:
    """Every step that has to be finished before this one."""
    step = procedure.step(slug)
    found: set[str] = set()
    for other in step.after if step else ():
        found |= {other} | _before(other, procedure)
    return found


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
