"""For whom somebody applies: themselves, or whoever has given them a mandate that reaches the item."""

from dataclasses import dataclass

from banjie import words
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.records.parties import queries
from banjie.web import clock


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody one may apply for."""

    party: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom somebody acts now (`party`, "" for themselves), and for whom they could."""

    party: str
    choices: tuple[Choice, ...]

    @property
    def is_for_another(self) -> bool:
        """Whether they act for somebody else."""
        return bool(self.party)


def acting(actor: Actor, item: str, language: str) -> Acting:
    """The choice that stands on the first page of an application for this item (parties/acting_for.html)."""
    found: dict[str, Choice] = {}
    if actor.kind in (ActorKind.APPLICANT, ActorKind.AGENT):
        for each in queries.acting_for(actor, clock.today()):
            if not each.items or item[:31] in each.items:
                found[each.party] = Choice(each.party, each.name, words.label("mandate_kinds", each.kind, language))
    return Acting(actor.on_behalf_of if actor.kind is ActorKind.AGENT else "", tuple(found.values()))
