"""What a region makes public, and when: dated data of `rulebook/publicity.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjie.engine.timelimits import Limit
from banjie.records.organisation import asked

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
    return asked.asked_of("publicity.yaml", _asked, region, on)


def _asked(plain: dict[str, Any]) -> Asked:
    limits = {name: asked.limit(plain[name]) for name in ("after", "within")}
    made = Asked(**{**plain, **limits, "item_types": frozenset(plain["item_types"])})
    if unknown := set(made.held_back.values()) - set(GROUNDS):
        raise ValueError(f"rulebook/publicity.yaml: {made.region}: no such ground: {sorted(unknown)}")
    return made
