"""The catalogue: which items a county offers, in which published version, and by which calendar days count.

Everything here is immutable once published and kept for ever: a running case names the version it was filed under.
The truth is in the log; the rows are copies of it. Read `models`, `publication` (publish, withdraw), `gate` (what a
procedure must satisfy), `calendars`, `lists` and `register` (what a region may exercise and demand at all), `cleanup`
and `rounds` (which clear that up), `queries` (what is in force, and the Law handed to the engine), `rulebook` (the
files), `codes`, `rebuild`.

The door: `law`, `law_in_force`, `law_of_edition`, `procedure_of`, `in_force`, `items`, `publish`, `withdraw`,
`load_calendar`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from banjie.records.catalogue.calendars import load_calendar as load_calendar
    from banjie.records.catalogue.publication import publish as publish
    from banjie.records.catalogue.publication import withdraw as withdraw
    from banjie.records.catalogue.queries import in_force as in_force
    from banjie.records.catalogue.queries import items as items
    from banjie.records.catalogue.queries import law as law
    from banjie.records.catalogue.queries import law_in_force as law_in_force
    from banjie.records.catalogue.queries import law_of_edition as law_of_edition
    from banjie.records.catalogue.queries import procedure_of as procedure_of
else:
    _BEHIND = {
        "load_calendar": "calendars",
        "publish": "publication",
        "withdraw": "publication",
        "in_force": "queries",
        "items": "queries",
        "law": "queries",
        "law_in_force": "queries",
        "law_of_edition": "queries",
        "procedure_of": "queries",
    }

    def __getattr__(name: str) -> Any:
        # Django imports this package before its tables can be imported: what needs them is fetched when asked for.
        if name not in _BEHIND:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_BEHIND[name]}"), name)
