"""What a procedure is judged against: the organisation, its people, the other items, the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from banjie.engine.calendar import Calendar
from banjie.engine.law import Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The surroundings of a procedure on the day it is to be published.

    `units`: the agency of every unit. `credit_codes`: of every agency. `posts`: who holds which post in which unit
    today, by (unit, post). `others`: the newest version of every other item, by its code. `cancelled`: basic codes (12)
    that no longer stand on any list. `calendar`: by which a new case would count; None where none is loaded yet.
    `samples` and `blanks`: the names of the samples and of the blank forms there are.
    """

    units: Mapping[str, str]
    credit_codes: Mapping[str, str] = field(default_factory=dict)
    posts: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    previous: Procedure | None = None
    others: Mapping[str, Procedure] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    calendar: Calendar | None = None
    samples: frozenset[str] = frozenset()
    blanks: frozenset[str] = frozenset()

    def holders(self, unit: str, post: str) -> frozenset[str]:
        """Who holds this post in this unit."""
        return self.posts.get((unit, post), frozenset())
