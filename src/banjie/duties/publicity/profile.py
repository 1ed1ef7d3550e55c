"""What a region makes public, and when: dated data of `rulebook/publicity.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from banjie.engine.timelimits import Limit, Unit

GROUNDS = ("state_secret", "business_secret", "personal_privacy")
"""On what a decision may be held back (政府信息公开条例 14, 15)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` on, in the regions whose code begins with `region`. `held_back`: grounds, by how a code begins."""

    region: str
    since: date
    after: Limit
    within: Limit
    item_types: frozenset[str]
    held_back: Mapping[str, str]
    source: str

    def ground(self, code: str) -> str:
        """On what the decisions on this item are never published; "" where they are."""
        return next((ground for begins, ground in self.held_back.items() if code.startswith(begins)), "")


def asked_of(region: str, on: date) -> Asked:
    """What holds in this region on this day; LookupError where nobody has said."""
    found = [each for each in _all(str(settings.RULEBOOK)) if region.startswith(each.region) and each.since <= on]
    if not found:
        raise LookupError(f"rulebook/publicity.yaml says nothing for {region} on {on}")
    return max(found, key=lambda each: (len(each.region), each.since))


@cache
def _all(root: str) -> tuple[Asked, ...]:
    plain = yaml.safe_load((Path(root) / "publicity.yaml").read_text(encoding="utf-8"))
    return tuple(_asked(each) for each in plain)


def _asked(plain: dict[str, Any]) -> Asked:
    limits = {name: _limit(plain[name]) for name in ("after", "within")}
    asked = Asked(**{**plain, **limits, "item_types": frozenset(plain["item_types"])})
    if unknown := set(asked.held_back.values()) - set(GROUNDS):
        raise ValueError(f"rulebook/publicity.yaml: {asked.region}: no such ground: {sorted(unknown)}")
    return asked


def _limit(text: str) -> Limit:
    number, unit = text.split()
    return Limit(int(number), Unit(unit))
