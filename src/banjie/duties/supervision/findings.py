"""What a rule or a detector found, with the facts that prove it: the one shape in which both speak. Pure.

A finding accuses nobody: it is a question with evidence. Whether it becomes a card is decided by a supervisor, or by
the region's rule, elsewhere. No personal datum stands in one: people are pseudonyms of staff, values are codes, counts
and days, and the facts themselves are named by their place in their stream.

>>> from datetime import date
>>> found = Finding("second_correction", UUID(int=7), "9999-1", "food", "p-1", date(2026, 3, 2),
...                 (Evidence("first_notice", {"points": 2}, 3), Evidence("second_notice", {"points": 1}, 6)))
>>> found.key == replace(found, on=date(2026, 3, 9)).key  # the same facts: the same finding, whenever it is seen
True
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

__all__ = ["Evidence", "Finding", "replace"]

FINDING_IDS = UUID("d1d1a1d6-4d43-5a3f-8b6a-2f7c0f2f9f11")
"""Name space of the keys of findings: computed from what proves them, so that a repeat is recognised."""

Value = str | int | date


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact, or one thing computed from facts, that speaks for a finding.

    `code`: of the word catalogue's `evidence`, a sentence with gaps; `values`: what fills them: codes, counts, days
    (a day's name ends in `_on`). `position`: of the fact in its stream, 0 where it is no single fact (a silence, a
    count). `stream`: the stream it stands in, where that is not the finding's own.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    position: int = 0
    stream: UUID | None = None

    def plain(self) -> dict[str, Any]:
        """As it stands in a fact."""
        values = {name: each.isoformat() if isinstance(each, date) else each for name, each in self.values.items()}
        told: dict[str, Any] = {"code": self.code, "values": values, "position": self.position}
        return told | ({"stream": self.stream.hex} if self.stream else {})

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Evidence":
        """From how it stands in a fact."""
        values = {name: _value(name, each) for name, each in plain["values"].items()}
        stream = plain.get("stream")
        return cls(plain["code"], values, plain["position"], UUID(stream) if stream else None)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against the procedure.

    `rule`: its code in `rulebook/supervision/rules.yaml`; `stream` and `number`: the case (None and "" where it is of
    no single case: a pattern over many, whose evidence names their streams); `unit`: the responsible unit; `person`:
    the pseudonym of the member of staff whose act it is, "" where it is nobody's in particular (a silence); `on`: the
    office's day on which it became true; `evidence`: never empty; `subject`: what it is about, the same whenever it is
    seen again, where the places of its evidence do not say so.
    """

    rule: str
    stream: UUID | None
    number: str
    unit: str
    person: str
    on: date
    evidence: tuple[Evidence, ...]
    subject: str = ""

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.rule}: a finding without evidence accuses")

    @property
    def key(self) -> UUID:
        """The same for the same rule proved by the same facts, on whatever day it is seen: the stream of its card."""
        own = self.stream or UUID(int=0)
        places = [f"{(each.stream or own).hex}:{each.position}" for each in self.evidence if each.position]
        about = [self.subject] if self.subject else places or [self.on.isoformat()]
        return uuid5(FINDING_IDS, "/".join((self.rule, own.hex, self.number, self.unit, *about)))


def _value(name: str, plain: Any) -> Value:
    held: Value = date.fromisoformat(plain) if name.endswith("_on") else plain
    return held
