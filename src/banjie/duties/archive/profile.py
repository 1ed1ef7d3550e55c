"""What a region asks of its archive: dated data of `rulebook/archive.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from banjie.engine.timelimits import Limit, Unit


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` on, in the regions whose code begins with `region`. `retention`: years, by how a code begins."""

    region: str
    since: date
    wait: Limit
    retention: Mapping[str, int]
    fonds: Mapping[str, str]
    formats: frozenset[str]
    source: str

    def years(self, code: str) -> int:
        """For how many years a case of this item is kept; 0 for ever."""
        fits = [each for each in self.retention if code.startswith(each)]
        return self.retention[max(fits, key=len)]


def asked_of(region: str, on: date) -> Asked:
    """What holds in this region on this day; LookupError where nobody has said."""
    found = [each for each in _all(str(settings.RULEBOOK)) if region.startswith(each.region) and each.since <= on]
    if not found:
        raise LookupError(f"rulebook/archive.yaml says nothing for {region} on {on}")
    return max(found, key=lambda each: (len(each.region), each.since))


@cache
def _all(root: str) -> tuple[Asked, ...]:
    plain = yaml.safe_load((Path(root) / "archive.yaml").read_text(encoding="utf-8"))
    return tuple(_asked(each) for each in plain)


def _asked(plain: dict[str, Any]) -> Asked:
    number, unit = plain["wait"].split()
    told = {**plain, "wait": Limit(int(number), Unit(unit)), "formats": frozenset(plain["formats"])}
    asked = Asked(**told)
    if "" not in asked.retention or any(each < 0 for each in asked.retention.values()):
        raise ValueError(f'rulebook/archive.yaml: {asked.region}: retention needs "" for all others, and whole years')
    return asked
