"""What the rulebook says of whole projects: how long each may take, and how long it took before the reform.

`baselines()`: frozen durations (`rulebook/baselines.yaml`), for compression rates. `profiles()`: limits from milestone
to milestone (`rulebook/project-limits.yaml`). Both are read once a process; a line with a day is never changed.
"""

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from banjie.engine.project import Baseline, Profile
from banjie.records.catalogue.rulebook import limited
from banjie.records.organisation.rulebook import BadRulebook, read, shaped

T = TypeVar("T", Baseline, Profile)


def baselines() -> tuple[Baseline, ...]:
    """Every frozen duration, in the order of the rulebook. BadRulebook."""
    return _lines(Baseline, str(settings.RULEBOOK), "baselines.yaml")


def baseline(of: str, subject: str) -> Baseline | None:
    """The newest frozen duration of a project type or an item; None where none was frozen."""
    found = [each for each in baselines() if (each.of, each.subject) == (of, subject)]
    return max(found, key=lambda each: each.frozen_on, default=None)


def profiles() -> tuple[Profile, ...]:
    """Every limit of whole projects, in the order of the rulebook. BadRulebook."""
    return _lines(Profile, str(settings.RULEBOOK), "project-limits.yaml")


@lru_cache(maxsize=16)
def _lines(cls: type[T], root: str, name: str) -> tuple[T, ...]:
    path = Path(root) / name
    plain = read(path)
    if not isinstance(plain, list):
        raise BadRulebook(f"{name}: a list")
    lines = tuple(shaped(cls, limited(each, name, LIMITS), path) for each in plain)
    if len({each.id for each in lines}) < len(lines):
        raise BadRulebook(f"{name}: two lines have the same id")
    return lines


LIMITS = frozenset({"before", "after", "limit"})
