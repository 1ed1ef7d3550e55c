"""All subjects of the gate together, in the order in which an editor would mend them."""

from collections.abc import Iterator

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.gate import disclosure, limits, prerequisites, proof, removals, roles, shape, word
from banjie.records.catalogue.gate.around import Around


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Every reason why this version cannot be published, those that would break the engine first."""
    broken = False
    for no in shape.problems(procedure, around):
        broken = True
        yield no
    yield from disclosure.problems(procedure, around)
    yield from prerequisites.problems(procedure, around)
    yield from removals.problems(procedure, around)
    if broken:
        return  # what follows asks the engine about a procedure it could not carry
    yield from proof.problems(procedure)
    yield from limits.problems(procedure, around)
    yield from roles.problems(procedure, around)
    yield from word.problems(procedure)
