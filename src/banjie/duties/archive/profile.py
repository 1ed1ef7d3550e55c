"""What a region asks of its archive: dated data of `rulebook/archive.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjie.engine.timelimits import Limit
from banjie.records.organisation import asked


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
    return asked.asked_of("archive.yaml", _asked, region, on)


def _asked(plain: dict[str, Any]) -> Asked:
    made = Asked(**{**plain, "wait": asked.limit(plain["wait"]), "formats": frozenset(plain["formats"])})
    if "" not in made.retention or any(each < 0 for each in made.retention.values()):
        raise ValueError(f'rulebook/archive.yaml: {made.region}: retention needs "" for all others, and whole years')
    return made
