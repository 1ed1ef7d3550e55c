"""What each figure means, in words, as the rulebook publishes it (`rulebook/figures.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banjie.records.organisation.rulebook import BadRulebook, read, shaped

UNITS = ("per_cent", "cases", "surveys", "per_day", "days", "minutes")
PERIODS = ("ended", "received", "decided", "finished", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A figure: `counted` divided by `among` ("" for a total); `left_out` is in neither. Each in both languages."""

    code: str
    name: str
    english: str
    unit: str
    period: str
    counted: str
    counted_english: str
    left_out: str
    left_out_english: str
    among: str = ""
    among_english: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unit: {self.unit!r} is none of {', '.join(UNITS)}")
        if self.period not in PERIODS:
            raise ValueError(f"period: {self.period!r} is none of {', '.join(PERIODS)}")

    def said(self, name: str, language: str) -> str:
        """`name`, `counted`, `among` or `left_out` in a language."""
        if name == "name":
            return self.english if language == "en" else self.name
        return str(getattr(self, f"{name}_english" if language == "en" else name))


def definitions() -> Mapping[str, Definition]:
    """Every figure by its code, in the order of the rulebook. BadRulebook."""
    return _read(str(settings.RULEBOOK))


@lru_cache(maxsize=8)
def _read(root: str) -> Mapping[str, Definition]:
    path = Path(root) / "figures.yaml"
    found = {each.code: each for each in (shaped(Definition, plain, path) for plain in read(path))}
    if len(found) < len(read(path)):
        raise BadRulebook("figures.yaml: two figures have the same code")
    return found
