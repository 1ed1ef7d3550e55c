"""What a new version asks no more was looked at by a lawyer first (法理取消, M030): nothing just disappears."""

from collections.abc import Iterator

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.gate.around import Around


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """NotPossible("removal_without_review") for each material, step and prerequisite that went without a review."""
    if around.previous is None:
        return
    reviewed = {
        (each.kind, each.id) for each in procedure.guide.removals if each.reason.strip() and each.reviewer.strip()
    }
    for kind, id in sorted(_asked(around.previous) - _asked(procedure) - reviewed):
        yield NotPossible("removal_without_review", part=kind, name=id)


def _asked(procedure: Procedure) -> set[tuple[str, str]]:
    """Everything a version asks for or goes through, by kind and id."""
    asked = {("material", each.id) for each in procedure.materials}
    asked |= {("step", each.slug) for each in procedure.steps}
    return asked | {("prerequisite", each.item) for each in procedure.guide.prerequisites}
