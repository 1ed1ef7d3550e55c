"""The rulebook's files: read safely, each fault named with its file and the path of the key.

The rulebook is data with a date and a source. It is read when something is loaded or published; what a running case
rests on lies in the log.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.conf import settings

from banjie.engine import codec, law

T = TypeVar("T")


class BadRulebook(ValueError):
    """A file of the rulebook that cannot be used: names the file, the key and what is wrong."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # ten times as fast where it is
    """Safe YAML that also refuses a key written twice, where YAML would keep the last in silence."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise BadRulebook(f"line {key_node.start_mark.line + 1}: the key {key!r} stands twice")
        seen.add(key)
    built: dict[Hashable, Any] = loader.construct_mapping(node, deep=True)
    return built


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def folder(name: str) -> list[Path]:
    """The YAML files of one folder of the rulebook, by name; none where there is no such folder."""
    return sorted((Path(settings.RULEBOOK) / name).glob("*.yaml"))


def read(path: Path) -> Any:
    """The plain content of a file; BadRulebook with its name and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, BadRulebook) as problem:
        raise BadRulebook(f"{_shown(path)}: {problem}") from problem


def read_lines(path: Path) -> tuple[Any, dict[tuple[str, int], int]]:
    """The plain content of a file, and the line of each entry of its lists, by key and position; BadRulebook."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
            plain = loader.construct_document(node) if node else None
        finally:
            loader.dispose()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, BadRulebook) as problem:
        raise BadRulebook(f"{path.name}: {problem}") from problem
    lines = {
        (key.value, number): entry.start_mark.line + 1
        for key, held in (node.value if isinstance(node, yaml.MappingNode) else ())
        if isinstance(held, yaml.SequenceNode)
        for number, entry in enumerate(held.value)
    }
    return plain, lines


def shaped(cls: type[T], plain: Any, path: Path) -> T:
    """The content as a dataclass; BadRulebook with the file and the path of the wrong key."""
    try:
        return codec.from_plain(cls, plain, where=_shown(path))
    except ValueError as problem:
        raise BadRulebook(str(problem)) from problem


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


# Region profiles


def region_profile(code: str) -> law.Region:
    """The profile of the region with this code: which contested readings it has chosen; LookupError without one."""
    return _profile(str(settings.RULEBOOK), code)


@lru_cache(maxsize=64)
def _profile(root: str, code: str) -> law.Region:
    for path in folder("regions"):
        plain = read(path)
        if isinstance(plain, dict) and plain.get("code") == code:
            return shaped(law.Region, plain, path)
    raise LookupError(f"regions: no file of the rulebook has the code {code}")


# The organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEntry:
    """A region as its file names it."""

    code: str
    name: str
    english: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """A unit of an agency."""

    id: str
    name: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyEntry:
    """An agency with its units. `paper_prefix`: what the numbers of its papers begin with; without one, its name."""

    id: str
    region: str
    name: str
    english: str
    credit_code: str
    government: str
    reconsideration: str
    court: str
    vertical: bool = False
    paper_prefix: str = ""
    units: tuple[UnitEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """A member of staff: the user name, the name shown, where and in which posts."""

    username: str
    name: str
    english: str
    unit: str
    posts: tuple[str, ...]
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEntry:
    """Who stands in for whom, by user name."""

    leaver: str
    joiner: str
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTypeEntry:
    """A type of window: which business categories and types of items it takes; none named means all."""

    id: str
    name: str
    english: str = ""
    categories: tuple[str, ...] = ()
    item_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEntry:
    """A window of a unit, its type, and for which regions it takes applications; none named means all."""

    id: str
    unit: str
    type: str
    name: str
    english: str = ""
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A county's organisation as its file gives it."""

    regions: tuple[RegionEntry, ...]
    agencies: tuple[AgencyEntry, ...]
    staff: tuple[StaffEntry, ...] = ()
    delegations: tuple[DelegationEntry, ...] = ()
    window_types: tuple[WindowTypeEntry, ...] = ()
    windows: tuple[WindowEntry, ...] = ()


def organisation(path: Path) -> Organisation:
    """The organisation of this file; BadRulebook."""
    return shaped(Organisation, read(path), path)
