"""What a region asks of itself: dated data of `rulebook/inspections.yaml`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from banjie.records.organisation import asked

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
    return asked.asked_of("inspections.yaml", _asked, region, on)


def _asked(plain: dict[str, Any]) -> Asked:
    return Asked(**plain)
