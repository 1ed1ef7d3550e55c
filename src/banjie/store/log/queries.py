"""What others ask of the log beside its facts: which installation this is."""

from functools import cache
from typing import NamedTuple

from banjie.store.log.models import Installation as Row


class NoInstallation(Exception):
    """The database is migrated but nothing has been set up in it."""


class Installation(NamedTuple):
    """This installation. `id` stands in every fact; `demo` says that everything in it is made up; UTC microseconds."""

    id: str
    demo: bool
    created_at: int


@cache
def installation() -> Installation:
    """This installation, read once per process (it cannot change); NoInstallation before `install` made it."""
    known = find_installation()
    if known is None:
        raise NoInstallation("no installation has been created in this database yet: create_installation(demo=…)")
    return known


def find_installation() -> Installation | None:
    """This installation, read now; None before `install` made it."""
    row = Row.objects.values_list("id", "demo", "created_at").first()
    return None if row is None else Installation(*row)
