"""For whom this thread reads: the second lock on PostgreSQL asks it with every statement on guarded rows.

Nobody has been named at first, and nobody sees anything. A request begins `narrowly()`, and every scope that is named
in it (`named`) opens the rows of its participants. The house's own programs read `as_the_house()`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HOUSE = "*"
BETWEEN = "\x1f"
"""Stands between the names of a scope, as the policies take it apart."""
OF = ":"
"""Stands between a column and its value in what was opened: no name of a unit or a person has it."""

_is_house: ContextVar[bool] = ContextVar("is_house", default=False)
_names: ContextVar[set[str] | None] = ContextVar("names", default=None)


@contextmanager
def as_the_house() -> Iterator[None]:
    """Every row, for the house's own programs: the worker, the commands, the door."""
    token = _is_house.set(True)
    try:
        yield
    finally:
        _is_house.reset(token)


@contextmanager
def narrowly(names: set[str] | None = None) -> Iterator[None]:
    """Nobody's rows but those of whoever is named from here on. `names`: goes on with these, and adds to them."""
    house, known = _is_house.set(False), _names.set(set() if names is None else names)
    try:
        yield
    finally:
        _is_house.reset(house)
        _names.reset(known)


def named(who: Iterable[str]) -> None:
    """Somebody (units, people by pseudonym) is being read for; ValueError for a name that is more than one."""
    told = {each for each in who if each}
    if HOUSE in told or any(BETWEEN in each or OF in each for each in told):
        raise ValueError("no unit and no person is called that")
    _add(told)


def opened(column: str, values: Iterable[str]) -> None:
    """The rows with these values in this column are being read: by whoever keeps an agency's, say."""
    told = {f"{column}{OF}{each}" for each in values if each}
    if any(BETWEEN in each for each in told):
        raise ValueError("no value is written like that")
    _add(told)


def _add(told: set[str]) -> None:
    known = _names.get()
    if known is None:
        _names.set(told)
    else:
        known |= told


def current() -> str:
    """For whom, as the policies read it: HOUSE, or names with BETWEEN between them, "" for nobody."""
    return HOUSE if _is_house.get() else BETWEEN.join(sorted(_names.get() or ()))
