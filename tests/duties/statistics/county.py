"""A small county made by hand: cases that came and were decided on days the test names, and what it asks of them."""

from datetime import date
from uuid import UUID

from banjie.cases.scope import Scope
from banjie.duties.statistics.asked import Asked
from banjie.duties.statistics.follow import Figures
from banjie.duties.statistics.values import Table, table
from banjie.engine import commands as c
from banjie.store.log import follow
from banjie.store.log.sequence import sequence
from tests.cases.house import House, instant

REGION = "999921"


def handled(house: House, came: str, decided: str = "", served: str = "", clock: str = "10:00") -> UUID:
    """A case that came and was accepted on one day, and was examined and decided on another, and served on a third."""
    house.at = instant(came)
    stream: UUID = house.submit().stream
    for what, _ in house.life(stream):
        if what == "accept":
            if not decided:
                break
            house.at = instant(decided, clock)
        if what == "decide":
            if not served:
                break
            house.at = instant(served, clock)
    return stream


def withdrawn(house: House, came: str, left: str) -> UUID:
    """A case that was accepted, and taken back by its applicant."""
    stream = handled(house, came)
    house.at = instant(left)
    house.do(stream, c.Withdraw, house.cast.applicant)
    return stream


def asked(house: House, since: str, until: str, *who: str, **only: str) -> Asked:
    """A period, by default on behalf of the unit that decides."""
    scope = Scope(who or (house.procedure.decides,))
    return Asked(date.fromisoformat(since), date.fromisoformat(until), scope, **only)  # type: ignore[arg-type]


def told(what: Asked, on: str = "2026-05-01") -> Table:
    """Everything counted, after the followers have read on."""
    while sequence():
        pass
    while follow.run([Figures()], now=0):
        pass
    return table(what, date.fromisoformat(on), REGION)
