"""What a region asks of its delivery: dated data of `rulebook/delivery.yaml`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from banjie.records.organisation import asked

ELECTRONIC = ("arrival", "opened")


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` on, in the regions whose code begins with `region`. `electronic`: one of `ELECTRONIC`."""

    region: str
    since: date
    electronic: str
    codes: int
    source: str

    def __post_init__(self) -> None:
        if self.electronic not in ELECTRONIC:
            raise ValueError(f"electronic: {self.electronic!r} is none of {', '.join(ELECTRONIC)}")
        if not 4 <= self.codes <= 12:
            raise ValueError(f"codes: {self.codes}: from 4 to 12 figures")


def asked_of(region: str, on: date) -> Asked:
    """What holds in this region on this day; where nobody has said anything, service counts from the opening."""
    try:
        return asked.asked_of("delivery.yaml", _asked, region, on)
    except LookupError:
        return Asked("", on, "opened", 6, "")


def _asked(plain: dict[str, Any]) -> Asked:
    return Asked(**plain)
