"""What a kind of paper is sealed with, and by whose act: dated data of the rulebook (rulebook/seals/policy.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from banjie.records.organisation.rulebook import read

APPROVAL, LICENSING = "approval", "licensing"
KEEPER, TEMPLATE = "keeper", "template"


@dataclass(frozen=True, slots=True)
class Rule:
    """`use`: of the seal (approval, licensing). `act`: the keeper's own (keeper) or a template authority (template).

    `agency`: whose seal: deciding, or acting (whoever the fact names, else whoever acted). `facts`: the facts of other
    streams than cases it may rest on, as stream kind/fact; a case says itself which papers a fact produces.
    `again`: a later paper of the kind in the same case does not replace an earlier one.
    """

    use: str
    act: str
    agency: str
    facts: frozenset[str] = frozenset()
    again: bool = False


def rule(kind: str, on: date) -> Rule | None:
    """How papers of this kind are sealed on a day; None where they are not."""
    found: Rule | None = None
    for begins, rules in _policy(str(settings.RULEBOOK)):
        if begins <= on:
            found = rules.get(kind)
    return found


def kinds(on: date, act: str = "") -> list[str]:
    """The kinds of papers that are sealed on a day, by this act where one is named."""
    known: Mapping[str, Rule] = {}
    for begins, rules in _policy(str(settings.RULEBOOK)):
        if begins <= on:
            known = rules
    return [kind for kind, each in known.items() if act in ("", each.act)]


@cache
def _policy(rulebook: str) -> tuple[tuple[date, dict[str, Rule]], ...]:
    plain: list[dict[str, Any]] = read(Path(rulebook) / "seals" / "policy.yaml")
    return tuple(
        (each["from"], {kind: _rule(told) for kind, told in each["kinds"].items()})
        for each in sorted(plain, key=lambda one: one["from"])
    )


def _rule(told: dict[str, Any]) -> Rule:
    if told["seal"] not in (APPROVAL, LICENSING) or told["act"] not in (KEEPER, TEMPLATE):
        raise ValueError(f"rulebook/seals/policy.yaml: {told}")
    return Rule(
        told["seal"],
        told["act"],
        told.get("agency", "acting"),
        frozenset(told.get("facts", ())),
        bool(told.get("again", False)),
    )
