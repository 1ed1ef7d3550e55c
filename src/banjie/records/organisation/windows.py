"""Which windows take an item: by the type of the window and by region (M085)."""

from collections.abc import Sequence

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.organisation.models import Window


def of_unit(unit: str) -> list[Window]:
    """The windows of a unit with their types, by id."""
    return list(Window.objects.filter(unit_id=unit).select_related("type", "unit").order_by("id"))


def taking(procedure: Procedure) -> list[Window]:
    """The windows of any unit that take this item, those of the unit that receives it first."""
    every = Window.objects.select_related("type", "unit").order_by("id")
    found = [each for each in every if takes(each, procedure)]
    return sorted(found, key=lambda each: each.unit_id != procedure.receives)


def takes(window: Window, procedure: Procedure) -> bool:
    """Whether a window takes an item. Where a type or a window names nothing, it takes everything."""
    kind = window.type
    return (
        (not kind.categories or procedure.guide.category in kind.categories)
        and (not kind.item_types or procedure.item_type in kind.item_types)
        and (not window.regions or any(procedure.region.startswith(each) for each in window.regions))
    )


def require_taking(unit: str, procedure: Procedure, windows: Sequence[Window] | None = None) -> None:
    """NotPossible("other_window") where the windows of this unit do not take the item, naming those that do.

    A unit for which no window is configured takes what is brought to it.
    """
    mine = of_unit(unit) if windows is None else windows
    if mine and not any(takes(each, procedure) for each in mine):
        raise NotPossible("other_window", window=procedure.receives, item=procedure.name)
