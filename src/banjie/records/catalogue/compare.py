"""Two procedures compared element by element: two versions of one item, or the same item of two regions (M052).

Elements of a list are matched by what they are called (id, slug, …), not by their place, so that an insertion is one
difference and not many. What an item asks of people is counted by `cleanup.measured`.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from banjie.engine.law import Procedure
from banjie.engine.timelimits import Limit

KEYS: Mapping[str, tuple[str, ...]] = {
    "Agency": ("id",),
    "Basis": ("of", "title", "article"),
    "Benchmark": ("id",),
    "Choice": ("value",),
    "Criterion": ("id",),
    "DeclineGround": ("id",),
    "Faq": ("question",),
    "Fee": ("name",),
    "Intermediary": ("name", "material"),
    "LimitTerm": ("of",),
    "Material": ("id",),
    "PauseGround": ("id",),
    "PauseTime": ("ground",),
    "Place": ("name",),
    "PostDuty": ("unit", "post"),
    "Prerequisite": ("item",),
    "Proof": ("name", "material"),
    "Question": ("id",),
    "Removal": ("kind", "id"),
    "Settled": ("name",),
    "SpecialStep": ("id",),
    "StepRule": ("slug",),
    "WorkUnit": ("id",),
}
"""By which fields the elements of a list are known, by their type."""


class Group(StrEnum):
    """What a comparison across regions is about."""

    MATERIALS = "materials"
    STEPS = "steps"
    LIMITS = "limits"
    FEES = "fees"
    OTHER = "other"


GROUPS: Mapping[str, Group] = {
    "materials": Group.MATERIALS,
    "guide.intermediaries": Group.MATERIALS,
    "guide.proofs": Group.MATERIALS,
    "steps": Group.STEPS,
    "guide.special_steps": Group.STEPS,
    "statutory_limit": Group.LIMITS,
    "committed_limit": Group.LIMITS,
    "notice_limit": Group.LIMITS,
    "correction_period": Group.LIMITS,
    "certificate_limit": Group.LIMITS,
    "total_promise": Group.LIMITS,
    "extension": Group.LIMITS,
    "forwarding.limit": Group.LIMITS,
    "pause_grounds": Group.LIMITS,
    "guide.terms": Group.LIMITS,
    "readings": Group.LIMITS,
    "guide.pause_times": Group.LIMITS,
    "fee": Group.FEES,
    "guide.fee_basis": Group.FEES,
    "guide.fees": Group.FEES,
}
"""Where an element belongs, by the beginning of its path; everything else is OTHER."""

LOCAL = frozenset({"unit", "listed", "issuer", "contact"})
"""Fields that name people, units and lists of one region, and so differ between any two."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that differs.

    `path`: "materials.mandate.copies"; `part` and `field`: by which `naming.element_name` names it, the part "" for an
    element of the item or its guide. `one`, `other`: the values, None where an element is missing. A `field` "order"
    means that only the order differs; then the values are the keys in their order.
    """

    path: str
    part: str
    field: str
    one: Any
    other: Any

    @property
    def group(self) -> Group:
        """What it is about."""
        found = [group for start, group in GROUPS.items() if self.path == start or self.path.startswith(f"{start}.")]
        return found[0] if found else Group.OTHER


def differences(one: Procedure, other: Procedure) -> list[Difference]:
    """Everything that differs, in the order of the elements; empty for equal procedures."""
    return list(_of_fields(one, other, "", ""))


def across(one: Procedure, other: Procedure) -> dict[Group, list[Difference]]:
    """The differences in materials, steps, limits and fees between the same item of two regions (因地而异).

    Without what must differ between regions: units, people and the ids of local lists.
    """
    found: dict[Group, list[Difference]] = {group: [] for group in Group if group is not Group.OTHER}
    for each in differences(one, other):
        if each.group in found and each.field not in LOCAL:
            found[each.group].append(each)
    return found


def _of_fields(one: Any, other: Any, path: str, part: str) -> Iterator[Difference]:
    for field in dataclasses.fields(one):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if first != second:
            yield from _of_values(first, second, f"{path}.{field.name}" if path else field.name, part, field.name)


def _of_values(one: Any, other: Any, path: str, part: str, field: str) -> Iterator[Difference]:
    if _is_element(one) and _is_element(other):
        yield from _of_fields(one, other, path, "" if field == "guide" else field)
    elif _is_list(one) or _is_list(other):
        yield from _of_lists(one, other, path, field)
    else:
        yield Difference(path, part, field, one, other)


def _of_lists(one: Sequence[Any], other: Sequence[Any], path: str, field: str) -> Iterator[Difference]:
    first, second = _keyed(one), _keyed(other)
    for key in dict.fromkeys((*first, *second)):
        if key in first and key in second:
            yield from _of_fields(first[key], second[key], f"{path}.{key}", field)
        else:
            yield Difference(f"{path}.{key}", field, field, first.get(key), second.get(key))
    common = [key for key in first if key in second]
    turned = [key for key in second if key in first]
    if common != turned:
        yield Difference(path, field, "order", tuple(common), tuple(turned))


def _keyed(elements: Sequence[Any]) -> dict[str, Any]:
    """The elements by what they are called; a second one of the same name is numbered."""
    found: dict[str, Any] = {}
    for each in elements:
        fields = KEYS[type(each).__name__]
        key = plain = " ".join(str(getattr(each, name)) for name in fields if getattr(each, name))
        number = 1
        while key in found:
            number += 1
            key = f"{plain} ({number})"
        found[key] = each
    return found


def _is_element(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, Limit)


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and _is_element(value[0])
