"""How far a case had people run: visits of the applicant, and hand-offs among the staff. Counted from the facts.

Nothing here is typed in by anybody: a visit is a fact with place, reason and material, and so is every act.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from banjie.engine import events as e
from banjie.engine.state import State, fold

AT_MOST = 1
"""最多跑一次: more than this many visits break the promise."""

BESIDE = (e.Noted, e.ComplaintAnswered, e.Visited, e.Redated, e.TakenBack)
"""Facts that hand the case to nobody."""


@dataclass(frozen=True, slots=True)
class Trips:
    """How often the applicant came, and how often the case went from one member of staff to another."""

    visits: int
    hand_offs: int
    is_closed: bool

    @property
    def is_zero(self) -> bool:
        """零上门: done without coming once."""
        return self.visits == 0

    @property
    def is_too_many(self) -> bool:
        """Whether the applicant came more often than once."""
        return self.visits > AT_MOST


def trips(facts: Iterable[e.Event]) -> Trips:
    """What these facts of one case say."""
    told = list(facts)
    state = fold(told)
    return Trips(visits(state), hand_offs(told), state.is_closed)


def visits(state: State) -> int:
    """The visits that cost the applicant a trip. Two reasons on one day at one place are one trip."""
    return len({(each.on, each.place) for each in state.visits if each.counts})


def hand_offs(facts: Iterable[e.Event]) -> int:
    """How often somebody else of the staff than before acted on the case."""
    last, count = "", 0
    for fact in facts:
        if fact.by.kind is not e.ActorKind.STAFF or isinstance(fact, BESIDE):
            continue
        count += bool(last) and fact.by.id != last
        last = fact.by.id
    return count
