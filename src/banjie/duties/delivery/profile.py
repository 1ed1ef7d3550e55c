"""What a region asks of its delivery: dated data of `rulebook/delivery.yaml`."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

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
    found = [each for each in _all() if region.startswith(each.region) and each.since <= on]
    return max(found, key=lambda each: (len(each.region), each.since), default=Asked("", on, "opened", 6, ""))


@cache
def _all() -> tuple[Asked, ...]:
    plain = yaml.safe_load((Path(settings.RULEBOOK) / "delivery.yaml").read_text(encoding="utf-8"))
    return tuple(Asked(**each) for each in plain)
