"""Prerequisites (前置审批): no two items wait for each other, none waits for what is gone, and each has its law.

An item declares what must be granted first by basic code (12). The whole catalogue is a graph; publishing may close a
circle in it, and a cancelled item breaks those that wait for it (`banjie.records.catalogue.recheck`).
"""

from collections.abc import Iterator, Mapping

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.gate.around import Around

ENOUGH = ("law", "regulation")
"""Which sources may make one approval wait for another (许可法 14-17); an upper department's wish may not (M029)."""


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Mutual, stale, without basis, or on too low a basis."""
    for each in procedure.guide.prerequisites:
        if each.item in around.cancelled:
            yield NotPossible("prerequisite_stale", item=each.item, name=each.name, agency=each.agency)
        if not each.basis.strip():
            yield NotPossible("prerequisite_without_basis", item=each.item, name=each.name)
        elif each.level not in ENOUGH:
            yield NotPossible("prerequisite_basis_too_low", item=each.item, name=each.name, basis=each.basis)
    circle = _circle(procedure, around.others)
    if circle:
        yield NotPossible("prerequisites_mutual", items=circle)


def _circle(procedure: Procedure, others: Mapping[str, Procedure]) -> list[str]:
    """The items that wait for one another through this one, in order; empty where there is no circle."""
    own = basic_code(procedure.code)
    waits: dict[str, list[str]] = {}
    for each in (procedure, *(other for code, other in others.items() if code != procedure.code)):
        waits.setdefault(basic_code(each.code), []).extend(before.item for before in each.guide.prerequisites)
    paths = [[own]]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        for before in waits.get(path[-1], ()):
            if before == own:
                return [*path, own]
            if before not in seen:
                seen.add(before)
                paths.append([*path, before])
    return []


def basic_code(code: str) -> str:
    """The basic code (12) inside an item's code of 31 or 33 characters."""
    return code[19:31]
