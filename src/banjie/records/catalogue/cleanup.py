"""The three 一律 rules flag what must be cancelled or devolved; measures count what an item asks of people.

Without tables: `rounds` applies both to the items of a region.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banjie.engine.law import Procedure
from banjie.engine.timelimits import Limit
from banjie.records.catalogue.register import PUBLIC_SERVICES, ListKind, Lists, basic_code


class Reason(StrEnum):
    """Why an item cannot stand as it is."""

    NOT_LISTED = "not_listed"  # on no power list (M016)
    UNLAWFUL = "unlawful"  # set by no law or regulation (M017)
    DUPLICATE = "duplicate"  # set twice (M017)
    UNREASONABLE = "unreasonable"  # as a reviewer found (M017)
    DEVOLVABLE = "devolvable"  # a lower level can do it, as a reviewer found (M018)


JUDGED = (Reason.UNREASONABLE, Reason.DEVOLVABLE)
"""What only a reviewer can find; the others follow from the lists and the guide."""


class Outcome(StrEnum):
    """What becomes of an item in a round."""

    KEEP = "keep"
    CHANGE = "change"
    CANCEL = "cancel"
    DEVOLVE = "devolve"


def leaves(reason: Reason) -> frozenset[Outcome]:
    """The outcomes that a flag of this reason leaves (一律取消, 一律下放)."""
    if reason is Reason.DEVOLVABLE:
        return frozenset({Outcome.DEVOLVE, Outcome.CANCEL})
    return frozenset({Outcome.CANCEL})


@dataclass(frozen=True, slots=True)
class Flag:
    """An item that one of the three rules does not let stand. `of`: the item it repeats, or what the reviewer found."""

    item: str
    reason: Reason
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one procedure asks of people: how many steps and materials, and its limits."""

    steps: int
    materials: int
    statutory: Limit
    committed: Limit | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Measures summed. Limits are summed by their unit of time, for no unit becomes another without a calendar.

    `committed`: the promised limit, or the statutory one where nothing is promised.
    """

    procedures: int = 0
    steps: int = 0
    materials: int = 0
    statutory: Mapping[str, int] = field(default_factory=dict)
    committed: Mapping[str, int] = field(default_factory=dict)


# The three rules


def flags(
    procedures: Iterable[Procedure], on_lists: Lists, findings: Mapping[str, Iterable[Flag]] | None = None
) -> list[Flag]:
    """Every item that cannot stand, by item and gravest reason first.

    `procedures`: what a region offers, in the order of their codes. `on_lists`: what stands on its lists; without a
    power list nothing is off it. `findings`: what reviewers found, by item.
    """
    by_item: dict[str, list[Procedure]] = {}
    for each in procedures:
        by_item.setdefault(item_of(each.code), []).append(each)
    found: list[Flag] = []
    first: dict[tuple[str, str, str], str] = {}
    for item, variants in by_item.items():
        exercises_power = variants[0].item_type not in PUBLIC_SERVICES
        powers = on_lists.get(ListKind.POWER)
        if exercises_power and powers is not None and basic_code(item) not in powers:
            found.append(Flag(item, Reason.NOT_LISTED))
        if exercises_power and not any(_is_lawful(each) for each in variants):
            found.append(Flag(item, Reason.UNLAWFUL))
        for each in variants:
            name = (each.guide.item_name or each.name, each.guide.variant, each.agency_of(each.decides))
            other = first.setdefault(name, item)
            if other != item:
                found.append(Flag(item, Reason.DUPLICATE, other))
                break
        found += (findings or {}).get(item, ())
    return found


def _is_lawful(procedure: Procedure) -> bool:
    """Set by a law or regulation (许可法 14, 15); a rule or a document sets no approval."""
    return any(each.of == "item" and each.level in ("law", "regulation") for each in procedure.guide.bases)


def item_of(code: str) -> str:
    """The item's code (31) of one of its variants."""
    return code[:31]


def measured(procedure: Procedure) -> Measure:
    """What a procedure asks of people."""
    return Measure(
        steps=len(procedure.steps),
        materials=len(procedure.materials),
        statutory=procedure.statutory_limit,
        committed=procedure.committed_limit,
    )


# Counting


def summed(measures: Iterable[Measure]) -> Totals:
    """The measures of several procedures together."""
    measures = list(measures)
    statutory: Counter[str] = Counter()
    committed: Counter[str] = Counter()
    for each in measures:
        statutory[each.statutory.unit.value] += each.statutory.number
        promised = each.committed or each.statutory
        committed[promised.unit.value] += promised.number
    steps, materials = sum(each.steps for each in measures), sum(each.materials for each in measures)
    return Totals(len(measures), steps, materials, dict(statutory), dict(committed))
