"""The rules and each region's choices, as rulebook/supervision has them: dated, read once a process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from banjie.engine.timelimits import Limit
from banjie.records.catalogue.rulebook import LIMIT
from banjie.records.organisation.rulebook import BadRulebook, folder, read, shaped

COLOURS = ("warning", "yellow", "red")
"""预警、黄牌、红牌, from the lightest."""
LEVELS = ("unit", "section_head", "head_of_agency", "supervision_office")
BY = ("facts", "records", "person")
LIMITS = ("explain", "rectify", "appeal", "display")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What speaks against the procedure. `grounds`: the articles of 行政许可法; `clock`: the limit that passed.

    `by`: fires from the facts of a case, from other records, or is entered by a person with what proves it.
    """

    code: str
    grounds: tuple[str, ...]
    name: str
    english: str
    colour: str
    by: str
    facts: tuple[str, ...] = ()
    clock: str = ""
    excusable: bool = False

    def said(self, language: str) -> str:
        """What it is called."""
        return self.english if language.lower().startswith("en") else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who answers an order at a level, and within which time."""

    level: str
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a region supervises from a day on. `issued_by_rule`: whose findings become cards without anybody."""

    valid_from: date
    source: str
    explain: Limit
    rectify: Limit
    appeal: Limit
    display: Limit
    ladder: tuple[Rung, ...]
    issued_by_rule: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    region: str
    office: str
    choices: tuple[Choice, ...] = field(default_factory=tuple)


def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of the file; BadRulebook."""
    return _rules(str(settings.RULEBOOK))


def rule(code: str) -> Rule:
    """The rule with this code. One no file names (a detector's own) is shown by its code, as a warning."""
    return rules().get(code) or Rule(
        code=code, grounds=(), name=code, english=code, colour=COLOURS[0], by="records", excusable=False
    )


def offices() -> Mapping[str, str]:
    """The unit that supervises each region, by the region's code."""
    return {each.region: each.office for each in _regions(str(settings.RULEBOOK))}


def choice(region: str, on: date) -> Choice:
    """How this region supervises on a day; LookupError where it has chosen nothing."""
    for each in _regions(str(settings.RULEBOOK)):
        if each.region == region:
            come = [one for one in each.choices if one.valid_from <= on] or list(each.choices[:1])
            return max(come, key=lambda one: one.valid_from)
    raise LookupError(f"rulebook/supervision/regions has no file of region {region}")


@lru_cache(maxsize=4)
def _rules(root: str) -> Mapping[str, Rule]:
    path = Path(root) / "supervision" / "rules.yaml"
    found: dict[str, Rule] = {}
    for plain in read(path):
        each = shaped(Rule, plain, path)
        if each.colour not in COLOURS or each.by not in BY or each.code in found:
            raise BadRulebook(f"supervision/rules.yaml: {each.code}: colour, by or a code that stands twice")
        found[each.code] = each
    return found


@lru_cache(maxsize=4)
def _regions(root: str) -> tuple[_Region, ...]:
    return tuple(shaped(_Region, _with_limits(read(path)), path) for path in folder("supervision/regions"))


def _with_limits(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_with_limits(each) for each in plain]
    if isinstance(plain, dict):
        return {
            key: _limit(each) if key in (*LIMITS, "limit") and isinstance(each, str) else _with_limits(each)
            for key, each in plain.items()
        }
    return plain


def _limit(text: str) -> dict[str, Any]:
    match = LIMIT.fullmatch(text)
    if match is None:
        raise BadRulebook(f"supervision: {text!r} is no limit; write for example 3 working_day")
    return {"number": int(match[1]), "unit": match[2]}
