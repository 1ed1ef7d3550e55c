"""What things are called that only the procedure, the organisation or the sealed texts can name.

A sentence asks for a name by kind and id. Kinds: material, question, criterion, step, ground, unit, agency, procedure,
licence, clock_basis (where the procedure's own law sets a clock), person (a member of staff, by pseudonym) and text (a
sealed text, by its `Ref.ref`). Who asks for a sentence hands the look-up in; what it does not know shows as the
catalogue's own word, or is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from banjie.engine.law import Clock, Procedure
from banjie.words.catalogue import DEFAULT, language_of

Names = Callable[[str, str], str] | Mapping[Any, str]
"""A function of (kind, id), or a mapping from (kind, id) or from the id alone."""

PRIVATE = frozenset({"person", "text"})
"""Kinds of name that no procedure knows."""


def name_of(names: Names | None, kind: str, id: str) -> str:
    """The name, or "" where the look-up has none."""
    if names is None or not id:
        return ""
    if isinstance(names, Mapping):
        return names.get((kind, id)) or names.get(id) or ""
    try:
        return names(kind, id) or ""
    except LookupError:
        return ""


def names_of(procedure: Procedure, language: str = DEFAULT, others: Names | None = None) -> Names:
    """The look-up of everything a procedure names; `others` is asked first (people, sealed texts, names of its own).

    In English the English name, where the procedure has one.
    """
    english = language_of(language) == "en"

    @cache
    def published() -> Mapping[tuple[str, str], str]:
        return {(kind, id): (english and other) or name for kind, id, name, other in _published(procedure)}

    def names(kind: str, id: str) -> str:
        known = name_of(others, kind, id)
        return known or ("" if kind in PRIVATE else published().get((kind, id), ""))

    return names


def _published(procedure: Procedure) -> Iterator[tuple[str, str, str, str]]:
    yield "procedure", procedure.code, procedure.name, procedure.english
    for material in procedure.materials:
        yield "material", material.id, material.name, material.english
    for question in procedure.questions:
        yield "question", question.id, question.label, question.english
    for criterion in procedure.criteria:
        yield "criterion", criterion.id, criterion.text, criterion.english
    for step in procedure.steps:
        yield "step", step.slug, step.name, step.english
    for pause in procedure.pause_grounds:
        yield "ground", pause.id, pause.name, pause.english
    for decline in procedure.decline_grounds:
        yield "ground", decline.id, decline.name, decline.english
    for end in procedure.ex_officio.grounds if procedure.ex_officio else ():
        yield "ground", end.id, end.name, end.english
    if procedure.ex_officio:  # no article on applications sets this limit
        yield "clock_basis", Clock.LEGAL.value, "、".join(procedure.basis), ""
    for benchmark in procedure.guide.benchmarks:
        yield "benchmark", benchmark.id, f"{benchmark.when} → {benchmark.outcome}", ""
    for unit in procedure.units:
        yield "unit", unit.id, unit.name, unit.english
    for agency in procedure.agencies:
        yield "agency", agency.id, agency.name, agency.english
