"""Cases in which something speaks against the procedure, for the tests of supervision."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from banjie.cases.handle import carry_out_timers
from banjie.config.worker import turn
from banjie.duties.supervision import cards
from banjie.duties.supervision.models import Card
from banjie.web import clock
from tests.county import County
from tests.faces.cases import Filed, filed


def later(county: County, days: int, hour: int = 10) -> datetime:
    """So many days on, at an hour of the office."""
    county.move_to((clock.now() + timedelta(days=days)).replace(hour=hour))
    return clock.now()


def worked() -> None:
    """The worker does all there is to do."""
    for _ in range(50):
        if not turn():
            return


def silent(county: County) -> Filed:
    """A case nobody answered within five working days."""
    case = filed(county)
    later(county, 8)
    carry_out_timers(case.stream, clock.now())
    worked()
    return case


def card_of(case: Filed, rule: str = "silence") -> Card:
    """The card of a case by its rule."""
    return Card.objects.kept().get(case=case.stream, rule=rule)


def issued(county: County) -> Card:
    """A yellow card of a silence, issued this moment."""
    card = card_of(silent(county))
    return cards.issue(card.stream, "yellow", "请说明逾期原因。", county.actor("inspector"), uuid4(), clock.now())


def some() -> UUID:
    """The id of a new command."""
    return uuid4()
