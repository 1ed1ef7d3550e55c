"""Streams of supervision in sentences: a finding, its evidence, the history of a card or an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banjie import words
from banjie.duties.supervision import cards, rulebook, telling
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.engine.codec import instant
from banjie.records.organisation.queries import display_name, unit_names
from banjie.words.catalogue import fill

CODED = {"clock": "clocks", "channel": "guide_channels"}
"""Values of evidence that are codes, and where their words stand."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a history: when, the sentence, and what was written."""

    at: datetime
    sentence: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence in words; `position`: of the fact in its stream, 0 where it is none."""

    text: str
    position: int


def named(who: str, language: str) -> str:
    """Who acted: the name of a member of staff, the system where a rule did."""
    known = display_name(who, language)
    return known or ("the system" if language == "en" else "系统") if who == cards.BY_RULE or known else who


def rule_named(code: str, language: str) -> str:
    """What a rule is called: as the rulebook says."""
    return rulebook.rule(code).said(language)


def evidence(finding: Finding, language: str, steps: Mapping[str, str], sentences: Mapping[int, str]) -> list[Shown]:
    """What proves a finding, in words. `steps`: what the steps of its case are called; `sentences`: its facts in words,
    by their place."""
    return [Shown(_said(each, language, steps, sentences), each.position) for each in finding.evidence]


def card_history(stream: UUID, language: str) -> list[Told]:
    """The facts of a card in sentences, oldest first."""
    found = []
    for entry, body in telling.facts(stream):
        kind = entry.kind
        if kind == "appeal_decided":
            kind = "appeal_upheld" if body["upheld"] else "appeal_revoked"
        facts = {
            "by": named(body["by"], language),
            "rule": rule_named(body.get("rule", ""), language),
            "colour": words.label("card_colours", body.get("colour", ""), language),
            "due": _day(body.get("due_on"), language),
            "appeal": _day(body.get("appeal_until"), language),
            "result": words.label("card_results", body.get("result", ""), language),
            "outage": body.get("outage", ""),
        }
        sentence = fill(words.label("card_facts", kind, language), facts)
        found.append(Told(instant(entry.at), sentence, telling.opened(stream, body)))
    return found


def order_history(stream: UUID, language: str) -> list[Told]:
    """The facts of an order in sentences, oldest first."""
    found = []
    for entry, body in telling.facts(stream):
        facts = {
            "by": named(body["by"], language),
            "unit": unit_names(language).get(body.get("unit", ""), ""),
            "due": _day(body.get("due_on"), language),
            "level": words.label("order_levels", body.get("level", ""), language),
            "result": words.label("order_results", body.get("result", ""), language),
        }
        sentence = fill(words.label("order_facts", entry.kind, language), facts)
        found.append(Told(instant(entry.at), sentence, telling.opened(stream, body)))
    return found


def _said(each: Evidence, language: str, steps: Mapping[str, str], sentences: Mapping[int, str]) -> str:
    facts = {name: _value(name, value, language, steps) for name, value in each.values.items()}
    if each.stream is None:
        facts["sentence"] = sentences.get(each.position, "")
    return fill(words.label("evidence", each.code, language), facts)


def _value(name: str, value: Any, language: str, steps: Mapping[str, str]) -> str:
    if isinstance(value, date):
        return words.day_in_words(value, language)
    if name in CODED:
        return words.label(CODED[name], str(value), language)
    return steps.get(str(value), str(value)) if name == "step" else str(value)


def _day(plain: str | None, language: str) -> str:
    return words.day_in_words(date.fromisoformat(plain), language) if plain else ""
