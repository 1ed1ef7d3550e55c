"""What a region asks of itself: dated data of `rulebook/inspections.yaml`."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

LEAST = 100
"""不低于10%: no region may ask for less, in thousandths."""


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` on, in the regions whose code begins with `region`."""

    region: str
    since: date
    least_share: int
    visits_a_month: int
    circular_months: int
    source: str

    def __post_init__(self) -> None:
        if not LEAST <= self.least_share <= 1000:
            raise ValueError(f"least_share: {self.least_share}: at least {LEAST} in a thousand, and no more than all")


def asked_of(region: str, on: date) -> Asked:
    """What holds in this region on this day; LookupError where nobody has said."""
    found = [each for each in _all() if region.startswith(each.region) and each.since <= on]
    if not found:
        raise LookupError(f"rulebook/inspections.yaml says nothing for {region} on {on}")
    return max(found, key=lambda each: (len(each.region), each.since))


@cache
def _all() -> tuple[Asked, ...]:
    plain = yaml.safe_load((Path(settings.RULEBOOK) / "inspections.yaml").read_text(encoding="utf-8"))
    return tuple(Asked(**each) for each in plain)
