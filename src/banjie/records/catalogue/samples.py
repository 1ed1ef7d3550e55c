"""Samples (示例样表) and blank forms (空白表格): documents made from the data of rulebook/samples, one file a document.

The same file gives both: with its values it is the sample, without them the blank form. Who filled it in is invented.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banjie.records.organisation.rulebook import BadRulebook, folder, read, shaped

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_BYTES = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line of a form: what is asked, what the sample answers, and how it is filled in."""

    label: str
    value: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a plan, a rectangle in centimetres from the upper left corner, and what stands in it."""

    name: str
    x: int
    y: int
    width: int
    height: int
    holds: str = ""

    @property
    def middle_x(self) -> str:
        """Where its name is written, from the left."""
        return str(self.x + self.width // 2)

    @property
    def middle_y(self) -> str:
        """Where its name is written, from above."""
        return str(self.y + self.height // 2)

    @property
    def square_metres(self) -> float:
        """Its area."""
        return self.width * self.height / 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a document: what is printed on it, fields, a table, written lines, or a plan."""

    heading: str = ""
    printed: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()
    rooms: tuple[Room, ...] = ()

    @property
    def view(self) -> str:
        """The plan's edges with a margin, as an SVG's viewBox."""
        width = max(each.x + each.width for each in self.rooms)
        height = max(each.y + each.height for each in self.rooms)
        return f"-20 -20 {width + 40} {height + 40}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A document. `blank`: whether it is a form that is also given out unfilled."""

    title: str
    english: str
    parts: tuple[Part, ...]
    blank: bool = False
    signature: str = ""
    signed_by: str = ""
    signed_on: str = ""


def names() -> frozenset[str]:
    """The names of all samples."""
    return frozenset(path.stem for path in folder("samples"))


def blanks() -> frozenset[str]:
    """The names of those that are also given out as blank forms; BadRulebook."""
    return frozenset(path.stem for path in folder("samples") if _read(path).blank)


def sample(name: str) -> Sample:
    """The sample of this name; LookupError for none, BadRulebook for a faulty file."""
    path = Path(settings.RULEBOOK) / "samples" / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise LookupError(name)
    return _read(path)


def _read(path: Path) -> Sample:
    return _as_written(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _as_written(path: Path, changed_at: int) -> Sample:
    found = shaped(Sample, read(path), path)
    for part in found.parts:
        if any(len(row) != len(part.columns) for row in part.rows):
            raise BadRulebook(f"samples/{path.name}: {part.heading}: a row has as many cells as there are columns")
    return found
